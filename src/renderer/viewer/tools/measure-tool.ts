import type { Point } from './geometry.ts';
import type { Stage } from '../stage.ts';
import type { Tool } from './tool.ts';
import type { ViewTransform } from '../view-transform.ts';

/** Measured line, px of the image. */
export interface LineSegment {
  readonly from: Point;
  readonly to: Point;
}

export interface MeasureTarget {
  line(): LineSegment | null;
  set(line: LineSegment | null): void;
  /** Formatted length, shown beside the line. */
  written(line: LineSegment): string;
}

/** Distance within which an end can be dragged, screen px. */
const reach = 10;
/** Movement in screen px below which a press is a click, which removes the line. */
const slip = 3;

/** Measuring tool: dragging draws a line whose ends can be moved; Esc removes it. */
export function measureTool(target: MeasureTarget): Tool {
  let fixed: Point | null = null;
  let pressed: Point | null = null;
  const changed = (stage: Stage): void => {
    stage.invalidate('interaction');
  };
  return {
    id: 'measure',
    cursor: () => 'crosshair',
    down: ({ image, screen, stage }) => {
      pressed = screen;
      const held = heldEnd(target.line(), screen, stage.view);
      fixed = held ?? image;
      target.set({ from: fixed, to: image });
      changed(stage);
    },
    move: ({ image, stage, shift }) => {
      if (fixed === null) return;
      target.set({ from: fixed, to: shift ? straight(fixed, image) : image });
      changed(stage);
    },
    up: ({ screen, stage }) => {
      const isClick =
        pressed !== null && Math.hypot(screen.x - pressed.x, screen.y - pressed.y) < slip;
      const line = target.line();
      const isShort = line !== null && isNear(line.from, line.to, stage.view);
      if (isClick && isShort) target.set(null);
      fixed = null;
      changed(stage);
    },
    cancel: (stage) => {
      fixed = null;
      target.set(null);
      changed(stage);
    },
    leave: changed,
    key: ({ key }, stage) => {
      if (key !== 'Escape' || target.line() === null) return false;
      target.set(null);
      changed(stage);
      return true;
    },
    draw: (context, view) => {
      const line = target.line();
      if (line !== null) drawLine(context, view, line, target.written(line));
    },
  };
}

/** Opposite end of the line if one of its ends is at a point. */
function heldEnd(line: LineSegment | null, at: Point, view: ViewTransform): Point | null {
  if (line === null) return null;
  const isAt = (end: Point): boolean => {
    const { x, y } = view.toScreen(end);
    return Math.hypot(x - at.x, y - at.y) <= reach;
  };
  if (isAt(line.to)) return line.from;
  return isAt(line.from) ? line.to : null;
}

function isNear(one: Point, other: Point, view: ViewTransform): boolean {
  const [a, b] = [view.toScreen(one), view.toScreen(other)];
  return Math.hypot(a.x - b.x, a.y - b.y) < slip;
}

/** Snaps the end of a line to its row or column, whichever is nearer. */
function straight(from: Point, to: Point): Point {
  const isAcross = Math.abs(to.x - from.x) >= Math.abs(to.y - from.y);
  return isAcross ? { x: to.x, y: from.y } : { x: from.x, y: to.y };
}

function drawLine(
  context: CanvasRenderingContext2D,
  view: ViewTransform,
  line: LineSegment,
  written: string,
): void {
  const [from, to] = [view.toScreen(line.from), view.toScreen(line.to)];
  context.lineCap = 'round';
  // A dark line below a light one is visible on any image.
  for (const [width, colour] of [
    [4, 'rgb(14 16 19 / 80%)'],
    [1.5, '#f4f6f8'],
  ] as const) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    for (const { x, y } of [from, to]) {
      context.beginPath();
      context.arc(x, y, 4, 0, 2 * Math.PI);
      context.stroke();
    }
  }
  drawWords(context, view, to, from, written);
}

/** Draws a label next to the end of a line, on the side away from it and within the stage. */
function drawWords(
  context: CanvasRenderingContext2D,
  { room }: ViewTransform,
  at: Point,
  from: Point,
  words: string,
): void {
  context.font = "600 13px 'Inter Variable', system-ui, sans-serif";
  const width = context.measureText(words).width + 16;
  const isRight = at.x >= from.x;
  const left = Math.min(room.width - width - 4, Math.max(4, at.x + (isRight ? 12 : -12 - width)));
  const top = Math.min(room.height - 28, Math.max(4, at.y - 12));
  context.fillStyle = 'rgb(14 16 19 / 82%)';
  context.beginPath();
  context.roundRect(left, top, width, 24, 6);
  context.fill();
  context.fillStyle = '#f4f6f8';
  context.textBaseline = 'middle';
  context.fillText(words, left + 8, top + 12.5);
}
