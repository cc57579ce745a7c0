import { join } from 'node:path';
import process from 'node:process';
import { app, protocol, safeStorage, session, shell } from 'electron';
import type { BrowserWindow } from 'electron';
import type { EventName, EventOf, MenuKeys } from '../contract/app.ts';
import { shownDownloads } from '../contract/catalogue.ts';
import { logins as loginsSchema } from '../contract/logins.ts';
import { channels, mediaScheme } from '../contract/bridge.ts';
import { Closing } from './window/closing.ts';
import { EngineHost } from './engine/engine-host.ts';
import { startEngineProcess } from './engine/engine-process.ts';
import { Leaving } from './window/leaving.ts';
import { describe, Log } from './log.ts';
import { LoginKeeper } from './logins.ts';
import { setMenu } from './window/menu.ts';
import type { MenuActions } from './window/menu.ts';
import { PageGuard } from './window/page-guard.ts';
import { pageScheme, servePage } from './window/page.ts';
import { engineProgram } from './paths.ts';
import { servePictures } from './pictures.ts';
import { serveRequests } from './requests.ts';
import { SavePlaces } from './save-places.ts';
import { hardenPages, hardenSession } from './security.ts';
import { shellHandlers } from './shell-methods.ts';
import { openWindow, raise } from './window/window.ts';
import { Workspace } from './workspace.ts';
import { cutNetwork } from './zero-network.ts';

// The main process: it starts the engine, shows the page, and mediates between the two.

app.setName('Understudy');
app.setPath(
  'userData',
  process.env.UNDERSTUDY_USER_DATA ?? join(app.getPath('appData'), 'Understudy'),
);
const privileges = { standard: true, secure: true, supportFetchAPI: true };
protocol.registerSchemesAsPrivileged([
  { scheme: pageScheme, privileges },
  { scheme: mediaScheme, privileges: { ...privileges, stream: true } },
]);

cutNetwork();

if (app.requestSingleInstanceLock()) begin();
else app.quit();

function begin(): void {
  const userData = app.getPath('userData');
  const log = new Log(join(userData, 'logs', 'understudy.log'));
  log.note(`started on Electron ${process.versions.electron}, ${process.platform}`);
  process.on('uncaughtExceptionMonitor', (error) => {
    log.note(describe(error));
  });
  process.on('unhandledRejection', (reason) => {
    log.note(describe(reason));
  });

  let window: BrowserWindow | null = null;
  const contents = (): Electron.WebContents | null => window?.webContents ?? null;
  const send = <E extends EventName>(name: E, content: EventOf<E>): void => {
    if (window?.isDestroyed() === false) window.webContents.send(channels.event, name, content);
  };

  const workspace = new Workspace(
    userData,
    join(app.getPath('documents'), 'Understudy'),
    process.env.UNDERSTUDY_WORKSPACE,
  );
  const noteOpened = (): void => {
    try {
      workspace.noteOpened();
    } catch (error) {
      // Needed only at the next start.
      log.note(describe(error));
    }
  };
  const closing = new Closing();
  const leaving = new Leaving();
  const engine = new EngineHost({
    start: (onOutput) => startEngineProcess(engineProgram(), workspace, onOutput),
    // The engine decides which event the content belongs to; the page checks it.
    onEvent: (name, content) => {
      closing.hear(name, content);
      if (name === 'engine.state' && engine.state?.state === 'ready') {
        noteOpened();
        void exchangeLogins(engine, logins);
      }
      send(name, content as EventOf<typeof name>);
    },
    log: (text) => {
      log.append(text);
    },
  });
  const showLog = async (): Promise<void> => {
    // Not every desktop has a program that opens it.
    if ((await shell.openPath(log.file)) !== '') shell.showItemInFolder(log.file);
  };
  const showMenu = (keys?: MenuKeys): void => {
    const command: MenuActions['command'] = (chosen) => {
      send('menu.command', { command: chosen });
    };
    setMenu({ command, showLog: () => void showLog() }, keys);
  };
  const guard = new PageGuard(log, () => void showLog());

  hardenPages((url, from) => {
    guard.follow(url, from);
  });
  const places = new SavePlaces();
  const logins = new LoginKeeper(join(userData, 'logins.json'), safeStorage);
  serveRequests({
    contents,
    engine,
    log,
    places,
    logins,
    projectRemoved: () => {
      log.clear();
      log.note(
        'A project was removed. Earlier lines of this log may have named its files, so they were deleted.',
      );
    },
    shell: shellHandlers({
      window: () => window,
      workspace,
      engine,
      places,
      showLog,
      logFile: log.file,
      setMenuKeys: showMenu,
      openNotified: (target) => {
        if (window !== null) raise(window);
        send('notification.opened', target);
      },
      goOnLeaving: () => {
        leaving.goOn();
      },
      forgetPictures: async () => {
        contents()?.send(channels.forgetPictures);
        await session.defaultSession.clearCache();
      },
    }),
  });
  app.on('second-instance', () => {
    if (window !== null) raise(window);
  });
  app.on('window-all-closed', () => {
    app.quit();
  });
  endWithEngine(engine);

  void app.whenReady().then(() => {
    // First, because it takes longest.
    engine.start();
    hardenSession(session.defaultSession);
    servePage(session.defaultSession, () => guard.failure);
    servePictures(session.defaultSession, engine);
    showMenu();
    window = openWindow(log);
    closing.watch(window);
    leaving.watch(window);
    window.on('closed', () => {
      window = null;
    });
    window.webContents.on('did-finish-load', () => {
      // A page that was not loaded yet when the state was sent.
      if (engine.state !== null) send('engine.state', engine.state);
    });
    guard.watch(window);
  });
}

/**
 * Sends the logins of the key store to a new engine, and stores those that it found in an older workspace.
 */
async function exchangeLogins(engine: EngineHost, keeper: LoginKeeper): Promise<void> {
  const [settings, known] = await Promise.all([
    engine.request('catalogue.settings', null),
    engine.request('catalogue.logins', null),
  ]);
  const shown = settings.ok ? shownDownloads.safeParse(settings.value).data : undefined;
  const moved = known.ok ? loginsSchema.safeParse(known.value).data : undefined;
  if (!shown || !moved) return;
  for (const kind of ['mirror', 'proxy'] as const) {
    const [address, login] = [shown[kind], moved[kind]];
    if (address !== null && login !== null) keeper.keep(kind, address, login);
  }
  await engine.request('catalogue.unlock', keeper.findAll(shown));
}

/** Ends the app after the engine: its jobs save checkpoints, and its database is closed. */
function endWithEngine(engine: EngineHost): void {
  let isEnding = false;
  let isWantedAgain = false;
  app.on('second-instance', () => {
    // The app was started again while it was still closing: it reopens afterwards.
    isWantedAgain = isEnding;
  });
  app.on('will-quit', (event) => {
    event.preventDefault();
    if (isEnding) return;
    isEnding = true;
    void engine.stop().finally(() => {
      if (isWantedAgain) app.relaunch();
      app.exit(0);
    });
  });
}
