import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { dialog, shell } from 'electron';
import type { BrowserWindow, OpenDialogOptions, SaveDialogOptions } from 'electron';
import type { MenuKeys, ParsedParams, Result, ShellMethod } from '../contract/app.ts';
import { fileText, windowText } from '../text/index.ts';
import { describeApp } from './window/about.ts';
import { notify } from './window/notifications.ts';
import type { EngineHost } from './engine/engine-host.ts';
import type { SavePlaces } from './save-places.ts';
import type { Workspace } from './workspace.ts';

export interface ShellWorld {
  readonly window: () => BrowserWindow | null;
  readonly workspace: Workspace;
  readonly engine: EngineHost;
  readonly places: SavePlaces;
  readonly showLog: () => Promise<void>;
  readonly logFile: string;
  readonly setMenuKeys: (keys: MenuKeys) => void;
  /** Called when the user clicks a notification: the window comes to the front and shows its subject. */
  readonly openNotified: (target: ParsedParams<'shell.notify'>['target']) => void;
  /** Called when the page has saved what it delayed its end for. */
  readonly resumeLeaving: () => void;
  /**
   * Empties the cache, because thumbnails of the previous workspace must not appear under ids of the new one.
   */
  readonly forgetPictures: () => Promise<void>;
}

/** Error for an impossible request of the page. */
export class ShellError extends Error {
  override readonly name = 'ShellError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export type ShellHandlers = {
  readonly [M in ShellMethod]: (params: ParsedParams<M>) => Promise<Result<M>>;
};

/** Methods that this process answers itself: dialogs, menus and the window itself. */
export function shellHandlers(world: ShellWorld): ShellHandlers {
  const { places } = world;
  return {
    'shell.chooseFolder': async ({ title }) =>
      places.note(await openDialog(world, { title, properties: ['openDirectory'] })),
    'shell.chooseFile': ({ title, extensions }) =>
      openDialog(world, {
        title,
        properties: ['openFile'],
        filters: extensions.length === 0 ? [] : [{ name: title, extensions }],
      }),
    'shell.chooseSave': async ({ title, name }) =>
      places.note(await saveDialog(world, { title, defaultPath: name })),
    'shell.showInFolder': async ({ file }) => {
      if (!isAbsolute(file) || !(await exists(file))) {
        throw new ShellError('not-found', fileText.gone(file));
      }
      shell.showItemInFolder(file);
      return null;
    },
    'shell.notify': (asked) => {
      notify(asked, world.openNotified);
      return Promise.resolve(null);
    },
    'shell.chooseWorkspace': () => chooseWorkspace(world),
    'shell.showLog': async () => {
      await world.showLog();
      return null;
    },
    'shell.about': () => describeApp(world.workspace.folder, world.logFile),
    'shell.setMenuKeys': ({ keys }) => {
      world.setMenuKeys(keys);
      return Promise.resolve(null);
    },
    'shell.leave': () => {
      world.resumeLeaving();
      return Promise.resolve(null);
    },
    'shell.restartEngine': async () => {
      await world.engine.restart();
      return null;
    },
  };
}

/** Lets the user choose a file or folder; returns null if they cancel. */
async function openDialog(world: ShellWorld, options: OpenDialogOptions): Promise<string | null> {
  const window = world.window();
  const { canceled, filePaths } =
    window === null
      ? await dialog.showOpenDialog(options)
      : await dialog.showOpenDialog(window, options);
  return canceled ? null : (filePaths[0] ?? null);
}

/** Lets the user choose where to save a file; returns null if they cancel. */
async function saveDialog(world: ShellWorld, options: SaveDialogOptions): Promise<string | null> {
  const window = world.window();
  const { canceled, filePath } =
    window === null
      ? await dialog.showSaveDialog(options)
      : await dialog.showSaveDialog(window, options);
  return canceled || filePath === '' ? null : filePath;
}

/** Lets the user choose another workspace, and opens it; returns null if they cancel. */
async function chooseWorkspace(world: ShellWorld): Promise<string | null> {
  const { workspace, engine } = world;
  const folder = await openDialog(world, {
    title: windowText.workspaceFolder,
    defaultPath: workspace.folder,
    properties: ['openDirectory', 'createDirectory'],
  });
  // The same folder was chosen again although it cannot be used: it is opened as a new one.
  const isUsable = engine.state?.state !== 'failed';
  if (folder === null || (folder === workspace.folder && isUsable)) return folder;
  workspace.choose(folder);
  await engine.restart();
  await world.forgetPictures();
  return folder;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
