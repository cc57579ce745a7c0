import { UserError } from '../../../core/errors.ts';
import { withImage } from '../../open-images.ts';
import { openStoredMask } from '../paired/stored-mask.ts';
import { surveyMask } from '../paired/survey.ts';
import type { NamedPair, PairGroup } from './names.ts';

/** Pairs of a group that are looked at, spread over all of them. */
const sampled = 12;
/** Of these, the share that must look like image and mask. */
const enough = 0.9;
/** Pixels beyond which a file is not looked at for this. */
const mostPixels = 2 ** 26;
/** Values of a mask that only its extension tells from its image; more may be a drawing. */
const fewValues = 32;
/** Values that an image has at least, and for each of its mask's. */
const manyValues = 16;
const manyTimes = 4;

export interface LookOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of each file before it is read. */
  readonly at?: ((path: string) => void) | undefined;
}

/** Whether what the files of a group hold is images and masks, by a few of them. */
export async function looksLikeMasks(
  { kind, pairs }: PairGroup,
  options: LookOptions = {},
): Promise<boolean> {
  const step = Math.max(1, pairs.length / sampled);
  let looked = 0;
  let fitting = 0;
  for (let at = 0; at < pairs.length; at += step) {
    const pair = pairs[Math.floor(at)];
    if (pair === undefined) continue;
    looked++;
    if (await isPair(pair, kind, options)) fitting++;
    // The rest cannot change it.
    if (looked - fitting > sampled * (1 - enough)) return false;
  }
  return fitting > 0 && fitting >= looked * enough;
}

async function isPair(
  { image, mask }: NamedPair,
  kind: PairGroup['kind'],
  options: LookOptions,
): Promise<boolean> {
  const values = await valuesOf(mask.path, options);
  if (values === undefined) return false;
  options.at?.(image.path);
  const shape = await shapeOf(image.path);
  if (shape?.width !== values.width || shape.height !== values.height) return false;
  // Its name says so; a mask with soft edges has many values, and is told of when it is read.
  if (kind === 'word') return true;
  if (values.distinct > fewValues) return false;
  const own = await valuesOf(image.path, options);
  // What cannot be a mask, as a JPEG, is a photograph.
  const distinct = own?.distinct ?? Infinity;
  return distinct >= Math.max(manyValues, manyTimes * values.distinct);
}

interface Values {
  readonly width: number;
  readonly height: number;
  readonly distinct: number;
}

/** Undefined for what is no mask: a file with losses, of many values, or one that cannot be read. */
async function valuesOf(path: string, { signal, at }: LookOptions): Promise<Values | undefined> {
  at?.(path);
  return quietly(async () => {
    const mask = await openStoredMask(path);
    try {
      const { width, height, frames } = mask.file.header;
      if (width * height * frames > mostPixels) return undefined;
      const { values } = await surveyMask(mask, signal);
      return { width, height, distinct: values.size };
    } finally {
      await mask.close();
    }
  });
}

async function shapeOf(path: string): Promise<{ width: number; height: number } | undefined> {
  return quietly(() =>
    withImage(path, ({ header: { width, height } }) => Promise.resolve({ width, height })),
  );
}

async function quietly<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'cancelled') throw error;
    return undefined;
  }
}
