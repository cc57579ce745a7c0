import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { ask } from './support/bridge.ts';
import { chooseOpen } from './support/dialogs.ts';
import { enginePid, workerPid } from './support/processes.ts';
import { latestRun, openSample, waitForStep } from './support/sample-project.ts';

// What goes wrong on a user's machine, done to the real processes in the middle of a real run.

describe.runIf(process.platform === 'linux')('a run outlives what happens around it', () => {
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

  test('a killed worker is started again from its checkpoint', async () => {
    const { app, page } = launched;
    await page.getByRole('button', { name: /^Distil 6 of 12 blocks/ }).click();
    await waitForStep(page, project, 20);
    const { id, step } = await latestRun(page, project);
    process.kill(await workerPid(app), 'SIGKILL');
    await waitForStep(page, project, step + 10);
    expect(await latestRun(page, project)).toMatchObject({ id, state: 'running' });
  });

  test('a killed engine is started again, says so, and goes on with the run', async () => {
    const { app, page } = launched;
    const { id, step } = await latestRun(page, project);
    process.kill(await enginePid(app), 'SIGKILL');
    await page.getByText('The engine stopped and is being started again').first().waitFor();
    await waitForStep(page, project, step + 5);
    expect(await latestRun(page, project)).toMatchObject({ id, state: 'running' });
  });

  test('closing the window keeps the run, which goes on when it is opened again', async () => {
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

describe('folders that will not do', () => {
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

  test('an empty folder is a sentence that says what to choose', async () => {
    const { app, page } = launched;
    await chooseOpen(app, join(folder, 'empty'));
    await page.getByRole('button', { name: 'Add a folder' }).first().click();
    await page.getByRole('button', { name: 'Add images' }).click();
    await page
      .getByText(/holds no images/)
      .first()
      .waitFor();
  });

  test('a folder of broken files lists each with its reason', async () => {
    const { page } = launched;
    const projects = await ask(page, 'project.list', null);
    const [{ id }] = (projects.ok ? projects.value : []) as [{ id: number }];
    const answer = await ask(page, 'image.import', {
      project: id,
      folder: join(folder, 'broken'),
      labels: 'folders',
    });
    expect(answer).toMatchObject({
      ok: true,
      value: { added: 0, skipped: [{ reason: expect.stringContaining('not an image') as string }] },
    });
  });
});

describe('closing while a student is distilled', () => {
  test('keeps going without a window where that is wanted, and is seen again', async () => {
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
