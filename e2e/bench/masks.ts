import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { printTable } from '../../bench/table.ts';
import { launchApp } from '../support/app.ts';
import {
  makeMaskProject,
  openImage,
  placeOf,
  saved,
  valueOf,
  writeDiscs,
} from '../support/mask-project.ts';

/**
 * `npm run bench:masks`: how soon a stroke on an image of 4096 × 4096 px is displayed and saved, in the real app with
 * real pointer events. Asserts only that it was painted. Without a GPU everything is rendered on the processor.
 */

const side = 4096;
const size = { width: side, height: side };
const strokes = 12;
const movesEach = 24;

/** Times, ms. */
interface Measured {
  /** Time in handlers of a move and in drawing its frame. */
  readonly work: number[];
  /** Time from a move until its frame was passed to the compositor. */
  readonly shown: number[];
  /** Time from releasing the pointer until the engine has answered. */
  readonly saved: number[];
}

const folder = mkdtempSync(join(tmpdir(), 'understudy-bench-'));
try {
  await writeDiscs(join(folder, 'images'), [size]);
  const launched = await launchApp({ workspace: join(folder, 'workspace') });
  const { page } = launched;
  const { images } = await makeMaskProject(page, join(folder, 'images'));
  const [image] = images;
  if (image === undefined) throw new Error('there is no image');
  await openImage(page, image);
  await page.waitForTimeout(1500);
  await instrument(page);
  const rows = [];
  for (const [name, brush, isNear, reach] of [
    ['whole image, 24 px', 24, false, 200],
    ['whole image, 200 px', 200, false, 200],
    ['whole image, 600 px, from side to side', 600, false, 0.95],
    ['at 100 %, 24 px', 24, true, 200],
    ['at 100 %, 200 px', 200, true, 200],
  ] as const) {
    await setSize(page, brush);
    await page.keyboard.press(isNear ? 'z' : 'Home');
    // Another class than before: if nothing changes, nothing is drawn or saved.
    await page.keyboard.press(rows.length % 2 === 0 ? '1' : '2');
    await page.waitForTimeout(1000);
    rows.push({ case: name, ...(await measure(page, reach)) });
  }
  const middle = await valueOf(page, image.id, side / 2, side / 2);
  if (middle === 0) throw new Error('nothing was painted');
  printTable('A stroke (aims: shown ≤ 16 ms, saved ≤ 20 ms); median / 95 %, ms', rows);
  await launched.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Makes the page itself measure, from its own events. */
async function instrument(page: Page): Promise<void> {
  await page.evaluate(() => {
    const measured: Measured = { work: [], shown: [], saved: [] };
    (globalThis as unknown as { measured: Measured }).measured = measured;
    const stage = document.querySelector('dialog [data-image]');
    const status = document.querySelector('[data-saving]');
    if (stage === null || status === null) throw new Error('no image is open');
    let began = 0;
    const channel = new MessageChannel();
    const posted: number[] = [];
    channel.port1.onmessage = () => {
      const time = posted.shift();
      if (time !== undefined) measured.shown.push(performance.now() - time);
    };
    const options = { capture: true };
    window.addEventListener('pointermove', () => (began = performance.now()), options);
    window.addEventListener('pointermove', (event) => {
      if (event.buttons !== 1) return;
      let work = performance.now() - began;
      // Requested after the stage's own callback, so it runs after drawing; a frame's time is that of its beginning.
      requestAnimationFrame((frame) => {
        work += performance.now() - frame;
        measured.work.push(work);
        posted.push(event.timeStamp);
        channel.port2.postMessage(null);
      });
    });
    let released = 0;
    window.addEventListener('pointerup', (event) => (released = event.timeStamp), options);
    new MutationObserver(() => {
      if (status.getAttribute('data-saving') !== 'saved' || released === 0) return;
      measured.saved.push(performance.now() - released);
      released = 0;
    }).observe(status, { attributes: true, attributeFilter: ['data-saving'] });
  });
}

async function setSize(page: Page, wanted: number): Promise<void> {
  const now = async (): Promise<number> => {
    const text = await page
      .getByRole('slider', { name: 'Size', exact: true })
      .getAttribute('aria-valuetext');
    return Number.parseInt(text ?? '0', 10);
  };
  for (let presses = 0; presses < 60; presses++) {
    const size = await now();
    if (Math.abs(size - wanted) <= wanted / 8) return;
    await page.keyboard.press(size < wanted ? ']' : '[');
  }
}

/**
 * @param reach extent of a stroke to either side of the middle: CSS px, or below 1 a share of the image's half
 */
async function measure(page: Page, reach: number): Promise<Record<string, string>> {
  await page.evaluate(() => {
    const { measured } = globalThis as unknown as { measured: Measured };
    for (const list of Object.values(measured) as number[][]) list.length = 0;
  });
  const middle = await placeOf(page, size, side / 2, side / 2);
  const half = reach < 1 ? (reach * side * middle.scale) / 2 : reach;
  for (let stroke = 0; stroke < strokes; stroke++) {
    const y = middle.y + (stroke - strokes / 2) * 12;
    await page.mouse.move(middle.x - half, y);
    await page.mouse.down();
    await page.mouse.move(middle.x + half, y + 30, { steps: movesEach });
    await page.mouse.up();
    await saved(page);
  }
  const {
    work,
    shown,
    saved: stored,
  } = await page.evaluate(() => (globalThis as unknown as { measured: Measured }).measured);
  return { work: said(work), shown: said(shown), saved: said(stored) };
}

function said(values: readonly number[]): string {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN).toFixed(1);
  return `${at(0.5)} / ${at(0.95)} (${sorted.length})`;
}
