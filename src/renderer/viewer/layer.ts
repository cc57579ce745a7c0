import type { Rectangle } from '../../core/mask/tiles.ts';
import type { ViewTransform } from './view-transform.ts';

/** Layer of the stage, such as the image, a mask or the shape that a tool draws. */
export interface Layer {
  /**
   * Draws a part of the stage. The part is cleared before the first layer of a plane, and drawing is clipped to it.
   * The context's unit is a CSS px of the stage, as of `view.toScreen`.
   *
   * @param dirty in CSS px of the stage
   */
  draw(context: CanvasRenderingContext2D, view: ViewTransform, dirty: Rectangle): void;

  /**
   * Returns, after drawing, whether the layer was drawn completely. A layer that is still loading invalidates its
   * plane when more arrives. Layers that never load anything need not implement it.
   */
  isWhole?(): boolean;
}

/** Canvases from bottom to top: the image, masks over it, the current tool's drawing. */
export const planes = ['image', 'overlays', 'interaction'] as const;
export type StagePlane = (typeof planes)[number];
