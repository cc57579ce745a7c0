import type { Teacher } from '../../../../contract/app.ts';

/** Smallest default side, px: in smaller squares a patch has too little context. */
const smallestDefault = 128;

type Sides = Pick<Teacher, 'imageSize' | 'patchSize'>;

/** Default side of the squares that a segmentation student sees, px; the same as in the engine. */
export function outlineSide({ imageSize, patchSize }: Sides): number {
  return Math.max(imageSize, Math.ceil(smallestDefault / patchSize) * patchSize);
}

/** Limits of the side, px: multiples of a patch, within the range that the settings allow. */
export function sideLimits({ patchSize }: Sides): { readonly low: number; readonly high: number } {
  return {
    low: Math.ceil(32 / patchSize) * patchSize,
    high: Math.floor(1024 / patchSize) * patchSize,
  };
}
