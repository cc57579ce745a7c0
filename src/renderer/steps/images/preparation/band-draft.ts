import type { ImageFacts } from '../../../../contract/app.ts';
import { mostBands } from '../../../../contract/jobs.ts';
import { readBandList, writtenBandList } from '../../../lib/band-list.ts';

export type BandKind = 'own' | 'all' | 'three' | 'one' | 'list';

/** Draft choice of bands, counted from 1. Entries of the other kinds are kept, and return when their kind is chosen. */
export interface BandDraft {
  readonly kind: BandKind;
  readonly three: readonly [red: number, green: number, blue: number];
  readonly one: number;
  /** List as typed. */
  readonly list: string;
}

/** Why a list of bands cannot be used. */
export type BandFault =
  | { readonly kind: 'none' }
  | { readonly kind: 'unread'; readonly part: string }
  | { readonly kind: 'twice' | 'missing'; readonly band: number }
  | { readonly kind: 'many'; readonly bands: number };

/** Number of bands shown as red, green and blue; with more, each is a separate channel. */
const colours = 3;

/** True if "all bands" is a choice: there are more than three, which are chosen one by one, and at most the limit. */
export function canChooseAll(choices: readonly number[]): boolean {
  return choices.length > colours && choices.length <= mostBands;
}

/**
 * Draft of a choice of bands.
 *
 * @param bands in the contract's form
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
  const isAll = canChooseAll(choices) && bands.join() === choices.join();
  return { ...draft, kind: isAll ? 'all' : 'list' };
}

/** Bands of a valid draft, in the contract's form; undefined for the file's own bands. */
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
 * The first error in a list of bands; null if there is none.
 *
 * @param choices bands that can be chosen; empty while they are unknown
 * @param now bands of the saved choice, which stay valid even if these images lack them
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

/** Bands of the files' own colours; undefined if the files differ or have no other bands. */
export function ownBands(descriptions: readonly ImageFacts[]): readonly number[] | undefined {
  const [first] = descriptions;
  const isMore = descriptions.some(({ bands, alpha, auto }) => {
    return bands - (alpha === null ? 0 : 1) > auto.bands.length;
  });
  const isSame = descriptions.every(({ auto }) => auto.bands.join() === first?.auto.bands.join());
  return isMore && isSame ? first?.auto.bands : undefined;
}

/** Bands that all of these images have, without alpha bands. */
export function choosableBands(descriptions: readonly ImageFacts[]): number[] {
  const [first] = descriptions;
  if (first === undefined) return [];
  const least = Math.min(...descriptions.map(({ bands }) => bands));
  const hidden = new Set(descriptions.map(({ alpha }) => alpha));
  return Array.from({ length: least }, (_, index) => index + 1).filter((band) => !hidden.has(band));
}
