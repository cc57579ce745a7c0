import { readResult } from '../../runtime/executor.ts';
import type { LoadedGraph } from '../../runtime/executor.ts';
import type { TileModel } from './predict-mask.ts';

/** Tiles that go through a model at a time. */
export const tilesAtOnce = 8;

/** @param graph `image` (B, 3, S, S) → `probabilities` (B, K, S, S), any batch */
export function tileModel(graph: LoadedGraph, side: number, outputs: number): TileModel {
  return {
    side,
    outputs,
    batch: tilesAtOnce,
    async run(images, count) {
      const data = images.subarray(0, count * 3 * side * side);
      const results = await graph.run({ image: { shape: [count, 3, side, side], data } });
      return (await readResult(results, 'probabilities')).data;
    },
  };
}
