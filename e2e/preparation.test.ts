import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { short, tiffBytes } from '../src/formats/testing/tiff-fixtures.ts';
import { sharp } from '../src/formats/libvips.ts';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { axeFindings } from './support/axe.ts';
import { answerOf } from './support/bridge.ts';
import { createProject } from './support/new-project.ts';
import { chestFiles } from './support/phantom.ts';
import { photograph } from './support/screenshots.ts';
import { settled } from './support/settled.ts';

// The user chooses which intensities of CT slices and which bands of satellite images the model sees.

describe("the model's input", () => {
  let launched: LaunchedApp;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-preparation-'));
    await mkdir(join(folder, 'chest'));
    await mkdir(join(folder, 'bands'));
    for (const { name, bytes } of chestFiles()) await writeFile(join(folder, 'chest', name), bytes);
    for (const number of [1, 2]) {
      const values = Array.from({ length: 64 * 64 }, (_, at) => [
        at,
        4095 - at,
        700 * number,
        9 * (at % 64),
      ]);
      const page = { width: 64, height: 64, samples: 4, bits: 16, values: values.flat() } as const;
      const bytes = tiffBytes([{ ...page, fields: [short(338, 0, 0, 0)] }]);
      await writeFile(join(folder, 'bands', `field-${number}.tif`), bytes);
    }
    launched = await launchApp({ colorScheme: 'dark' });
  });
  afterAll(async () => {
    await launched.close();
    await rm(folder, { recursive: true, force: true });
  });

  const dialog = (): Locator =>
    launched.page.getByRole('dialog', { name: 'Model input', exact: true });
  const before = (): Locator => dialog().getByAltText(/, current setting$/);
  const after = (): Locator => dialog().getByAltText(/, new setting$/);
  const thumbnail = (): Locator => launched.page.locator('[role=option] img').first();

  const make = (name: string, domain: string, images: string): Promise<void> =>
    createProject(launched, name, domain, join(folder, images));
  /** Position and size in the dialog, regardless of its opening animation. */
  const placeOf = (element: Locator): Promise<number[]> =>
    element.evaluate((one) => {
      const { offsetTop, offsetHeight, offsetWidth } = one as HTMLElement;
      return [offsetTop, offsetHeight, offsetWidth];
    });
  const open = async (): Promise<void> => {
    await launched.page.getByRole('button', { name: 'Model input…' }).click();
    await dialog().waitFor();
  };
  /** Dismisses notices, so that they cover nothing. */
  const dismissNotices = async (): Promise<void> => {
    await launched.page.getByText('The model input of these images has changed.').waitFor();
    const dismiss = launched.page.getByRole('button', { name: 'Dismiss' });
    while ((await dismiss.count()) > 0) {
      await dismiss.first().hover();
      await dismiss.first().click();
    }
  };
  const preparationOf = async (name: string): Promise<unknown> => {
    const projects = await answerOf(launched.page, 'project.list', null);
    return projects.find((one) => one.name === name)?.settings.preparation;
  };
  /** Mean brightness of a displayed picture, 0–255. */
  const brightness = async (picture: Locator): Promise<number> => {
    const { channels } = await sharp(await picture.screenshot()).stats();
    return channels[0]?.mean ?? 0;
  };
  const seriousFindings = async (): Promise<string[]> => {
    await settled(launched.page);
    return axeFindings(launched.page, { least: 'serious' });
  };
  const drawn = (): Promise<boolean> =>
    thumbnail().evaluate((image) => {
      const { complete, naturalWidth } = image as HTMLImageElement;
      return complete && naturalWidth > 0;
    });

  test('is the window that the files state by default', async () => {
    await launched.page.getByRole('button', { name: 'New project' }).click();
    await make('Chests', 'Medical', 'chest');
    await open();
    await dialog().getByText('The window stored in the DICOM files.').waitFor();
    await dialog().getByText('MEDIASTINUM: centre 40, width 400.').waitFor();
    await expect.poll(() => before().count()).toBe(4);
    await expect.poll(() => after().count()).toBe(4);
    await dialog().getByRole('radio', { name: 'Automatic', checked: true }).waitFor();
    // These have one band.
    expect(await dialog().getByText('Bands').count()).toBe(0);
    const wanted = await before().first().getAttribute('src');
    await expect.poll(() => after().first().getAttribute('src')).toBe(wanted);
  });

  test('is shown as a preview', async () => {
    const was = await placeOf(dialog());
    const pictures = (): Promise<(string | null)[]> =>
      after().evaluateAll((images) => images.map((image) => image.getAttribute('src')));
    const old = await pictures();
    await dialog().getByRole('button', { name: 'Lung' }).click();
    await expect
      .poll(async () => (await pictures()).filter((url) => !old.includes(url)).length)
      .toBe(4);
    await dialog()
      .getByRole('radio', { name: 'One window for all images', checked: true })
      .waitFor();
    await dialog().getByRole('button', { name: 'Lung', pressed: true }).waitFor();
    await expect
      .poll(async () => (await brightness(after().first())) - (await brightness(before().first())))
      .toBeGreaterThan(20);
    expect(await placeOf(dialog())).toEqual(was);
    await photograph(launched, '25-preparation');
  });

  test('reports an invalid number, and accepts one while it is typed', async () => {
    const { page } = launched;
    const width = dialog().getByRole('spinbutton', { name: 'Width' });
    const center = dialog().getByRole('spinbutton', { name: 'Centre' });
    const was = await placeOf(dialog());
    await width.fill('0');
    await dialog().getByText('The width must be 1 or more.').waitFor();
    const use = page.getByRole('button', { name: 'Use for this project' });
    await expect.poll(() => use.isDisabled()).toBe(true);
    expect(await placeOf(dialog())).toEqual(was);
    await width.fill('1400');
    await center.selectText();
    await page.keyboard.type('-550.5');
    expect(await center.inputValue()).toBe('-550.5');
    await expect.poll(() => use.isDisabled()).toBe(false);
  });

  test.each(['dark', 'light'] as const)(
    'has no serious finding of axe-core, %s',
    async (colorScheme) => {
      const { page } = launched;
      await page.emulateMedia({ colorScheme });
      expect(await seriousFindings()).toEqual([]);
    },
  );

  test('is stored with the project, and every picture follows', async () => {
    const { page } = launched;
    const url = await thumbnail().getAttribute('src');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(await preparationOf('Chests')).toEqual({ range: 'auto' });
    expect(await thumbnail().getAttribute('src')).toBe(url);
    await settled(page);
    const dark = await brightness(thumbnail());
    await open();
    await dialog().getByRole('button', { name: 'Lung' }).click();
    await page.getByRole('button', { name: 'Use for this project' }).click();
    await dialog().waitFor({ state: 'detached' });
    await expect.poll(() => preparationOf('Chests')).toEqual({ range: 'window:-600:1500' });
    await expect.poll(() => thumbnail().getAttribute('src')).not.toBe(url);
    await expect.poll(drawn).toBe(true);
    await expect.poll(async () => (await brightness(thumbnail())) - dark).toBeGreaterThan(20);
    await page.getByText('The model input of these images has changed.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => thumbnail().getAttribute('src')).toBe(url);
    await expect.poll(async () => Math.abs((await brightness(thumbnail())) - dark)).toBeLessThan(2);
    expect(await preparationOf('Chests')).toEqual({ range: 'auto' });
  });

  test('can be chosen with the keyboard only', async () => {
    const { page } = launched;
    await page.getByRole('button', { name: 'Model input…' }).focus();
    await page.keyboard.press('Enter');
    await dialog().waitFor();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('type')))
      .toBe('radio');
    await page.keyboard.press('ArrowDown');
    await dialog().getByRole('radio', { name: 'The file’s own window', checked: true }).waitFor();
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    await expect.poll(() => preparationOf('Chests')).toEqual({ range: 'file' });
  });

  test('can be any bands of images that have several', async () => {
    const { page } = launched;
    await page.reload();
    await page.getByRole('button', { name: 'New project' }).first().click();
    await make('Fields', 'Satellite', 'bands');
    await open();
    await dialog().getByText('From the 2nd to the 98th percentile of each image.').waitFor();
    await expect.poll(() => after().count()).toBe(2);
    const grey = await after().first().getAttribute('src');
    await dialog()
      .getByRole('combobox', { name: 'Bands in the model input' })
      .selectOption('Three as colours');
    await dialog().getByRole('combobox', { name: 'Red' }).selectOption('Band 4');
    await expect.poll(() => after().first().getAttribute('src')).not.toBe(grey);
    await photograph(launched, '26-preparation-bands');
    await page.getByRole('button', { name: 'Use for this project' }).click();
    await expect.poll(() => preparationOf('Fields')).toEqual({ range: 'auto', bands: [4, 2, 3] });
    await expect.poll(drawn).toBe(true);
  });

  test('can be all bands, and is stored like that', async () => {
    const { page } = launched;
    await dismissNotices();
    await open();
    const kind = dialog().getByRole('combobox', { name: 'Bands in the model input' });
    await dialog().getByRole('combobox', { name: 'Red' }).waitFor();
    const colours = await after().first().getAttribute('src');
    const was = await placeOf(dialog());
    await kind.focus();
    await kind.selectOption('All 4 bands');
    await dialog()
      .getByText(/^The model receives all 4; pictures show red, green and blue/)
      .waitFor();
    await expect.poll(() => after().first().getAttribute('src')).not.toBe(colours);
    expect(await placeOf(dialog())).toEqual(was);
    await photograph(launched, '27-preparation-all-bands');
    await page.getByRole('button', { name: 'Use for this project' }).click();
    await dialog().waitFor({ state: 'detached' });
    await expect
      .poll(() => preparationOf('Fields'))
      .toEqual({ range: 'auto', bands: [1, 2, 3, 4] });
    await expect.poll(drawn).toBe(true);
    await open();
    await dialog()
      .getByText(/^The model receives all 4;/)
      .waitFor();
    expect(await kind.inputValue()).toBe('All 4 bands');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    // A note says that there are more bands than are displayed.
    await page.locator('[role=option]').first().dblclick();
    await page.getByText('Model input: 3 of its 4 bands').waitFor();
    await page.getByRole('combobox', { name: 'Red' }).selectOption({ label: 'Band 4' });
    await page.getByText(/^Display only\. The model receives .* of bands 1-4\.$/).waitFor();
    await photograph(launched, '29-viewer-all-bands');
    await page.keyboard.press('Escape');
  });

  test('can be any list of bands, and an invalid one is reported', async () => {
    const { page } = launched;
    await dismissNotices();
    await open();
    await dialog()
      .getByRole('combobox', { name: 'Bands in the model input' })
      .selectOption('A list of bands');
    const list = dialog().getByRole('textbox', { name: 'Bands, in order' });
    expect(await list.inputValue()).toBe('1-4');
    const was = await placeOf(dialog());
    const use = page.getByRole('button', { name: 'Use for this project' });
    const wrong = (sentence: string): Locator =>
      dialog().getByRole('textbox', { description: sentence });
    for (const [text, sentence] of [
      ['1-3, x', '“x” is not a band. Write numbers and ranges, for example 1-6, 8.'],
      ['1-5', 'Not all of these files have band 5. They share 1-4.'],
      ['4, 1-4', 'Band 4 is named twice.'],
      ['', 'Name at least one band, for example 1-6, 8.'],
    ] as const) {
      await list.fill(text);
      await wrong(sentence).waitFor();
      expect(await list.getAttribute('aria-invalid')).toBe('true');
      expect(await use.isDisabled()).toBe(true);
      expect(await placeOf(dialog())).toEqual(was);
    }
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await seriousFindings()).toEqual([]);
    }
    await list.fill('4, 1');
    await dialog()
      .getByText(/^The model receives both; pictures show the first in grey/)
      .waitFor();
    expect(await placeOf(dialog())).toEqual(was);
    await photograph(launched, '28-preparation-band-list');
    await list.focus();
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    await expect.poll(() => preparationOf('Fields')).toEqual({ range: 'auto', bands: [4, 1] });
    await open();
    await expect.poll(() => list.inputValue()).toBe('4, 1');
  });
});
