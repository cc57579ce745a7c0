import type { Teacher } from '../../../contract/app.ts';

/** px: with less than this a patch sees too little around it. */
const usualSide = 128;

type Sides = Pick<Teacher, 'imageSize' | 'patchSize'>;

/** The side of the squares that a student sees where regions are outlined and nobody chooses, px; as the engine has it. */
export function outlineSide({ imageSize, patchSize }: Sides): number {
  return Math.max(imageSize, Math.ceil(usualSide / patchSize) * patchSize);
}

/** Sides that can be chosen: multiples of a patch, within what settings may be. */
export function sideLimits({ patchSize }: Sides): { readonly low: number; readonly high: number } {
  return {
    low: Math.ceil(32 / patchSize) * patchSize,
    high: Math.floor(1024 / patchSize) * patchSize,
  };
}
