import { ByteCursor } from './byte-cursor.ts';
import { Machine, type ResolvePersistent } from './machine.ts';
import { runProgram } from './opcodes.ts';
import type { PickleValue } from './values.ts';
import { pickleText } from '../../../text/index.ts';

/**
 * Interprets one pickle. Nothing in it is executed: `names.ts` maps names to values, and any other name ends the
 * reading.
 *
 * @param path for messages
 * @param options where in `bytes` it begins, and whether it is TorchScript's
 * @returns the value and the offset of the byte after it
 * @throws UserError 'unsupported' for a name that checkpoints do not need, 'too-large' beyond the limits,
 *   'invalid-file' if it is cut short or damaged
 */
export function unpickle(
  bytes: Uint8Array,
  path: string,
  resolvePersistent: ResolvePersistent,
  { start = 0, isScript = false }: { readonly start?: number; readonly isScript?: boolean } = {},
): { value: PickleValue; end: number } {
  const cursor = new ByteCursor(bytes, start, path);
  const value = runProgram(new Machine(cursor, { resolvePersistent, isScript }));
  return { value, end: cursor.position };
}

/** Refuses persistent references, for pickles that must not have any. */
export const noPersistent: ResolvePersistent = (_, machine) => {
  throw machine.invalid(pickleText.misplacedStorage);
};
