import { call } from '../../lib/client.ts';
import { notices } from '../../lib/notices.svelte.ts';
import type { ProjectState } from '../../lib/project-state.svelte.ts';
import { text } from '../../text/index.ts';
import { MaskEditor } from './mask-editor.svelte.ts';

/**
 * Mask editors by open project. Edits can be undone while the project is open, whether or not an image is shown; saving
 * is retried even after the project is closed.
 */
const editors = new WeakMap<ProjectState, MaskEditor>();
const all: MaskEditor[] = [];
/** State of closing the window. `saving`: waits until all is saved; `failed`: saving failed, and a notice says so. */
let closing: 'no' | 'saving' | 'failed' = 'no';
/** Time in ms during which a second attempt to close, such as a double click, does not abandon saving. */
const patience = 2000;
let began = 0;

export function editorOf(state: ProjectState): MaskEditor {
  const found = editors.get(state);
  if (found !== undefined) return found;
  if (all.length === 0) window.addEventListener('beforeunload', saveBeforeClosing);
  const editor = new MaskEditor(() => state.project);
  editors.set(state, editor);
  all.push(editor);
  return editor;
}

/** Keeps the window open until all edits are saved; closing it a second time discards them. */
function saveBeforeClosing(event: BeforeUnloadEvent): void {
  const unsaved = all.filter((editor) => editor.isUnsaved);
  // Newer edits may still be saved in time.
  if (closing === 'failed' && unsaved.some(({ saving }) => saving !== 'failed')) closing = 'no';
  if (unsaved.length === 0 || closing === 'failed') return;
  if (closing === 'saving') {
    if (performance.now() - began < patience) event.preventDefault();
    return;
  }
  event.preventDefault();
  closing = 'saving';
  began = performance.now();
  void Promise.all(unsaved.map((editor) => editor.flush())).then((saved) => {
    const isSaved = saved.every(Boolean);
    closing = isSaved ? 'no' : 'failed';
    if (isSaved) void call('shell.leave', null);
    else notices.add('loss', text.masks.closing);
  });
}
