import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bounds, launchApp, launchCommand } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { ask, heardBy, listenTo } from './support/bridge.ts';
import type { PageWindow } from './support/bridge.ts';
import { photograph } from './support/screenshots.ts';
import { waysToLeave } from './support/leaving.ts';
import { enginePid } from './support/processes.ts';

// The main process and its engine, through a real window; the page's content is tested elsewhere.

const preloadFile = join(import.meta.dirname, '..', 'out', 'preload', 'preload.cjs');

const tooMany = Array.from({ length: 10_001 }, () => ({ image: 1, classes: null }));

describe('the window', () => {
  let launched: LaunchedApp;
  beforeAll(async () => {
    launched = await launchApp({ colorScheme: 'dark' });
  });
  afterAll(async () => {
    await launched.close();
  });

  test('opens with the page in it', async () => {
    const { app, page } = launched;
    await page.locator('#app > *').first().waitFor({ state: 'attached' });
    expect(page.url()).toBe('understudy://page/index.html');
    expect(await bounds(app)).toMatchObject({ width: 1280, height: 800 });
    const windows = await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => window.isVisible()),
    );
    expect(windows).toEqual([true]);
  });

  test('gives the page the bridge and nothing of Node', async () => {
    const found = await launched.page.evaluate(() => ({
      bridge: Object.keys((globalThis as unknown as PageWindow).understudy).sort(),
      node: ['require', 'process', 'module', 'Buffer'].filter((name) => name in globalThis),
    }));
    expect(found).toEqual({
      bridge: ['abort', 'listen', 'pathOf', 'platform', 'request'],
      node: [],
    });
  });

  test.each([
    ['an unknown method', 'no.such', null],
    ['a method of every object', 'toString', null],
    ['the prototype of every object', '__proto__', null],
    ['what made every object', 'constructor', { name: 'project.list' }],
    ['a method that is a list', ['project.list'], null],
    ['a very long method', 'project.list'.repeat(100_000), null],
    ['a method that is none', { method: 'workspace.status' }, null],
    ['parameters that do not fit', 'project.get', { project: 'the first' }],
    ['parameters too many', 'project.get', { project: 1, folder: '/' }],
    ['parameters to a method without', 'shell.showLog', { file: '/etc/passwd' }],
    ['no parameters', 'project.get', undefined],
    ['a list in their place', 'project.get', [1]],
    ['a number that is none', 'project.get', { project: NaN }],
    ['a number that is too large', 'project.get', { project: 2 ** 60 }],
    [
      'a very long name',
      'project.create',
      { name: 'x'.repeat(5e6), domain: 'other', task: 'single' },
    ],
    ['more changes than one may ask for', 'image.label', { project: 1, changes: tooMany }],
  ])('answers %s with an error, and continues', async (_name, method, params) => {
    const { page, workspace } = launched;
    expect(await ask(page, method, params)).toMatchObject({
      ok: false,
      error: { code: 'invalid-request' },
    });
    expect(await ask(page, 'workspace.status', null)).toMatchObject({
      ok: true,
      value: { path: workspace },
    });
  });

  test.each([
    // As a script in the page would write them: a test cannot pass them unchanged.
    ['an own property __proto__', `JSON.parse('{"project":1,"__proto__":{"isAdmin":true}}')`],
    ['an own property constructor', `JSON.parse('{"project":1,"constructor":{"prototype":{}}}')`],
    ['a deep nest', `[...Array(900)].reduce((inner) => ({ project: inner }), 1)`],
    ['a nest too deep to pass', `[...Array(1e4)].reduce((inner) => ({ project: inner }), 1)`],
    ['a circle', `(() => { const circle = {}; circle.project = circle; return circle; })()`],
    ['a function', `{ project: () => 1 }`],
    ['a symbol', `{ project: Symbol('1') }`],
    ['a large integer', `{ project: 10n ** 30n }`],
    ['a map', `new Map([['project', 1]])`],
    ['a getter that throws', `{ get project() { throw new Error('no'); } }`],
    ['fifty megabytes', `{ project: new Uint8Array(50e6) }`],
    [
      'two hundred thousand keys',
      `Object.fromEntries([...Array(2e5)].map((_, i) => ['k' + i, i]))`,
    ],
  ])('receives %s from a page, rejects it as a project, and continues', async (_name, code) => {
    const { app, page } = launched;
    const before = await enginePid(app);
    const outcome = await page.evaluate(`(async () => {
      try {
        const answer = await window.understudy.request(900001, 'project.get', ${code});
        if (answer.ok || (answer.error.details ?? '').length > 5000) return 'too much said';
        return answer.error.code;
      } catch {
        return 'not sent';
      }
    })()`);
    // The bridge leaves __proto__ out: the project in the request then does not exist.
    expect(['invalid-request', 'not sent', 'not-found']).toContain(outcome);
    expect(await app.evaluate(() => 'isAdmin' in {})).toBe(false);
    expect(await ask(page, 'workspace.status', null)).toMatchObject({ ok: true });
    expect(await enginePid(app)).toBe(before);
  });

  test('answers a request without a number with an error', async () => {
    const answer = await launched.page.evaluate(() =>
      (globalThis as unknown as PageWindow).understudy.request('one', 'project.list', null),
    );
    expect(answer).toMatchObject({ ok: false, error: { code: 'invalid-request' } });
  });

  test('refuses another page, even with the same preload script', async () => {
    const answer = await launched.app.evaluate(async ({ BrowserWindow }, preload) => {
      const other = new BrowserWindow({ show: false, webPreferences: { preload } });
      try {
        await other.loadURL('data:text/html,other');
        const code = 'window.understudy.request(1, "workspace.status", null)';
        return (await other.webContents.executeJavaScript(code)) as unknown;
      } finally {
        other.destroy();
      }
    }, preloadFile);
    expect(answer).toMatchObject({ ok: false, error: { code: 'forbidden' } });
  });

  test('stays where it is: no navigation, window, network or permission', async () => {
    const { page } = launched;
    const found = await page.evaluate(`(async () => {
      const refused = (promise) => promise.then(() => false, () => true);
      const opened = window.open('https://example.invalid/');
      location.href = 'https://example.invalid/';
      return {
        opened: opened !== null,
        fetchRefused: await refused(fetch('https://example.invalid/')),
        filesRefused: await refused(fetch('file:///etc/hostname')),
        geolocation: (await navigator.permissions.query({ name: 'geolocation' })).state,
        notifications: await Notification.requestPermission(),
      };
    })()`);
    expect(found).toEqual({
      opened: false,
      fetchRefused: true,
      filesRefused: true,
      geolocation: 'denied',
      notifications: 'denied',
    });
    expect(page.url()).toBe('understudy://page/index.html');
  });

  test.each(waysToLeave)('shows the page again after %s', async (way) => {
    const { app } = launched;
    const inWindow = (code: string): Promise<unknown> =>
      app.evaluate(
        ({ BrowserWindow }, script) =>
          BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
            script,
            true,
          ) as Promise<unknown>,
        code,
      );
    const isThere = (): Promise<unknown> =>
      app.evaluate(async ({ BrowserWindow }) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents;
        if (BrowserWindow.getAllWindows().length !== 1) return 'two windows';
        if (!contents || contents.isLoading()) return 'loading';
        if (contents.getURL() !== 'understudy://page/index.html') return contents.getURL();
        const ask = 'window.understudy?.request(1, "workspace.status", null)';
        const answer = (await contents.executeJavaScript(ask)) as { ok: boolean } | undefined;
        const count = 'document.querySelectorAll("#app > *").length';
        const elements = (await contents.executeJavaScript(count)) as number;
        return answer?.ok === true && elements > 0;
      });
    // A page that is leaving does not always answer.
    await Promise.race([
      inWindow(`(() => { try { ${way} } catch {} })()`).catch(() => undefined),
      new Promise((go) => setTimeout(go, 1000)),
    ]);
    // Its consequences may take a moment.
    await new Promise((go) => setTimeout(go, 150));
    await expect.poll(isThere, { timeout: 20_000 }).toBe(true);
  });

  test('lets the page write to the clipboard, for its copy buttons', async () => {
    const { app, page } = launched;
    await app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.webContents.focus();
    });
    await expect.poll(() => page.evaluate(() => document.hasFocus())).toBe(true);
    await page.evaluate(`navigator.clipboard.writeText('an error to report')`);
    expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toBe('an error to report');
  });

  test('serves no file outside the page', async () => {
    const statuses = await launched.page.evaluate(() =>
      Promise.all(
        [
          '/index.html',
          '/none.html',
          '/..%2Fmain%2Fmain.js',
          '/%2e%2e/main/main.js',
          '/%00.js',
        ].map(async (path) => (await fetch(path)).status),
      ),
    );
    expect(statuses).toEqual([200, 404, 404, 404, 404]);
  });

  test('answers the address of a missing picture without a picture', async () => {
    const statuses = await launched.page.evaluate(`Promise.all(
      ['media://image/999999/thumbnail', 'media://image/1/other', 'media://file/1/whole'].map(
        (url) =>
          new Promise((resolve) => {
            const image = new Image();
            image.onload = () => resolve('loaded');
            image.onerror = () => resolve('refused');
            image.src = url;
          }),
      ),
    )`);
    expect(statuses).toEqual(['refused', 'refused', 'refused']);
  });

  test('sends the page the command chosen from the menu', async () => {
    const { app, page, workspace, userData } = launched;
    await listenTo(page);
    await app.evaluate(({ Menu }) => {
      const items = Menu.getApplicationMenu()?.items.flatMap((menu) => menu.submenu?.items ?? []);
      for (const label of ['New project', 'Undo', 'Keyboard shortcuts', 'About Understudy']) {
        items?.find((item) => item.label === label)?.click();
      }
    });
    await expect
      .poll(() => heardBy(page, 'menu.command'))
      .toEqual([
        { command: 'new-project' },
        { command: 'undo' },
        { command: 'shortcuts' },
        { command: 'about' },
      ]);
    const dialog = page.getByRole('dialog', { name: 'About Understudy' });
    for (const said of ['MIT licence', workspace, userData]) {
      await dialog.getByText(said).first().waitFor();
    }
    const { electron } = await app.evaluate(() => globalThis.process.versions);
    const manifest = JSON.parse(
      await readFile(join(import.meta.dirname, '..', 'package.json'), 'utf8'),
    ) as { readonly devDependencies: { readonly electron: string } };
    const standIn = dialog.getByText(`instead of Electron ${manifest.devDependencies.electron}`);
    expect(await standIn.count()).toBe(electron === manifest.devDependencies.electron ? 0 : 1);
    await photograph(launched, '70-about');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('a second start ends and brings the first to the front', async () => {
    const { app, workspace, userData } = launched;
    await app.evaluate(({ app: first, BrowserWindow }) => {
      const counted = globalThis as unknown as { starts: number; focused: number };
      Object.assign(counted, { starts: 0, focused: 0 });
      first.on('second-instance', () => (counted.starts += 1));
      const window = BrowserWindow.getAllWindows()[0];
      window?.hide();
      window?.on('show', () => (counted.focused += 1));
    });
    const { executablePath, args, env } = await launchCommand({ workspace, userData });
    const second = spawn(executablePath, ['--no-sandbox', ...args], { env, stdio: 'ignore' });
    const code = await new Promise((resolve) => second.on('exit', resolve));
    expect(code).toBe(0);
    const seen = (): Promise<object> =>
      app.evaluate(({ BrowserWindow }) => {
        const { starts, focused } = globalThis as unknown as { starts: number; focused: number };
        const windows = BrowserWindow.getAllWindows().map((window) => window.isVisible());
        return { starts, focused, windows };
      });
    await expect.poll(seen).toEqual({ starts: 1, focused: 1, windows: [true] });
  });

  test('a killed engine is restarted, and the page is notified', async () => {
    const { app, page } = launched;
    await ask(page, 'workspace.status', null);
    await listenTo(page);
    const first = await enginePid(app);
    expect(first).toBeTypeOf('number');
    process.kill(first, 'SIGKILL');
    await expect
      .poll(() => heardBy(page, 'engine.state'))
      .toEqual([
        {
          state: 'restarting',
          error: expect.objectContaining({ code: 'engine-stopped' }) as unknown,
        },
        { state: 'ready', error: null },
      ]);
    expect(await ask(page, 'workspace.status', null)).toMatchObject({ ok: true });
    expect(await enginePid(app)).not.toBe(first);
  });

  test('another workspace is remembered, and the engine moves there', async () => {
    const { app, page, workspace, userData } = launched;
    const other = await mkdtemp(join(tmpdir(), 'understudy-other-'));
    try {
      const choose = (folder: string | null): Promise<void> =>
        app.evaluate(({ dialog }, chosen) => {
          const result = { canceled: chosen === null, filePaths: chosen === null ? [] : [chosen] };
          dialog.showOpenDialog = () => Promise.resolve(result);
        }, folder);
      await choose(null);
      expect(await ask(page, 'shell.chooseWorkspace', null)).toEqual({ ok: true, value: null });
      await choose(other);
      expect(await ask(page, 'shell.chooseWorkspace', null)).toEqual({ ok: true, value: other });
      expect(await ask(page, 'workspace.status', null)).toMatchObject({ value: { path: other } });
      expect(JSON.parse(await readFile(join(userData, 'settings.json'), 'utf8'))).toEqual({
        workspace: other,
        opened: other,
      });
      await choose(workspace);
      expect(await ask(page, 'shell.chooseWorkspace', null)).toEqual({
        ok: true,
        value: workspace,
      });
    } finally {
      await rm(other, { recursive: true, force: true });
    }
  });

  test('a page that crashed is replaced by one that offers to reload', async () => {
    const { app } = launched;
    await app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer();
    });
    // Playwright gives up a page that crashed, although the window continues: ask the window itself.
    const loaded = (url: string): Promise<void> =>
      expect
        .poll(() =>
          app.evaluate(({ BrowserWindow }) => {
            const contents = BrowserWindow.getAllWindows()[0]?.webContents;
            return contents?.isLoading() === false ? contents.getURL() : '';
          }),
        )
        .toBe(url);
    const inWindow = (code: string): Promise<unknown> =>
      app.evaluate(
        ({ BrowserWindow }, script) =>
          BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
            script,
          ) as Promise<unknown>,
        code,
      );
    const request = 'window.understudy.request(1, "workspace.status", null)';

    await loaded('understudy://page/failure');
    expect(await inWindow('document.body.innerText')).toContain('The window stopped working');
    expect(await inWindow(request)).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    await inWindow('document.querySelector("a").click()');
    await loaded('understudy://page/index.html');
    expect(await inWindow(request)).toMatchObject({ ok: true });
  });
});
