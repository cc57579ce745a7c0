import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Project, ProjectImage } from '../src/contract/app.ts';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { answerOf, ask } from './support/bridge.ts';
import { chooseOpen, openAnswered } from './support/dialogs.ts';
import { photograph } from './support/screenshots.ts';

// Exports labels of the sample: classes as a table, and a mask as PNG.

describe('the label export', () => {
  let launched: LaunchedApp;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-labels-'));
    launched = await launchApp({ colorScheme: 'dark' });
    const { page } = launched;
    await page.getByRole('button', { name: 'Open the sample' }).click();
    await page.getByRole('heading', { level: 1, name: 'Skip factor' }).waitFor();
    await page.keyboard.press('Alt+3');
    await page.locator('[role=option] img').first().waitFor();
  });
  afterAll(async () => {
    await launched.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('lists the suitable formats, and writes the table that an import reads', async () => {
    const { page, app } = launched;
    await page.getByRole('button', { name: 'Export labels…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export labels' });
    const card = (name: string) => dialog.locator('label', { hasText: name });
    await card('Classes as a table').getByText('Fits these images.').waitFor();
    await expect.poll(() => card('Classes as a table').getByRole('radio').isChecked()).toBe(true);
    await card('Masks as PNG').click();
    await dialog.getByText('No image has a mask yet.').waitFor();
    const choose = dialog.getByRole('button', { name: 'Choose a folder…' });
    await expect.poll(() => choose.isDisabled()).toBe(true);
    await card('Classes as a table').click();
    await chooseOpen(app);
    await choose.click();
    await openAnswered(app);
    expect(await readdir(folder)).toEqual([]);
    await chooseOpen(app, folder);
    await choose.click();
    await dialog.getByText('Labels of 350 images are in 1 file').waitFor();
    await photograph(launched, 'label-export-report');
    const rows = (await readFile(join(folder, 'labels.csv'), 'utf8')).trim().split('\n');
    expect(rows[0]).toBe('path,label,split,group');
    expect(rows).toHaveLength(601);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  test('puts masks next to existing files, and replaces nothing', async () => {
    const { page, app } = launched;
    const [project] = (await answerOf(page, 'project.list', null)) as [Project];
    const filter = { show: 'all', search: '' } as const;
    const asked = { project: project.id, filter, offset: 0, limit: 1 };
    const { images } = await answerOf(page, 'image.page', asked);
    const [image] = images as [ProjectImage];
    await ask(page, 'mask.setState', { image: image.id, state: 'done' });
    await writeFile(join(folder, 'mine.txt'), 'mine');
    await page.getByRole('button', { name: 'Export labels…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export labels' });
    const masks = dialog.getByRole('radio', { name: /^Masks as PNG/ });
    await expect.poll(() => masks.isChecked()).toBe(true);
    await photograph(launched, 'label-export');
    await chooseOpen(app, folder);
    await dialog.getByRole('button', { name: 'Choose a folder…' }).click();
    await dialog.getByText('Labels of 1 image are in 2 files').waitFor();
    await dialog.getByText('599 images without labels').waitFor();
    const name = image.name.replace(/\.png$/, '.png');
    expect((await readdir(folder)).sort()).toEqual(['labels-png', 'labels.csv', 'mine.txt']);
    const mask = await readFile(join(folder, 'labels-png', 'masks', name));
    expect(mask.toString('latin1', 1, 4)).toBe('PNG');
  });
});
