/** Kinds of intensity range, with the names of the contract. */
export type RangeKind = 'auto' | 'file' | 'window' | 'percentile' | 'full' | 'stored';

/** Draft choice of a range. Numbers of the other kinds are kept and return with their kind. NaN: no number. */
export interface RangeDraft {
  readonly kind: RangeKind;
  /** Centre and width of a window over rescaled values: Hounsfield units in CT. */
  readonly center: number;
  readonly width: number;
  /** Lower and upper percentile, percent. */
  readonly low: number;
  readonly high: number;
}

/** The number that makes a draft invalid. */
export type RangeFault = 'center' | 'width' | 'percent';

/** A named window, by centre and width. */
export interface NamedWindow {
  readonly name: string;
  readonly center: number;
  readonly width: number;
}

const usual = { center: 40, width: 400, low: 2, high: 98 } as const;
/** Largest number: the contract allows up to nine digits before the point. */
const most = 1e9 - 1;

/** Draft of a range in the contract's form. */
export function rangeDraftOf(range: string): RangeDraft {
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

export function rangeFaultOf({ kind, center, width, low, high }: RangeDraft): RangeFault | null {
  if (kind === 'window') {
    if (!(Math.abs(center) <= most)) return 'center';
    return width >= 1 && width <= most ? null : 'width';
  }
  if (kind !== 'percentile') return null;
  return low >= 0 && low < high && high <= 100 ? null : 'percent';
}

/** Range in the contract's form; null if a number is missing or wrong. */
export function writtenRange(draft: RangeDraft): string | null {
  if (rangeFaultOf(draft) !== null) return null;
  const { kind, center, width, low, high } = draft;
  if (kind === 'window') return `window:${rounded(center, 6)}:${rounded(width, 6)}`;
  if (kind === 'percentile') return `percentile:${rounded(low, 3)}:${rounded(high, 3)}`;
  return kind;
}

/** A number with at most `places` decimals and without an exponent, which the contract does not allow. */
function rounded(value: number, places: number): string {
  return String(Number(value.toFixed(places)));
}

export function isSameWindow(
  one: Pick<NamedWindow, 'center' | 'width'>,
  other: Pick<NamedWindow, 'center' | 'width'>,
): boolean {
  return one.center === other.center && one.width === other.width;
}
