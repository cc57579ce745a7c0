import type { SourceClass, StoredValue } from '../../../../contract/mask-sources.ts';
import { UserError } from '../../../../core/errors.ts';
import { reservedWord } from '../../../../core/mask/class-names.ts';
import { ambiguousValue, shareText, valueName } from '../../../../core/mask/stored-values.ts';
import { folderMasksText } from '../../../../text/index.ts';

/** Mask values that command-line options explain, and those that need an explanation. */

/** Most values named in a message, the most frequent first. */
const listedValues = 12;

/** Names that options give to values: a class, `background` or `ignore`. */
export type NamedValues = ReadonlyMap<number, string>;

/**
 * Parses `WHAT=CLASS` pairs, where WHAT is a name, number or colour in the masks.
 *
 * @param isStrict true if a WHAT that is not in the masks is an error
 * @returns names by value of the source
 * @throws UserError 'invalid-option'
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
    // 0 is background by default, unless the masks have a class of that number.
    if (only === undefined && what === '0' && reservedWord(name) === 'background') continue;
    if (isWritten && only === undefined && !isStrict) continue;
    if (!isWritten || only === undefined || another !== undefined) {
      const message = folderMasksText.unmatchedClass(pair, classes.map(valueName));
      throw new UserError('invalid-option', message);
    }
    named.set(only.value, name);
  }
  return named;
}

/**
 * Throws if `ambiguousValue` finds a value that needs an explanation; the message lists all values and their shares.
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
  const shown = listed.map((one) => ({ name: valueName(one), share: shareText(one.share) }));
  throw new UserError(
    'invalid-option',
    folderMasksText.ambiguous255(place, shown, values.length - listed.length),
  );
}
