import { bandCount, listOfPrefixes } from '../../words.ts';

const ownFolder =
  'The configuration may belong to another checkpoint: keep each checkpoint with its configuration in a separate folder.';

const mayChange =
  "They may change what its blocks compute. If they do not, save the encoder's weights without them.";
const damagedOrOther =
  'The file may be damaged, or the configuration may belong to another checkpoint.';

/** Sizes that both weights and configurations show. */
const sizes = {
  width: (size: number) => `a width of ${size}`,
  depth: (size: number) => `a block count of ${size}`,
  mlpWidth: (size: number) => `an MLP width of ${size}`,
  patchSize: (size: number) => `a patch size of ${size}`,
  imageSize: (size: number) => `positions for an image size of ${size}`,
  channels: (size: number) => `a band count of ${size}`,
  registers: (size: number) => `a register token count of ${size}`,
};

/** Parts that both show, and their absence. */
const parts = {
  preNorm: {
    with: 'a norm before the blocks (norm_pre)',
    without: 'no norm before the blocks (norm_pre)',
  },
  classToken: { with: 'a class token', without: 'no class token' },
  fcNorm: {
    with: 'the last norm after pooling (fc_norm)',
    without: 'the last norm before pooling (norm)',
  },
  layerScale: {
    with: 'a layer scale in the blocks (ls1)',
    without: 'no layer scale in the blocks (ls1)',
  },
  prefixPositions: {
    with: 'positions for the class token and registers in addition to the patches',
    without: 'positions for the patches only',
  },
};

/** Reasons why a checkpoint cannot be a teacher: those of `refusedModelText.message` that are not about a kind of model. */
export const teacherFileText = {
  /** @param prefixes some of those of the models' names, of `count` in all */
  severalModels: (count: number, prefixes: readonly string[]) =>
    `it holds ${count} models, with the prefixes ${listOfPrefixes(count, prefixes)} in its tensor names. Save one of them in a separate file.`,
  twoModels: ({ first, second, weight }: SameWeight) =>
    `it holds two models: ${first} and ${second} are both ${weight}. Save one of them in a separate file.`,
  blocksNumberedTwice: (first: string, second: string) =>
    `its blocks are in parts with separate numbering (${first} and ${second}), so the order of the blocks is unknown.`,

  strangeParts: (names: readonly string[]) =>
    `its blocks have parts that a plain vision transformer does not have: ${names.join(', ')}.`,
  strangeInputs: (names: readonly string[]) =>
    `the input of its blocks has parts that a plain vision transformer does not have: ${names.join(', ')}.`,
  /** @param names some of the tensors @param more how many others there are */
  unknownInside: (names: readonly string[], more: number) =>
    `it has unknown tensors in its encoder: ${names.join(', ')}${andMore(more)}. ${mayChange}`,
  unknownBeside: (names: readonly string[], more: number) =>
    `it has unknown tensors next to its encoder: ${names.join(', ')}${andMore(more)}. ${mayChange}`,
  otherEncoder: (name: string) =>
    `its encoder is called ${name}, which is not a plain vision transformer for images of one size.`,
  /** @param reason one of `teacherConfigurationText` */
  otherArchitecture: ({ key, name, reason }: NamedArchitecture) =>
    `its metadata (${key}: ${name}) name an unsupported architecture: ${reason}. Its weights are only named like those of a plain vision transformer.`,

  normsWithoutBias: (bias: string) =>
    `its norms have no bias (${bias}), like RMS norms, but only layer norms are supported.`,
  severalDates: (dates: number) =>
    `its patches span ${dates} dates at a time, but images here have one date.`,
  cutPatches:
    'its patch embedding expects patches that are already cut, as in SigLIP 2 for images of any shape (NaFlex).',

  weightMissing: (weight: string) => `not a complete vision transformer: ${weight} is missing.`,
  blockMissing: (block: string) =>
    `not a complete vision transformer: ${block} is missing, but later blocks are present. The file may be one part of a checkpoint in several files.`,
  notAMatrix: (weight: string, shape: readonly number[]) =>
    `${weight} has shape (${shape.join(', ')}), which is not a weight matrix.`,
  othersMissing: (weights: readonly string[]) =>
    `it has ${weights.join(', ')}, but not the weights that belong with these. The file may be damaged, or one part of a checkpoint in several files.`,

  noPositions: (name: string) =>
    `it has no ${name}. Vision transformers with rotary or relative positions, or with positions that depend on the ground resolution (Scale-MAE), are not supported.`,
  narrowPositions: (positions: number, tokens: number) =>
    `its positions are ${positions} wide and its tokens ${tokens}, as in SatMAE with dates, where the remaining values encode the date of each image. Models with dates are not supported.`,
  /** @param grids patches along a side @param others tokens that are not patches */
  unclearPositions: (count: number, grids: readonly number[], others: number) =>
    `its ${count} positions may be for ${grids.map((grid) => `${grid} × ${grid}`).join(' or for ')} patches, depending on whether its ${others} other tokens have positions. Put its config.json into the same folder.`,
  notSquare: (count: number, others: number) =>
    `its ${count} positions do not form a square grid of patches, with or without ${others} other tokens. Only square images are supported.`,

  /** @param reason one of `teacherConfigurationText` */
  otherModel: (reason: string, where: string) =>
    `its configuration (${where}) describes an unsupported model: ${reason}. The weights are named like those of a plain vision transformer but may compute something else. If the configuration belongs to another checkpoint, keep each checkpoint with its configuration in a separate folder.`,
  /** @param family one of `teacherFamilies` */
  otherFamily: (family: string, type: string, where: string) =>
    `its weights are named as those of ${family}, but the configuration (${where}) states “${type}”. ${ownFolder}`,
  /** @param setting key and value, or a class, that says so */
  otherColourOrder: (setting: string, where: string) =>
    `its images have red, green and blue in another order (${setting}; ${where}). State which of its bands are red, green and blue: --teacher-bands 3,2,1 if blue comes first, --teacher-bands 1,2,3 if red does.`,
  otherActivation: (activation: string, where: string) =>
    `its activation is ${activation} (${where}), but only GELU and its approximations are supported.`,
  headsUnknown: (width: number) =>
    `the file does not state how many attention heads it has, and its width of ${width} is not a multiple of the typical 64 per head. Give the number of heads with --heads.`,
  /** @param problem one of `encoderText` @param where the configuration that it comes from, if so */
  unsound: (problem: string, where?: string) =>
    where === undefined ? `${problem}.` : `${problem} (${where}).`,

  /** @param dates of which one is used */
  otherSize: (size: keyof typeof sizes, { own, dates, stated, where }: DisputedSize) =>
    `its weights have ${sizes[size](own)}${dates > 1 ? `, for ${dates} dates` : ''}, but the configuration (${where}) states ${stated}. ${ownFolder}`,
  missingPart: (part: keyof typeof parts, where: string) =>
    `its weights have ${parts[part].without}, but the configuration (${where}) states ${parts[part].with}. ${ownFolder}`,
  unstatedPart: (part: keyof typeof parts, where: string) =>
    `its weights have ${parts[part].with}, but the configuration (${where}) states ${parts[part].without}. ${ownFolder}`,
  missingBias: (where: string) =>
    `its weights have no bias in q, k and v, but the configuration (${where}) states that there is one. ${damagedOrOther}`,
  unstatedBias: (where: string) =>
    `its weights have a bias in q, k and v, but the configuration (${where}) states that there is none. ${damagedOrOther}`,

  otherBandCount: (bands: number, normalised: number) =>
    `the teacher has ${bandCount(bands)}, but the normalisation has ${normalised}. Give one mean and one standard deviation per band.`,
  noBand: (bands: number, requested: number) =>
    `the teacher has ${bandCount(bands)}, but band ${requested} was requested. Choose bands from 1 to ${bands}.`,
};

interface SameWeight {
  readonly first: string;
  readonly second: string;
  readonly weight: string;
}

interface NamedArchitecture {
  /** Key of the metadata. */
  readonly key: string;
  readonly name: string;
  readonly reason: string;
}

interface DisputedSize {
  readonly own: number;
  readonly dates: number;
  readonly stated: number;
  readonly where: string;
}

function andMore(more: number): string {
  return more > 0 ? ` and ${more} more` : '';
}
