import { z } from 'zod';
import { id, nothing, path } from '../values.ts';
import type { Method } from '../values.ts';

/** Menu commands whose keys the user can choose. */
export const keyedCommand = z.enum([
  ...(['new-project', 'open-projects', 'import', 'undo', 'redo', 'shortcuts'] as const),
]);
/** Key combination in the notation of Electron's menus. */
const menuKey = z
  .string()
  .regex(/^(?:CmdOrCtrl\+|F\d)(?:Alt\+|Shift\+)*(?:[\x21-\x7e]|[A-Z][A-Za-z]+\d?)?$/);
const menuKeys = z.partialRecord(keyedCommand, z.array(menuKey).max(4));
export type MenuKeys = z.infer<typeof menuKeys>;

/** Part of the app that a system notification opens. */
export const notifiedPlace = z.strictObject({
  project: id.nullable(),
  step: z.string().max(40),
  run: id.nullable(),
});

/** Methods answered by the main process. */
export const shellMethods = {
  'shell.chooseFolder': {
    params: z.strictObject({ title: z.string().max(200) }),
    result: path.nullable(),
  },
  'shell.chooseFile': {
    params: z.strictObject({
      title: z.string().max(200),
      extensions: z.array(z.string().regex(/^[a-z0-9]{1,12}$/)).max(20),
    }),
    result: path.nullable(),
  },
  'shell.chooseSave': {
    params: z.strictObject({ title: z.string().max(200), name: z.string().min(1).max(200) }),
    result: path.nullable(),
  },
  'shell.showInFolder': { params: z.strictObject({ file: path }), result: nothing },
  /** Shows a system notification; `notification.opened` follows when the user clicks it. */
  'shell.notify': {
    params: z.strictObject({
      title: z.string().min(1).max(200),
      body: z.string().max(500),
      target: notifiedPlace,
    }),
    result: nothing,
  },
  'shell.chooseWorkspace': { params: nothing, result: path.nullable() },
  'shell.showLog': { params: nothing, result: nothing },
  /** Continues closing or reloading, which the page delayed to save something first. */
  'shell.leave': { params: nothing, result: nothing },
  'shell.restartEngine': { params: nothing, result: nothing },
  /** Returns versions and paths, for the app's About dialog and for bug reports. */
  'shell.about': {
    params: nothing,
    result: z.strictObject({
      version: z.string(),
      electron: z.string(),
      chromium: z.string(),
      /** Electron's own Node version; the engine runs on another. */
      node: z.string(),
      system: z.string(),
      workspace: z.string(),
      log: z.string(),
      /** The version of Electron that packages are built with, if a different one is running; else null. */
      standsInFor: z.string().nullable(),
    }),
  },
  /**
   * The keys that the menu shows and handles, as Electron writes them; it has its own for all other commands.
   */
  'shell.setMenuKeys': {
    params: z.strictObject({ keys: menuKeys }),
    result: nothing,
  },
} as const satisfies Record<string, Method>;
