import { brushRuns, type Dab } from '../../../../core/mask/brush.ts';
import type { Tool, ToolEvent, ToolPoint } from '../../tools/tool.ts';
import type { Stroke } from '../edits/painter.ts';
import type { Board } from './board.ts';
import { BrushCursor } from './cursor.ts';

/** Smallest share of the size at light pressure of a pen. */
const lightest = 0.15;

/**
 * Brush, eraser, threshold brush or suggestion brush: paints while the pointer is down. Alt, or the eraser end of a
 * pen, erases; Shift draws a straight line from the end of the last stroke.
 */
export function brushTool(
  id: 'brush' | 'eraser' | 'threshold-brush' | 'suggest',
  board: Board,
): Tool {
  const cursor = new BrushCursor();
  let stroke: Stroke | undefined;
  let last: Dab | undefined;
  let hovered: ToolEvent | null = null;
  let isErasing = id === 'eraser';

  const dabOf = ({ image, pressure }: ToolPoint, { pointer }: ToolEvent): Dab => {
    const share = pointer === 'pen' && board.usesPressure ? Math.max(lightest, pressure) : 1;
    return { ...image, radius: (board.size / 2) * share };
  };
  const draw = (event: ToolEvent): void => {
    const ways = event.points.map((point) => {
      const to = dabOf(point, event);
      const from = last ?? to;
      last = to;
      return { from, to };
    });
    stroke?.draw((take) => {
      for (const { from, to } of ways) brushRuns(from, to, take);
    });
  };
  const show = (event: ToolEvent | null): void => {
    hovered = event;
    if (event === null) return;
    isErasing = id === 'eraser' || event.alt || event.isEraser;
    cursor.show(event.stage, event.image, dabOf(event, event).radius);
  };
  return {
    id,
    cursor: () => 'none',
    leave: (stage) => {
      // Straight lines start only from strokes on the same image.
      last = undefined;
      cursor.show(stage, null, 0);
    },
    down: (event) => {
      show(event);
      const isThreshold = id === 'threshold-brush';
      stroke = board.begin({ isErasing, isThreshold, at: event.image });
      if (!event.shift) last = undefined;
      draw(event);
    },
    move: (event) => {
      draw(event);
      hovered = event;
      cursor.show(event.stage, event.image, dabOf(event, event).radius);
    },
    up: (event) => {
      draw(event);
      stroke?.end();
      stroke = undefined;
      show(event);
    },
    cancel: () => {
      stroke?.cancel();
      stroke = undefined;
    },
    hover: (event) => {
      if (event === null && hovered !== null) cursor.show(hovered.stage, null, 0);
      show(event);
    },
    key: (event, stage) => {
      // The cursor shows that Alt erases.
      if (event.key === 'Alt' && hovered !== null && stroke === undefined) {
        isErasing = id === 'eraser' || event.type === 'keydown';
        cursor.show(stage, hovered.image, dabOf(hovered, hovered).radius);
      }
      return false;
    },
    wheel: (event, stage) => {
      if (!event.shiftKey) return false;
      const turn = event.deltaY === 0 ? event.deltaX : event.deltaY;
      board.resize(stage, turn < 0 ? 1 : -1);
      if (hovered !== null) cursor.show(stage, hovered.image, dabOf(hovered, hovered).radius);
      return true;
    },
    draw: (context, view) => {
      cursor.draw(context, view, board.colour(isErasing));
    },
  };
}
