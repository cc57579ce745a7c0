import { brushRuns, type Dab } from '../../../../core/mask/brush.ts';
import type { Stage } from '../../stage.ts';
import type { Tool, ToolEvent, ToolPoint } from '../../tools/tool.ts';
import type { ViewTransform } from '../../view-transform.ts';
import type { Stroke } from '../edits/painter.ts';
import type { Board } from './board.ts';
import { BrushCursor } from './cursor.ts';

/** Smallest share of the size at light pressure of a pen. */
const lightest = 0.15;

type BrushId = 'brush' | 'eraser' | 'threshold-brush' | 'suggest';

/**
 * Brush, eraser, threshold brush or suggestion brush: paints while the pointer is down. Alt, or the eraser end of a
 * pen, erases; Shift draws a straight line from the end of the last stroke.
 */
export class BrushTool implements Tool {
  readonly id: BrushId;
  readonly #board: Board;
  readonly #cursor = new BrushCursor();
  #stroke: Stroke | undefined;
  #last: Dab | undefined;
  #hovered: ToolEvent | null = null;
  #isErasing: boolean;

  constructor(id: BrushId, board: Board) {
    this.id = id;
    this.#board = board;
    this.#isErasing = id === 'eraser';
  }

  cursor(): string {
    return 'none';
  }

  leave(stage: Stage): void {
    // Straight lines start only from strokes on the same image.
    this.#last = undefined;
    this.#cursor.show(stage, null, 0);
  }

  down(event: ToolEvent): void {
    this.#show(event);
    const isThreshold = this.id === 'threshold-brush';
    this.#stroke = this.#board.begin({ isErasing: this.#isErasing, isThreshold, at: event.image });
    if (!event.shift) this.#last = undefined;
    this.#paint(event);
  }

  move(event: ToolEvent): void {
    this.#paint(event);
    this.#hovered = event;
    this.#showCursor(event, event.stage);
  }

  up(event: ToolEvent): void {
    this.#paint(event);
    this.#stroke?.end();
    this.#stroke = undefined;
    this.#show(event);
  }

  cancel(): void {
    this.#stroke?.cancel();
    this.#stroke = undefined;
  }

  hover(event: ToolEvent | null): void {
    if (event === null && this.#hovered !== null) this.#cursor.show(this.#hovered.stage, null, 0);
    this.#show(event);
  }

  key(event: KeyboardEvent, stage: Stage): boolean {
    // The cursor shows that Alt erases.
    if (event.key === 'Alt' && this.#hovered !== null && this.#stroke === undefined) {
      this.#isErasing = this.id === 'eraser' || event.type === 'keydown';
      this.#showCursor(this.#hovered, stage);
    }
    return false;
  }

  wheel(event: WheelEvent, stage: Stage): boolean {
    if (!event.shiftKey) return false;
    const turn = event.deltaY === 0 ? event.deltaX : event.deltaY;
    this.#board.resize(stage, turn < 0 ? 1 : -1);
    if (this.#hovered !== null) this.#showCursor(this.#hovered, stage);
    return true;
  }

  draw(context: CanvasRenderingContext2D, view: ViewTransform): void {
    this.#cursor.draw(context, view, this.#board.colour(this.#isErasing));
  }

  /** Paints from the last point through those of the event. */
  #paint(event: ToolEvent): void {
    const ways = event.points.map((point) => {
      const to = this.#dabOf(point, event);
      const from = this.#last ?? to;
      this.#last = to;
      return { from, to };
    });
    this.#stroke?.draw((take) => {
      for (const { from, to } of ways) brushRuns(from, to, take);
    });
  }

  #show(event: ToolEvent | null): void {
    this.#hovered = event;
    if (event === null) return;
    this.#isErasing = this.id === 'eraser' || event.alt || event.isEraser;
    this.#showCursor(event, event.stage);
  }

  #showCursor(event: ToolEvent, stage: Stage): void {
    this.#cursor.show(stage, event.image, this.#dabOf(event, event).radius);
  }

  #dabOf({ image, pressure }: ToolPoint, { pointer }: ToolEvent): Dab {
    const share = pointer === 'pen' && this.#board.usesPressure ? Math.max(lightest, pressure) : 1;
    return { ...image, radius: (this.#board.size / 2) * share };
  }
}
