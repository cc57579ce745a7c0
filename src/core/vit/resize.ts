import { UserError } from '../errors.ts';
import { gridSize, prefixTokens } from './architecture.ts';
import { interpolatePositions } from './positions.ts';
import { weightOf } from './weights.ts';
import type { VitModel } from './weights.ts';

/**
 * The same encoder for another image size: its position embeddings are interpolated.
 *
 * @param imageSize side of the square input, px
 * @throws UserError when the size is no multiple of the patch size
 */
export function resizeModel(model: VitModel, imageSize: number): VitModel {
  const { architecture, weights } = model;
  if (imageSize === architecture.imageSize) return model;
  const { patchSize } = architecture;
  if (imageSize % patchSize !== 0 || imageSize < patchSize) {
    const near = Math.max(1, Math.round(imageSize / patchSize)) * patchSize;
    throw new UserError(
      'invalid-option',
      `The image size must be a multiple of the teacher's patch size, ${patchSize} px; ${imageSize} is not, ${near} would be.`,
    );
  }
  const resized = { ...architecture, imageSize };
  const positions = interpolatePositions(
    weightOf(weights, 'pos_embed'),
    architecture.positionsCoverPrefix ? prefixTokens(architecture) : 0,
    {
      from: [gridSize(architecture), gridSize(architecture)],
      to: [gridSize(resized), gridSize(resized)],
    },
  );
  return {
    ...model,
    architecture: resized,
    weights: new Map([...weights, ['pos_embed', positions]]),
  };
}
