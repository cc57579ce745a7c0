import process from 'node:process';
import { app, Menu } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';
import type { EventOf } from '../contract/app.ts';

type Command = EventOf<'menu.command'>['command'];

export interface MenuActions {
  /** Something the page does. */
  readonly command: (command: Command) => void;
  readonly showLog: () => void;
}

/** The application's menu, the same on every system but for the places where a Mac wants things. */
export function setMenu(actions: MenuActions): void {
  const isMac = process.platform === 'darwin';
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    fileMenu(actions, isMac),
    editMenu(actions, isMac),
    viewMenu(),
    { role: 'windowMenu' },
    helpMenu(actions),
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

function fileMenu({ command }: MenuActions, isMac: boolean): MenuItemConstructorOptions {
  return {
    label: '&File',
    submenu: [
      item('New project', 'CmdOrCtrl+N', () => {
        command('new-project');
      }),
      item('Open…', 'CmdOrCtrl+O', () => {
        command('open-projects');
      }),
      { type: 'separator' },
      item('Import images…', 'CmdOrCtrl+I', () => {
        command('import');
      }),
      { type: 'separator' },
      {
        label: 'Folder for projects…',
        click: () => {
          command('choose-workspace');
        },
      },
      { type: 'separator' },
      { role: isMac ? 'close' : 'quit' },
    ],
  };
}

/** The page keeps what can be undone; text fields undo their own typing before this is reached. */
function editMenu({ command }: MenuActions, isMac: boolean): MenuItemConstructorOptions {
  return {
    label: '&Edit',
    submenu: [
      item('Undo', 'CmdOrCtrl+Z', () => {
        command('undo');
      }),
      item('Redo', 'Shift+CmdOrCtrl+Z', () => {
        command('redo');
      }),
      // The other usual key; an item has one.
      {
        ...item('Redo', 'CmdOrCtrl+Y', () => {
          command('redo');
        }),
        visible: false,
        acceleratorWorksWhenHidden: !isMac,
      },
      { type: 'separator' },
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      { role: 'delete' },
      { type: 'separator' },
      { role: 'selectAll' },
    ],
  };
}

function viewMenu(): MenuItemConstructorOptions {
  const forDevelopers: MenuItemConstructorOptions[] = [
    { type: 'separator' },
    { role: 'reload' },
    { role: 'toggleDevTools' },
  ];
  return {
    label: '&View',
    submenu: [
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { type: 'separator' },
      { role: 'togglefullscreen' },
      ...(app.isPackaged ? [] : forDevelopers),
    ],
  };
}

function helpMenu({ command, showLog }: MenuActions): MenuItemConstructorOptions {
  return {
    role: 'help',
    submenu: [
      item('Keyboard shortcuts', 'CmdOrCtrl+/', () => {
        command('shortcuts');
      }),
      { label: 'Show log', click: showLog },
    ],
  };
}

function item(label: string, accelerator: string, click: () => void): MenuItemConstructorOptions {
  return { label, accelerator, click };
}
