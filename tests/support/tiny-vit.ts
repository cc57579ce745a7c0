import { imageNetNormalization, plainVit, weightShapes } from '../../src/core/vit/architecture.ts';
import type { VitArchitecture } from '../../src/core/vit/architecture.ts';
import type { VitModel } from '../../src/core/vit/weights.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { elementCount } from '../../src/core/tensor.ts';
import { randomValues } from './values.ts';

/** Architecture small enough to be evaluated in double precision many times. */
export const tinyArchitecture: VitArchitecture = {
  ...plainVit,
  imageSize: 8,
  patchSize: 4,
  width: 6,
  depth: 2,
  heads: 2,
  mlpWidth: 8,
};

/** Returns random weights for every name that the architecture needs; norms scale by about 1. */
export function tinyWeights(architecture: VitArchitecture, seed = 1): Map<string, Tensor> {
  return new Map(
    [...weightShapes(architecture)].map(([name, shape], index) => {
      const scale = /norm.*weight$|gamma$/.test(name);
      const [low, high] = scale ? [0.6, 1.4] : [-0.5, 0.5];
      return [
        name,
        { shape, data: randomValues(elementCount(shape), 1000 * seed + index, low, high) },
      ];
    }),
  );
}

export function tinyVit(changes: Partial<VitArchitecture> = {}, seed = 1): VitModel {
  const architecture = { ...tinyArchitecture, ...changes };
  return {
    architecture,
    weights: tinyWeights(architecture, seed),
    normalization: imageNetNormalization,
  };
}
