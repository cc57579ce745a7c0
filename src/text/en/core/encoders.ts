/** Messages about encoders and their weights. `source` is usually a file. */
export const encoderText = {
  weightNotFinite: (source: string, weight: string) =>
    `${source}: the weight ${weight} contains NaN or infinite values. The file may be damaged, or its training diverged.`,
  weightTooLarge: (source: string, weight: string) =>
    `${source}: the weight ${weight} contains values that are too large to compute with. The file may be damaged, or its training diverged.`,
  weightOfOtherShape: (source: string, weight: string, shapes: WeightShapes) =>
    `${source}: the weight ${weight} has shape (${shapes.found.join(', ')}), but the rest of the file requires (${shapes.required.join(', ')}). The file may be damaged, or its architecture is not supported.`,
  weightsMissing: (source: string, missing: readonly string[]) =>
    missing.length === 1
      ? `${source}: not a complete vision transformer; the weight ${missing.join()} is missing.`
      : `${source}: not a complete vision transformer; ${missing.length} weights are missing, among them ${missing.slice(0, 5).join(', ')}.`,

  skipOutOfRange: (depth: number, skip: number) =>
    `The skip factor must be a whole number from 1 to ${depth}, the number of the teacher's blocks, not ${skip}.`,
  wrongBlocks: (depth: number, blocks: readonly number[]) =>
    `The list of blocks must have at least one number, from 0 to ${depth - 1}, in ascending order, not ${blocks.join(',') || 'none'}.`,
  sizeNotOfPatches: ({ imageSize, patchSize, nearest }: ImageSizes) =>
    `The image size must be a multiple of the teacher's patch size, ${patchSize} px, such as ${nearest}; ${imageSize} is not.`,

  sizeNotPositive: (name: string, size: number) =>
    `${name} must be a positive whole number, not ${size}`,
  imageNotOfPatches: (imageSize: number, patchSize: number) =>
    `an image size of ${imageSize} px is not a multiple of the patch size of ${patchSize} px`,
  widthNotOfHeads: (width: number, heads: number) =>
    `a width of ${width} is not a multiple of the ${heads} heads`,
  epsilonNotPositive: 'epsilon must be positive',
  noClassToken: 'there is no class token to pool',
};

interface WeightShapes {
  readonly found: readonly number[];
  readonly required: readonly number[];
}

/** Sides, px. */
interface ImageSizes {
  readonly imageSize: number;
  readonly patchSize: number;
  readonly nearest: number;
}
