import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { answerOf, ask, heardBy, listenTo } from './support/bridge.ts';
import { chooseOpen } from './support/dialogs.ts';
import { enginePid, workerPid } from './support/processes.ts';
import { latestRun, openSample, waitForStep } from './support/sample-project.ts';
import { photograph } from './support/screenshots.ts';

// Failures on a user's computer, simulated with the real processes in the middle of a real run.

describe.runIf(process.platform === 'linux')('a run during failures', () => {
  let launched: LaunchedApp;
  let project: number;
  const steps = 700;

  beforeAll(async () => {
    launched = await launchApp({ colorScheme: 'dark' });
    project = await openSample(launched.page, steps);
  });
  afterAll(async () => {
    const { workspace, userData } = launched;
    await launched.close();
    for (const folder of [workspace, userData]) await rm(folder, { recursive: true, force: true });
  });

  test('a killed worker is restarted from its checkpoint', async () => {
    const { app, page } = launched;
    await page.getByRole('button', { name: /^Distil 6 of 12 blocks/ }).click();
    await waitForStep(page, project, 20);
    const { id, step } = await latestRun(page, project);
    process.kill(await workerPid(app), 'SIGKILL');
    await waitForStep(page, project, step + 10);
    expect(await latestRun(page, project)).toMatchObject({ id, state: 'running' });
  });

  test('a killed engine is restarted, which is reported, and the run continues', async () => {
    const { app, page } = launched;
    const { id, step } = await latestRun(page, project);
    process.kill(await enginePid(app), 'SIGKILL');
    await page.getByText('The engine stopped and is restarting').first().waitFor();
    await waitForStep(page, project, step + 5);
    expect(await latestRun(page, project)).toMatchObject({ id, state: 'running' });
  });

  test('an engine that no longer answers is detected, and the run continues after a restart', async () => {
    const { app, page } = launched;
    const { id, step } = await latestRun(page, project);
    process.kill(await enginePid(app), 'SIGSTOP');
    const banner = page.getByRole('alert').filter({ hasText: 'has not responded for 20 seconds' });
    await banner.waitFor();
    await photograph(launched, '33-engine-silent');
    const status = page.getByRole('contentinfo', { name: 'Status' });
    await status.getByText('The engine does not respond').waitFor();
    await banner.getByRole('button', { name: 'Keep waiting' }).click();
    await banner.waitFor({ state: 'detached' });
    // It can still be restarted, from the list of all actions.
    await page.keyboard.press('Control+K');
    await page.keyboard.type('Restart the engine');
    await page.keyboard.press('Enter');
    await status.getByText('The engine does not respond').waitFor({ state: 'detached' });
    await waitForStep(page, project, step + 5);
    expect(await latestRun(page, project)).toMatchObject({ id, state: 'running' });
  });

  test('closing the window keeps the run, which continues when the app is opened again', async () => {
    const { workspace, userData, page } = launched;
    const { id, step } = await latestRun(page, project);
    await launched.app.close();
    launched = await launchApp({ workspace, userData, colorScheme: 'dark' });
    await launched.page.locator('#app > *').first().waitFor({ state: 'attached' });
    const reopened = await latestRun(launched.page, project);
    expect(reopened.id).toBe(id);
    expect(['running', 'queued', 'done']).toContain(reopened.state);
    await waitForStep(launched.page, project, step);
    await ask(launched.page, 'run.pause', { run: id });
  });
});

describe.skipIf(process.platform === 'win32')('a workspace that is moved away', () => {
  let launched: LaunchedApp;
  let project: number;

  beforeAll(async () => {
    launched = await launchApp({ colorScheme: 'dark' });
    project = await openSample(launched.page, 700);
  });
  afterAll(async () => {
    await launched.close();
  });

  const start = (): Promise<void> =>
    launched.page.getByRole('button', { name: 'Start the engine' }).click();

  test('is reported missing within seconds, and not created again', async () => {
    const { page, workspace } = launched;
    await rename(workspace, `${workspace}-elsewhere`);
    const banner = page.getByRole('alert').filter({ hasText: 'The engine is not running' });
    await banner.getByText(`The workspace ${workspace} is missing`).waitFor();
    await photograph(launched, '30-workspace-gone');
    await listenTo(page);
    await start();
    const states = async (): Promise<unknown[]> =>
      (await heardBy(page, 'engine.state')).map((heard) => (heard as { state: string }).state);
    await expect.poll(states).toEqual(['restarting', 'failed']);
    await banner.waitFor();
    expect(existsSync(workspace)).toBe(false);
  });

  test('is usable with all its content when it is put back', async () => {
    const { page, workspace } = launched;
    await rename(`${workspace}-elsewhere`, workspace);
    await start();
    await page.getByText('The engine is running again').first().waitFor();
    expect(await ask(page, 'project.get', { project })).toMatchObject({
      ok: true,
      value: { isSample: true, images: 600, settings: { steps: 700 } },
    });
    await page.keyboard.press('Alt+2');
    await page.locator('[role=listbox] [role=option] img').first().waitFor();
  });

  test('can be replaced by another, or created again in the same place', async () => {
    const { app, page, workspace } = launched;
    await rename(workspace, `${workspace}-elsewhere`);
    await page
      .getByText(/is missing: it was moved/)
      .first()
      .waitFor();
    await mkdir(workspace);
    await chooseOpen(app, workspace);
    await page.getByRole('button', { name: 'Choose another folder' }).click();
    await page.getByRole('button', { name: 'Open the sample' }).waitFor();
    expect(await ask(page, 'project.list', null)).toEqual({ ok: true, value: [] });
    await rm(`${workspace}-elsewhere`, { recursive: true });
  });
});

describe('unusable folders', () => {
  let launched: LaunchedApp;
  const folder = join(import.meta.dirname, '..', 'out', 'e2e-folders');

  beforeAll(async () => {
    await mkdir(join(folder, 'empty'), { recursive: true });
    await mkdir(join(folder, 'broken', 'cats'), { recursive: true });
    await writeFile(join(folder, 'broken', 'cats', 'one.png'), 'no image');
    launched = await launchApp();
    const answer = await ask(launched.page, 'project.create', {
      name: 'Bad folders',
      domain: 'other',
      task: 'single',
    });
    expect(answer.ok).toBe(true);
    await launched.page.reload();
    await launched.page.getByText('Bad folders').first().click();
    await launched.page.getByRole('heading', { level: 1, name: 'Images' }).waitFor();
  });
  afterAll(async () => {
    await launched.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('an empty folder is reported in a sentence that says what to choose', async () => {
    const { app, page } = launched;
    await chooseOpen(app, join(folder, 'empty'));
    await page.getByRole('button', { name: 'Add a folder' }).first().click();
    await page
      .getByText(/holds no images/)
      .first()
      .waitFor();
    expect(await page.getByRole('button', { name: /^Add .*images$/ }).count()).toBe(0);
    await page.getByRole('button', { name: 'Choose another folder' }).waitFor();
    await page.keyboard.press('Escape');
  });

  test('the files of a folder of broken files are listed, each with its reason', async () => {
    const { page } = launched;
    const [project] = await answerOf(page, 'project.list', null);
    const answer = await ask(page, 'image.import', {
      project: project?.id,
      folder: join(folder, 'broken'),
      labels: 'folders',
    });
    expect(answer).toMatchObject({
      ok: true,
      value: { added: 0, skipped: [{ reason: expect.stringContaining('not an image') as string }] },
    });
  });
});

describe('closing the window while a student is distilled', () => {
  test('keeps the run going without a window if the user chooses so, and reopens the window', async () => {
    const launched = await launchApp();
    const { app, page } = launched;
    const project = await openSample(page, 3000);
    await page.getByRole('button', { name: /^Distil 6 of 12 blocks/ }).click();
    await waitForStep(page, project, 5);
    await app.evaluate(({ dialog, BrowserWindow }) => {
      dialog.showMessageBox = () => Promise.resolve({ response: 1, checkboxChecked: false });
      BrowserWindow.getAllWindows()[0]?.close();
    });
    const isVisible = (): Promise<boolean | undefined> =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
    await expect.poll(isVisible).toBe(false);
    const { step } = await latestRun(page, project);
    await waitForStep(page, project, step + 5);
    // As a second start of the program does.
    await app.evaluate(({ app: electron }) => electron.emit('second-instance'));
    await expect.poll(isVisible).toBe(true);
    await app.evaluate(({ dialog }) => {
      dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false });
    });
    await launched.close();
  });
});
