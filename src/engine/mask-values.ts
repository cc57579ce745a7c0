import type { SourceClass, StoredValue } from '../contract/mask-sources.ts';
import { UserError } from '../core/errors.ts';
import { reservedWord } from '../core/mask/class-names.ts';
import { ambiguousValue, shareText, valueName } from '../core/mask/stored-values.ts';

/** Values of masks that the command line explains, and those that it has to. */

/** The most frequent values, of those that a message names. */
const listedValues = 12;

/** What an option says of a value: the name of a class, `background` or `ignore`. */
export type NamedValues = ReadonlyMap<number, string>;

/**
 * Reads `WHAT=CLASS` pairs, where WHAT is a name, number or colour of the masks.
 *
 * @param isStrict whether a WHAT that the masks do not have is an error
 * @returns names by value of the source. @throws UserError 'invalid-option'
 */
export function namedValues(
  pairs: readonly string[],
  classes: readonly SourceClass[],
  isStrict = true,
): NamedValues {
  const named = new Map<number, string>();
  for (const pair of pairs) {
    const at = pair.lastIndexOf('=');
    const [what, name] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    const [only, another] = classes.filter(
      (one) => one.name === what || String(one.number) === what || one.colour === what,
    );
    const isWritten = at >= 1 && name !== '';
    // 0 is background without being told, unless the masks have a class of that number.
    if (only === undefined && what === '0' && reservedWord(name) === 'background') continue;
    if (isWritten && only === undefined && !isStrict) continue;
    if (!isWritten || only === undefined || another !== undefined) {
      const all = classes.map(valueName).join(', ');
      throw new UserError(
        'invalid-option',
        `--class ${pair} names none or several of the classes in the file (${all}). Write WHAT=CLASS, several with commas between.`,
      );
    }
    named.set(only.value, name);
  }
  return named;
}

/**
 * What `ambiguousValue` finds has to be explained, which this asks for with all values and their shares.
 *
 * @throws UserError 'invalid-option'
 */
export function requireExplained(
  classes: readonly SourceClass[],
  values: readonly StoredValue[],
  place?: string,
): void {
  if (ambiguousValue(classes) === undefined) return;
  const listed = values.slice(0, listedValues);
  const shown = listed.map((one) => `${valueName(one)} (${shareText(one.share)})`).join(', ');
  const more = values.length - listed.length;
  const all = more === 0 ? shown : `${shown} and ${more} more`;
  throw new UserError(
    'invalid-option',
    `${place === undefined ? 'The' : `${place}: the`} masks have these values, with their shares of the pixels: ${all}. 255 may be a class, or mean that nothing is known there. Say which with --class 255=CLASS, --class 255=ignore or --class 255=background, or with a line “255 ignore” in a list of classes (classes.txt) beside the masks.`,
  );
}
