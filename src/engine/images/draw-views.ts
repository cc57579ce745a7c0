import { drawView, viewParameters, workingCopy } from '../../core/distill/views.ts';
import type { ViewRecipe } from '../../core/distill/views.ts';
import type { Preparation } from '../../core/image/preparation.ts';
import type { Raster } from '../../core/image/raster.ts';
import { readImage } from '../../formats/images.ts';
import type { ImagePlace } from '../../formats/labels/labelled-images.ts';
import { drawCropInThread } from './draw-crop.ts';
import type { CropOrder } from './draw-crop.ts';

/** Source of views: an image in memory, or the file to read it from. */
export type ImageToDraw = Raster | ImageReference;

export interface ImageReference {
  readonly place: ImagePlace;
  /** Bands and value range of the image. */
  readonly preparation: Preparation;
}

/**
 * Parameters of a random resized crop, complete for drawing it in any thread; see core/distill/views.
 */
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
 * Renders views into memory shared by all threads, so that no copies are needed.
 *
 * @returns (S, S, C) bytes of each view
 * @throws UserError as `readImage` and `drawCropInThread`
 */
export async function drawViews(
  { views }: DrawRequest,
  { alive }: { readonly alive: () => void },
): Promise<Uint8Array[]> {
  const drawn: Uint8Array[] = [];
  for (const order of views) {
    alive();
    const bytes = order.kind === 'crop' ? await drawCropInThread(order) : await drawResized(order);
    drawn.push(shared(bytes));
  }
  return drawn;
}

/** @throws UserError as `readImage`; 'cancelled' if `signal` aborts while an image is read */
export async function drawResized(order: ResizedOrder, signal?: AbortSignal): Promise<Uint8Array> {
  const { source, seed, image, view, recipe, size } = order;
  const raster = 'data' in source ? source : await readToDraw(source, size, signal);
  const parameters = viewParameters(seed, image, view, raster, recipe);
  return drawView(raster, parameters, size).data;
}

/**
 * Reads an image; large ones are reduced as far as views of `size` keep their quality.
 *
 * @throws UserError as `readImage`
 */
export async function readToDraw(
  { place, preparation }: ImageReference,
  size: number,
  signal?: AbortSignal,
): Promise<Raster> {
  return workingCopy(await readImage(place, preparation, signal), size);
}

/** Copies bytes into memory shared by all threads of this process. */
export function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
