import { ignoreValue } from '../../../core/mask/tiles.ts';
import { maskColours } from '../colours.ts';
import type { MaskClass } from '../mask-raster.ts';
import { maskClassName } from '../paired/write-label-map.ts';
import { cielab } from './to-cielab.ts';
import type { Element } from './elements.ts';

/** Segment: its value in masks, and its entry in the file. */
export interface Segment {
  /** Number from 1, without gaps. */
  readonly number: number;
  /** Value in masks. */
  readonly value: number;
  readonly entry: readonly Element[];
}

/** SNOMED CT codes of CID 7150 (PS3.16): the most general kinds, for classes and for unknown pixels. */
const tissue = code('85756007', 'SCT', 'Tissue');
const spatial = code('309825002', 'SCT', 'Spatial and Relational Concept');
/** Coding scheme of our own, since users choose the names of classes (PS3.16, 8.2). */
const ownScheme = '99UNDERSTUDY';

/** Characters allowed in a label (PS3.5, 6.2: LO). */
const labelLength = 64;

/**
 * Makes one segment per class, numbered in the order of their values. With `hasIgnored`, unknown pixels are the last
 * segment: a segmentation has no other way to state them.
 *
 * @param algorithm name of the algorithm that made them; null: a person is responsible for all of them, whatever helped
 */
export function segmentsOf(
  classes: readonly MaskClass[],
  hasIgnored: boolean,
  algorithm: string | null,
): Segment[] {
  const colours = maskColours(classes);
  const ignored = { value: ignoreValue, name: 'ignore', colour: null };
  const listed = [...classes].sort((a, b) => a.value - b.value);
  return [...listed, ...(hasIgnored ? [ignored] : [])].map((entry, index) => {
    const { value } = entry;
    const number = index + 1;
    const name = maskClassName(entry);
    const label = labelOf(name);
    return {
      number,
      value,
      entry: [
        [0x00620003, 'SQ', [value === ignoreValue ? spatial : tissue]],
        [0x00620004, 'US', [number]],
        [0x00620005, 'LO', label],
        ...(label === name ? [] : [[0x00620006, 'ST', name] satisfies Element]),
        ...madeBy(algorithm),
        [0x0062000d, 'US', cielab(colours.get(value) ?? [0, 0, 0])],
        [0x0062000f, 'SQ', [code(`class-${value}`, ownScheme, label)]],
      ],
    };
  });
}

/** Segment Algorithm Type, and its name unless it is a person (PS3.3, C.8.20.2). */
function madeBy(algorithm: string | null): Element[] {
  if (algorithm === null) return [[0x00620008, 'CS', 'MANUAL']];
  return [
    [0x00620008, 'CS', 'AUTOMATIC'],
    [0x00620009, 'LO', labelOf(algorithm)],
  ];
}

/** A code sequence's item: value, scheme, meaning. */
export function code(value: string, scheme: string, meaning: string): readonly Element[] {
  return [
    [0x00080100, 'SH', value],
    [0x00080102, 'SH', scheme],
    [0x00080104, 'LO', meaning],
  ];
}

/** Shortens a name to a label: a backslash, which would split it into two values, becomes a slash. */
export function labelOf(name: string): string {
  return Array.from(name.replaceAll('\\', '/')).slice(0, labelLength).join('').trimEnd();
}
