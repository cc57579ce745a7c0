import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { dialog, shell } from 'electron';
import type { BrowserWindow, OpenDialogOptions } from 'electron';
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
  readonly goOnLeaving: () => void;
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
  const open = async (options: OpenDialogOptions): Promise<string | null> => {
    const window = world.window();
    const { canceled, filePaths } =
      window === null
        ? await dialog.showOpenDialog(options)
        : await dialog.showOpenDialog(window, options);
    return canceled ? null : (filePaths[0] ?? null);
  };

  return {
    'shell.chooseFolder': async ({ title }) =>
      world.places.note(await open({ title, properties: ['openDirectory'] })),
    'shell.chooseFile': ({ title, extensions }) =>
      open({
        title,
        properties: ['openFile'],
        filters: extensions.length === 0 ? [] : [{ name: title, extensions }],
      }),
    'shell.chooseSave': async ({ title, name }) => {
      const options = { title, defaultPath: name };
      const window = world.window();
      const { canceled, filePath } =
        window === null
          ? await dialog.showSaveDialog(options)
          : await dialog.showSaveDialog(window, options);
      return world.places.note(canceled || filePath === '' ? null : filePath);
    },
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
    'shell.chooseWorkspace': async () => {
      const folder = await open({
        title: windowText.workspaceFolder,
        defaultPath: world.workspace.folder,
        properties: ['openDirectory', 'createDirectory'],
      });
      // The same folder was chosen again although it cannot be used: it is opened as a new one.
      const isUsable = world.engine.state?.state !== 'failed';
      if (folder === null || (folder === world.workspace.folder && isUsable)) return folder;
      world.workspace.choose(folder);
      await world.engine.restart();
      await world.forgetPictures();
      return folder;
    },
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
      world.goOnLeaving();
      return Promise.resolve(null);
    },
    'shell.restartEngine': async () => {
      await world.engine.restart();
      return null;
    },
  };
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
