import type { Point } from './geometry.ts';
import type { Tool } from './tool.ts';

export interface Window {
  readonly center: number;
  readonly width: number;
}

export interface WindowTarget {
  /** Where a drag begins; null while nothing is known. */
  now(): Window | null;
  /** What a pixel of the hand's way changes at the least. */
  least(): number;
  set(window: Window): void;
  /** A drag begins or ends. */
  drag(isOn: boolean): void;
}

/** Of the width of the window, for each px of the screen. */
const share = 1 / 256;

/** Where a window comes to: to the right it is wider, upwards its level is lower and the image brighter. */
export function draggedWindow(from: Window, by: Point, least: number): Window {
  const step = Math.max(Math.abs(from.width) * share, least);
  return {
    width: Math.max(least, from.width + by.x * step),
    center: from.center + by.y * step,
  };
}

/** Window and level with the hand: horizontal is width, vertical is level. */
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
