import type { MaskCard } from '../../../../contract/model-card.ts';
import type { MaskClass } from '../../../../formats/masks/mask-raster.ts';
import { readFinite } from '../../../../runtime/executor.ts';
import type { LoadedGraph } from '../../../../runtime/executor.ts';
import { imagesOfSide } from '../../../models/inference.ts';
import type { InputForm } from '../../../models/inference.ts';
import type { TileModel } from './predict-mask.ts';

/** Batch size for tiles of the default side. */
export const tilesAtOnce = 8;

/**
 * Returns the batch size, [1, 8]; smaller for large tiles, since attention grows with the fourth power of the side.
 */
export function tilesOfSide(side: number): number {
  return Math.min(tilesAtOnce, imagesOfSide(side));
}

/** @param graph `image` (B, C, S, S) → `probabilities` (B, K, S, S), any batch */
export function tileModel(
  graph: LoadedGraph,
  { imageSize: side, channels }: Pick<InputForm, 'imageSize' | 'channels'>,
  outputs: number,
): TileModel {
  return {
    side,
    channels,
    outputs,
    batch: tilesOfSide(side),
    async run(images, count) {
      const data = images.subarray(0, count * channels * side * side);
      const results = await graph.run({ image: { shape: [count, channels, side, side], data } });
      return (await readFinite(results, 'probabilities')).data;
    },
  };
}

/** Classes of an exported student, without the background. */
export function maskClasses({ classes, masks }: MaskCard): MaskClass[] {
  return classes
    .slice(1)
    .map((name, index) => ({ value: index + 1, name, colour: masks.colours[index] ?? null }));
}

/** Wraps a model to time its tiles, excluding the first batch, which includes one-time set-up. */
export function timed(model: TileModel): TileModel & { readonly msPerTile: () => number } {
  let [batches, tiles, milliseconds] = [0, 0, 0];
  return {
    side: model.side,
    channels: model.channels,
    outputs: model.outputs,
    batch: model.batch,
    async run(images, count) {
      const start = performance.now();
      const result = await model.run(images, count);
      if (batches++ === 1) [tiles, milliseconds] = [0, 0];
      tiles += count;
      milliseconds += performance.now() - start;
      return result;
    },
    msPerTile: () => milliseconds / tiles,
  };
}
