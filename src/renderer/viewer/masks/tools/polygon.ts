import type { Rgb } from '../layers/colouring.ts';
import type { Point } from '../../tools/geometry.ts';
import type { Stage } from '../../stage.ts';
import type { Tool, ToolEvent } from '../../tools/tool.ts';
import type { ViewTransform } from '../../view-transform.ts';
import type { Board } from './board.ts';

/** Distance to the first corner within which a click closes the polygon, CSS px. */
const closing = 9;
/** Distance between the corners of a freehand outline, CSS px. */
const apart = 4;

/**
 * Polygon tool: clicks set corners, dragging draws freehand. A double click, Enter, a click on the first corner, or
 * `settle` closes the polygon; Backspace removes what the last press added. With Alt the polygon erases.
 */
export class PolygonTool implements Tool {
  readonly id = 'polygon';
  readonly #board: Board;
  #corners: Point[] = [];
  /** Number of corners before each press. */
  #presses: number[] = [];
  #hovered: Point | undefined;
  #isErasing = false;
  #isDragged = false;

  constructor(board: Board) {
    this.#board = board;
  }

  cursor(): string {
    return 'crosshair';
  }

  down(event: ToolEvent): void {
    this.#isErasing = event.alt || event.isEraser;
    this.#isDragged = false;
    if (this.#isAtFirst(event)) {
      this.#close(event.stage);
      return;
    }
    const last = this.#corners.at(-1);
    this.#presses.push(this.#corners.length);
    // The second press of a double click is at the same point.
    if (last === undefined || !isNear(event.stage, last, event.image, 1)) {
      this.#corners.push(event.image);
    }
    this.#hovered = event.image;
    this.#changed(event.stage);
  }

  move(event: ToolEvent): void {
    for (const { image } of event.points) {
      const last = this.#corners.at(-1);
      if (last === undefined || isNear(event.stage, last, image, apart)) continue;
      this.#corners.push(image);
      this.#isDragged = true;
    }
    this.#hovered = event.image;
    this.#changed(event.stage);
  }

  up(event: ToolEvent): void {
    if (this.#isDragged && this.#isAtFirst(event)) this.#close(event.stage);
    this.#isDragged = false;
  }

  hover(event: ToolEvent | null): void {
    this.#hovered = event?.image;
    if (event !== null && this.#corners.length > 0) event.stage.invalidate('interaction');
  }

  doubleClick({ stage }: ToolEvent): void {
    this.#close(stage);
  }

  key(event: KeyboardEvent, stage: Stage): boolean {
    if (event.type !== 'keydown' || this.#corners.length === 0) return false;
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) this.#close(stage);
    else if (event.key === 'Escape') this.#drop(stage);
    else if (event.key === 'Backspace') this.stepBack(stage);
    else return false;
    return true;
  }

  leave(stage: Stage): void {
    this.#drop(stage);
  }

  cancel(stage: Stage): void {
    this.#drop(stage);
  }

  settle(stage: Stage): void {
    this.#close(stage);
  }

  stepBack(stage: Stage): boolean {
    const corners = this.#corners;
    if (corners.length === 0) return false;
    // The second press of a double click added no corner.
    while ((this.#presses.at(-1) ?? 0) === corners.length) this.#presses.pop();
    corners.length = this.#presses.pop() ?? 0;
    this.#changed(stage);
    return true;
  }

  draw(context: CanvasRenderingContext2D, view: ViewTransform): void {
    if (this.#corners.length === 0) return;
    const hovered = this.#hovered === undefined ? [] : [this.#hovered];
    const points = [...this.#corners, ...hovered].map((corner) => view.toScreen(corner));
    drawOutline(context, points, this.#board.colour(this.#isErasing));
  }

  #close(stage: Stage): void {
    if (this.#corners.length > 2) this.#board.polygon(this.#corners, this.#isErasing);
    this.#drop(stage);
  }

  #drop(stage: Stage): void {
    this.#corners = [];
    this.#presses = [];
    this.#changed(stage);
  }

  #changed(stage: Stage): void {
    this.#board.outline({ corners: this.#corners.length, isErasing: this.#isErasing });
    stage.invalidate('interaction');
  }

  #isAtFirst({ stage, image }: ToolEvent): boolean {
    const [first] = this.#corners;
    return first !== undefined && this.#corners.length > 2 && isNear(stage, first, image, closing);
  }
}

/** @param distance CSS px */
function isNear({ view }: Stage, one: Point, other: Point, distance: number): boolean {
  const [a, b] = [view.toScreen(one), view.toScreen(other)];
  return Math.hypot(a.x - b.x, a.y - b.y) <= distance;
}

/** Draws the area, the line and a mark of the first corner. @param points CSS px */
function drawOutline(
  context: CanvasRenderingContext2D,
  points: readonly Point[],
  [red, green, blue]: Rgb,
): void {
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
}
