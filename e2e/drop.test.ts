import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Project } from '../src/contract/app.ts';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { answerOf } from './support/bridge.ts';
import { dropOn } from './support/drag.ts';
import { writeCellClasses } from './support/new-project.ts';
import { photograph } from './support/screenshots.ts';

// Folders and files dropped on the real app, with their real paths.

describe('dropping files', () => {
  let launched: LaunchedApp;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-drop-'));
    await writeCellClasses(folder, { perClass: 3, seed: 1 });
    launched = await launchApp({ colorScheme: 'dark' });
    await launched.page.getByRole('button', { name: 'Open the sample' }).waitFor();
  });
  afterAll(async () => {
    await launched.close();
    await rm(folder, { recursive: true, force: true });
  });

  const projects = (): Promise<Project[]> => answerOf(launched.page, 'project.list', null);
  /** Dropping is disabled while it is open. */
  const leaveDialog = async (): Promise<void> => {
    const { page } = launched;
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };
  const add = (): Locator => launched.page.getByRole('button', { name: /^Add [\d,]* ?images$/ });

  test('reports once that a file is not an image, and creates no project from an empty folder', async () => {
    const { page, workspace } = launched;
    const [report, model, empty] = ['report.pdf', 'model.pt', 'empty'].map((name) =>
      join(workspace, '..', `${basename(workspace)}-${name}`),
    ) as [string, string, string];
    await writeFile(report, 'a report');
    await writeFile(model, 'a model');
    await mkdir(empty);
    const notices = page.getByRole('region', { name: 'Messages' });
    for (const name of [report, report]) await dropOn(page, [name]);
    await notices.getByText(`“${basename(report)}” is not an image. Drop a folder`).waitFor();
    await dropOn(page, [model]);
    await notices.getByText(/is a model file, not an image/).waitFor();
    expect(await notices.getByText(/is not an image|, not an image/).count()).toBe(1);
    expect(await notices.getByRole('button', { name: /^Add the folder/ }).count()).toBe(0);
    await dropOn(page, [empty]);
    await page.getByText('This folder cannot be used').waitFor();
    await photograph(launched, '40-drop-empty');
    const create = page.getByRole('button', { name: 'Create project' });
    expect(await create.isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Continue without this folder' }).click();
    await expect.poll(() => create.isDisabled()).toBe(false);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Open the sample' }).waitFor();
    expect(await projects()).toEqual([]);
    for (const path of [report, model, empty]) await rm(path, { recursive: true });
  });

  test('creates a project named after a folder dropped on the start page, with its images', async () => {
    const { page } = launched;
    await dropOn(page, [join(folder, 'train')], async () => {
      await page.getByText('Understudy makes a new project from it.').waitFor();
      await photograph(launched, '40-drop-start');
    });
    await page.getByRole('heading', { level: 1, name: 'New project' }).waitFor();
    const name = page.getByRole('textbox', { name: 'Name', exact: true });
    await expect.poll(() => name.inputValue()).toBe(basename(folder));
    await page.getByText(join(folder, 'train')).waitFor();
    await photograph(launched, '41-drop-new');
    await page.getByRole('button', { name: 'Create project' }).click();
    await add().click();
    await page.locator('[role=option] img').first().waitFor();
    await expect.poll(projects).toMatchObject([{ name: basename(folder), images: 12 }]);
  });

  test('asks for the labels of a folder dropped on an open project, on the Images step', async () => {
    const { page } = launched;
    await page.keyboard.press('Alt+3');
    await page.getByRole('heading', { level: 1, name: 'Labels' }).waitFor();
    await dropOn(page, [join(folder, 'test')], async () => {
      await page.getByText('Drop a folder to add its images').waitFor();
      await photograph(launched, '42-drop-project');
    });
    await page.getByRole('heading', { level: 1, name: 'Images' }).waitFor();
    await add().click();
    await expect.poll(projects).toMatchObject([{ images: 24 }]);
  });

  test('offers the folder of dropped images', async () => {
    const { page } = launched;
    const { images } = await answerOf(page, 'image.page', {
      ...{ project: 1, filter: {}, offset: 0, limit: 1 },
    });
    const path = join(folder, 'test', images[0]?.name ?? '');
    await dropOn(page, [path]);
    const name = basename(path);
    await page.getByText(`“${name}” is a single file. Drop the folder that contains it`).waitFor();
    await page
      .getByRole('button', { name: `Add the folder “${basename(join(path, '..'))}”` })
      .click();
    await leaveDialog();
  });

  test('offers the parent of several dropped folders', async () => {
    const { page } = launched;
    await dropOn(page, [join(folder, 'train'), join(folder, 'test')]);
    await page.getByText('2 folders at once').waitFor();
    await page.getByRole('button', { name: `Add the folder “${basename(folder)}”` }).click();
    await leaveDialog();
    await expect.poll(projects).toMatchObject([{ images: 24 }]);
  });

  test('is disabled while a dialog is open', async () => {
    const { page } = launched;
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await dropOn(page, [join(folder, 'train')]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(page.url()).toBe('understudy://page/index.html');
  });
});
