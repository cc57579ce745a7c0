import type { Stage } from '../../stage.ts';
import type { Point } from '../../tools/geometry.ts';
import type { Rgb } from '../layers/colouring.ts';
import type { Stroke } from '../edits/painter.ts';
import type { Corner } from '../../../../core/mask/polygon.ts';

/** Kind of a stroke that begins. */
export interface StrokeKind {
  readonly isErasing: boolean;
  /** True to paint only shades within a range, which may be set around the shade at the start of the stroke. */
  readonly isThreshold: boolean;
  readonly at: Point;
}

/** Polygon in progress, painted once it is closed. */
export interface OpenShape {
  readonly corners: number;
  readonly isErasing: boolean;
}

/** Painting target of the tools: the open image's mask, or suggestion strokes. */
export interface Board {
  /** Begins a stroke; undefined if that is not possible now. */
  begin(kind: StrokeKind): Stroke | undefined;
  /** Reports the open polygon; no corners means that there is none. */
  outline(shape: OpenShape): void;
  polygon(corners: readonly Corner[], isErasing: boolean): void;
  /** Paints the connected region around a pixel: `fill` of equal mask values, `pick` of similar displayed values. */
  fill(at: Point, isErasing: boolean): void;
  pick(at: Point, isErasing: boolean): void;
  readonly colour: (isErasing: boolean) => Rgb;
  /** Diameter of the brush, px of the image. */
  readonly size: number;
  readonly usesPressure: boolean;
  resize(stage: Stage, direction: 1 | -1): void;
}
