import { call } from '../../lib/client.ts';
import { notices } from '../../lib/notices.svelte.ts';
import type { ProjectState } from '../../lib/project-state.svelte.ts';
import { text } from '../../text/index.ts';
import { MaskDesk } from './mask-desk.svelte.ts';

/**
 * By project as it was opened: what was painted can be undone as long as the project is open, whether an
 * image is looked at or not, and what could not be saved is tried again even after that.
 */
const desks = new WeakMap<ProjectState, MaskDesk>();
const all: MaskDesk[] = [];
/** `saving`: closing waits until all is saved. `told`: it could not be, and a person knows. */
let closing: 'no' | 'saving' | 'told' = 'no';
/** ms that closing again, as by a second click, does not give up what is being saved. */
const patience = 2000;
let began = 0;

export function deskOf(state: ProjectState): MaskDesk {
  const found = desks.get(state);
  if (found !== undefined) return found;
  if (all.length === 0) window.addEventListener('beforeunload', saveBeforeClosing);
  const desk = new MaskDesk(() => state.project);
  desks.set(state, desk);
  all.push(desk);
  return desk;
}

/** Keeps the window open until what was painted is saved; who closes it a second time gives that up. */
function saveBeforeClosing(event: BeforeUnloadEvent): void {
  const unsaved = all.filter((desk) => desk.isUnsaved);
  // What was painted since then may well be saved in time.
  if (closing === 'told' && unsaved.some(({ saving }) => saving !== 'failed')) closing = 'no';
  if (unsaved.length === 0 || closing === 'told') return;
  if (closing === 'saving') {
    if (performance.now() - began < patience) event.preventDefault();
    return;
  }
  event.preventDefault();
  closing = 'saving';
  began = performance.now();
  void Promise.all(unsaved.map((desk) => desk.flush())).then((saved) => {
    const isSaved = saved.every(Boolean);
    closing = isSaved ? 'no' : 'told';
    if (isSaved) void call('shell.leave', null);
    else notices.add('loss', text.masks.closing);
  });
}
