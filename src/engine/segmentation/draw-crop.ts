import { randomCrop, squareOf } from '../../core/distill/crops.ts';
import type { Orientation } from '../../core/distill/views.ts';
import type { Preparation } from '../../core/image/preparation.ts';
import { Random } from '../../core/random.ts';
import type { ImagePlace } from '../../formats/labelled-images.ts';
import { OpenImages } from './open-images.ts';

/** All that a crop at the image's own resolution takes to be drawn, in whatever thread. */
export interface CropOrder {
  readonly kind: 'crop';
  readonly place: ImagePlace;
  /** What is seen of the image's values. */
  readonly preparation: Preparation;
  /** Bytes of images that may be held open where it is drawn. */
  readonly budget: number;
  readonly seed: number;
  readonly image: number;
  readonly view: number;
  /** S, px */
  readonly side: number;
  readonly orientation: Orientation;
}

/** How often another crop is tried where most of one shows nothing. */
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
      return squareOf(raster, side, turn);
    }
  });
}

/** What this thread holds open of one training's images. */
let held: { readonly key: string; readonly images: OpenImages } | undefined;

/** Draws a crop of an image that stays open in this thread. @throws UserError as `OpenImages` */
export async function drawCropHere(order: CropOrder): Promise<Uint8Array> {
  const { preparation, budget } = order;
  const key = JSON.stringify({ preparation, budget });
  if (held?.key !== key) {
    await held?.images.close();
    held = { key, images: new OpenImages(preparation, budget) };
  }
  return drawCrop(held.images, order);
}
