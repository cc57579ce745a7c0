import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { printTable } from '../../bench/table.ts';
import { drawSample } from '../../src/core/sample/draw.ts';
import { encodePicture } from '../../src/formats/pictures.ts';
import { openStore } from '../../src/store/store.ts';
import { settings } from '../../src/store/testing/fixtures.ts';
import { launchApp } from '../support/app.ts';
import { hugeRaster } from '../support/huge-raster.ts';

/**
 * `npm run bench:viewer`: how smoothly the viewer zooms, moves and changes its window on a raster of 20,000 × 20,000
 * px and one of 4096 × 4096 px with 16 bits. Asserts nothing. Without a GPU everything is rendered on the processor.
 */

/** Creates a project of two images, as an import would, but faster. */
async function fill(workspace: string): Promise<void> {
  const store = openStore(workspace);
  const { id } = store.projects.create({
    ...{ name: 'Large images', domain: 'satellite', task: 'single', isSample: false },
    settings: { ...settings, orientation: 'overhead' },
    classes: [],
  });
  const { image } = drawSample('land', 'town', 1, 1);
  const thumbnail = await encodePicture(image, 256, 80);
  const files = [
    { name: 'a-huge.tif', side: 20_000, bytes: hugeRaster(20_000, 20_000) },
    { name: 'b-words.tif', side: 4096, bytes: wordsTiff(4096) },
  ];
  const rows = files.map(({ name, side, bytes }) => {
    writeFileSync(join(folder, name), bytes);
    const sha256 = createHash('sha256').update(name).digest();
    const hex = sha256.toString('hex');
    const place = join(workspace, 'thumbnails', hex.slice(0, 2));
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `${hex}.webp`), thumbnail);
    const size = { bytes: bytes.length, modified: 0, width: side, height: side };
    return { folder, name, sha256, ...size, group: undefined, isTest: false };
  });
  store.images.add(id, rows);
  store.close();
}

/** Returns a 16-bit image in one strip. */
function wordsTiff(side: number): Buffer {
  const pixels = new Uint16Array(side * side);
  for (let at = 0; at < pixels.length; at++) {
    pixels[at] = 2000 + 1500 * Math.sin((at % side) / 90) + (at / side) * 4 + ((at * 7919) % 211);
  }
  const fields = [
    [256, side],
    [257, side],
    [258, 16],
    [259, 1],
    [262, 1],
    [273, 8],
    [277, 1],
    [278, side],
    [279, pixels.byteLength],
  ] as const;
  const head = Buffer.from('II*\0\0\0\0\0', 'latin1');
  head.writeUInt32LE(8 + pixels.byteLength, 4);
  const directory = Buffer.alloc(2 + 12 * fields.length + 4);
  directory.writeUInt16LE(fields.length, 0);
  for (const [index, [tag, value]] of fields.entries()) {
    directory.writeUInt16LE(tag, 2 + 12 * index);
    directory.writeUInt16LE(4, 4 + 12 * index);
    directory.writeUInt32LE(1, 6 + 12 * index);
    directory.writeUInt32LE(value, 10 + 12 * index);
  }
  return Buffer.concat([head, Buffer.from(pixels.buffer), directory]);
}

async function bench(workspace: string): Promise<void> {
  const launched = await launchApp({ workspace });
  const { page } = launched;
  await page.getByText('Large images').first().click();
  await page.getByRole('heading', { level: 1, name: 'Labels' }).waitFor();
  await page.keyboard.press('Alt+2');
  const rows = [];
  for (const [index, name] of ['20,000², 8 bits', '4096², 16 bits'].entries()) {
    await page.locator('[role=option]').nth(index).dblclick();
    const opened = performance.now();
    await drawn(page);
    console.log(`${name}: first seen after ${(performance.now() - opened).toFixed(0)} ms`);
    for (const [what, hand] of hands) {
      rows.push({ image: name, what, ...(await frames(page, hand)) });
    }
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  printTable('Frames of the viewer', rows);
  await launched.close();
}

type Hand = (page: Page, at: { x: number; y: number }) => Promise<void>;

const hands: readonly (readonly [string, Hand])[] = [
  [
    'zoom in and out by the wheel',
    async (page, { x, y }) => {
      await page.mouse.move(x, y);
      for (let turn = 0; turn < 120; turn++) await page.mouse.wheel(0, turn % 60 < 30 ? -40 : 40);
    },
  ],
  [
    'move at 100 %',
    async (page, { x, y }) => {
      await page.keyboard.press('z');
      await page.mouse.move(x, y);
      await page.mouse.down();
      for (let step = 1; step <= 120; step++) {
        await page.mouse.move(x - 250 * Math.sin(step / 12), y - 150 * Math.sin(step / 9));
      }
      await page.mouse.up();
    },
  ],
  [
    'window by dragging, fitted',
    async (page, { x, y }) => {
      await page.keyboard.press('Home');
      await page.mouse.move(x, y);
      await page.mouse.down({ button: 'right' });
      for (let step = 1; step <= 120; step++) {
        await page.mouse.move(x + 150 * Math.sin(step / 12), y + 100 * Math.sin(step / 9));
      }
      await page.mouse.up({ button: 'right' });
      await page.keyboard.press('r');
    },
  ],
];

async function drawn(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('canvas[data-plane=image]');
    const middle = [Math.floor((canvas?.width ?? 0) / 2), Math.floor((canvas?.height ?? 0) / 2)];
    const [x = 0, y = 0] = middle;
    return canvas?.getContext('2d')?.getImageData(x, y, 1, 1).data[3] === 255;
  });
}

/** Times between frames while the pointer moves. */
async function frames(page: Page, hand: Hand): Promise<Record<string, string>> {
  const box = await page.locator('canvas[data-plane=image]').boundingBox();
  if (box === null) throw new Error('there is no stage');
  await page.evaluate(() => {
    const kept: number[] = [];
    Object.assign(globalThis, { frameTimes: kept });
    let last = performance.now();
    const next = (now: number): void => {
      kept.push(now - last);
      last = now;
      if (kept.length < 5000) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  const start = performance.now();
  await hand(page, { x: box.x + box.width / 2, y: box.y + box.height / 2 });
  const took = performance.now() - start;
  const times = await page.evaluate(() => {
    const { frameTimes } = globalThis as unknown as { frameTimes: number[] };
    const found = frameTimes.slice(1);
    // The loop ends when this is removed.
    frameTimes.length = 5000;
    return found;
  });
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.floor(share * sorted.length)] ?? NaN).toFixed(1);
  return {
    frames: String(sorted.length),
    'median ms': at(0.5),
    '95 % ms': at(0.95),
    'over 34 ms': String(sorted.filter((time) => time > 34).length),
    'took s': (took / 1000).toFixed(1),
  };
}

const folder = mkdtempSync(join(tmpdir(), 'understudy-bench-'));
try {
  const workspace = join(folder, 'workspace');
  await fill(workspace);
  await bench(workspace);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
