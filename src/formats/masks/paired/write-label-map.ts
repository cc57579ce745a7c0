import { maskColours } from '../colours.ts';
import type { MaskClass } from '../mask-raster.ts';
import { writeLabelList } from './label-list.ts';

/**
 * Writes the class list of a folder of masks as in exports of CVAT and PASCAL VOC: one line `name:R,G,B::` each,
 * the background first, then the classes by value. If values have no gaps, a line's position is the
 * value, and its colour is that of the palette. 255 is not listed: it is not a class.
 */
export function labelMap(classes: readonly MaskClass[]): string {
  const colours = maskColours(classes);
  // Names are unique, and a class may have this name.
  const isTaken = classes.some(({ name }) => name === 'background');
  const background = { value: 0, name: isTaken ? '_background_' : 'background', colour: null };
  const named = [background, ...classes].sort((a, b) => a.value - b.value);
  return writeLabelList(
    named.map(({ value, name }) => ({
      name: maskClassName({ value, name }),
      colour: colours.get(value) ?? [0, 0, 0],
    })),
  );
}

/** Returns the name of a class; a class without a name is named after its number. */
export function maskClassName({ value, name }: Pick<MaskClass, 'name' | 'value'>): string {
  return name ?? `class ${value}`;
}
