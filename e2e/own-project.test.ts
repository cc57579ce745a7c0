import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../src/contract/app.ts';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { axeFindings } from './support/axe.ts';
import { answerOf, ask } from './support/bridge.ts';
import { chooseOpen } from './support/dialogs.ts';
import { writeCellClasses } from './support/new-project.ts';
import { photograph } from './support/screenshots.ts';

/** Name of the focused element. */
const keysAt = (page: Page): Promise<string | null> =>
  page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent ?? null;
  });

/** Returns a failed run of the first project, as the engine reports it. */
async function endedRun(page: Page): Promise<Run> {
  const projects = await answerOf(page, 'project.list', null);
  const project = projects.find(({ name }) => name === 'Blood cells');
  if (project === undefined) throw new Error('the project is gone');
  return {
    ...{ id: 77, project: project.id, state: 'failed', settings: project.settings },
    ...{ teacherName: 'vit', teacherBlocks: 12, step: 3, device: 'cpu', deviceNote: null },
    ...{ createdAt: new Date().toISOString(), finishedAt: new Date().toISOString() },
    ...{ error: { code: 'disk', message: 'The disk is full.' }, summary: null, testSet: null },
    isExported: false,
  };
}

// A project of the user's own, made without knowing the program.

describe('a new project', () => {
  let launched: LaunchedApp;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-own-'));
    await writeCellClasses(folder, { perClass: 6, seed: 1 });
    launched = await launchApp({ colorScheme: 'dark' });
  });
  afterAll(async () => {
    await launched.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('is created with a name and a kind of images', async () => {
    const { page } = launched;
    await page.getByRole('button', { name: 'New project' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Blood cells');
    await page.getByText('Medical', { exact: true }).click();
    await photograph(launched, '20-new-project');
    await page.getByRole('button', { name: 'Create project' }).click();
    await page.getByRole('heading', { level: 1, name: 'Images' }).waitFor();
    await photograph(launched, '21-no-images');
  });

  test('imports a folder with its classes and test images', async () => {
    const { app, page } = launched;
    await chooseOpen(app, folder);
    await page.getByRole('button', { name: 'Add a folder' }).first().click();
    await page.getByRole('button', { name: 'Add 48 images' }).waitFor();
    await photograph(launched, '22-import');
    await page.getByRole('button', { name: 'Add 48 images' }).click();
    // The button that opened the dialog is disabled during an import.
    await expect.poll(() => keysAt(page)).toBe('Images');
    await page.locator('[role=listbox] [role=option] img').first().waitFor();
    // Thumbnails appear while the import is still running, so the first of them does not mean that it has ended.
    await expect
      .poll(() => answerOf(page, 'project.list', null))
      .toMatchObject([{ images: 48, labelled: 48, tested: 24 }]);
    await photograph(launched, '23-imported');
  });

  test('shows held-out images, and the user sets the use of images, by menu and by key', async () => {
    const { page } = launched;
    await page.keyboard.press('Alt+2');
    const line = page.getByRole('region', { name: 'Test set' });
    await line.getByText('24 labelled training images, 24 test images.').waitFor();
    // By its position: more rows are rendered once the last is visible, and the last one changes.
    const index = await page.locator('[role=option]').last().getAttribute('data-index');
    const tile = page.locator(`[role=option][data-index="${index}"]`);
    await tile.scrollIntoViewIfNeeded();
    const before = await tile.boundingBox();
    await tile.click();
    await page.getByRole('button', { name: 'Set group…' }).waitFor();
    expect(await tile.boundingBox()).toEqual(before);
    await tile.click({ button: 'right' });
    await photograph(launched, '25-uses-menu');
    await page.getByRole('menuitem', { name: 'Hold out for the test' }).click();
    await line.getByText('23 labelled training images, 25 test images').waitFor();
    await page.getByText('1 image is held out for the test.').waitFor();
    await photograph(launched, '26-uses');
    expect(await axeFindings(page, { least: 'serious' })).toEqual([]);
    // The element that opened it has the focus again.
    await page.keyboard.press('U');
    await line.getByText('24 labelled training images, 24 test images').waitFor();
    await page.keyboard.press('Control+Z');
    await line.getByText('23 labelled training images, 25 test images').waitFor();
    await page.keyboard.press('Control+Z');
    await line.getByText('24 labelled training images, 24 test images').waitFor();
    await page.keyboard.press('G');
    await page.getByRole('textbox', { name: /^Name of the patient/ }).fill('patient 7');
    await photograph(launched, '27-group');
    await page.keyboard.press('Enter');
    await page.getByText('1 image is in the group “patient 7” now.').waitFor();
    // The undo of an older notice would revert another change.
    expect(await page.getByText('1 image is held out for the test.').count()).toBe(0);
    await page.keyboard.press('Enter');
    const viewer = page.getByRole('dialog');
    await viewer.getByRole('button', { name: 'Training' }).waitFor();
    await photograph(launched, '28-uses-viewer');
    await page.keyboard.press('Escape');
    await viewer.waitFor({ state: 'detached' });
  });

  test('reports missing images, and finds them in another folder', async () => {
    const { app, page } = launched;
    await rename(folder, `${folder}-elsewhere`);
    await page.keyboard.press('Alt+1');
    await page.keyboard.press('Alt+2');
    await page.getByText('48 images are not where they were').waitFor();
    await photograph(launched, '29-missing');
    expect(await axeFindings(page, { least: 'serious' })).toEqual([]);
    await chooseOpen(app, `${folder}-elsewhere`);
    await page.getByRole('button', { name: 'Locate folder…' }).click();
    await page.getByText('48 images were found.').waitFor();
    await page.getByText('48 images are not where they were').waitFor({ state: 'detached' });
    await rename(`${folder}-elsewhere`, folder);
    await page
      .getByRole('region', { name: 'Messages' })
      .getByRole('button', { name: 'Undo' })
      .last()
      .click();
    await page.getByText('48 images are back at their previous location.').waitFor();
  });

  test('work that ends while another project is open is reported with a link to it', async () => {
    const { app, page } = launched;
    await ask(page, 'project.create', { name: 'Other', domain: 'other', task: 'single' });
    await page.keyboard.press('Control+O');
    await page.getByRole('button', { name: 'Other', exact: true }).waitFor();
    await app.evaluate(
      ({ BrowserWindow }, run) => {
        BrowserWindow.getAllWindows()[0]?.webContents.send('understudy:event', 'run.changed', run);
      },
      await endedRun(page),
    );
    await page.getByText('Blood cells: Run stopped. The disk is full.').waitFor();
    await page.getByRole('button', { name: /Projects: .* 1 other project has updates/ }).waitFor();
    await photograph(launched, '30-ended-elsewhere');
    expect(await axeFindings(page, { least: 'serious' })).toEqual([]);
    await page.getByRole('button', { name: 'Open run' }).click();
    await page.getByRole('heading', { level: 1, name: 'Distil' }).waitFor();
    expect(await page.getByRole('button', { name: /has updates/ }).count()).toBe(0);
  });

  test('continues by key after a class is removed', async () => {
    const { page } = launched;
    await page.keyboard.press('Alt+1');
    const field = page.getByRole('textbox', { name: 'Add a class' });
    await field.fill('artefact');
    await field.press('Enter');
    const remove = page.getByRole('button', { name: 'Remove artefact' });
    await remove.focus();
    await page.keyboard.press('Enter');
    await remove.waitFor({ state: 'detached' });
    await expect.poll(() => keysAt(page)).toMatch(/^Remove /);
  });

  test('is renamed, and is still there after a restart of the page', async () => {
    const { page } = launched;
    await page.keyboard.press('Alt+1');
    const name = page.getByRole('textbox', { name: 'Name', exact: true });
    await name.fill('White blood cells');
    await name.press('Enter');
    await page
      .getByRole('button', { name: /White blood cells/ })
      .first()
      .waitFor();
    await page.reload();
    await page.getByText('White blood cells').first().waitFor();
    await photograph(launched, '24-projects');
  });
});
