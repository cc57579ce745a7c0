import type { ImageFacts } from '../../../../contract/app.ts';
import { mostBands } from '../../../../contract/jobs.ts';
import { readBandList, writtenBandList } from '../../../lib/band-list.ts';

export type BandKind = 'own' | 'all' | 'three' | 'one' | 'list';

/** Which bands are seen, counted from 1; what belongs to other kinds comes back with them. */
export interface BandDraft {
  readonly kind: BandKind;
  readonly three: readonly [red: number, green: number, blue: number];
  readonly one: number;
  /** As it is typed. */
  readonly list: string;
}

/** Why a list of bands cannot be used. */
export type BandFault =
  | { readonly kind: 'none' }
  | { readonly kind: 'unread'; readonly part: string }
  | { readonly kind: 'twice' | 'missing'; readonly band: number }
  | { readonly kind: 'many'; readonly bands: number };

/** More are no colours, and each is a channel of its own. */
const colours = 3;

/** Whether all bands can be chosen at once: of three or fewer they are colours, or each can be named. */
export function hasAll(choices: readonly number[]): boolean {
  return choices.length > colours && choices.length <= mostBands;
}

/**
 * @param bands as the contract has them
 * @param choices bands that can be chosen
 */
export function bandDraftOf(
  bands: readonly number[] | undefined,
  choices: readonly number[],
): BandDraft {
  const [first = 1, second = first, third = second] = choices;
  const draft = {
    kind: 'own',
    three: [first, second, third],
    one: first,
    list: writtenBandList(bands ?? choices.slice(0, mostBands)),
  } as const;
  if (bands === undefined) return draft;
  const [red = first, green, blue] = bands;
  if (bands.length === 1) return { ...draft, kind: 'one', one: red };
  if (bands.length === colours && green !== undefined && blue !== undefined) {
    return { ...draft, kind: 'three', three: [red, green, blue] };
  }
  const isAll = hasAll(choices) && bands.join() === choices.join();
  return { ...draft, kind: isAll ? 'all' : 'list' };
}

/** The bands of a draft that has no fault, as the contract has them; undefined: the file's own. */
export function writtenBands(
  { kind, three, one, list }: BandDraft,
  choices: readonly number[],
): number[] | undefined {
  switch (kind) {
    case 'own':
      return undefined;
    case 'all':
      return [...choices];
    case 'three':
      return [...three];
    case 'one':
      return [one];
    case 'list': {
      const read = readBandList(list);
      return 'bands' in read ? [...read.bands] : [];
    }
  }
}

/**
 * @param choices bands that can be chosen; none: it is not known which there are
 * @param now bands that are seen by now: they stay a choice, also where these images lack them
 */
export function bandFaultOf(
  { kind, list }: BandDraft,
  choices: readonly number[],
  now: readonly number[] = [],
): BandFault | null {
  if (kind !== 'list') return null;
  const read = readBandList(list);
  if ('unread' in read) return { kind: 'unread', part: read.unread };
  const { bands } = read;
  if (bands.length === 0) return { kind: 'none' };
  const known = new Set([...choices, ...now]);
  const missing = choices.length === 0 ? undefined : bands.find((band) => !known.has(band));
  if (missing !== undefined) return { kind: 'missing', band: missing };
  const twice = bands.find((band, index) => bands.indexOf(band) < index);
  if (twice !== undefined) return { kind: 'twice', band: twice };
  return bands.length > mostBands ? { kind: 'many', bands: bands.length } : null;
}

/** Which bands are these files' own colours; undefined where they differ, or there are no others. */
export function ownBands(descriptions: readonly ImageFacts[]): readonly number[] | undefined {
  const [first] = descriptions;
  const isMore = descriptions.some(({ bands, alpha, auto }) => {
    return bands - (alpha === null ? 0 : 1) > auto.bands.length;
  });
  const isSame = descriptions.every(({ auto }) => auto.bands.join() === first?.auto.bands.join());
  return isMore && isSame ? first?.auto.bands : undefined;
}

/** Bands that all of these images have, but those that only say where there is something. */
export function choosableBands(descriptions: readonly ImageFacts[]): number[] {
  const [first] = descriptions;
  if (first === undefined) return [];
  const least = Math.min(...descriptions.map(({ bands }) => bands));
  const hidden = new Set(descriptions.map(({ alpha }) => alpha));
  return Array.from({ length: least }, (_, index) => index + 1).filter((band) => !hidden.has(band));
}
