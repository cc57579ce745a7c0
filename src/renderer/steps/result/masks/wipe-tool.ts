import type { Tool, ToolEvent } from '../../../viewer/tools/tool.ts';
import type { MaskComparison } from './mask-comparison.svelte.ts';
import { visiblePart, shareAt, splitAt } from './wipe.ts';

/** Radius of the knob, CSS px. */
const knobRadius = 14;

/** Tool that drags the line between two masks. */
export function wipeTool(comparison: Pick<MaskComparison, 'share' | 'isHidden'>): Tool {
  const follow = ({ stage, screen }: ToolEvent): void => {
    comparison.share = shareAt(stage.view, screen.x);
  };
  return {
    id: 'wipe',
    cursor: () => 'ew-resize',
    enter: (stage) => {
      stage.invalidate('interaction');
    },
    leave: (stage) => {
      stage.invalidate('interaction');
    },
    down: follow,
    move: follow,
    draw: (context, view) => {
      if (comparison.isHidden) return;
      const x = splitAt(view, comparison.share);
      const { y, height } = visiblePart(view);
      context.lineWidth = 3;
      context.strokeStyle = 'rgb(14 16 19 / 70%)';
      line(context, x, y, height);
      context.lineWidth = 1.5;
      context.strokeStyle = '#fff';
      line(context, x, y, height);
      knob(context, x, y + height / 2);
    },
  };
}

function line(context: CanvasRenderingContext2D, x: number, y: number, height: number): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x, y + height);
  context.stroke();
}

/** Draws a disc with two arrows: the line can be dragged either way. */
function knob(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.fillStyle = '#fff';
  context.beginPath();
  context.arc(x, y, knobRadius, 0, 2 * Math.PI);
  context.fill();
  context.strokeStyle = '#15181c';
  context.lineWidth = 1.5;
  context.beginPath();
  for (const side of [-1, 1]) {
    context.moveTo(x + side * 4, y - 4);
    context.lineTo(x + side * 8, y);
    context.lineTo(x + side * 4, y + 4);
  }
  context.stroke();
}
