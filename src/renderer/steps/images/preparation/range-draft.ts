/** What can be chosen of intensities; the names are those of the contract's ranges. */
export type RangeKind = 'auto' | 'file' | 'window' | 'percentile' | 'full' | 'stored';

/** A choice with the numbers that belong to it, and those of the others, which come back with them. NaN: none. */
export interface RangeDraft {
  readonly kind: RangeKind;
  /** Of rescaled values, Hounsfield units in CT. */
  readonly center: number;
  readonly width: number;
  /** In percent. */
  readonly low: number;
  readonly high: number;
}

/** Which number a draft cannot be used with. */
export type RangeFault = 'center' | 'width' | 'percent';

/** A window by centre and width, and what it is called. */
export interface NamedWindow {
  readonly name: string;
  readonly center: number;
  readonly width: number;
}

const usual = { center: 40, width: 400, low: 2, high: 98 } as const;
/** The contract writes up to nine digits before the point. */
const most = 1e9 - 1;

/** @param range as the contract has it */
export function draftOf(range: string): RangeDraft {
  const [kind = 'auto', first, second] = range.split(':');
  const numbers = { first: Number(first), second: Number(second) };
  switch (kind) {
    case 'window':
      return { ...usual, kind, center: numbers.first, width: numbers.second };
    case 'percentile':
      return { ...usual, kind, low: numbers.first, high: numbers.second };
    case 'file':
    case 'full':
    case 'stored':
      return { ...usual, kind };
    default:
      return { ...usual, kind: 'auto' };
  }
}

export function faultOf({ kind, center, width, low, high }: RangeDraft): RangeFault | null {
  if (kind === 'window') {
    if (!(Math.abs(center) <= most)) return 'center';
    return width >= 1 && width <= most ? null : 'width';
  }
  if (kind !== 'percentile') return null;
  return low >= 0 && low < high && high <= 100 ? null : 'percent';
}

/** As the contract has it; null where a number is missing or wrong. */
export function writtenRange(draft: RangeDraft): string | null {
  if (faultOf(draft) !== null) return null;
  const { kind, center, width, low, high } = draft;
  if (kind === 'window') return `window:${rounded(center, 6)}:${rounded(width, 6)}`;
  if (kind === 'percentile') return `percentile:${rounded(low, 3)}:${rounded(high, 3)}`;
  return kind;
}

/** So many decimals at most, and never an exponent: the contract has none. */
function rounded(value: number, places: number): string {
  return String(Number(value.toFixed(places)));
}

export function isSameWindow(
  one: Pick<NamedWindow, 'center' | 'width'>,
  other: Pick<NamedWindow, 'center' | 'width'>,
): boolean {
  return one.center === other.center && one.width === other.width;
}
