import { ignoreValue } from '../../../core/mask/tiles.ts';
import { maskColours } from '../colours.ts';
import type { MaskClass } from '../mask-raster.ts';
import { nameOf } from '../paired/write-label-map.ts';
import { cielab } from './to-cielab.ts';
import type { Element } from './elements.ts';

/** A segment: which value of the masks it is, and what is said of it. */
export interface Segment {
  /** From 1, without gaps. */
  readonly number: number;
  /** In masks. */
  readonly value: number;
  readonly entry: readonly Element[];
}

/** SNOMED CT codes of CID 7150 (PS3.16): the most general kind of what is marked, and of what is not known. */
const tissue = code('85756007', 'SCT', 'Tissue');
const spatial = code('309825002', 'SCT', 'Spatial and Relational Concept');
/** Names of classes are people's own; so a scheme of our own codes them (PS3.16, 8.2). */
const ownScheme = '99UNDERSTUDY';

/** What a label may have, in characters (PS3.5, 6.2: LO). */
const labelLength = 64;

/**
 * One segment a class, numbered in the order of their values. Where `hasIgnored`, what is not known is one
 * too, the last: a segmentation has no other way to say it.
 *
 * @param algorithm what made them by itself; null: a person answers for all of it, whatever helped
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
    const name = nameOf(entry);
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

/** A name as far as a label can say it: a backslash would part it into two values. */
export function labelOf(name: string): string {
  return Array.from(name.replaceAll('\\', '/')).slice(0, labelLength).join('').trimEnd();
}
