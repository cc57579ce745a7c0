import type { Tool } from '../../tool.ts';
import type { Board } from './board.ts';

/** One click takes a region: of the mask, or of what looks alike in the image. With Alt it is erased. */
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
