import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Project, ProjectImage } from '../src/contract/app.ts';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { axeFindings } from './support/axe.ts';
import { answerOf, ask } from './support/bridge.ts';
import { chooseOpen } from './support/dialogs.ts';
import { writeCellClasses } from './support/new-project.ts';
import { latestRun, openSample } from './support/sample-project.ts';
import { photograph } from './support/screenshots.ts';
import { settled } from './support/settled.ts';

const selected = (page: Page): ReturnType<Page['locator']> =>
  page.locator('[role=option][aria-selected=true]');

async function violations(page: Page): Promise<string[]> {
  await settled(page);
  return axeFindings(page);
}

describe('keyboard shortcuts that the user chooses', () => {
  let launched: LaunchedApp;
  let userData: string;
  let workspace: string;

  const launch = async (): Promise<void> => {
    launched = await launchApp({ colorScheme: 'dark', userData, workspace });
  };

  beforeAll(async () => {
    userData = await mkdtemp(join(tmpdir(), 'understudy-keys-'));
    workspace = await mkdtemp(join(tmpdir(), 'understudy-keys-'));
    await launch();
  });
  afterAll(async () => {
    await launched.close();
    for (const folder of [userData, workspace])
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  /** Key shown next to Undo in the menu. */
  const menuKey = (): Promise<string | undefined> =>
    launched.app.evaluate(
      ({ Menu }) =>
        Menu.getApplicationMenu()
          ?.items.flatMap(({ submenu }) => submenu?.items ?? [])
          .find(({ label }) => label === 'Undo')?.accelerator as string | undefined,
    );
  const said = (): Promise<string | null> =>
    launched.page
      .getByRole('dialog', { name: 'Keyboard shortcuts' })
      .getByRole('status')
      .textContent();

  test('are listed and assigned with the keyboard only; conflicts and fixed keys are refused', async () => {
    const { page } = launched;
    await page.getByRole('button', { name: 'Open the sample' }).waitFor();
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    const row = dialog.getByRole('button', { name: 'Choose a class by its name: L, change' });
    await row.focus();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: /^Press a key for “Choose a class/ }).waitFor();
    await page.keyboard.press('5');
    await expect.poll(said).toContain('5 is already the keyboard shortcut of “Fifth class”');
    await page.keyboard.press('Tab');
    await expect.poll(said).toContain('Tab cannot be reassigned');
    await photograph(launched, '80-key-refused');
    await page.keyboard.press('Escape');
    await row.waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('j');
    await expect.poll(said).toBe('J is now a keyboard shortcut for “Choose a class by its name”.');
    const focused = (): Promise<string | null> =>
      page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null);
    await expect.poll(focused).toBe('Choose a class by its name: J, change');
    expect(await violations(page)).toEqual([]);
  });

  test('apply to the menu as well', async () => {
    const { page } = launched;
    await expect.poll(menuKey).toBe('CmdOrCtrl+Z');
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await dialog.getByRole('button', { name: 'Undo: Ctrl+Z, change' }).click();
    await page.keyboard.press('Control+u');
    await dialog.getByRole('button', { name: 'Undo: Ctrl+U, change' }).waitFor();
    await expect.poll(menuKey).toBe('CmdOrCtrl+U');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });

  test('survive a restart', async () => {
    await launched.app.close();
    await launch();
    const { page } = launched;
    await openSample(page, 4);
    await expect.poll(menuKey).toBe('CmdOrCtrl+U');
    await page.keyboard.press('Alt+3');
    await page.locator('[role=option] img').first().click();
    await expect.poll(() => selected(page).count()).toBe(1);
    await page.getByRole('button', { name: 'Choose a class by its name (J)' }).waitFor();
    const picker = page.getByRole('dialog', { name: 'Label the selected images' });
    await page.keyboard.press('l');
    expect(await picker.count()).toBe(0);
    await page.keyboard.press('j');
    await picker.waitFor();
    await page.keyboard.press('Enter');
    await picker.waitFor({ state: 'hidden' });
    const undo = page.getByRole('button', { name: 'Undo (Ctrl+U)' });
    await expect.poll(() => undo.isEnabled()).toBe(true);
    const undone = page.getByText('Undone: the labels of 1 image');
    await page.keyboard.press('Control+z');
    expect(await undone.count()).toBe(0);
    await page.keyboard.press('Control+u');
    await undone.waitFor();
  });

  test('are reset to the defaults', async () => {
    const { page } = launched;
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await dialog.getByRole('button', { name: 'Reset the keyboard shortcuts of Undo' }).click();
    await dialog.getByRole('button', { name: 'Undo: Ctrl+Z, change' }).waitFor();
    await dialog.getByRole('button', { name: 'Reset all keyboard shortcuts' }).click();
    await expect.poll(said).toBe('All actions have their default keyboard shortcuts.');
    await expect.poll(menuKey).toBe('CmdOrCtrl+Z');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Choose a class by its name (L)' }).waitFor();
  });

  test('also review images in order, with their reason, and undo', async () => {
    const { page } = launched;
    const [project] = (await answerOf(page, 'project.list', null)) as [Project];
    await ask(page, 'run.start', { project: project.id });
    await expect
      .poll(async () => (await latestRun(page, project.id)).state, { timeout: 900_000 })
      .toBe('done');
    await page.keyboard.press('Alt+3');
    await page.getByRole('button', { name: /^Find images to check next/ }).click();
    await page.getByText(/The student made predictions for [\d,]+ images/).waitFor();
    await expect.poll(() => selected(page).count()).toBe(1);
    const queue = async (): Promise<ProjectImage[]> => {
      const { images } = await answerOf(page, 'image.page', {
        ...{ project: project.id, filter: { show: 'review' }, offset: 0, limit: 200 },
      });
      return images;
    };
    const [first] = await queue();
    expect(first?.isLabelled).toBe(false);
    expect(first?.review?.student).toHaveLength(1);
    await page
      .getByText(/^(?:student unsure: |teacher predicts |no label; student predicts )/)
      .first()
      .waitFor();
    await photograph(launched, '81-review');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: /^Accept .* \(Ctrl\+Enter\)$/ }).waitFor();
    await page.keyboard.press('Control+Enter');
    await expect.poll(async () => (await queue()).some(({ id }) => id === first?.id)).toBe(false);
    const { images } = await answerOf(page, 'image.page', {
      ...{ project: project.id, filter: { show: first?.review?.student?.[0] } },
      ...{ offset: 0, limit: 500 },
    });
    expect(images.find(({ id }) => id === first?.id)).toMatchObject({
      ...{ classes: first?.review?.student, isReviewed: true },
    });
    // It continues with the image after it.
    await expect.poll(() => selected(page).getAttribute('data-index')).toBe('1');
    await page.keyboard.press('Control+z');
    await expect.poll(async () => (await queue())[0]?.id).toBe(first?.id);
  });
});

describe('a segmentation project', () => {
  let launched: LaunchedApp;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-outlines-'));
    await writeCellClasses(folder, { perClass: 2, seed: 1 });
    launched = await launchApp({ colorScheme: 'dark' });
  });
  afterAll(async () => {
    await launched.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('is created with classes and their colours', async () => {
    const { page } = launched;
    await page.getByRole('button', { name: 'New project' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Cell outlines');
    await page.getByText('Outline regions', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Add a class' }).fill('nucleus');
    await page.keyboard.press('Enter');
    await photograph(launched, '82-outlines-new');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Create project' }).click();
    await page.getByRole('heading', { level: 1, name: 'Images' }).waitFor();
    await page.keyboard.press('Alt+1');
    await page.getByRole('button', { name: 'Colour of nucleus' }).waitFor();
    await page.getByRole('radio', { name: /Outline regions/, checked: true }).waitFor();
  });

  test('does not use class folders as labels', async () => {
    const { app, page } = launched;
    await page.keyboard.press('Alt+2');
    await chooseOpen(app, folder);
    await page.getByRole('button', { name: 'Add a folder' }).first().click();
    await page.getByRole('radio', { name: /No table/, checked: true }).waitFor();
    expect(await page.getByRole('radio', { name: /^Class folders/ }).count()).toBe(0);
    await page.getByRole('button', { name: /^Add \d+ images$/ }).click();
    await page.locator('[role=listbox] [role=option] img').first().waitFor();
  });

  test('counts masks and opens the next image to outline', async () => {
    const { page } = launched;
    await page.keyboard.press('Alt+3');
    await page.getByText(/^0 of \d+ images have masks marked as done\.$/).waitFor();
    await page.getByRole('button', { name: 'Outline the next image' }).click();
    const large = page.getByRole('dialog', { name: /, enlarged$/ });
    await large.waitFor();
    const before = await large.getAttribute('aria-label');
    await page.keyboard.press('Control+Enter');
    // An empty mask trains the whole image as background.
    const question = page.getByRole('dialog', { name: 'Save the whole image as background?' });
    await question.getByRole('button', { name: 'Save as all background' }).click();
    await expect.poll(() => large.getAttribute('aria-label')).not.toBe(before);
    await page.keyboard.press('Escape');
    await large.waitFor({ state: 'hidden' });
    await page.getByText(/^1 of \d+ images has a mask marked as done\.$/).waitFor();
    await page.locator('[role=option]').getByText('mask done').waitFor();
    await photograph(launched, '83-outlines');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Control+z');
    await page.getByText(/^0 of \d+ images have masks marked as done, 1 is a draft\.$/).waitFor();
  });

  test('reports what a segmentation student lacks, and leads there', async () => {
    const { page } = launched;
    await page.keyboard.press('Alt+6');
    await page.getByRole('heading', { level: 1, name: 'Distil' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await photograph(launched, '84-outlines-distil');
    await page.getByRole('button', { name: 'Choose the skip factor' }).click();
    await page.getByRole('heading', { level: 1, name: 'Skip factor' }).waitFor();
    await page.getByText(/^No training mask is marked as done yet\./).waitFor();
    expect(await page.getByRole('button', { name: /^Distil \d+ of/ }).isDisabled()).toBe(true);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Outline regions', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Labels' }).waitFor();
    const [project] = (await answerOf(page, 'project.list', null)) as [Project];
    expect(await ask(page, 'run.start', { project: project.id })).toMatchObject({
      ...{ ok: false, error: { code: 'invalid-labels' } },
    });
  });
});
