import type { Point, Rectangle } from './geometry.ts';
import type { Stage } from './stage.ts';
import type { ViewTransform } from './view-transform.ts';

/** Where a pointer was. */
export interface ToolPoint {
  /** px of the image's full resolution from the corner of its first pixel; may lie outside. */
  readonly image: Point;
  /** CSS px of the stage. */
  readonly screen: Point;
  /** Of a pen, in [0, 1]; 0.5 while a button of a mouse is down. */
  readonly pressure: number;
  /** ms, as `performance.now` counts. */
  readonly time: number;
}

/** What a pointer does on the stage. */
export interface ToolEvent extends ToolPoint {
  /**
   * Every point since the last event, the oldest first and this one last: a pen gives several a frame, and
   * strokes are smooth only with all of them.
   */
  readonly points: readonly ToolPoint[];
  readonly pointer: 'mouse' | 'pen' | 'touch';
  /** The pen's other end. */
  readonly isEraser: boolean;
  /** As in `PointerEvent.button`: 0 the first, 1 the wheel, 2 the second; of the press that began it. */
  readonly button: number;
  readonly shift: boolean;
  readonly alt: boolean;
  /** Ctrl, or Cmd on a Mac. */
  readonly mod: boolean;
  readonly stage: Stage;
}

/**
 * What the hand does to an image. One tool has the pointer at a time; panning with Space, the wheel button
 * and windowing with the second button work under every tool and never come to it.
 */
export interface Tool {
  readonly id: string;
  /** A CSS cursor; asked again after each event. */
  cursor?(): string;
  /** It has the pointer from now on, until `leave`; both are called when another image comes in sight. */
  enter?(stage: Stage): void;
  leave?(stage: Stage): void;
  /** A press of the first button: what follows until `up` or `cancel` is one stroke. */
  down?(event: ToolEvent): void;
  move?(event: ToolEvent): void;
  up?(event: ToolEvent): void;
  /** The stroke is void: Esc was pressed. Whatever else takes the pointer ends the stroke as `up` does. */
  cancel?(stage: Stage): void;
  /** Without a button; null when the pointer leaves the stage. */
  hover?(event: ToolEvent | null): void;
  doubleClick?(event: ToolEvent): void;
  /** True if the key was for the tool. It is asked before the viewer. */
  key?(event: KeyboardEvent, stage: Stage): boolean;
  /** True if the turn of the wheel was for the tool, as with a modifier for the size of a brush. */
  wheel?(event: WheelEvent, stage: Stage): boolean;
  /** On the interaction plane, above everything. Invalidate that plane to have it called. */
  draw?(context: CanvasRenderingContext2D, view: ViewTransform, dirty: Rectangle): void;
}
