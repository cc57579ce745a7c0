import { extendToSquare, randomCrop } from '../../core/distill/crops.ts';
import type { Orientation } from '../../core/distill/views.ts';
import type { Preparation } from '../../core/image/preparation.ts';
import { Random } from '../../core/random.ts';
import type { ImagePlace } from '../../formats/labels/labelled-images.ts';
import { OpenImages } from './open-images.ts';

/** Parameters of a crop at the image's own resolution, complete for drawing it in any thread. */
export interface CropOrder {
  readonly kind: 'crop';
  readonly place: ImagePlace;
  /** Bands and value range of the image. */
  readonly preparation: Preparation;
  /** Bytes of images that may be kept open in the drawing thread. */
  readonly budget: number;
  readonly seed: number;
  readonly image: number;
  readonly view: number;
  /** S, px */
  readonly side: number;
  readonly orientation: Orientation;
}

/** Most attempts to draw a crop that is not mostly empty. */
const attempts = 8;

/** @returns (S, S, 3) bytes */
export function drawCrop(
  images: OpenImages,
  { place, seed, image, view, side, orientation }: Omit<CropOrder, 'kind' | 'budget'>,
): Promise<Uint8Array> {
  const random = new Random(seed, image, view);
  return images.use(place, async (prepared) => {
    for (let attempt = 1; ; attempt++) {
      const { box, turn } = randomCrop(random, prepared, side, orientation);
      const { raster, nothing } = await prepared.read(box);
      const empty = nothing?.reduce((sum, one) => sum + one, 0) ?? 0;
      if (attempt < attempts && 2 * empty > box.width * box.height) continue;
      return extendToSquare(raster, side, turn);
    }
  });
}

/** Images of one training that this thread keeps open. */
let held: { readonly key: string; readonly images: OpenImages } | undefined;

/**
 * Draws a crop of an image that stays open in this thread.
 *
 * @throws UserError as `OpenImages`
 */
export async function drawCropInThread(order: CropOrder): Promise<Uint8Array> {
  const { preparation, budget } = order;
  const key = JSON.stringify({ preparation, budget });
  if (held?.key !== key) {
    await held?.images.close();
    held = { key, images: new OpenImages(preparation, budget) };
  }
  return drawCrop(held.images, order);
}
