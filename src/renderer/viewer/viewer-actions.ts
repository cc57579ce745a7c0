import { keymap } from '../lib/keys/keymap.svelte.ts';
import type { KeyActionId } from '../lib/keys/keymap-table.ts';
import { hasMod } from '../lib/keys/keys.ts';
import type { Viewer } from './viewer-state.svelte.ts';

/** Movement per press of an arrow key, screen px. */
const step = 64;

const runs = {
  'zoom-in': (viewer: Viewer) => {
    viewer.zoom(1.25);
  },
  'zoom-out': (viewer: Viewer) => {
    viewer.zoom(1 / 1.25);
  },
  'zoom-fit': (viewer: Viewer) => {
    viewer.fit();
  },
  'zoom-actual': (viewer: Viewer) => {
    viewer.actualSize();
  },
  pan: (viewer: Viewer) => {
    viewer.take(viewer.pan);
  },
  'window-level': (viewer: Viewer) => {
    viewer.take(viewer.windowing);
  },
  measure: (viewer: Viewer) => {
    viewer.take(viewer.measure);
  },
  'reset-window': (viewer: Viewer) => {
    viewer.display.reset();
  },
} satisfies Partial<Record<KeyActionId, (viewer: Viewer) => void>>;

const actionsHere = Object.keys(runs) as (keyof typeof runs)[];

/** Movement of the image by arrow key: opposite to the arrow, as in scrolling. */
const arrows: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [step, 0],
  ArrowRight: [-step, 0],
  ArrowUp: [0, step],
  ArrowDown: [0, -step],
};

/** Handles a key of the viewer; returns false for other keys. */
export function onViewerKey(event: KeyboardEvent, viewer: Viewer): boolean {
  const action = keymap.find(event, actionsHere);
  if (action !== undefined) {
    runs[action](viewer);
    return true;
  }
  const way = arrows[event.key];
  if (way === undefined || hasMod(event) || event.altKey) return false;
  viewer.move(...way);
  return true;
}
