import type { ImageFacts } from '../../../../contract/app.ts';

export type BandKind = 'own' | 'three' | 'one';

/** Which bands are seen, counted from 1; the numbers of what is not chosen come back with it. */
export interface BandDraft {
  readonly kind: BandKind;
  readonly three: readonly [red: number, green: number, blue: number];
  readonly one: number;
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
  const three = [first, second, third] as const;
  if (bands === undefined) return { kind: 'own', three, one: first };
  const [red = first, green, blue] = bands;
  if (green === undefined || blue === undefined) return { kind: 'one', three, one: red };
  return { kind: 'three', three: [red, green, blue], one: first };
}

/** As the contract has them; undefined: the file's own. */
export function writtenBands({ kind, three, one }: BandDraft): number[] | undefined {
  if (kind === 'own') return undefined;
  return kind === 'three' ? [...three] : [one];
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
