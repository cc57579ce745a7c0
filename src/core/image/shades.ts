import { percentiles, rescaled, shadeByRange, shadeByTable } from './intensity.ts';
import type { PercentilesOf, Shade } from './intensity.ts';
import type { Pixels } from './stored.ts';
import { countedPercentiles, lookUp, spanOf } from './whole-values.ts';
import type { WholeSpan } from './whole-values.ts';
import type { IntensityRange, StoredForm } from './stored-form.ts';

/** Conversion of a band's stored values to shades: finds the black and the white value, then maps each value. */

export type KnownRange = Exclude<IntensityRange, { kind: 'auto' }>;

/** Rescaled values that become black and white, if they depend on the image. */
export type Ends = readonly [low: number, high: number];

const photographic = new Set(['png', 'jpeg', 'webp', 'bmp']);

/** True if a file is a picture for viewing: its values are shades, and transparent pixels have colours too. */
export function isPhotographic({ format }: Pick<StoredForm, 'format'>): boolean {
  return photographic.has(format);
}

/** Index of the band that marks missing pixels, or null if there is none. */
export function maskingBand(form: Pick<StoredForm, 'format' | 'alpha'>): number | null {
  return isPhotographic(form) ? null : form.alpha;
}

/** True if shades are computed from stored values, not from rescaled ones. */
export function isAsStored(
  range: Pick<IntensityRange, 'kind'>,
  form: Pick<StoredForm, 'format' | 'interpretation'>,
): boolean {
  // Only intensities have a meaning beyond the stored value; colours are colours. In pictures with few bits
  // the meaning is the shade.
  return form.interpretation === 'rgb' || (range.kind === 'stored' && !isPhotographic(form));
}

/** True if the black and the white value depend on the values of the image. */
export function hasEnds(range: KnownRange, form: StoredForm): boolean {
  let isAsked = false;
  shadeOf(range, form, () => {
    isAsked = true;
    return [0, 1];
  });
  return isAsked;
}

/** Finds the black and the white value of one band, as `shadesOf` does itself; meaningful if `hasEnds`. */
export function endsOf(
  pixels: Pixels,
  band: number,
  range: KnownRange,
  form: StoredForm,
  isPresent: Uint8Array | undefined,
): Ends {
  let ends: Ends = [0, 0];
  const span = spanOf(pixels, band);
  const values = valuesForRange(span ? valuesOf(span) : bandValues(pixels, band), range, form);
  shadeOf(range, form, (percents) => {
    ends = span
      ? countedPercentiles(span, values, isPresent, percents)
      : percentiles(values, isPresent, percents);
    return ends;
  });
  return ends;
}

/**
 * Computes the shades of one band.
 *
 * @param isPresent 0 at missing pixels, which become black
 * @param ends those of the whole image, if `pixels` are a part of it
 */
export function shadesOf(
  pixels: Pixels,
  band: number,
  range: KnownRange,
  form: StoredForm,
  isPresent: Uint8Array | undefined,
  ends?: Ends,
): Uint8ClampedArray<ArrayBuffer> {
  const span = spanOf(pixels, band);
  // A shade depends only on its value: with few distinct values each is computed once.
  if (span !== undefined) return shadesOfSpan(span, range, form, isPresent, ends);
  const stored = bandValues(pixels, band);
  const values = valuesForRange(stored, range, form);
  const shades = new Uint8ClampedArray(stored.length);
  const shade = shadeOf(
    range,
    form,
    (percents) => ends ?? percentiles(values, isPresent, percents),
  );
  fill(shades, values, shade, form, isPresent);
  return shades;
}

function shadesOfSpan(
  span: WholeSpan,
  range: KnownRange,
  form: StoredForm,
  isPresent: Uint8Array | undefined,
  ends: Ends | undefined,
): Uint8ClampedArray<ArrayBuffer> {
  const shades = lookUp(span, shadeTable(span, range, form, isPresent, ends));
  if (isPresent !== undefined && span.bands > 1) {
    for (let at = 0; at < shades.length; at++) if (isPresent[at] === 0) shades[at] = 0;
  }
  return shades;
}

/** Computes the shade of every value of the span; with a single band also that of missing pixels. */
export function shadeTable(
  span: WholeSpan,
  range: KnownRange,
  form: StoredForm,
  isPresent: Uint8Array | undefined,
  ends?: Ends,
): Uint8ClampedArray<ArrayBuffer> {
  const values = valuesForRange(valuesOf(span), range, form);
  const shade = shadeOf(
    range,
    form,
    (percents) => ends ?? countedPercentiles(span, values, isPresent, percents),
  );
  const table = new Uint8ClampedArray(span.length);
  fill(table, values, shade, form, undefined);
  const absent = (form.nodata ?? -1) - span.least;
  if (isPresent !== undefined && span.bands === 1 && absent in table) table[absent] = 0;
  return table;
}

/** Lists every possible stored value in order. */
function valuesOf({ least, length }: WholeSpan): Float64Array {
  const stored = new Float64Array(length);
  for (let at = 0; at < stored.length; at++) stored[at] = least + at;
  return stored;
}

export function bandValues({ data, bands }: Pixels, band: number): Float64Array {
  const values = new Float64Array(data.length / bands);
  for (let at = 0; at < values.length; at++) values[at] = data[at * bands + band] ?? 0;
  return values;
}

/** Converts stored values to the values that the range refers to. */
function valuesForRange(stored: Float64Array, range: KnownRange, form: StoredForm): Float64Array {
  return isAsStored(range, form) ? stored : rescaled(stored, form.display);
}

function shadeOf(range: KnownRange, form: StoredForm, percentilesOf: PercentilesOf): Shade {
  const { voiTable } = form.display;
  if (range.kind === 'file' && voiTable !== null) return shadeByTable(voiTable);
  return shadeByRange(range, percentilesOf, form);
}

function fill(
  shades: Uint8ClampedArray,
  values: Float64Array,
  shade: Shade,
  { display, interpretation }: StoredForm,
  isPresent: Uint8Array | undefined,
): void {
  const isInverted = display.isInverted && interpretation !== 'rgb';
  for (let at = 0; at < shades.length; at++) {
    const value = values[at] ?? NaN;
    if (isPresent?.[at] === 0 || Number.isNaN(value)) continue;
    const bright = shade(value);
    shades[at] = isInverted ? 255 - bright : bright;
  }
}
