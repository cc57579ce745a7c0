import type { SourceClass } from '../../../../contract/mask-sources.ts';
import { nextColour } from '../../../../contract/palette.ts';
import { ignoreValue } from '../../../../core/mask/tiles.ts';

/** Colour of ignored pixels. */
const ignoreColour = '#9aa3ad';
/** Colour that is replaced: black regions do not stand out from the background of most images. */
const black = '#000000';

/**
 * Colours by value for the preview of a source, before its classes are assigned: the source's own colours where they
 * are distinct, otherwise those of new classes.
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
