import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Project } from '../src/contract/app.ts';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { answerOf, ask } from './support/bridge.ts';
import { chooseOpen } from './support/dialogs.ts';
import { dropOn } from './support/drag.ts';
import { openLatestProject, writeCellClasses } from './support/new-project.ts';
import { photograph } from './support/screenshots.ts';

// Typical folders: with masks, one level too high, with a table with other columns.

describe('the Images step', () => {
  let launched: LaunchedApp;
  let folder: string;
  const at = (...parts: string[]): string => join(folder, ...parts);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-import-'));
    await writeCellClasses(at('drawn'), { perClass: 4, seed: 2 });
    for (const split of ['train', 'test']) {
      const from = at('drawn', split, 'lymphocyte');
      for (const name of ['images', 'masks']) {
        await mkdir(at('nuclei', split), { recursive: true });
        await cp(from, at('nuclei', split, name), { recursive: true });
      }
    }
    await cp(at('drawn', 'train'), at('outer', 'cells'), { recursive: true });
    await cp(at('drawn', 'train', 'monocyte'), at('table'), { recursive: true });
    await writeFile(at('table', 'ages.csv'), 'file,age\na,7\n');
    launched = await launchApp({ colorScheme: 'dark' });
    await launched.page.getByRole('button', { name: 'Open the sample' }).waitFor();
  });
  afterAll(async () => {
    await launched.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await ask(launched.page, 'project.create', {
      ...{ name: expect.getState().currentTestName?.slice(-60), domain: 'medical', task: 'single' },
    });
    await openLatestProject(launched.page);
  });

  const latest = async (): Promise<Project> => {
    const projects = await answerOf(launched.page, 'project.list', null);
    const [project] = projects.toSorted((one, other) => other.id - one.id) as [Project];
    return project;
  };

  test('imports images next to masks without the masks, in one click, with test images held out', async () => {
    const { page } = launched;
    await dropOn(page, [at('nuclei')]);
    await page.getByText('8 masks next to the images').waitFor();
    await page.getByText('4 of them in a folder named test: they become test images').waitFor();
    expect(await page.getByRole('radio', { name: /Class folders/ }).count()).toBe(0);
    await photograph(launched, '50-masks');
    await page.getByRole('button', { name: 'Add 8 images' }).click();
    await page.getByText('8 images were added.').waitFor();
    expect(await latest()).toMatchObject({
      ...{ images: 8, labelled: 0, classes: [] },
      marked: { unlabelled: 4 },
    });
    await page.getByRole('button', { name: '2 left out' }).click();
    await page.getByText('its 4 images are masks').first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('its 4 images are masks').first().waitFor({ state: 'detached' });
    await page.keyboard.press('Alt+3');
    const field = page.getByRole('textbox', { name: 'Add a class' });
    for (const name of ['few', 'many']) {
      await field.fill(name);
      await photograph(launched, '51-name-classes');
      await page.keyboard.press('Enter');
      await page.getByText(name, { exact: true }).first().waitFor();
    }
    // Typing class names labels no image.
    await field.fill('none of these');
    await page.keyboard.press('Enter');
    await page.getByText('none of these', { exact: true }).first().waitFor();
    await page.keyboard.press('Enter');
    // Test images do not come first: they are not used for training.
    await expect.poll(() => page.locator('[role=option]').count()).toBe(4);
    await page.keyboard.press('Control+Enter');
    const selected = page.locator('[role=option][aria-selected=true]');
    for (const [index, key] of ['1', '2', '1', '2'].entries()) {
      await expect.poll(() => selected.getAttribute('data-index')).toBe(`${index}`);
      await page.keyboard.press(key);
    }
    await expect.poll(latest).toMatchObject({ labelled: 4, learnt: 3, tested: 1 });
    await page.getByText('4 test images have no label').waitFor();
    await photograph(launched, '52-labelled');
  });

  test('suggests segmentation if there are masks, for an empty project and for a new one', async () => {
    const { page } = launched;
    await dropOn(page, [at('nuclei')]);
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Outline regions' }).click();
    await dialog.getByText('Where do the masks come from?').waitFor();
    await photograph(launched, '50-masks-outlined');
    expect(await latest()).toMatchObject({ images: 0, task: 'segmentation' });
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByText(/Masks next to the images, or in a file/).waitFor();
    await page.keyboard.press('Control+o');
    await page.getByRole('heading', { level: 1, name: 'Projects' }).waitFor();
    await dropOn(page, [at('nuclei')]);
    await page.getByText('8 images, and 8 files with masks of regions').waitFor();
    await page.getByRole('radio', { name: /Outline regions/, checked: true }).waitFor();
    await photograph(launched, '50-masks-proposed');
  });

  test('suggests the intended subfolder if the chosen folder is one level too high', async () => {
    const { page } = launched;
    await dropOn(page, [at('outer')]);
    await page.getByRole('button', { name: 'Open “cells”' }).click();
    await page.getByText('4 classes: eosinophil, lymphocyte, monocyte, neutrophil.').waitFor();
    // The choice has the focus, so Enter is enough.
    await page.keyboard.press('Enter');
    await page.getByText('16 images were added.').waitFor();
    expect((await latest()).classes).toHaveLength(4);
  });

  test('reports a table with other columns in a sentence, and leads back', async () => {
    const { app, page } = launched;
    await dropOn(page, [at('table')]);
    await chooseOpen(app, at('table', 'ages.csv'));
    await page.getByText('A CSV file').click();
    await page.getByText(at('table', 'ages.csv')).waitFor();
    await page.getByRole('button', { name: 'Add 4 images' }).click();
    await page.getByText(/It must have the columns path and label/).waitFor();
    await page.getByRole('button', { name: 'Choose again' }).click();
    await page.getByRole('radio', { name: /Without labels/ }).waitFor();
    await page.keyboard.press('Escape');
    expect(await latest()).toMatchObject({ images: 0 });
  });

  test('shows tall and wide images whole', async () => {
    const { page } = launched;
    await mkdir(at('shapes'), { recursive: true });
    for (const [name, width, height] of [
      ['tall', 60, 600],
      ['wide', 600, 60],
    ] as const) {
      const background = { r: 90, g: 140, b: 60 };
      await sharp({ create: { width, height, channels: 3, background } }).toFile(
        at('shapes', `${name}.png`),
      );
    }
    expect(await readdir(at('shapes'))).toHaveLength(2);
    await dropOn(page, [at('shapes')]);
    await page.getByRole('button', { name: 'Add 2 images' }).click();
    const pictures = page.locator('[role=option] img');
    await expect.poll(() => pictures.count()).toBe(2);
    for (const picture of await pictures.all()) {
      const box = await picture.boundingBox();
      expect(box?.height).toBe(box?.width);
    }
  });

  test('an import can be stopped; imported images stay', async () => {
    const { page } = launched;
    await mkdir(at('many'), { recursive: true });
    for (let index = 0; index < 400; index++) {
      const create = { width: 700, height: 700, channels: 3 } as const;
      const background = { r: index % 256, g: index >> 8, b: 9 };
      await sharp({ create: { ...create, background } })
        .png()
        .toFile(at('many', `${index}.png`));
    }
    await dropOn(page, [at('many')]);
    await page.getByRole('button', { name: 'Add 400 images' }).click();
    await page.getByRole('button', { name: 'Stop adding' }).click();
    await page.getByText(/^Stopped\./).waitFor();
    expect((await latest()).images).toBeLessThan(400);
    await page.getByRole('button', { name: 'Stop adding' }).waitFor({ state: 'detached' });
  });
});
