import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { readKept, writeKept } from '../kept-file.ts';
import type { Log } from '../log.ts';
import { preloadFile } from '../paths.ts';
import { openingBounds, smallestWindow, windowState } from './window-state.ts';
import type { WindowState } from './window-state.ts';

/** Background colour, as in the page's styles, so that nothing flashes before the page is loaded. */
const canvas = { dark: '#0E1013', light: '#E9EBEE' } as const;

/** Opens the window at its last position; it is shown once the first frame is drawn. */
export function openWindow(log: Log): BrowserWindow {
  const stateFile = join(app.getPath('userData'), 'window.json');
  const state = readKept(stateFile, windowState.nullable(), null);
  const window = new BrowserWindow({
    ...openingBounds(
      state,
      screen.getAllDisplays().map((display) => display.workArea),
    ),
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    title: 'Understudy',
    backgroundColor: nativeTheme.shouldUseDarkColors ? canvas.dark : canvas.light,
    show: false,
    webPreferences: {
      preload: preloadFile,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      // Names and labels are not prose; see zero-network.ts for the spell checker's dictionaries.
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  window.once('ready-to-show', () => {
    if (state?.isMaximized === true) window.maximize();
    window.show();
  });
  keepState(window, stateFile, log);
  return window;
}

/** Writes the state when the window closes, and soon after a change in case it never closes. */
function keepState(window: BrowserWindow, file: string, log: Log): void {
  let timer: NodeJS.Timeout | undefined;
  const keep = (): void => {
    clearTimeout(timer);
    const state = { ...window.getNormalBounds(), isMaximized: window.isMaximized() };
    try {
      writeKept(file, state satisfies WindowState);
    } catch (error) {
      log.note(`The window's position could not be saved: ${String(error)}`);
    }
  };
  const keepSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(keep, 500);
  };
  window.on('resize', keepSoon).on('move', keepSoon);
  window.on('maximize', keepSoon).on('unmaximize', keepSoon);
  window.on('close', keep);
  window.on('closed', () => {
    clearTimeout(timer);
  });
}

/** Brings the window to the front, wherever it is. */
export function raise(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
