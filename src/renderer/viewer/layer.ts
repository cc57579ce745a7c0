import type { Rectangle } from './geometry.ts';
import type { ViewTransform } from './view-transform.ts';

/** Something drawn over the image, such as a mask, or under a tool's hand. */
export interface Layer {
  /**
   * Draws what lies in a part of the stage. That part is empty when the first layer of a plane is asked,
   * and clipped; drawing beyond it is lost. The context's unit is a CSS px of the stage, so
   * `view.toScreen` gives its coordinates.
   *
   * @param dirty in CSS px of the stage
   */
  draw(context: CanvasRenderingContext2D, view: ViewTransform, dirty: Rectangle): void;

  /**
   * Asked after drawing: whether all that there is to see was drawn. If not, the layer has its plane drawn
   * again when more of it comes. A layer that is drawn from what it has need not say.
   */
  isWhole?(): boolean;
}

/** Canvases from below: the image, what is laid over it, what a tool shows while it is used. */
export const planes = ['image', 'overlays', 'interaction'] as const;
export type Plane = (typeof planes)[number];
