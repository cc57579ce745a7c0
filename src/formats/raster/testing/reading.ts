import { expect } from 'vitest';
import { UserError, type ErrorCode } from '../../../core/errors.ts';
import type { ImageFile, Pixels, ReadRequest } from '../image-file.ts';

/** Helpers for the tests of readers. */

export async function valuesOf(file: ImageFile, request?: ReadRequest): Promise<number[]> {
  return [...(await file.read(request)).data];
}

/** Reads all frames, one after the other. */
export async function allFrames(file: ImageFile): Promise<Pixels[]> {
  const frames: Pixels[] = [];
  for (let frame = 0; frame < file.header.frames; frame++) frames.push(await file.read({ frame }));
  return frames;
}

/** Returns the values of a region of `whole`, copied value by value. */
export function cut(
  whole: Pixels,
  { x, y, width, height }: NonNullable<ReadRequest['region']>,
  bands: readonly number[],
): number[] {
  const values: number[] = [];
  for (let row = y; row < y + height; row++) {
    for (let column = x; column < x + width; column++) {
      for (const band of bands) {
        values.push(whole.data[(row * whole.width + column) * whole.bands + band] ?? NaN);
      }
    }
  }
  return values;
}

/** Expects a message that names the file. */
export async function expectRefusal(
  work: Promise<unknown>,
  code: ErrorCode,
  words: RegExp,
): Promise<void> {
  await expect(work).rejects.toMatchObject({
    name: 'UserError',
    code,
    message: expect.stringMatching(words) as string,
  });
}

/**
 * Opens and reads a damaged file. Any damage must lead to an error message or to pixels of the promised size, never to
 * another error.
 */
export async function endsInSentence(open: () => Promise<ImageFile>): Promise<'read' | 'refused'> {
  let file: ImageFile | undefined;
  try {
    file = await open();
    const { width, height, bands, frames } = file.header;
    for (const frame of new Set([0, 1, 2, frames - 1])) {
      if (frame >= frames) continue;
      expect((await file.read({ frame })).data).toHaveLength(width * height * bands);
    }
    return 'read';
  } catch (error) {
    if (error instanceof UserError && error.message.length > 20) return 'refused';
    throw error;
  } finally {
    await file?.close();
  }
}

/** Returns whole numbers below `limit` that look random and are the same each time (Lehmer 1951). */
export function drawn(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
}
