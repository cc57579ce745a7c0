import process from 'node:process';
import { app, Menu } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';
import type { EventOf, MenuKeys } from '../../contract/app.ts';
import { menuText } from '../../text/index.ts';

type Command = EventOf<'menu.command'>['command'];

export interface MenuActions {
  /** Sends a command to the page. */
  readonly command: (command: Command) => void;
  readonly showLog: () => void;
}

/** Keys used until the page sends those that the user chose. */
const usualKeys: Required<MenuKeys> = {
  'new-project': ['CmdOrCtrl+N'],
  'open-projects': ['CmdOrCtrl+O'],
  import: ['CmdOrCtrl+I'],
  undo: ['CmdOrCtrl+Z'],
  redo: ['CmdOrCtrl+Shift+Z', 'CmdOrCtrl+Y'],
  shortcuts: ['CmdOrCtrl+/'],
};

/**
 * Sets the application's menu, the same on every system except for macOS conventions.
 *
 * @param chosen keys of commands; an empty list means no keys
 */
export function setMenu(actions: MenuActions, chosen: MenuKeys = {}): void {
  const keys = { ...usualKeys, ...chosen };
  const item = (label: string, command: keyof MenuKeys): MenuItemConstructorOptions[] =>
    items(label, keys[command], () => {
      actions.command(command);
    });
  const isMac = process.platform === 'darwin';
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    fileMenu(actions, item, isMac),
    editMenu(item),
    viewMenu(),
    { role: 'windowMenu' },
    helpMenu(actions, item),
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

/** Creates an item of the menu with the keys of its command. */
type KeyedItem = (label: string, command: keyof MenuKeys) => MenuItemConstructorOptions[];

function fileMenu(
  { command }: MenuActions,
  item: KeyedItem,
  isMac: boolean,
): MenuItemConstructorOptions {
  return {
    label: menuText.file,
    submenu: [
      ...item(menuText.newProject, 'new-project'),
      ...item(menuText.allProjects, 'open-projects'),
      { type: 'separator' },
      ...item(menuText.importImages, 'import'),
      { type: 'separator' },
      {
        label: menuText.workspaceFolder,
        click: () => {
          command('choose-workspace');
        },
      },
      { type: 'separator' },
      { role: isMac ? 'close' : 'quit' },
    ],
  };
}

/** The page owns the undo history; text fields undo their own typing before this is reached. */
function editMenu(item: KeyedItem): MenuItemConstructorOptions {
  return {
    label: menuText.edit,
    submenu: [
      ...item(menuText.undo, 'undo'),
      ...item(menuText.redo, 'redo'),
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
    label: menuText.view,
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

function helpMenu({ command, showLog }: MenuActions, item: KeyedItem): MenuItemConstructorOptions {
  return {
    role: 'help',
    submenu: [
      ...item(menuText.shortcuts, 'shortcuts'),
      { label: menuText.showLog, click: showLog },
      { type: 'separator' },
      {
        label: menuText.about,
        click: () => {
          command('about');
        },
      },
    ],
  };
}

/** Creates hidden items for further keys, because an item can have only one. */
function items(
  label: string,
  [key, ...others]: readonly string[],
  click: () => void,
): MenuItemConstructorOptions[] {
  return [
    { label, click, ...(key !== undefined && { accelerator: key }) },
    ...others.map((accelerator) => ({
      label,
      click,
      accelerator,
      visible: false,
      acceleratorWorksWhenHidden: process.platform !== 'darwin',
    })),
  ];
}
