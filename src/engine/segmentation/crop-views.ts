import { randomCrop, squareOf } from '../../core/distill/crops.ts';
import type { Orientation } from '../../core/distill/views.ts';
import { Random } from '../../core/random.ts';
import type { Tensor } from '../../core/tensor.ts';
import { plainVit } from '../../core/vit/architecture.ts';
import type { FoundImage } from '../../formats/labelled-images.ts';
import type { ViewSource } from '../view-source.ts';
import type { OpenImages } from './open-images.ts';
import { imagesOf } from './patch-cache.ts';
import type { Scene } from './scene.ts';
import { tilesAtOnce } from './tile-model.ts';

/** How often another crop is tried where most of one shows nothing. */
const attempts = 8;

/** Views for distillation at the images' own resolution, as the student will see them. */
export function cropViews(
  { images, found, side }: { images: OpenImages; found: readonly FoundImage[]; side: number },
  orientation: Orientation,
  seed: number,
): ViewSource {
  return {
    count: found.length,
    recipe: { crops: side, orientation },
    draw(index, view) {
      const image = found[index];
      if (!image) throw new Error(`there is no image ${index}`);
      const random = new Random(seed, index, view);
      return images.use(image, async (prepared) => {
        for (let attempt = 1; ; attempt++) {
          const { box, turn } = randomCrop(random, prepared, side, orientation);
          const { raster, nothing } = await prepared.read(box);
          const empty = nothing?.reduce((sum, one) => sum + one, 0) ?? 0;
          if (attempt < attempts && 2 * empty > box.width * box.height) continue;
          return squareOf(raster, side, turn);
        }
      });
    },
  };
}

/** Tiles from the middle of test images, to compare a model's file with the live one on: (B, 3, S, S). */
export async function parityTiles(
  images: OpenImages,
  scenes: readonly Scene[],
  side: number,
): Promise<Tensor[]> {
  const none = { flipHorizontal: false, flipVertical: false, quarterTurns: 0 };
  const tiles: Uint8Array[] = [];
  for (const { image, width, height } of scenes.slice(0, tilesAtOnce)) {
    const size = { width: Math.min(side, width), height: Math.min(side, height) };
    const x = Math.floor((width - size.width) / 2);
    const y = Math.floor((height - size.height) / 2);
    const { raster } = await images.use(image, (prepared) => prepared.read({ x, y, ...size }));
    tiles.push(squareOf(raster, side, none));
  }
  const { channels } = plainVit;
  return [imagesOf(tiles, { imageSize: side, channels })];
}
