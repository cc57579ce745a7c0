/** What the numbers and colours that mask files store are called, and which of them no name explains. */

/** A number or colour of a mask file; neither where the file says that there is no data. */
export interface NamedValue {
  readonly name?: string | null;
  readonly number: number | null;
  /** `#rrggbb`. */
  readonly colour: string | null;
}

export interface CountedValue extends NamedValue {
  readonly name: string | null;
  /** Masks that have it; null where they are not counted. */
  readonly count: number | null;
}

/** For people: the name, else the number, else the colour. */
export function valueName({ name, number, colour }: NamedValue): string {
  return name ?? (number === null ? (colour ?? 'no data') : String(number));
}

/** A share of pixels, [0, 1], as a percentage that is never rounded to nothing or to all. */
export function shareText(share: number): string {
  if (share > 0 && share < 0.0005) return '< 0.1 %';
  if (share < 1 && share > 0.9995) return '> 99.9 %';
  return `${(share * 100).toFixed(1)} %`;
}

/**
 * The value 255 of masks that have other classes as well and no list that names it: as often a class as the mark of
 * pixels of which nothing is known (PASCAL VOC), so only a person can tell. Undefined where there is no such value.
 * Alone beside 0 it is what was marked.
 */
export function ambiguousValue<Value extends CountedValue>(
  classes: readonly Value[],
): Value | undefined {
  const found = classes.find(
    ({ name, number, count }) => name === null && number === 255 && count !== 0,
  );
  return classes.length > 1 ? found : undefined;
}
