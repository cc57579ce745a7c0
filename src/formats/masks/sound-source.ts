import { UserError } from '../../core/errors.ts';
import { memoryFailure } from '../files/memory-failure.ts';
import type { MaskSource, OpenMask } from './mask-source.ts';
import { maskFileText } from '../../text/index.ts';

/**
 * Opens a source and turns every failure of its reader at a damaged file, when it is opened or later, into a
 * UserError that names the file: only that file is left out, and an import continues.
 *
 * @param at returns the file that was read last, or the folder of the masks
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
    misfits: misfits && ((signal) => soundly(at, () => misfits(signal))),
  };
}

function soundMask(mask: OpenMask, path: string): OpenMask {
  return { ...mask, tile: (x, y) => soundly(path, () => mask.tile(x, y)) };
}

/**
 * @param place file that is read, or a function that returns it
 * @throws UserError 'invalid-labels' for any other kind of failure, 'too-large' for lack of memory
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
      maskFileText.unreadable(path),
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
  }
}
