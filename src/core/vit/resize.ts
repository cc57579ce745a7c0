import { UserError } from '../errors.ts';
import { gridSize, prefixTokens } from './architecture.ts';
import { interpolatePositions } from './positions.ts';
import { weightOf } from './weights.ts';
import type { VitModel } from './weights.ts';
import { encoderText } from '../../text/index.ts';

/**
 * Adapts an encoder to another image size by interpolating its position embeddings.
 *
 * @param imageSize side of the square input, px
 * @throws UserError if the size is not a multiple of the patch size
 */
export function resizeModel(model: VitModel, imageSize: number): VitModel {
  const { architecture, weights } = model;
  if (imageSize === architecture.imageSize) return model;
  const { patchSize } = architecture;
  if (imageSize % patchSize !== 0 || imageSize < patchSize) {
    const nearest = Math.max(1, Math.round(imageSize / patchSize)) * patchSize;
    throw new UserError(
      'invalid-option',
      encoderText.sizeNotOfPatches({ imageSize, patchSize, nearest }),
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
