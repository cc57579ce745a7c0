import type { Viewer } from './viewer-state.svelte.ts';

/** Screen px of one press of an arrow. */
const step = 64;

const runs: Readonly<Record<string, (viewer: Viewer) => void>> = {
  'viewer.zoomIn': (viewer) => {
    viewer.zoom(1.25);
  },
  'viewer.zoomOut': (viewer) => {
    viewer.zoom(1 / 1.25);
  },
  'viewer.fit': (viewer) => {
    viewer.fit();
  },
  'viewer.actualSize': (viewer) => {
    viewer.actualSize();
  },
  'viewer.panLeft': (viewer) => {
    viewer.move(step, 0);
  },
  'viewer.panRight': (viewer) => {
    viewer.move(-step, 0);
  },
  'viewer.panUp': (viewer) => {
    viewer.move(0, step);
  },
  'viewer.panDown': (viewer) => {
    viewer.move(0, -step);
  },
  'viewer.panTool': (viewer) => {
    viewer.take(viewer.pan);
  },
  'viewer.windowTool': (viewer) => {
    viewer.take(viewer.windowing);
  },
  'viewer.measureTool': (viewer) => {
    viewer.take(viewer.measure);
  },
  'viewer.resetWindow': (viewer) => {
    viewer.reset();
  },
};

/** What a key does to the viewer itself; false where it is for its owner. */
export function runAction(viewer: Viewer, action: string): boolean {
  const run = runs[action];
  run?.(viewer);
  return run !== undefined;
}
