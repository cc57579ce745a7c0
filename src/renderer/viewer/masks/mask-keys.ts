import { keymap } from '../../lib/keymap.svelte.ts';
import type { KeyActionId } from '../../lib/keymap-table.ts';
import type { Viewer } from '../viewer-state.svelte.ts';
import type { MaskDesk } from './mask-desk.svelte.ts';
import { type MaskToolId, maskTools } from './tool-settings.svelte.ts';

const classKeys = [
  'class-1',
  'class-2',
  'class-3',
  'class-4',
  'class-5',
  'class-6',
  'class-7',
  'class-8',
  'class-9',
] as const satisfies readonly KeyActionId[];

/** The key of a class by its place in the list. */
export function classKeyOf(index: number): KeyActionId | undefined {
  return classKeys[index];
}

/** Takes a tool in hand; with that of suggestions, what it needs is begun. */
export function takeTool(desk: MaskDesk, viewer: Viewer, tool: MaskToolId): void {
  viewer.take(desk.tools[tool]);
  if (tool === 'suggest') desk.suggestions.start();
  else desk.suggestions.rest();
}

/** What a key does to masks; false where it is for others. */
export function onMaskKey(event: KeyboardEvent, desk: MaskDesk, viewer: Viewer): boolean {
  const tool = keymap.find(event, maskTools);
  if (tool !== undefined) {
    takeTool(desk, viewer, tool);
    return true;
  }
  const number = keymap.find(event, classKeys);
  if (number !== undefined) {
    const value = desk.values[classKeys.indexOf(number)];
    if (value !== undefined) desk.settings.value = value;
  } else if (keymap.matches(event, 'brush-smaller')) desk.settings.step(-1);
  else if (keymap.matches(event, 'brush-larger')) desk.settings.step(1);
  else if (keymap.matches(event, 'toggle-masks')) desk.choices.toggleAll();
  else if (keymap.matches(event, 'toggle-outline')) desk.choices.toggleOutline();
  else if (keymap.matches(event, 'adopt-all')) void desk.adopting.adopt();
  else if (keymap.matches(event, 'adopt-class')) {
    void desk.adopting.adopt({ value: desk.settings.value });
  } else if (keymap.matches(event, 'adopt-region')) {
    const { reading } = viewer;
    if (reading !== null) void desk.adopting.adopt({ at: { x: reading.column, y: reading.row } });
  } else return false;
  viewer.stage?.invalidate('interaction');
  return true;
}
