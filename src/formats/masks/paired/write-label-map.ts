import { maskColours } from '../colours.ts';
import type { MaskClass } from '../mask-raster.ts';
import { writeLabelList } from './label-list.ts';

/**
 * The class list of a folder of masks as CVAT and PASCAL VOC exports have it: one line `name:R,G,B::` each,
 * the background first, then the classes by value. So where values have no gaps, a line's place says the
 * value, and its colour is that of the palette. 255 is not named: it is no class.
 */
export function labelMap(classes: readonly MaskClass[]): string {
  const colours = maskColours(classes);
  // Names come once; a class may be called so.
  const isTaken = classes.some(({ name }) => name === 'background');
  const background = { value: 0, name: isTaken ? '_background_' : 'background', colour: null };
  const named = [background, ...classes].sort((a, b) => a.value - b.value);
  return writeLabelList(
    named.map(({ value, name }) => ({
      name: nameOf({ value, name }),
      colour: colours.get(value) ?? [0, 0, 0],
    })),
  );
}

/** A class that has a number alone is called after it. */
export function nameOf({ value, name }: Pick<MaskClass, 'name' | 'value'>): string {
  return name ?? `class ${value}`;
}
