import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProjectImage } from '../src/contract/app.ts';
import type { MaskInfo } from '../src/contract/masks.ts';
import type { LaunchedApp } from './support/app.ts';
import type { DiscFolder } from './support/mask-project.ts';
import {
  answerOf,
  drag,
  makeDiscFolder,
  makeMaskProject,
  openImage,
  placeOf,
  saved,
  stageReady,
  valueOf,
} from './support/mask-project.ts';
import { enginePid } from './support/processes.ts';

// That nothing which was painted or marked is lost, however quick or careless the hand is.

const size = { width: 900, height: 700 };

describe('what was painted is kept', () => {
  let launched: LaunchedApp;
  let folder: DiscFolder;
  let first: ProjectImage;
  let second: ProjectImage;

  beforeAll(async () => {
    folder = await makeDiscFolder([size, size]);
    launched = await folder.launch();
    const made = await makeMaskProject(launched.page, folder.images);
    [first, second] = made.images as [ProjectImage, ProjectImage];
    await openImage(launched.page, first);
  });
  afterAll(async () => {
    await launched.close();
    await folder.remove();
  });

  const value = (image: ProjectImage, x: number, y: number): Promise<number> =>
    valueOf(launched.page, image.id, x, y);
  const press = (key: string): Promise<void> => launched.page.keyboard.press(key);
  const paint = (y: number): Promise<void> =>
    drag(launched.page, size, [
      [100, y],
      [600, y],
    ]);
  const stateOf = async (image: ProjectImage): Promise<string | undefined> => {
    const infos = await answerOf<MaskInfo[]>(launched.page, 'mask.list', { image: image.id });
    return infos.find(({ layer }) => layer === 'human')?.state;
  };

  test('what was marked as done is a draft again by undo, in its turn with strokes', async () => {
    const { page } = launched;
    await paint(100);
    await saved(page);
    await press('Control+Enter');
    await expect.poll(() => stateOf(first)).toBe('done');
    await stageReady(page, second.id);
    await press('Control+z');
    await expect.poll(() => stateOf(first)).toBe('draft');
    await stageReady(page, first.id);
    expect(await value(first, 300, 100)).toBe(1);
    await press('Control+z');
    await expect.poll(() => value(first, 300, 100)).toBe(0);
    await press('Control+Shift+z');
    await expect.poll(() => value(first, 300, 100)).toBe(1);
    expect(await stateOf(first)).toBe('draft');
    await press('Control+Shift+z');
    await expect.poll(() => stateOf(first)).toBe('done');
    await page.getByRole('button', { name: 'Back to draft' }).click();
    await expect.poll(() => stateOf(first)).toBe('draft');
    await press('Control+z');
    await expect.poll(() => stateOf(first)).toBe('done');
    await press('Control+z');
    await expect.poll(() => stateOf(first)).toBe('draft');
  });

  /** Until an image is looked at; its mask may be on its way. */
  const shownImage = (id: number): Promise<void> =>
    launched.page.locator(`dialog [data-image="${id}"]`).waitFor();

  test('a stroke that is quicker than its mask lands on the image that was meant', async () => {
    const { app, page } = launched;
    await press('f');
    await stageReady(page, second.id);
    await page.waitForFunction(() => document.querySelector('[data-saving="saved"]') !== null);
    const engine = await enginePid(app);
    process.kill(engine, 'SIGSTOP');
    try {
      await press('d');
      await shownImage(first.id);
      await paint(200);
      await page.locator('[data-saving="saving"]').waitFor();
      await press('f');
      await shownImage(second.id);
    } finally {
      process.kill(engine, 'SIGCONT');
    }
    await expect.poll(() => value(first, 300, 200)).toBe(1);
    expect(await value(first, 550, 200)).toBe(1);
    expect(await value(second, 300, 200)).toBe(0);
    await saved(page);
    await press('Control+z');
    await expect.poll(() => value(first, 300, 200)).toBe(0);
    expect(await value(first, 300, 100)).toBe(1);
    await saved(page);
  });

  test('a window that is loaded again in the middle of a stroke has it afterwards', async () => {
    const { app, page } = launched;
    await openImage(page, first);
    const from = await placeOf(page, size, 100, 300);
    const to = await placeOf(page, size, 600, 300);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 8 });
    const loaded = page.waitForEvent('load');
    await app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.webContents.reload();
    });
    await loaded;
    await page.getByRole('button', { name: 'Outlines' }).first().waitFor();
    await page.mouse.up();
    expect(await value(first, 300, 300)).toBe(1);
  });

  test('a window that is closed right after a stroke has it when it is opened again', async () => {
    const { app, page } = launched;
    await openImage(page, first);
    const closed = new Promise<void>((resolve) => {
      app.once('close', () => {
        resolve();
      });
    });
    const engine = await enginePid(app);
    // Nothing can be saved before the window is told to close.
    process.kill(engine, 'SIGSTOP');
    await paint(400);
    await app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.close();
    });
    process.kill(engine, 'SIGCONT');
    await closed;
    launched = await folder.launch();
    expect(await value(first, 300, 400)).toBe(1);
    expect(await value(first, 590, 400)).toBe(1);
  });
});
