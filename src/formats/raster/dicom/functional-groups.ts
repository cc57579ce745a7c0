import type { Keyword } from './attributes.ts';
import type { DataSet } from './data-set.ts';
import { items } from './values.ts';

/** Data sets that may hold a frame's attributes: those of the frame, of all frames, and of the file. */
function groups(dataSet: DataSet, frame: number): (DataSet | undefined)[] {
  return [
    items(dataSet, 'PerFrameFunctionalGroupsSequence')[frame],
    items(dataSet, 'SharedFunctionalGroupsSequence')[0],
  ];
}

/**
 * Finds a frame's attributes, which enhanced images store in functional groups (PS3.3, C.7.6.16) and others at the top.
 *
 * @param macro the sequence of the group
 */
export function frameAttributes(dataSet: DataSet, frame: number, macro: Keyword): DataSet {
  for (const group of groups(dataSet, frame)) {
    const [item] = items(group, macro);
    if (item !== undefined) return item;
  }
  return dataSet;
}

/**
 * Applies `read` to each frame's attributes. If no frame has groups of its own it is called once, and all frames
 * share the result.
 */
export function perFrame<T>(
  dataSet: DataSet,
  frames: number,
  macro: Keyword,
  read: (attributes: DataSet) => T,
): T[] {
  if (items(dataSet, 'PerFrameFunctionalGroupsSequence').length === 0) {
    return new Array<T>(frames).fill(read(frameAttributes(dataSet, 0, macro)));
  }
  return Array.from({ length: frames }, (_, frame) => read(frameAttributes(dataSet, frame, macro)));
}

/** Returns true if all values have the same content. */
export function areSame(values: readonly unknown[]): boolean {
  const [first] = values;
  const text = JSON.stringify(first);
  return values.every((value) => value === first || JSON.stringify(value) === text);
}
