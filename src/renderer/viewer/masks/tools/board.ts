import type { Stage } from '../../stage.ts';
import type { Point } from '../../geometry.ts';
import type { Rgb } from '../colouring.ts';
import type { Stroke } from '../painter.ts';
import type { Corner } from '../../../../core/mask/polygon.ts';

/** How a stroke is meant. */
export interface StrokeKind {
  readonly isErasing: boolean;
  /** Only shades in a range, which may be around the shade where the stroke begins. */
  readonly isThreshold: boolean;
  readonly at: Point;
}

/** What the tools paint on: the open image's mask, or the strokes for a suggestion. */
export interface Board {
  /** Undefined while no mask is open. */
  begin(kind: StrokeKind): Stroke | undefined;
  polygon(corners: readonly Corner[], isErasing: boolean): void;
  /** The region of the mask, or of what is shown, around a pixel. */
  fill(at: Point, isErasing: boolean): void;
  pick(at: Point, isErasing: boolean): void;
  readonly colour: (isErasing: boolean) => Rgb;
  /** Diameter, px of the image. */
  readonly size: number;
  readonly usesPressure: boolean;
  resize(stage: Stage, direction: 1 | -1): void;
}
