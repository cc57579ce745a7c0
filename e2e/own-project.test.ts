import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeSample } from '../src/engine/sample.ts';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { ask } from './support/bridge.ts';
import { chooseOpen } from './support/dialogs.ts';
import { photograph } from './support/screenshots.ts';

/** What has the keys, by its name. */
const keysAt = (page: Page): Promise<string | null> =>
  page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent ?? null;
  });

// A project of one's own, as somebody makes it who has never seen the program.

describe('a new project', () => {
  let launched: LaunchedApp;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-own-'));
    const request = { set: 'cells', out: folder, perClass: 6, seed: 1 } as const;
    await writeSample(request, { signal: new AbortController().signal, report: () => undefined });
    await rm(join(folder, 'masks'), { recursive: true });
    launched = await launchApp({ colorScheme: 'dark' });
  });
  afterAll(async () => {
    await launched.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('is made with a name and a kind of images', async () => {
    const { page } = launched;
    await page.getByRole('button', { name: 'New project' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Blood cells');
    await page.getByText('Medical', { exact: true }).click();
    await photograph(launched, '20-new-project');
    await page.getByRole('button', { name: 'Create project' }).click();
    await page.getByRole('heading', { level: 1, name: 'Images' }).waitFor();
    await photograph(launched, '21-no-images');
  });

  test('takes a folder with its classes and what is held out', async () => {
    const { app, page } = launched;
    await chooseOpen(app, folder);
    await page.getByRole('button', { name: 'Add a folder' }).first().click();
    await page.getByRole('button', { name: 'Add 48 images' }).waitFor();
    await photograph(launched, '22-import');
    await page.getByRole('button', { name: 'Add 48 images' }).click();
    // What opened the dialog cannot be used while images come in.
    await expect.poll(() => keysAt(page)).toBe('Images');
    await page.locator('[role=listbox] [role=option] img').first().waitFor();
    // Thumbnails come while the import is still at work, so the first of them is no sign of its end.
    await expect
      .poll(async () => {
        const list = await ask(page, 'project.list', null);
        return list.ok ? list.value : [];
      })
      .toMatchObject([{ images: 48, labelled: 48, tested: 24 }]);
    await photograph(launched, '23-imported');
  });

  test('goes on by key after a class is removed', async () => {
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

  test('is renamed, and is there after a restart of the page', async () => {
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
