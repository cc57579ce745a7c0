import type { Point } from './geometry.ts';
import type { Tool } from './tool.ts';

export interface Window {
  readonly center: number;
  readonly width: number;
}

export interface WindowTarget {
  /** Window at the start of a drag; null while unknown. */
  now(): Window | null;
  /** Smallest change per px of a drag. */
  least(): number;
  set(window: Window): void;
  /** Called when a drag begins or ends. */
  drag(isOn: boolean): void;
}

/** Share of the window's width by which one screen px changes it. */
const share = 1 / 256;

/** Window after a drag: to the right it is wider; upwards its level is lower and the image brighter. */
export function draggedWindow(from: Window, by: Point, least: number): Window {
  const step = Math.max(Math.abs(from.width) * share, least);
  return {
    width: Math.max(least, from.width + by.x * step),
    center: from.center + by.y * step,
  };
}

/** Window tool: dragging horizontally changes the width, vertically the level. */
export function windowTool(target: WindowTarget): Tool {
  let begin: { readonly window: Window; readonly at: Point } | null = null;
  const end = (): void => {
    begin = null;
    target.drag(false);
  };
  return {
    id: 'window',
    cursor: () => (begin === null ? 'crosshair' : 'move'),
    down: ({ screen }) => {
      const window = target.now();
      if (window === null) return;
      begin = { window, at: screen };
      target.drag(true);
    },
    move: ({ screen }) => {
      if (begin === null) return;
      const by = { x: screen.x - begin.at.x, y: screen.y - begin.at.y };
      target.set(draggedWindow(begin.window, by, target.least()));
    },
    up: end,
    cancel: () => {
      if (begin !== null) target.set(begin.window);
      end();
    },
  };
}
