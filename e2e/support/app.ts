import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { _electron } from 'playwright-core';
import type { ElectronApplication, Page } from 'playwright-core';
import { mainFile } from '../../scripts/electron/build.ts';
import { ensureElectron } from '../../scripts/electron/ensure.ts';
import { explainLaunch, openDisplay } from './display.ts';

export interface LaunchOptions {
  /** Folder of the workspace; a temporary one by default, which is deleted when the app is closed. */
  readonly workspace?: string;
  /** Folder for the app's settings; temporary by default, as with the workspace. */
  readonly userData?: string;
  readonly colorScheme?: 'dark' | 'light';
  readonly env?: Readonly<Record<string, string>>;
}

export interface LaunchedApp {
  readonly app: ElectronApplication;
  /** The app's page; wait for what a test needs on it. */
  readonly page: Page;
  readonly workspace: string;
  readonly userData: string;
  /** Quits as a user would, and deletes temporary folders. */
  close(): Promise<void>;
}

/**
 * Delays the app's `ready` event until Playwright listens. Playwright loads this itself only into an Electron that it
 * found itself; without it, a window that opens early sometimes breaks the connection.
 */
const holdBack = join(
  dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
  'lib/server/electron/loader.js',
);

/** Limit for an action, ms; a busy computer is slow, not wrong. */
const patience = 300_000;

/** Starts the built app in a real window of 1280 by 800 px, independent of any other on this computer. */
export async function launchApp(options: LaunchOptions = {}): Promise<LaunchedApp> {
  const temporary: string[] = [];
  const folder = async (name: string): Promise<string> => {
    const made = await mkdtemp(join(tmpdir(), `understudy-${name}-`));
    temporary.push(made);
    return made;
  };
  const workspace = options.workspace ?? (await folder('workspace'));
  const userData = options.userData ?? (await folder('settings'));
  const clean = async (): Promise<void> => {
    for (const made of temporary) {
      // Chromium's processes may write for a moment after the app has ended.
      await rm(made, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
  };
  try {
    const started = await launchCommand({ ...options, workspace, userData });
    const app = await _electron
      .launch({
        ...started,
        args: ['-r', holdBack, ...started.args],
        ...scheme(options.colorScheme),
        timeout: patience,
      })
      .catch((error: unknown) => {
        throw explainLaunch(error);
      });
    const page = await app.firstWindow({ timeout: patience });
    page.setDefaultTimeout(patience);
    await page.waitForLoadState('domcontentloaded');
    // During a run, the app would ask what closing means.
    await app.evaluate(({ dialog }) => {
      dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false });
    });
    const close = async (): Promise<void> => {
      await app.close();
      await clean();
    };
    return { app, page, workspace, userData, close };
  } catch (error) {
    await clean();
    throw error;
  }
}

/** Returns the command that starts a separate app. Throws if there is no Electron, build or display. */
export async function launchCommand({
  workspace,
  userData,
  env = {},
}: LaunchOptions & { readonly workspace: string; readonly userData: string }): Promise<{
  readonly executablePath: string;
  readonly args: string[];
  readonly env: Record<string, string>;
}> {
  if (!existsSync(mainFile)) {
    throw new Error('The window has not been built. Run npm run build, or npm run e2e for both.');
  }
  const display = await openDisplay();
  const inherited = Object.entries(process.env).filter(
    // Vitest's own environment variables mark this as a test in ways that would affect the app.
    ([name, value]) =>
      value !== undefined && !/^(VITEST|NODE_ENV|ELECTRON_RENDERER_URL)/.test(name),
  ) as [string, string][];
  return {
    executablePath: await ensureElectron(),
    // Without a GPU Chromium tries several ways to draw, and sometimes waits for ever for one that failed; drawing on
    // the processor from the start, every computer shows the same pixels.
    args: ['--disable-gpu', mainFile],
    env: {
      ...Object.fromEntries(inherited),
      ...(display === undefined ? {} : { DISPLAY: display }),
      UNDERSTUDY_WORKSPACE: workspace,
      UNDERSTUDY_USER_DATA: userData,
      ...env,
    },
  };
}

/** Colour scheme; without one the page follows the system. */
function scheme(colorScheme: 'dark' | 'light' | undefined): { colorScheme?: 'dark' | 'light' } {
  return colorScheme === undefined ? {} : { colorScheme };
}

/** Position and size of the window. */
export function bounds(app: ElectronApplication) {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
}
