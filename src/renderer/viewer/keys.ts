import { text } from '../text/index.ts';

/** What a key does in the viewer. */
export interface ViewerKey {
  readonly action: string;
  /**
   * As `KeyboardEvent.key`, letters in lower case, with `Mod+`, `Shift+` or `Alt+` before. Several keys may
   * do the same; the first is the one that is shown.
   */
  readonly keys: readonly string[];
  readonly text: string;
}

const words = text.viewer.keys;

/** Every key of the viewer with what it does by default, the one that reads them apart. */
export const viewerKeys = [
  { action: 'viewer.zoomIn', keys: ['+', '='], text: words.zoomIn },
  { action: 'viewer.zoomOut', keys: ['-', '_'], text: words.zoomOut },
  { action: 'viewer.fit', keys: ['0', 'Home'], text: words.fit },
  { action: 'viewer.actualSize', keys: ['Shift+1', '!', 'z'], text: words.actualSize },
  { action: 'viewer.panLeft', keys: ['ArrowLeft'], text: words.pan },
  { action: 'viewer.panRight', keys: ['ArrowRight'], text: words.pan },
  { action: 'viewer.panUp', keys: ['ArrowUp'], text: words.pan },
  { action: 'viewer.panDown', keys: ['ArrowDown'], text: words.pan },
  { action: 'viewer.previousSlice', keys: ['PageUp'], text: words.previousSlice },
  { action: 'viewer.nextSlice', keys: ['PageDown'], text: words.nextSlice },
  { action: 'viewer.previousImage', keys: ['d', 'Mod+ArrowLeft'], text: words.previousImage },
  { action: 'viewer.nextImage', keys: ['f', 'Mod+ArrowRight'], text: words.nextImage },
  { action: 'viewer.panTool', keys: ['h'], text: words.panTool },
  { action: 'viewer.windowTool', keys: ['w'], text: words.windowTool },
  { action: 'viewer.measureTool', keys: ['m'], text: words.measureTool },
  { action: 'viewer.resetWindow', keys: ['r'], text: words.resetWindow },
  { action: 'viewer.close', keys: ['Escape'], text: words.close },
] as const satisfies readonly ViewerKey[];

export type ViewerAction = (typeof viewerKeys)[number]['action'];

interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** What a press of a key means, if anything. `hasMod`: Ctrl, or Cmd on a Mac, is down. */
export function viewerAction(
  press: KeyPress,
  hasMod: boolean,
  table: readonly ViewerKey[] = viewerKeys,
): string | undefined {
  const written = writtenKey(press, hasMod);
  return table.find(({ keys }) => keys.includes(written))?.action;
}

/** A press as the table has it. Shift is part of what a sign is, as + is on most keyboards. */
function writtenKey({ key, shiftKey, altKey }: KeyPress, hasMod: boolean): string {
  const isSign = key.length === 1 && !/[\p{L}\d]/u.test(key);
  const shift = shiftKey && !isSign ? 'Shift+' : '';
  const base = key.length === 1 ? key.toLowerCase() : key;
  return `${hasMod ? 'Mod+' : ''}${altKey ? 'Alt+' : ''}${shift}${base}`;
}
