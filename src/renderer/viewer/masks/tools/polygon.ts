import type { Point } from '../../geometry.ts';
import type { Stage } from '../../stage.ts';
import type { Tool, ToolEvent } from '../../tool.ts';
import type { Board } from './board.ts';

/** CSS px within which a click on the first corner closes the polygon. */
const closing = 9;
/** CSS px between corners of what is drawn freehand. */
const apart = 4;

/**
 * A polygon by clicks, or freehand by dragging: closed by a double click, Enter, or a click on its first
 * corner; Backspace takes the last corner back. With Alt, what is in it is erased.
 */
export function polygonTool(board: Board): Tool {
  let corners: Point[] = [];
  let hovered: Point | undefined;
  let isErasing = false;
  let isDragged = false;

  const again = (stage: Stage): void => {
    stage.invalidate('interaction');
  };
  const close = (stage: Stage): void => {
    if (corners.length > 2) board.polygon(corners, isErasing);
    corners = [];
    again(stage);
  };
  const isNear = (stage: Stage, one: Point, other: Point, distance: number): boolean => {
    const [a, b] = [stage.view.toScreen(one), stage.view.toScreen(other)];
    return Math.hypot(a.x - b.x, a.y - b.y) <= distance;
  };
  const isAtFirst = ({ stage, image }: ToolEvent): boolean => {
    const [first] = corners;
    return first !== undefined && corners.length > 2 && isNear(stage, first, image, closing);
  };
  return {
    id: 'polygon',
    cursor: () => 'crosshair',
    leave: (stage) => {
      corners = [];
      again(stage);
    },
    down: (event) => {
      isErasing = event.alt || event.isEraser;
      isDragged = false;
      if (isAtFirst(event)) {
        close(event.stage);
        return;
      }
      const last = corners.at(-1);
      // The second press of a double click is on the same place.
      if (last === undefined || !isNear(event.stage, last, event.image, 1)) {
        corners.push(event.image);
      }
      hovered = event.image;
      again(event.stage);
    },
    move: (event) => {
      for (const { image } of event.points) {
        const last = corners.at(-1);
        if (last === undefined || isNear(event.stage, last, image, apart)) continue;
        corners.push(image);
        isDragged = true;
      }
      hovered = event.image;
      again(event.stage);
    },
    up: (event) => {
      if (isDragged && isAtFirst(event)) close(event.stage);
      isDragged = false;
    },
    cancel: (stage) => {
      corners = [];
      again(stage);
    },
    hover: (event) => {
      hovered = event?.image;
      if (event !== null && corners.length > 0) again(event.stage);
    },
    doubleClick: ({ stage }) => {
      close(stage);
    },
    key: (event, stage) => {
      if (event.type !== 'keydown' || corners.length === 0) return false;
      if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) close(stage);
      else if (event.key === 'Escape') corners = [];
      else if (event.key === 'Backspace') corners.pop();
      else return false;
      again(stage);
      return true;
    },
    draw: (context, view) => {
      if (corners.length === 0) return;
      const points = [...corners, ...(hovered === undefined ? [] : [hovered])].map((corner) =>
        view.toScreen(corner),
      );
      const [red, green, blue] = board.colour(isErasing);
      context.beginPath();
      for (const { x, y } of points) context.lineTo(x, y);
      context.fillStyle = `rgb(${red} ${green} ${blue} / 0.25)`;
      context.fill('evenodd');
      for (const [width, style] of [
        [3, 'rgb(0 0 0 / 0.6)'],
        [1.5, `rgb(${red} ${green} ${blue})`],
      ] as const) {
        context.lineWidth = width;
        context.strokeStyle = style;
        context.stroke();
      }
      const [first] = points;
      if (first === undefined) return;
      context.beginPath();
      context.arc(first.x, first.y, 4, 0, 2 * Math.PI);
      context.fillStyle = 'white';
      context.fill();
      context.stroke();
    },
  };
}
