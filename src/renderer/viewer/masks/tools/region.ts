import type { Tool } from '../../tools/tool.ts';
import type { Board } from './board.ts';

/** Fill and magic wand: a click paints a connected region of the mask, or of similar shades; with Alt it erases. */
export function regionTool(id: 'fill' | 'wand', board: Board): Tool {
  return {
    id,
    cursor: () => 'crosshair',
    down: ({ image, alt, isEraser }) => {
      const isErasing = alt || isEraser;
      if (id === 'fill') board.fill(image, isErasing);
      else board.pick(image, isErasing);
    },
  };
}
