import type { Point } from '../../tools/geometry.ts';
import type { Stage } from '../../stage.ts';
import type { Tool, ToolEvent } from '../../tools/tool.ts';
import type { Board } from './board.ts';

/** Distance to the first corner within which a click closes the polygon, CSS px. */
const closing = 9;
/** Distance between the corners of a freehand outline, CSS px. */
const apart = 4;

/**
 * Polygon tool: clicks set corners, dragging draws freehand. A double click, Enter, a click on the first corner, or
 * `settle` closes the polygon; Backspace removes what the last press added. With Alt the polygon erases.
 */
export function polygonTool(board: Board): Tool {
  let corners: Point[] = [];
  /** Number of corners before each press. */
  let presses: number[] = [];
  let hovered: Point | undefined;
  let isErasing = false;
  let isDragged = false;

  const again = (stage: Stage): void => {
    board.outline({ corners: corners.length, isErasing });
    stage.invalidate('interaction');
  };
  const drop = (stage: Stage): void => {
    corners = [];
    presses = [];
    again(stage);
  };
  const close = (stage: Stage): void => {
    if (corners.length > 2) board.polygon(corners, isErasing);
    drop(stage);
  };
  const stepBack = (stage: Stage): boolean => {
    if (corners.length === 0) return false;
    // The second press of a double click added no corner.
    while ((presses.at(-1) ?? 0) === corners.length) presses.pop();
    corners.length = presses.pop() ?? 0;
    again(stage);
    return true;
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
    leave: drop,
    settle: close,
    stepBack,
    down: (event) => {
      isErasing = event.alt || event.isEraser;
      isDragged = false;
      if (isAtFirst(event)) {
        close(event.stage);
        return;
      }
      const last = corners.at(-1);
      presses.push(corners.length);
      // The second press of a double click is at the same point.
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
    cancel: drop,
    hover: (event) => {
      hovered = event?.image;
      if (event !== null && corners.length > 0) event.stage.invalidate('interaction');
    },
    doubleClick: ({ stage }) => {
      close(stage);
    },
    key: (event, stage) => {
      if (event.type !== 'keydown' || corners.length === 0) return false;
      if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) close(stage);
      else if (event.key === 'Escape') drop(stage);
      else if (event.key === 'Backspace') stepBack(stage);
      else return false;
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
