import type { MaskTile } from '../../contract/masks.ts';
import { UserError } from '../../core/errors.ts';
import { ignoreValue } from '../../core/mask/tiles.ts';
import { backgroundStroke } from '../../core/suggest/marks.ts';
import type { SuggestRequest } from './protocol.ts';

/** A mask's marks, without those that say that nothing is known, and strokes over them. */
export function taught({ mask, strokes }: SuggestRequest): MaskTile[] {
  const known = mask.map(({ x, y, pixels }) => ({
    ...{ x, y },
    pixels: pixels.map((value) => (value === ignoreValue ? 0 : value)),
  }));
  return [...known, ...strokes];
}

/** @throws UserError 'invalid-option' for a value that no class has; as `requireTwo` */
export function requireKinds(values: readonly number[], known: readonly number[]): void {
  const strange = values.find((value) => value !== backgroundStroke && !known.includes(value));
  if (strange !== undefined) {
    throw new UserError(
      'invalid-option',
      `A stroke has the value ${strange}, which no class of this project has. Open the image again.`,
    );
  }
  requireTwo(values);
}

/** @throws UserError 'invalid-labels' where there is nothing to tell apart */
export function requireTwo(values: readonly number[]): void {
  if (values.length > 1) return;
  const [only] = values;
  throw new UserError(
    'invalid-labels',
    only === undefined
      ? 'Nothing is marked yet. Draw a stroke inside a class and one on what is around it.'
      : only === backgroundStroke
        ? 'Only background is marked. Draw a stroke inside a class too.'
        : 'Only one class is marked. Draw a stroke on background or on another class too.',
  );
}
