import type { Point } from './geometry.ts';
import type { Tool } from './tool.ts';

/** Pan tool: dragging moves the image, a double click fits it. */
export function panTool(): Tool {
  let last: Point | undefined;
  return {
    id: 'pan',
    cursor: () => (last === undefined ? 'grab' : 'grabbing'),
    down: ({ screen }) => {
      last = screen;
    },
    move: ({ screen, stage }) => {
      if (last === undefined) return;
      stage.view = stage.view.movedBy(screen.x - last.x, screen.y - last.y);
      last = screen;
    },
    up: () => {
      last = undefined;
    },
    cancel: () => {
      last = undefined;
    },
    doubleClick: ({ stage }) => {
      stage.view = stage.view.fit();
    },
  };
}
