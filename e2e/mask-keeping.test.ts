import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProjectImage } from '../src/contract/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { answerOf } from './support/bridge.ts';
import type { DiscFolder } from './support/mask-project.ts';
import {
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

// Nothing that was painted or marked is lost, however quick or careless the user is.

const size = { width: 900, height: 700 };

describe('keeping painted masks', () => {
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
    const infos = await answerOf(launched.page, 'mask.list', { image: image.id });
    return infos.find(({ layer }) => layer === 'human')?.state;
  };

  test('undo turns a done mask into a draft again, in order with strokes', async () => {
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

  /** Waits until an image is opened; its mask may still be loading. */
  const shownImage = (id: number): Promise<void> =>
    launched.page.locator(`dialog [data-image="${id}"]`).waitFor();

  test('a stroke faster than the loading of its mask is painted on the intended image', async () => {
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

  test('a stroke survives a reload', async () => {
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

  test('a stroke survives closing the window right after it', async () => {
    const { app, page } = launched;
    await openImage(page, first);
    const closed = new Promise<void>((resolve) => {
      app.once('close', () => {
        resolve();
      });
    });
    const engine = await enginePid(app);
    // Nothing can be saved before the window receives the request to close.
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
