import { ByteCursor } from './byte-cursor.ts';
import { Machine, type ResolvePersistent } from './machine.ts';
import { runProgram } from './opcodes.ts';
import type { PickleValue } from './values.ts';
import { pickleText } from '../../../text/index.ts';

/**
 * Interprets one pickle. Nothing of it is executed: names stand for what `names.ts` makes of them, and
 * any other name ends it.
 *
 * @param path for messages
 * @param options where in `bytes` it begins, and whether it is TorchScript's
 * @returns the value and the place of the byte after it
 * @throws UserError 'unsupported' for a name that checkpoints do not need, 'too-large' beyond the limits,
 *   'invalid-file' where it is cut or damaged
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
