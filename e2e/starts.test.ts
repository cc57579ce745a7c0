import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElectronApplication } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bounds, launchApp } from './support/app.ts';
import type { LaunchedApp, LaunchOptions } from './support/app.ts';
import { ask } from './support/bridge.ts';

// State that is kept from one start of the app to the next.

function isVisible(app: ElectronApplication) {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
}

describe('from one start of the app to the next,', () => {
  let userData: string;
  const open: LaunchedApp[] = [];
  const start = async (options: LaunchOptions = {}): Promise<LaunchedApp> => {
    const launched = await launchApp({ userData, ...options });
    open.push(launched);
    return launched;
  };
  beforeAll(async () => {
    userData = await mkdtemp(join(tmpdir(), 'understudy-settings-'));
  });
  afterEach(async () => {
    for (const launched of open.splice(0)) await launched.close().catch(() => undefined);
  });
  afterAll(async () => {
    await rm(userData, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  test('the window returns to its position', async () => {
    const first = await start();
    // Before it is shown, the system may still report the size that it was created with.
    await expect.poll(() => isVisible(first.app)).toBe(true);
    await first.app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.setBounds({ x: 140, y: 90, width: 1180, height: 760 });
    });
    await expect
      .poll(
        async () => JSON.parse(await readFile(join(userData, 'window.json'), 'utf8')) as unknown,
      )
      .toMatchObject({ x: 140, y: 90, width: 1180, height: 760 });
    await first.close();
    const second = await start();
    expect(await bounds(second.app)).toEqual({ x: 140, y: 90, width: 1180, height: 760 });
  });

  test('damaged settings are ignored', async () => {
    await writeFile(join(userData, 'settings.json'), '{"workspace":');
    await writeFile(join(userData, 'window.json'), '{"x":"left"}');
    const { app, page } = await start({ colorScheme: 'light' });
    expect(await bounds(app)).toMatchObject({ width: 1280, height: 800 });
    expect(await ask(page, 'workspace.status', null)).toMatchObject({ ok: true });
    expect(await page.evaluate(`matchMedia('(prefers-color-scheme: light)').matches`)).toBe(true);
  });

  test('an unavailable folder is reported, and another can be chosen', async () => {
    const file = join(userData, 'a-file');
    await writeFile(file, '');
    const { page } = await start({ workspace: file });
    const answer = await ask(page, 'project.list', null);
    expect(answer).toMatchObject({ ok: false, error: { code: 'disk' } });
    await page.getByText(`The folder ${file} could not be created or written`).first().waitFor();
    await page.getByRole('button', { name: 'Choose another folder' }).waitFor();
  });
});
