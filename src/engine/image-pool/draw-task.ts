import { drawView, viewParameters, workingCopy } from '../../core/distill/views.ts';
import type { ViewRecipe } from '../../core/distill/views.ts';
import type { Preparation } from '../../core/image/preparation.ts';
import type { Raster } from '../../core/image/raster.ts';
import { readImage } from '../../formats/images.ts';
import type { ImagePlace } from '../../formats/labelled-images.ts';
import { drawCropHere } from '../segmentation/draw-crop.ts';
import type { CropOrder } from '../segmentation/draw-crop.ts';
import type { TaskContext } from './task.ts';

/** An image to draw views from: held in memory, or where to read it. */
export type ImageToDraw = Raster | StoredImage;

export interface StoredImage {
  readonly place: ImagePlace;
  /** What is seen of its values. */
  readonly preparation: Preparation;
}

/** All that a random resized crop takes to be drawn, in whatever thread; see core/distill/views. */
export interface ResizedOrder {
  readonly kind: 'resized';
  readonly source: ImageToDraw;
  readonly seed: number;
  readonly image: number;
  readonly view: number;
  readonly recipe: ViewRecipe;
  /** S, px */
  readonly size: number;
}

export type ViewOrder = ResizedOrder | CropOrder;

export interface DrawRequest {
  readonly views: readonly ViewOrder[];
}

/**
 * Draws views into memory that all threads see, so that nothing of them is copied.
 *
 * @returns (S, S, C) bytes of each
 * @throws UserError as `readImage` and `drawCropHere`
 */
export async function drawViews(
  { views }: DrawRequest,
  { alive }: TaskContext,
): Promise<Uint8Array[]> {
  const drawn: Uint8Array[] = [];
  for (const order of views) {
    alive();
    const bytes = order.kind === 'crop' ? await drawCropHere(order) : await drawResized(order);
    drawn.push(shared(bytes));
  }
  return drawn;
}

/** @throws UserError as `readImage`, with 'cancelled' where an image is read and `signal` aborts */
export async function drawResized(order: ResizedOrder, signal?: AbortSignal): Promise<Uint8Array> {
  const { source, seed, image, view, recipe, size } = order;
  const raster = 'data' in source ? source : await readToDraw(source, size, signal);
  const parameters = viewParameters(seed, image, view, raster.width, raster.height, recipe);
  return drawView(raster, parameters, size).data;
}

/** Large images become smaller, as far as views of `size` do not suffer. @throws UserError as `readImage` */
export async function readToDraw(
  { place, preparation }: StoredImage,
  size: number,
  signal?: AbortSignal,
): Promise<Raster> {
  return workingCopy(await readImage(place, preparation, signal), size);
}

/** A copy where every thread of this process sees it. */
export function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
