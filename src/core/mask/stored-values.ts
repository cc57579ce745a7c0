/** Names of the numbers and colours that mask files store, and values whose meaning no name explains. */

/** Number or colour in a mask file; neither for the file's nodata value. */
export interface NamedValue {
  readonly name?: string | null;
  readonly number: number | null;
  /** `#rrggbb`. */
  readonly colour: string | null;
}

export interface CountedValue extends NamedValue {
  readonly name: string | null;
  /** Number of masks that contain it; null if they are not counted. */
  readonly count: number | null;
}

/** Name for display: the name, or else the number, or else the colour. */
export function valueName({ name, number, colour }: NamedValue): string {
  return name ?? (number === null ? (colour ?? 'no data') : String(number));
}

/** Formats a share of pixels, [0, 1], as a percentage that is never rounded to 0 or 100 %. */
export function shareText(share: number): string {
  if (share > 0 && share < 0.0005) return '< 0.1 %';
  if (share < 1 && share > 0.9995) return '> 99.9 %';
  return `${(share * 100).toFixed(1)} %`;
}

/**
 * Finds the value 255 in masks with other classes and without a list that names it. It marks unknown pixels (PASCAL
 * VOC) as often as a class, so only the user can decide. Undefined if there is no such value. As the only value except
 * 0, it is a class.
 */
export function ambiguousValue<Value extends CountedValue>(
  classes: readonly Value[],
): Value | undefined {
  const found = classes.find(
    ({ name, number, count }) => name === null && number === 255 && count !== 0,
  );
  return classes.length > 1 ? found : undefined;
}
