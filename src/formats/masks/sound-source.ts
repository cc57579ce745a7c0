import { UserError } from '../../core/errors.ts';
import { memoryFailure } from '../memory-failure.ts';
import type { MaskSource, OpenMask } from './mask-source.ts';

/**
 * Opens a source so that whatever its reader trips over in a damaged file, when it is opened or later, is a
 * UserError that names the file: it costs that file, and an import goes on.
 *
 * @param at the file that was read last, or the folder that masks are in
 */
export async function soundSource(
  at: () => string,
  open: () => Promise<MaskSource>,
): Promise<MaskSource> {
  const source = await soundly(at, open);
  const { misfits } = source;
  return {
    ...source,
    maskFor: async (image) => {
      const [label = at()] = source.labelsOf(image.path);
      const mask = await soundly(label, () => source.maskFor(image));
      return mask && soundMask(mask, label);
    },
    ...(misfits && { misfits: (signal) => soundly(at, () => misfits(signal)) }),
  };
}

function soundMask(mask: OpenMask, path: string): OpenMask {
  return { ...mask, tile: (x, y) => soundly(path, () => mask.tile(x, y)) };
}

/**
 * @param place the file that is read, or says which it is
 * @throws UserError 'invalid-labels' for any failure that is none, 'too-large' for want of memory
 */
export async function soundly<T>(
  place: string | (() => string),
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const path = typeof place === 'string' ? place : place();
    const lack = memoryFailure(error, path);
    if (lack !== undefined) throw lack;
    throw new UserError(
      'invalid-labels',
      `${path} could not be read as labels. It may be damaged; export or copy it again, or leave it out.`,
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
  }
}
