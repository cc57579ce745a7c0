import type { Point } from './geometry.ts';
import type { Rectangle } from '../../../core/mask/tiles.ts';
import type { Stage } from '../stage.ts';
import type { ViewTransform } from '../view-transform.ts';

/** Position of a pointer. */
export interface ToolPoint {
  /** Image px of full resolution from the corner of the first pixel; may be outside of the image. */
  readonly image: Point;
  /** Position in CSS px of the stage. */
  readonly screen: Point;
  /** Pressure of a pen, in [0, 1]; 0.5 while a mouse button is down. */
  readonly pressure: number;
  /** Time stamp, ms as of `performance.now()`. */
  readonly time: number;
}

/** Pointer event on the stage. */
export interface ToolEvent extends ToolPoint {
  /**
   * Points since the last event, the oldest first and this one last. Pens report several per frame, and strokes are
   * smooth only with all of them.
   */
  readonly points: readonly ToolPoint[];
  readonly pointer: 'mouse' | 'pen' | 'touch';
  /** True for the eraser end of a pen. */
  readonly isEraser: boolean;
  /** Button that began the stroke, as in `PointerEvent.button`: 0 first, 1 wheel, 2 second. */
  readonly button: number;
  readonly shift: boolean;
  readonly alt: boolean;
  /** True if Ctrl is down, or Cmd on a Mac. */
  readonly mod: boolean;
  readonly stage: Stage;
}

/**
 * Tool of the viewer. One tool is selected at a time; panning with Space or the wheel button and windowing with the
 * second button work with every tool and are not passed to it.
 */
export interface Tool {
  readonly id: string;
  /** CSS cursor, read again after each event. */
  cursor?(): string;
  /** Called when the tool is selected (`enter`) and deselected (`leave`); both are also called for another image. */
  enter?(stage: Stage): void;
  leave?(stage: Stage): void;
  /** Press of the first button; everything until `up` or `cancel` is one stroke. */
  down?(event: ToolEvent): void;
  move?(event: ToolEvent): void;
  up?(event: ToolEvent): void;
  /** Cancels the stroke after Esc. Any other loss of the pointer ends it with `up`. */
  cancel?(stage: Stage): void;
  /**
   * Completes a shape of several strokes, such as an open polygon, or drops it if it is too small. Called before saving
   * and before a change of image or tool.
   */
  settle?(stage: Stage): void;
  /** Removes the last part of what `settle` would complete; false if there is nothing. */
  stepBack?(stage: Stage): boolean;
  /** Pointer move without a button; null when the pointer leaves the stage. */
  hover?(event: ToolEvent | null): void;
  doubleClick?(event: ToolEvent): void;
  /** Handles a key before the viewer does; returns true if it did. */
  key?(event: KeyboardEvent, stage: Stage): boolean;
  /** Handles the wheel, for example with a modifier for the brush size; returns true if it did. */
  wheel?(event: WheelEvent, stage: Stage): boolean;
  /** Draws on the interaction plane, on top. Called when that plane is invalidated. */
  draw?(context: CanvasRenderingContext2D, view: ViewTransform, dirty: Rectangle): void;
}
