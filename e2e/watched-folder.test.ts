import { copyFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { ask } from './support/bridge.ts';
import { chooseSave } from './support/dialogs.ts';
import { dropOn } from './support/drag.ts';
import { openLatestProject, writeCellClasses } from './support/new-project.ts';
import { photograph } from './support/screenshots.ts';

// A typical folder: a truncated file, one that is not an image, and new ones.

describe('a watched folder', () => {
  let launched: LaunchedApp;
  let folder: string;
  const at = (...parts: string[]): string => join(folder, ...parts);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-watched-'));
    await writeCellClasses(at('drawn'), { perClass: 2, seed: 3 });
    await rename(at('drawn', 'train'), at('scans'));
    await writeFile(at('scans', '=1+1.png'), 'no image');
    await writeFile(at('scans', 'notes.txt'), 'none');
    launched = await launchApp({ colorScheme: 'dark' });
    await launched.page.getByRole('button', { name: 'Open the sample' }).waitFor();
    await ask(launched.page, 'project.create', {
      ...{ name: 'Watched', domain: 'medical', task: 'single' },
    });
    await openLatestProject(launched.page);
  });
  afterAll(async () => {
    await launched.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('reports every file, and the report can be saved', async () => {
    const { app, page } = launched;
    await dropOn(page, [at('scans')]);
    await page.getByRole('checkbox', { name: /Keep watching this folder/ }).check();
    await photograph(launched, '55-watch-option');
    await page.getByRole('button', { name: 'Add 9 images' }).click();
    await page.getByText('8 images were added.').waitFor();
    await page.getByText(`New images in ${at('scans')} are imported automatically`).waitFor();
    await page.getByRole('button', { name: '1 left out' }).click();
    await page.getByRole('cell', { name: '=1+1.png', exact: true }).waitFor();
    const show = page.getByRole('combobox', { name: 'Result', exact: true });
    await show.selectOption({ label: 'All files (10)' });
    await page.getByText('10 files').waitFor();
    await photograph(launched, '56-import-report');
    await page.getByRole('searchbox', { name: 'Search by path' }).fill('NOTES');
    await page.getByText('1 file', { exact: true }).waitFor();
    await page.getByRole('cell', { name: 'Not an image' }).waitFor();
    await page.getByRole('searchbox', { name: 'Search by path' }).fill('');
    await page.getByText('10 files').waitFor();
    await chooseSave(app, at('report.csv'));
    await page.getByRole('button', { name: 'Save as CSV…' }).click();
    await page.getByText('Saved a report of 10 files.').waitFor();
    const rows: Record<string, string>[] = parse(await readFile(at('report.csv')), {
      ...{ bom: true, columns: true },
    });
    expect(rows).toHaveLength(10);
    expect(rows).toContainEqual(expect.objectContaining({ file: "'=1+1.png", result: 'skipped' }));
    await page.keyboard.press('Escape');
  });

  test('imports new files automatically, until the watch is stopped', async () => {
    const { page } = launched;
    const [drawn = ''] = await readdir(at('drawn', 'test', 'monocyte'));
    await copyFile(at('drawn', 'test', 'monocyte', drawn), at('scans', 'monocyte', 'new.png'));
    await page.getByText('1 image so far').waitFor();
    await page.getByRole('status').filter({ hasText: '9 images' }).first().waitFor();
    await rename(at('scans'), at('away'));
    await page.getByText(`${at('scans')} cannot be found at the moment`).waitFor();
    await photograph(launched, '57-watched-away');
    await rename(at('away'), at('scans'));
    await page.getByText(`New images in ${at('scans')}`).waitFor();
    await page.getByRole('button', { name: 'Stop watching' }).click();
    await page.getByText(`New images in ${at('scans')}`).waitFor({ state: 'detached' });
  });
});
