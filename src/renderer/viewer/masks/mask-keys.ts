import { keymap } from '../../lib/keys/keymap.svelte.ts';
import { classKeys } from '../../lib/keys/keymap-table.ts';
import type { Viewer } from '../viewer-state.svelte.ts';
import type { MaskEditor } from './mask-editor.svelte.ts';
import { type MaskToolId, maskTools } from './tool-settings.svelte.ts';

/** Selects a mask tool, and starts or pauses suggestions accordingly. */
export function takeTool(editor: MaskEditor, viewer: Viewer, tool: MaskToolId): void {
  viewer.take(editor.tools[tool]);
  if (tool === 'suggest') editor.suggestions.start();
  else editor.suggestions.rest();
}

/** Handles a key of the mask editor; returns false for other keys. */
export function onMaskKey(event: KeyboardEvent, editor: MaskEditor, viewer: Viewer): boolean {
  const tool = keymap.find(event, maskTools);
  if (tool !== undefined) {
    takeTool(editor, viewer, tool);
    return true;
  }
  const number = keymap.find(event, classKeys);
  if (number !== undefined) {
    const value = editor.values[classKeys.indexOf(number)];
    if (value !== undefined) editor.settings.value = value;
  } else if (keymap.matches(event, 'brush-smaller')) editor.settings.step(-1);
  else if (keymap.matches(event, 'brush-larger')) editor.settings.step(1);
  else if (keymap.matches(event, 'toggle-masks')) editor.choices.toggleAll();
  else if (keymap.matches(event, 'toggle-outline')) editor.choices.toggleOutline();
  else if (keymap.matches(event, 'adopt-all')) void editor.adopting.adopt();
  else if (keymap.matches(event, 'adopt-class')) {
    void editor.adopting.adopt({ value: editor.settings.value });
  } else if (keymap.matches(event, 'adopt-region')) {
    const { reading } = viewer;
    if (reading !== null) void editor.adopting.adopt({ at: { x: reading.column, y: reading.row } });
  } else return false;
  viewer.stage?.invalidate('interaction');
  return true;
}
