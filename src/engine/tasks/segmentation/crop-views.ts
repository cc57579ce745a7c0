import { extendToSquare } from '../../../core/distill/crops.ts';
import type { Orientation } from '../../../core/distill/views.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { channelsOf } from '../../../core/image/preparation.ts';
import type { FoundImage } from '../../../formats/labels/labelled-images.ts';
import type { ViewSource } from '../../images/view-source.ts';
import { drawCrop } from '../../images/draw-crop.ts';
import type { CropOrder } from '../../images/draw-crop.ts';
import type { OpenImages } from '../../images/open-images.ts';
import { cropsToTensor } from './patch-cache.ts';
import type { MaskedImage } from './data/masked-image.ts';
import { tilesAtOnce } from './predict/tile-model.ts';

export interface CropSource {
  readonly images: OpenImages;
  readonly found: readonly FoundImage[];
  /** Side S, px. */
  readonly side: number;
  /** Bytes of images that each of several threads may additionally keep open. */
  readonly threadBudget: number;
}

/** Views for distillation at the images' own resolution, as the student receives them later. */
export function cropViews(
  { images, found, side, threadBudget }: CropSource,
  orientation: Orientation,
  seed: number,
): ViewSource {
  const order = (image: number, view: number): CropOrder => {
    const one = found[image];
    if (!one) throw new Error(`there is no image ${image}`);
    const place = { path: one.path, frame: one.frame };
    const { preparation } = images;
    return {
      kind: 'crop',
      place,
      preparation,
      budget: threadBudget,
      seed,
      image,
      view,
      side,
      orientation,
    };
  };
  return {
    count: found.length,
    recipe: { crops: side, orientation },
    order,
    draw: (image, view) => drawCrop(images, order(image, view)),
  };
}

/**
 * Tiles from the middle of test images, for comparing an exported model with the live one: (B, C, S, S).
 */
export async function parityTiles(
  images: OpenImages,
  maskedImages: readonly MaskedImage[],
  side: number,
): Promise<Tensor[]> {
  const none = { flipHorizontal: false, flipVertical: false, quarterTurns: 0 };
  const tiles: Uint8Array[] = [];
  for (const { image, width, height } of maskedImages.slice(0, tilesAtOnce)) {
    const size = { width: Math.min(side, width), height: Math.min(side, height) };
    const x = Math.floor((width - size.width) / 2);
    const y = Math.floor((height - size.height) / 2);
    const { raster } = await images.use(image, (prepared) => prepared.read({ x, y, ...size }));
    tiles.push(extendToSquare(raster, side, none));
  }
  const channels = channelsOf(images.preparation);
  return [cropsToTensor(tiles, { imageSize: side, channels })];
}
