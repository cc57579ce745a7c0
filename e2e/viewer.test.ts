import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doubles, short, tiffBytes } from '../src/formats/testing/tiff-fixtures.ts';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { axeFindings } from './support/axe.ts';
import { answerOf } from './support/bridge.ts';
import { hugeRaster } from './support/huge-raster.ts';
import { createProject } from './support/new-project.ts';
import { chestFiles } from './support/phantom.ts';
import { photograph } from './support/screenshots.ts';

// A user views CT slices, satellite bands and a raster of 12,000 px, with the mouse and by keys.

/** Distance between rows and between columns, mm. */
const spacing = { y: 1.2, x: 0.8 };

describe('the viewer', () => {
  let launched: LaunchedApp;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-viewer-'));
    for (const name of ['chest', 'bands', 'huge']) await mkdir(join(folder, name));
    const series = { ...spacing, series: '1.2.3.4' };
    for (const { name, bytes } of chestFiles(series)) {
      await writeFile(join(folder, 'chest', name), bytes);
    }
    const [width, height] = [640, 400];
    const values = Array.from({ length: width * height }, (_, at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      return [400 + 3 * x, 300 + 5 * y, 800 + ((x * y) % 700), 2000 + 1500 * Math.sin(x / 30)];
    });
    const page = { width, height, samples: 4, bits: 16, values: values.flat().map(Math.round) };
    const geo = [doubles(33550, 10, 10, 0), doubles(33922, 0, 0, 0, 500_000, 5_600_000, 0)];
    const keys = short(34735, 1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 32632);
    await writeFile(
      join(folder, 'bands', 'field.tif'),
      tiffBytes([{ ...page, bits: 16, fields: [short(338, 0, 0, 0), ...geo, keys] }]),
    );
    await writeFile(join(folder, 'huge', 'scene.tif'), hugeRaster(12_000, 12_000));
    launched = await launchApp({ colorScheme: 'dark' });
  });
  afterAll(async () => {
    await launched.close();
    await rm(folder, { recursive: true, force: true });
  });

  const dialog = (): Locator => launched.page.getByRole('dialog', { name: /, enlarged$/ });
  const stage = (): Locator => dialog().getByRole('img', { name: /^The image / });
  const shown = (words: string | RegExp): Promise<void> =>
    dialog().getByText(words).first().waitFor();

  const make = (name: string, domain: string, images: string): Promise<void> =>
    createProject(launched, name, domain, join(folder, images));
  const again = async (): Promise<void> => {
    const { page } = launched;
    await page.reload();
    await page.getByRole('button', { name: 'New project' }).first().click();
  };
  const open = async (): Promise<void> => {
    await launched.page.locator('[role=option]').first().dblclick();
    await dialog().waitFor();
    expect((await pixelAt(0.5, 0.5))[3]).toBe(255);
  };
  /** RGBA of the image's canvas, once it is completely drawn, at a position in [0, 1] of the stage. */
  const pixelAt = (x: number, y: number): Promise<number[]> =>
    dialog()
      .locator('[data-drawn="true"]')
      .evaluate(
        (host, [x, y]) => {
          const canvas = host.querySelector<HTMLCanvasElement>('canvas[data-plane=image]');
          if (canvas === null) return [];
          const [left, top] = [Math.floor(x * canvas.width), Math.floor(y * canvas.height)];
          return [...(canvas.getContext('2d')?.getImageData(left, top, 1, 1).data ?? [])];
        },
        [x, y] as const,
      );
  const place = async (x: number, y: number): Promise<[number, number]> => {
    const box = await stage().boundingBox();
    if (box === null) throw new Error('the stage has no place');
    return [Math.round(box.x + x * box.width), Math.round(box.y + y * box.height)];
  };
  const hover = async (x: number, y: number): Promise<void> => {
    await launched.page.mouse.move(...(await place(x, y)));
  };
  const pixelRead = (): Promise<string | null> => dialog().locator('.pixel').textContent();
  const zoomRead = (): Promise<number> =>
    dialog()
      .locator('.top-left span')
      .first()
      .textContent()
      .then((words) => Number(words?.replace(/[^\d.]/g, '')));
  const preparation = async (): Promise<unknown> => {
    const [project] = await answerOf(launched.page, 'project.list', null);
    return project?.settings.preparation;
  };
  const drag = async (
    from: readonly [number, number],
    by: readonly [number, number],
    button: 'left' | 'right' = 'left',
  ): Promise<void> => {
    const { mouse } = launched.page;
    const [x, y] = await place(...from);
    await mouse.move(x, y);
    await mouse.down({ button });
    for (let step = 1; step <= 4; step++) {
      await mouse.move(x + (by[0] * step) / 4, y + (by[1] * step) / 4);
    }
    await mouse.up({ button });
  };

  test('shows a stack of slices as the model sees them, with the value of a pixel', async () => {
    await launched.page.getByRole('button', { name: 'New project' }).click();
    await make('Chest', 'Medical', 'chest');
    await open();
    await shown('Model input');
    await shown('Slice 1 of 8');
    // Left, right, top and bottom of an axial slice.
    expect(await dialog().locator('.letter').allTextContents()).toEqual(['R', 'L', 'A', 'P']);
    await shown(/^Wheel: slices\. Ctrl and wheel: zoom\. Drag: pan\./);
    await hover(0.5, 0.5);
    await shown(/HU \(stored/);
    await shown(/ mm$/);
    await photograph(launched, '50-viewer-stack');
  });

  test('scrolls through slices with the wheel, and zooms to the pointer with Ctrl', async () => {
    const { page } = launched;
    await hover(0.3, 0.4);
    await page.mouse.wheel(0, 100);
    await shown('Slice 2 of 8');
    await page.keyboard.press('PageDown');
    await shown('Slice 3 of 8');
    await page.mouse.wheel(0, -100);
    await shown('Slice 2 of 8');
    expect(await dialog().getByRole('heading', { level: 2 }).textContent()).toBe('slice-2.dcm');
    const [under, before] = [await pixelRead(), await zoomRead()];
    await page.keyboard.down('Control');
    for (let notch = 0; notch < 4; notch++) await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    await expect.poll(zoomRead).toBeGreaterThan(2 * before - 1);
    expect(await pixelRead()).toBe(under);
    await page.keyboard.press('Home');
    await expect.poll(zoomRead).toBe(before);
  });

  test('changes window and level only for display by dragging, and returns to what the model sees', async () => {
    const { page } = launched;
    const before = await pixelAt(0.5, 0.5);
    const kept = await preparation();
    await drag([0.4, 0.5], [0, 120], 'right');
    await shown('Display only.');
    await expect.poll(() => pixelAt(0.5, 0.5)).not.toEqual(before);
    expect(await preparation()).toEqual(kept);
    await dialog().getByRole('button', { name: 'Lung' }).click();
    await expect
      .poll(() => dialog().getByRole('button', { name: 'Lung' }).getAttribute('aria-pressed'))
      .toBe('true');
    await shown('−600');
    await photograph(launched, '51-viewer-lung');
    await page.keyboard.press('Shift+W');
    await shown('Model input');
    await expect.poll(() => pixelAt(0.5, 0.5)).toEqual(before);
    await dialog().getByRole('button', { name: 'Model input…' }).click();
    await page.getByRole('dialog', { name: 'Model input', exact: true }).waitFor();
    await page.keyboard.press('Escape');
    // The viewer has the focus again.
    await expect.poll(() => dialog().evaluate((one) => one === document.activeElement)).toBe(true);
  });

  test('measures in mm with tall and with wide pixels', async () => {
    const { page } = launched;
    await page.keyboard.press('m');
    await shown(/Drag: measure\. Space and drag: pan\./);
    await page.keyboard.press('a');
    const ratio = await page.evaluate(() => devicePixelRatio);
    const length = (100 * ratio * spacing.x).toFixed(1);
    await drag([0.4, 0.4], [100, 0]);
    await shown(`Measured: ${length} mm`);
    // Tall pixels are displayed tall, so that a mm has the same length in both directions.
    await drag([0.5, 0.3], [0, 100]);
    await shown(`Measured: ${length} mm`);
    await photograph(launched, '52-viewer-measure');
    await page.keyboard.press('Escape');
    await dialog()
      .getByText(/^Measured/)
      .waitFor({ state: 'detached' });
    await page.keyboard.press('h');
  });

  test('keeps its keys when a focused button has nothing more to do', async () => {
    const { page } = launched;
    const [next, previous] = ['Next image', 'Previous image'].map((name) =>
      dialog().getByRole('button', { name: new RegExp(`^${name}`) }),
    ) as [Locator, Locator];
    await shown('Slice 2 of 8');
    await next.focus();
    for (let slice = 3; slice <= 8; slice++) {
      await page.keyboard.press(slice % 2 === 0 ? 'Enter' : 'f');
      await shown(`Slice ${slice} of 8`);
    }
    await expect.poll(() => next.isDisabled()).toBe(true);
    // Nothing follows, and the viewer stays open.
    await page.keyboard.press('Enter');
    await page.keyboard.press('d');
    await shown('Slice 7 of 8');
    expect(await next.evaluate((one) => one === document.activeElement)).toBe(true);
    await page.keyboard.press('PageUp');
    await shown('Slice 6 of 8');
    await previous.focus();
    for (let slice = 5; slice >= 1; slice--) await page.keyboard.press('Control+ArrowLeft');
    await shown('Slice 1 of 8');
    await expect.poll(() => previous.isDisabled()).toBe(true);
    await page.keyboard.press('PageDown');
    await shown('Slice 2 of 8');
  });

  test('has nothing against a screen reader', async () => {
    expect(await axeFindings(launched.page)).toEqual([]);
  });

  test('selects bands, and shows coordinates and a scale in m', async () => {
    await again();
    await make('Field', 'Satellite', 'bands');
    await open();
    await hover(0.5, 0.5);
    await shown(/^50\d,\d{3}|^50\d{4}\.\d\d, 55\d/);
    await expect
      .poll(() => dialog().locator('[data-length]').getAttribute('data-length'))
      .toMatch(/ k?m$/);
    const before = await pixelAt(0.4, 0.4);
    await dialog().getByRole('combobox', { name: 'Red' }).selectOption({ label: 'Band 4' });
    await shown('Display only.');
    await shown(/The model receives .* of bands 1, 2, 3\.$/);
    await expect.poll(() => pixelAt(0.4, 0.4)).not.toEqual(before);
    await photograph(launched, '53-viewer-bands');
    await dialog().getByRole('button', { name: 'Grey' }).click();
    await expect.poll(async () => new Set((await pixelAt(0.4, 0.4)).slice(0, 3)).size).toBe(1);
  });

  test('moves through 12,000 × 12,000 px without smaller levels', async () => {
    const { page } = launched;
    await again();
    await make('Scene', 'Satellite', 'huge');
    await open();
    await photograph(launched, '54-viewer-huge');
    await hover(0.62, 0.37);
    const under = await pixelRead();
    for (let notch = 0; notch < 22; notch++) await page.mouse.wheel(0, -100);
    await expect.poll(zoomRead).toBeGreaterThan(100);
    const near = (words: string | null): number[] =>
      (words ?? '').split(', ').map((one) => Number(one.replaceAll(',', '')));
    const [x = 0, y = 0] = near(await pixelRead());
    const [wasX = NaN, wasY = NaN] = near(under);
    // A screen pixel covered some sixteen image pixels when the pointer was put there.
    expect(Math.hypot(x - wasX, y - wasY)).toBeLessThan(60);
    expect((await pixelAt(0.5, 0.5))[3]).toBe(255);
    await drag([0.7, 0.5], [-300, 0]);
    await expect.poll(async () => near(await pixelRead())[0]).toBeCloseTo(x, -3);
    await photograph(launched, '55-viewer-huge-near');
  });
});
