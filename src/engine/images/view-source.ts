import type { ViewRecipe } from '../../core/distill/views.ts';
import { drawResized } from './draw-views.ts';
import type { ImageToDraw, ResizedOrder, ViewOrder } from './draw-views.ts';

/** A view, identified by its numbers. */
export interface NumberedView {
  readonly image: number;
  readonly view: number;
}

/** Numbered views of images: the same numbers always give the same bytes. */
export interface ViewSource {
  /** Number of images. */
  readonly count: number;
  /**
   * Settings other than seed and size that determine how views are rendered, as part of a run's fingerprint.
   */
  readonly recipe: object;
  /** Renders a view, (S, S, C) bytes. */
  draw(image: number, view: number): Promise<Uint8Array>;
  /**
   * Parameters from which a thread renders the same bytes; without it, views are rendered by the caller.
   */
  order?(image: number, view: number): ViewOrder;
  /**
   * Receives all views that will be requested next, in addition to pending ones, so that they can be prefetched.
   */
  expect?(views: readonly NumberedView[]): void;
}

/**
 * Returns random resized crops of whole images; see core/distill/views.
 *
 * @param signal aborts the reading of an image that is not in memory
 */
export function resizedCrops(
  images: { readonly count: number; at(index: number): ImageToDraw },
  seed: number,
  recipe: ViewRecipe,
  size: number,
  signal?: AbortSignal,
): ViewSource & Required<Pick<ViewSource, 'order'>> {
  const order = (image: number, view: number): ResizedOrder => ({
    kind: 'resized',
    source: images.at(image),
    seed,
    image,
    view,
    recipe,
    size,
  });
  return {
    count: images.count,
    recipe,
    order,
    draw: (image, view) => drawResized(order(image, view), signal),
  };
}
