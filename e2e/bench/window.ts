import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElectronApplication, Page } from 'playwright-core';
import { launchApp } from '../support/app.ts';
import { drawSample } from '../../src/core/sample/draw.ts';
import { encodePicture } from '../../src/formats/pictures.ts';
import { openStore } from '../../src/store/store.ts';
import { settings } from '../../src/store/testing/fixtures.ts';
import { printTable } from '../../bench/table.ts';

/**
 * `npm run bench:window`: how soon the real app is shown, and its speed with 50,000 images. Asserts nothing. Without
 * a GPU everything is rendered on the processor.
 */

const images = 50_000;

const folder = mkdtempSync(join(tmpdir(), 'understudy-bench-'));
try {
  await benchStart();
  await fill(join(folder, 'many'));
  await benchGrid(join(folder, 'many'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function benchStart(): Promise<void> {
  const rows = [];
  for (let round = 0; round < 4; round++) {
    const start = performance.now();
    const launched = await launchApp({ workspace: join(folder, `start-${round}`) });
    const { page } = launched;
    await page.locator('#app > *').first().waitFor();
    const visible = performance.now() - start;
    // The list of projects comes from the engine, so the engine has answered.
    await page.getByRole('button', { name: 'Open the sample' }).waitFor();
    const usable = performance.now() - start;
    rows.push({
      start: String(round + 1),
      'visible ms': visible.toFixed(0),
      'usable ms': usable.toFixed(0),
    });
    await launched.close();
  }
  printTable('From launch to the window (aim: 1,500 and 2,500 ms)', rows);
}

/** Creates a project of so many images, which share a hundred pictures. */
async function fill(workspace: string): Promise<void> {
  const store = openStore(workspace);
  const { id } = store.projects.create({
    ...{ name: 'Many images', domain: 'satellite', task: 'single', isSample: false },
    settings: { ...settings, orientation: 'overhead' },
    classes: [],
  });
  const pictures: Uint8Array[] = [];
  for (let index = 0; index < 100; index++) {
    const { image } = drawSample('land', index % 2 === 0 ? 'town' : 'forest', index, 1);
    pictures.push(await encodePicture(image, 256, 80));
  }
  const rows = Array.from({ length: images }, (_, index) => {
    const sha256 = createHash('sha256').update(String(index)).digest();
    const hex = sha256.toString('hex');
    const place = join(workspace, 'thumbnails', hex.slice(0, 2));
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `${hex}.jpg`), pictures[index % pictures.length] ?? '');
    const name = `tile_${String(index).padStart(5, '0')}.png`;
    const size = { bytes: 1, modified: 0, width: 64, height: 64 };
    return { folder: workspace, name, sha256, ...size, group: undefined, isTest: false };
  });
  store.images.add(id, rows);
  store.close();
}

async function benchGrid(workspace: string): Promise<void> {
  const launched = await launchApp({ workspace });
  const { app, page } = launched;
  await page.getByText('Many images').first().click();
  await page.getByRole('heading', { level: 1, name: 'Labels' }).waitFor();
  await page.keyboard.press('Alt+2');
  await page.locator('[role=listbox] [role=option] img').first().waitFor();
  const rows = [];
  for (const pixels of [20, 120, 600, 5000]) {
    rows.push({ 'px a frame': String(pixels), ...(await scroll(page, pixels)) });
  }
  const start = performance.now();
  await page.locator('[role=listbox] [role=option]').first().focus();
  await page.keyboard.press('End');
  await page
    .getByText(`tile_${images - 1}.png`)
    .first()
    .waitFor();
  const toEnd = performance.now() - start;
  printTable(`Scrolling ${images.toLocaleString('en')} images`, rows);
  console.log(`To the last image with the End key: ${toEnd.toFixed(0)} ms`);
  console.log(`Memory of the page's process: ${await pageMemory(app)} MB (aim: 400)`);
  await launched.close();
}

/** Scrolls for 150 frames, as fast as they are drawn. */
async function scroll(page: Page, pixels: number): Promise<Record<string, string>> {
  const times = await page.evaluate(async (step) => {
    const list = document.querySelector('[role=listbox]');
    let scroller = list;
    while (scroller && scroller.scrollHeight <= scroller.clientHeight + 1) {
      scroller = scroller.parentElement;
    }
    if (!scroller) throw new Error('nothing scrolls');
    const frames: number[] = [];
    let last = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    for (let frame = 0; frame < 150; frame++) {
      scroller.scrollTop += step;
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      frames.push(now - last);
      last = now;
    }
    return frames;
  }, pixels);
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.floor(share * sorted.length)] ?? NaN).toFixed(1);
  return {
    'median ms': at(0.5),
    '95 % ms': at(0.95),
    'over 34 ms': String(sorted.filter((time) => time > 34).length),
  };
}

async function pageMemory(app: ElectronApplication): Promise<string> {
  const kilobytes = await app.evaluate(({ app: electron }) =>
    electron
      .getAppMetrics()
      .flatMap(({ type, memory }) => (type === 'Tab' ? memory.workingSetSize : [])),
  );
  return (Math.max(...kilobytes) / 1024).toFixed(0);
}
