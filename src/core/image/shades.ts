import { percentiles, rescaled, shownBy, shownByTable } from './intensity.ts';
import type { PercentilesOf, Shade } from './intensity.ts';
import type { Pixels } from './stored.ts';
import { countedPercentiles, lookUp, spanOf } from './whole-values.ts';
import type { WholeSpan } from './whole-values.ts';
import type { IntensityRange, StoredForm } from './stored-form.ts';

/** From the stored values of one band to shades: first which value is black and which white, then each value by that. */

export type KnownRange = Exclude<IntensityRange, { kind: 'auto' }>;

/** The rescaled values that are black and white, where the image itself decides that. */
export type Ends = readonly [low: number, high: number];

const photographic = new Set(['png', 'jpeg', 'webp', 'bmp']);

/** Pictures for people: their values are shades, and what is transparent in them has colours all the same. */
export function isPhotographic({ format }: Pick<StoredForm, 'format'>): boolean {
  return photographic.has(format);
}

/** The band that says where there is nothing, or null where no band does. */
export function maskingBand(form: Pick<StoredForm, 'format' | 'alpha'>): number | null {
  return isPhotographic(form) ? null : form.alpha;
}

/** Whether shades are made of values as they are stored, not of what they mean. */
export function isAsStored(
  range: Pick<IntensityRange, 'kind'>,
  form: Pick<StoredForm, 'format' | 'interpretation'>,
): boolean {
  // Only intensities have a meaning beyond what is stored; colours are colours. Of pictures with few bits
  // it is the shade.
  return form.interpretation === 'rgb' || (range.kind === 'stored' && !isPhotographic(form));
}

/** Whether the values of an image have a part in what is black and white in it. */
export function hasEnds(range: KnownRange, form: StoredForm): boolean {
  let isAsked = false;
  shadeOf(range, form, () => {
    isAsked = true;
    return [0, 1];
  });
  return isAsked;
}

/** The ends of one band, as `shadesOf` finds them by itself; of use where `hasEnds`. */
export function endsOf(
  pixels: Pixels,
  band: number,
  range: KnownRange,
  form: StoredForm,
  isThere: Uint8Array | undefined,
): Ends {
  let ends: Ends = [0, 0];
  const span = spanOf(pixels, band);
  const values = meantBy(span ? valuesOf(span) : bandValues(pixels, band), range, form);
  shadeOf(range, form, (percents) => {
    ends = span
      ? countedPercentiles(span, values, isThere, percents)
      : percentiles(values, isThere, percents);
    return ends;
  });
  return ends;
}

/**
 * Shades of one band.
 *
 * @param isThere 0 where there is nothing: black
 * @param ends where `pixels` are a part of an image: those of all of it
 */
export function shadesOf(
  pixels: Pixels,
  band: number,
  range: KnownRange,
  form: StoredForm,
  isThere: Uint8Array | undefined,
  ends?: Ends,
): Uint8ClampedArray<ArrayBuffer> {
  const span = spanOf(pixels, band);
  // Every shade depends on its value alone: of few values each is worked out once.
  if (span !== undefined) return shadesOfSpan(span, range, form, isThere, ends);
  const stored = bandValues(pixels, band);
  const values = meantBy(stored, range, form);
  const shades = new Uint8ClampedArray(stored.length);
  const shade = shadeOf(range, form, (percents) => ends ?? percentiles(values, isThere, percents));
  fill(shades, values, shade, form, isThere);
  return shades;
}

function shadesOfSpan(
  span: WholeSpan,
  range: KnownRange,
  form: StoredForm,
  isThere: Uint8Array | undefined,
  ends: Ends | undefined,
): Uint8ClampedArray<ArrayBuffer> {
  const shades = lookUp(span, shadeTable(span, range, form, isThere, ends));
  if (isThere !== undefined && span.bands > 1) {
    for (let at = 0; at < shades.length; at++) if (isThere[at] === 0) shades[at] = 0;
  }
  return shades;
}

/** Shades of every value of the span; of a single band also that of what is not there. */
export function shadeTable(
  span: WholeSpan,
  range: KnownRange,
  form: StoredForm,
  isThere: Uint8Array | undefined,
  ends?: Ends,
): Uint8ClampedArray<ArrayBuffer> {
  const values = meantBy(valuesOf(span), range, form);
  const shade = shadeOf(
    range,
    form,
    (percents) => ends ?? countedPercentiles(span, values, isThere, percents),
  );
  const table = new Uint8ClampedArray(span.length);
  fill(table, values, shade, form, undefined);
  const absent = (form.nodata ?? -1) - span.least;
  if (isThere !== undefined && span.bands === 1 && absent in table) table[absent] = 0;
  return table;
}

/** Every stored value that there may be, from the least on. */
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

/** What stored values mean. */
function meantBy(stored: Float64Array, range: KnownRange, form: StoredForm): Float64Array {
  return isAsStored(range, form) ? stored : rescaled(stored, form.display);
}

function shadeOf(range: KnownRange, form: StoredForm, percentilesOf: PercentilesOf): Shade {
  const { voiTable } = form.display;
  if (range.kind === 'file' && voiTable !== null) return shownByTable(voiTable);
  return shownBy(range, percentilesOf, form);
}

function fill(
  shades: Uint8ClampedArray,
  values: Float64Array,
  shade: Shade,
  { display, interpretation }: StoredForm,
  isThere: Uint8Array | undefined,
): void {
  const isInverted = display.isInverted && interpretation !== 'rgb';
  for (let at = 0; at < shades.length; at++) {
    const value = values[at] ?? NaN;
    if (isThere?.[at] === 0 || Number.isNaN(value)) continue;
    const bright = shade(value);
    shades[at] = isInverted ? 255 - bright : bright;
  }
}
