import { join } from 'node:path';
import process from 'node:process';
import { app, protocol, safeStorage, session, shell } from 'electron';
import type { EventOf, MenuKeys } from '../contract/app.ts';
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
import { OpenPage } from './open-page.ts';
import { PageGuard } from './window/page-guard.ts';
import { pageScheme, servePage } from './window/page.ts';
import { engineProgram } from './paths.ts';
import { servePictures } from './pictures.ts';
import { serveRequests } from './requests.ts';
import { SavePlaces } from './save-places.ts';
import { hardenPages, hardenSession } from './security.ts';
import { shellHandlers } from './shell-methods.ts';
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
  const log = openLog(userData);
  const page = new OpenPage();
  const workspace = openWorkspace(userData);
  const closing = new Closing();
  const leaving = new Leaving();
  const logins = new LoginKeeper(join(userData, 'logins.json'), safeStorage);
  const places = new SavePlaces();
  const engine = hostEngine({ log, page, workspace, closing, logins });
  const showLog = (): Promise<void> => openLogFile(log);
  const showMenu = (keys?: MenuKeys): void => {
    const command: MenuActions['command'] = (chosen) => {
      page.send('menu.command', { command: chosen });
    };
    setMenu({ command, showLog: () => void showLog() }, keys);
  };
  const guard = new PageGuard(log, () => void showLog());
  hardenPages((url, from) => {
    guard.follow(url, from);
  });
  const shellMethods = shellHandlers({
    window: () => page.window,
    workspace,
    engine,
    places,
    showLog,
    logFile: log.file,
    setMenuKeys: showMenu,
    openNotified: (target) => {
      page.raise();
      page.send('notification.opened', target);
    },
    resumeLeaving: () => {
      leaving.resume();
    },
    forgetPictures: () => forgetPictures(page),
  });
  serveRequests({
    contents: () => page.contents,
    engine,
    log,
    places,
    logins,
    projectRemoved: () => {
      forgetProjects(log);
    },
    shell: shellMethods,
  });
  endWithWindow(page);
  endWithEngine(engine);
  void app.whenReady().then(() => {
    // First, because it takes longest.
    engine.start();
    hardenSession(session.defaultSession);
    servePage(session.defaultSession, () => guard.failure);
    servePictures(session.defaultSession, engine);
    showMenu();
    const window = page.open(log, engine);
    for (const watcher of [closing, leaving, guard]) watcher.watch(window);
  });
}

/** Opens the log, and notes errors that nothing catches. */
function openLog(userData: string): Log {
  const log = new Log(join(userData, 'logs', 'understudy.log'));
  log.note(`started on Electron ${process.versions.electron}, ${process.platform}`);
  process.on('uncaughtExceptionMonitor', (error) => {
    log.note(describe(error));
  });
  process.on('unhandledRejection', (reason) => {
    log.note(describe(reason));
  });
  return log;
}

async function openLogFile({ file }: Log): Promise<void> {
  // Not every desktop has a program that opens it.
  if ((await shell.openPath(file)) !== '') shell.showItemInFolder(file);
}

function openWorkspace(userData: string): Workspace {
  const usual = join(app.getPath('documents'), 'Understudy');
  return new Workspace(userData, usual, process.env.UNDERSTUDY_WORKSPACE);
}

interface EngineContext {
  readonly log: Log;
  readonly page: OpenPage;
  readonly workspace: Workspace;
  readonly closing: Closing;
  readonly logins: LoginKeeper;
}

/** Creates the host of the engine, whose events go to the page. */
function hostEngine({ log, page, workspace, closing, logins }: EngineContext): EngineHost {
  const engine = new EngineHost({
    start: (onOutput) => startEngineProcess(engineProgram(), workspace, onOutput),
    // The engine decides which event the content belongs to; the page checks it.
    onEvent: (name, content) => {
      closing.hear(name, content);
      if (name === 'engine.state' && engine.state?.state === 'ready') {
        noteOpened(workspace, log);
        void exchangeLogins(engine, logins);
      }
      page.send(name, content as EventOf<typeof name>);
    },
    log: (text) => {
      log.append(text);
    },
  });
  return engine;
}

function noteOpened(workspace: Workspace, log: Log): void {
  try {
    workspace.noteOpened();
  } catch (error) {
    // Needed only at the next start.
    log.note(describe(error));
  }
}

async function forgetPictures(page: OpenPage): Promise<void> {
  page.contents?.send(channels.forgetPictures);
  await session.defaultSession.clearCache();
}

function forgetProjects(log: Log): void {
  log.clear();
  log.note(
    'A project was removed. Earlier lines of this log may have named its files, so they were deleted.',
  );
}

/** Ends the app with its window, and shows that window if the app is started again. */
function endWithWindow(page: OpenPage): void {
  app.on('second-instance', () => {
    page.raise();
  });
  app.on('window-all-closed', () => {
    app.quit();
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
