import type { ViewRecipe } from '../core/distill/views.ts';
import { drawResized } from './image-pool/draw-task.ts';
import type { ImageToDraw, ResizedOrder, ViewOrder } from './image-pool/draw-task.ts';

/** A view by its numbers. */
export interface NumberedView {
  readonly image: number;
  readonly view: number;
}

/** Numbered views of images: the same numbers give the same bytes, whenever they are asked for. */
export interface ViewSource {
  /** Images. */
  readonly count: number;
  /** What decides how views are drawn besides seed and size, as it stands in a run's fingerprint. */
  readonly recipe: object;
  /** (S, S, C) bytes. */
  draw(image: number, view: number): Promise<Uint8Array>;
  /** What a thread draws the same bytes from; without it views are drawn where they are asked for. */
  order?(image: number, view: number): ViewOrder;
  /** Told all that will be asked for next, after what was asked for, so that it can be drawn meanwhile. */
  expect?(views: readonly NumberedView[]): void;
}

/**
 * Random resized crops of whole images; see core/distill/views.
 *
 * @param signal ends reading an image that is not in memory
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
    ...{ source: images.at(image), seed, image, view, recipe, size },
  });
  return {
    count: images.count,
    recipe,
    order,
    draw: (image, view) => drawResized(order(image, view), signal),
  };
}
