import { UserError } from '../../../core/errors.ts';
import { withImage } from '../../open-images.ts';
import { openStoredMask } from '../paired/stored-mask.ts';
import { surveyMask } from '../paired/survey.ts';
import type { NamedPair, PairGroup } from './names.ts';

/** Number of pairs of a group that are inspected, spread over all of them. */
const sampled = 12;
/** Share of the pairs that must look like image and mask. */
const enough = 0.9;
/** Pixels of the largest file that is inspected. */
const mostPixels = 2 ** 26;
/** Most values of a mask with the name of its image and another extension; a file with more may be a drawing. */
const fewValues = 32;
/** Fewest values of an image, and fewest per value of its mask. */
const manyValues = 16;
const manyTimes = 4;

export interface LookOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with each file before it is read. */
  readonly at?: ((path: string) => void) | undefined;
}

/** Returns true if the files of a group are images and masks, judging by a few of them. */
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
    // The remaining pairs cannot change the result.
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
  // Its name marks it as a mask; one with soft edges has many values, and is reported when it is read.
  if (kind === 'word') return true;
  if (values.distinct > fewValues) return false;
  const own = await valuesOf(image.path, options);
  // A file that cannot be a mask, such as a JPEG, is a photograph.
  const distinct = own?.distinct ?? Infinity;
  return distinct >= Math.max(manyValues, manyTimes * values.distinct);
}

interface Values {
  readonly width: number;
  readonly height: number;
  readonly distinct: number;
}

/** Reads the values of a mask; undefined for a file with lossy compression, with many values, or that cannot be read. */
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
