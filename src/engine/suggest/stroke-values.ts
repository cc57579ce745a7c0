import { UserError } from '../../core/errors.ts';
import { ignoreValue, type MaskTile } from '../../core/mask/tiles.ts';
import { backgroundStroke } from '../../core/suggest/marks.ts';
import type { SuggestRequest } from './protocol.ts';
import { strokesText } from '../../text/index.ts';

/** Marks of a mask without unknown pixels, and the strokes over them. */
export function trainingMarks({ mask, strokes }: SuggestRequest): MaskTile[] {
  const known = mask.map(({ x, y, pixels }) => ({
    x,
    y,
    pixels: pixels.map((value) => (value === ignoreValue ? 0 : value)),
  }));
  return [...known, ...strokes];
}

/**
 * Checks that strokes have known values and at least two of them.
 *
 * @throws UserError 'invalid-option' for a value that no class has; as `requireTwo`
 */
export function requireStrokeValues(values: readonly number[], known: readonly number[]): void {
  const strange = values.find((value) => value !== backgroundStroke && !known.includes(value));
  if (strange !== undefined) {
    throw new UserError('invalid-option', strokesText.unknownValue(strange));
  }
  requireTwo(values);
}

/** @throws UserError 'invalid-labels' if there are fewer than two different values */
export function requireTwo(values: readonly number[]): void {
  if (values.length > 1) return;
  const [only] = values;
  throw new UserError(
    'invalid-labels',
    only === undefined
      ? strokesText.none
      : only === backgroundStroke
        ? strokesText.onlyBackground
        : strokesText.onlyOneClass,
  );
}
