import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Project } from '../src/contract/app.ts';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { axeFindings } from './support/axe.ts';
import { answerOf } from './support/bridge.ts';
import { chooseOpen, openAnswered } from './support/dialogs.ts';
import { dropOn } from './support/drag.ts';
import { openLatestProject } from './support/new-project.ts';
import { photograph } from './support/screenshots.ts';

// Images with masks of another tool: the content is shown, and the user assigns it to classes.

const side = 96;

describe('an import of masks with images', () => {
  let launched: LaunchedApp;
  let folder: string;
  let project: Project;

  const grey = (value: (x: number, y: number) => number): Promise<Buffer> => {
    const values = Uint8Array.from({ length: side * side }, (_, at) =>
      value(at % side, Math.floor(at / side)),
    );
    const raw = { width: side, height: side, channels: 1 } as const;
    return sharp(values, { raw }).toColourspace('b-w').png().toBuffer();
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-masks-'));
    for (const name of ['images', 'masks'])
      await mkdir(join(folder, 'land', name), { recursive: true });
    for (const [index, name] of ['a.png', 'b.png', 'c.png'].entries()) {
      const image = await grey((x, y) => 60 + 50 * index + ((x * y) % 60));
      await writeFile(join(folder, 'land', 'images', name), image);
      const mask = await grey((x, y) => (x < 30 ? 1 : y < 40 ? 2 : x + y > 170 ? 7 : 0));
      await writeFile(join(folder, 'land', 'masks', name), mask);
    }
    await writeFile(join(folder, 'land', 'masks', 'gone.png'), await grey(() => 1));
    await writeFile(join(folder, 'land', 'classes.txt'), 'background\nWATER\nForest\n');
    launched = await launchApp({ colorScheme: 'dark' });
    await launched.page.getByRole('button', { name: 'Open the sample' }).waitFor();
    project = await answerOf(launched.page, 'project.create', {
      ...{ name: 'Land', domain: 'satellite', task: 'segmentation' },
      classes: ['Water', 'Road'],
    });
    await openLatestProject(launched.page);
  });
  afterAll(async () => {
    await launched.close();
    await rm(folder, { recursive: true, force: true });
  });

  const current = (): Promise<Project> =>
    answerOf(launched.page, 'project.get', { project: project.id });

  const maskOf = async (name: string): Promise<unknown> => {
    const { images } = await answerOf(launched.page, 'image.page', {
      ...{ project: project.id, filter: { show: 'all', search: name }, offset: 0, limit: 1 },
    });
    const masks = await answerOf(launched.page, 'mask.list', { image: images[0]?.id ?? 0 });
    return masks[0];
  };

  test('shows their content, and asks for the meaning of unnamed numbers', async () => {
    const { page } = launched;
    await dropOn(page, [join(folder, 'land')]);
    await page.getByRole('radio', { name: /3 masks next to the images/ }).waitFor();
    await page.getByText('For 3 files, with 3 classes.').waitFor();
    const becomes = (name: string): ReturnType<typeof page.getByRole> =>
      page.getByRole('combobox', { name: `Class for ${name}` });
    const chosen = (name: string): Promise<string> =>
      becomes(name).evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.text ?? '');
    await expect.poll(() => chosen('WATER')).toBe('Water');
    await expect.poll(() => chosen('Forest')).toBe('A new class');
    await expect.poll(() => chosen('Number 7')).toBe('Choose…');
    // All values are listed with their shares, including those that are not classes, on an image with its mask.
    const row = (name: string): Promise<string | null> =>
      page.getByRole('row', { name: new RegExp(`^${name}`) }).textContent();
    await expect.poll(() => row('Number 7')).toMatch(/\d\.\d %/);
    await expect.poll(() => row('Number 0')).toMatch(/\d\.\d %\s*Background/);
    await page.getByRole('img', { name: /with its mask/ }).waitFor();
    await page.getByText('1 of 3', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Next image with a mask' }).click();
    await page.getByText('2 of 3', { exact: true }).waitFor();
    await photograph(launched, '57-masks-in');
    const add = page.getByRole('button', { name: 'Add 3 images' });
    await expect.poll(() => add.isDisabled()).toBe(true);
    await page.getByText('1 without a class in the project').waitFor();
    await becomes('Number 7').selectOption({ label: 'Road' });
    await page.getByRole('textbox', { name: 'Name of the new class for Forest' }).fill('Woods');
    await page.getByText('1 item does not fit and will be left out').click();
    await page.getByText('no image has the name of this mask').waitFor();
    await photograph(launched, '58-masks-assigned');
    await add.click();
    await page.getByText('3 images were added, 3 with their masks.').waitFor();
    const { classes } = await current();
    expect(classes.map(({ name, maskValue }) => [name, maskValue])).toEqual([
      ...[
        ['Water', 1],
        ['Road', 2],
      ],
      ['Woods', 3],
    ]);
    expect(await maskOf('a.png')).toMatchObject({
      state: 'done',
      histogram: [{ value: 1 }, { value: 2 }, { value: 3 }],
    });
  });

  test('requires a choice for 255 next to 0 and 128', async () => {
    const { page } = launched;
    const set = join(folder, 'nuclei');
    for (const name of ['images', 'masks']) await mkdir(join(set, name), { recursive: true });
    await writeFile(join(set, 'images', 'n.png'), await grey((x, y) => 90 + ((x + 7 * y) % 90)));
    const disc = (x: number, y: number): number => Math.hypot(x - 48, y - 48);
    const mask = await grey((x, y) => (disc(x, y) < 20 ? 255 : disc(x, y) < 28 ? 128 : 0));
    await writeFile(join(set, 'masks', 'n.png'), mask);
    await dropOn(page, [set]);
    const nucleus = page.getByRole('combobox', { name: 'Class for Number 255' });
    await nucleus.waitFor();
    await page.getByText('Value 255: a class, or “ignore”?').waitFor();
    await page.getByRole('img', { name: 'images/n.png with its mask' }).waitFor();
    await nucleus.focus();
    await photograph(launched, '59-masks-in-255');
    expect(await axeFindings(page)).toEqual([]);
    await page.getByText('2 without a class in the project').waitFor();
    await nucleus.selectOption({ label: 'Ignore (not used for training)' });
    await page.getByText('1 without a class in the project').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
  });

  test('offers masks among the images as such', async () => {
    const { page } = launched;
    const set = join(folder, 'mixed');
    await mkdir(set);
    for (const name of ['p', 'q']) {
      await writeFile(join(set, `${name}.png`), await grey((x, y) => (x * y + 31 * x) % 251));
      const mask = await grey((x, y) => (x > 20 && y > 50 && x < 70 ? 255 : 0));
      await sharp(mask)
        .toColourspace('b-w')
        .tiff({ compression: 'lzw' })
        .toFile(join(set, `${name}.tif`));
    }
    await dropOn(page, [set]);
    await page.getByRole('radio', { name: /2 files look like masks of other files/ }).waitFor();
    await page.getByRole('img', { name: 'p.png with its mask' }).waitFor();
    await page.getByRole('button', { name: 'Add 2 images' }).waitFor();
    await photograph(launched, '59-masks-among-images');
    await page.getByText('No masks', { exact: true }).click();
    await page.getByRole('button', { name: 'Add 4 images' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
  });

  test('replaces existing masks by those of a file only if the user chooses so', async () => {
    const { app, page } = launched;
    const file = join(folder, 'land', 'made.json');
    const size = { width: side, height: side };
    await writeFile(
      file,
      JSON.stringify({
        images: [{ id: 1, file_name: 'a.png', ...size }],
        categories: [{ id: 1, name: 'road' }],
        annotations: [{ id: 1, image_id: 1, category_id: 1, segmentation: [[0, 0, 9, 0, 9, 9]] }],
      }),
    );
    await dropOn(page, [join(folder, 'land')]);
    await page.getByText('made.json', { exact: true }).click();
    await page.getByText('For 1 file, with 1 class.').waitFor();
    await chooseOpen(app, file);
    await page.getByText('From a file…', { exact: true }).click();
    await openAnswered(app);
    await page.getByText('For 1 file, with 1 class.').waitFor();
    await page.getByRole('checkbox', { name: /Replace masks/ }).check();
    await page.getByRole('button', { name: 'Add 3 images' }).click();
    await page
      .getByText('0 images were added, 3 were already in the project, 1 with its mask.')
      .waitFor();
    expect(await maskOf('a.png')).toMatchObject({ histogram: [{ value: 2 }] });
    expect(await maskOf('b.png')).toMatchObject({ histogram: [{}, {}, {}] });
  });
});
