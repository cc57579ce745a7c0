import type { SourceClass } from '../../../../contract/mask-sources.ts';
import { nextColour } from '../../../../contract/palette.ts';
import { ignoreValue } from '../../../../core/mask/tiles.ts';

/** Of pixels of which nothing is known. */
const ignoreColour = '#9aa3ad';
/** Regions of it could not be told from the ground of most images. */
const black = '#000000';

/**
 * Colours in which a preview shows the values of a source, before its classes are assigned: its own where it has
 * them and they can be told apart, else those of new classes.
 */
export function valueColours(classes: readonly SourceClass[]): ReadonlyMap<number, string> {
  const taken: string[] = [];
  const colours = new Map<number, string>([[ignoreValue, ignoreColour]]);
  for (const { value, colour } of classes) {
    if (colour === null || colour === black || taken.includes(colour)) continue;
    taken.push(colour);
    colours.set(value, colour);
  }
  for (const { value } of classes) {
    if (colours.has(value)) continue;
    const colour = nextColour(taken);
    taken.push(colour);
    colours.set(value, colour);
  }
  return colours;
}
