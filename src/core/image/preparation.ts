import type { Raster } from './raster.ts';
import { endsOf, hasEnds, isPhotographic, maskingBand, shadesOf, shadeTable } from './shades.ts';
import type { Ends, KnownRange } from './shades.ts';
import { meanOfSquares } from './shrink.ts';
import { meansOfLookedUp, spanOf } from './whole-values.ts';
import type { Pixels } from './stored.ts';
import { UserError } from '../errors.ts';
import type { IntensityRange, StoredForm } from './stored-form.ts';
import { labelledSetText } from '../../text/index.ts';

export { bandValues, isAsStored, isPhotographic, maskingBand } from './shades.ts';

/**
 * Input of a model: which bands of an image it sees, and which intensities become black and white. It is chosen
 * once per project, shown to the user, and applied equally in training, evaluation, prediction, and by users of the
 * exported file; display settings of a viewer do not change it.
 */
export interface Preparation {
  /**
   * Bands that the model sees: one for grey, three for red, green and blue, or any others, each a separate channel;
   * null: the bands that the file names red, green and blue, or else its first.
   */
  readonly bands: readonly number[] | null;
  readonly range: IntensityRange;
}

/** Text form of a preparation for display, files and the database. */
export interface WrittenPreparation {
  /** Bands, counted from 1 as in geographic information systems. */
  readonly bands?: readonly number[] | undefined;
  /** Kind of range, with its numbers after colons: `auto`, `window:40:400`, `percentile:2:98`. */
  readonly range: string;
}

/** @throws Error for a range in another form */
export function preparationOf({ bands, range }: WrittenPreparation): Preparation {
  return { bands: bands?.map((band) => band - 1) ?? null, range: writtenRange(range) };
}

function writtenRange(text: string): IntensityRange {
  const [kind = '', ...numbers] = text.split(':');
  const [first = NaN, second = NaN, ...more] = numbers.map(Number);
  const hasNone = numbers.length === 0;
  const hasTwo = Number.isFinite(first) && Number.isFinite(second) && more.length === 0;
  if (kind === 'auto' && hasNone) return { kind };
  if (kind === 'stored' && hasNone) return { kind };
  if (kind === 'file' && hasNone) return { kind };
  if (kind === 'full' && hasNone) return { kind };
  // An empty window becomes the narrowest window of integers, a threshold.
  if (kind === 'window' && hasTwo) return { kind, center: first, width: second > 0 ? second : 1 };
  if (kind === 'percentile' && hasTwo && first >= 0 && second <= 100) {
    return { kind, low: first, high: Math.max(first, second) };
  }
  throw new Error(`preparationOf: "${text}" is not a range`);
}

/** Formats a range for display, files and the database; `preparationOf` parses it. */
export function writeRange(range: IntensityRange): string {
  switch (range.kind) {
    case 'window':
      return `window:${range.center}:${range.width}`;
    case 'percentile':
      return `percentile:${range.low}:${range.high}`;
    case 'auto':
    case 'stored':
    case 'file':
    case 'full':
      return range.kind;
  }
}

export const plainPreparation: Preparation = { bands: null, range: { kind: 'auto' } };

/** Number of channels of images that are red, green and blue, or of a grey repeated three times. */
export const colourChannels = 3;

/** Number of values per pixel that a model sees. */
export function channelsOf({ bands }: Pick<Preparation, 'bands'>): number {
  return bands === null || bands.length === 1 ? colourChannels : bands.length;
}

/**
 * Preparation for display, if a model uses more bands than a picture has: the red, green and blue bands if the model
 * uses them, else its first three; of two bands the first.
 *
 * @throws UserError 'invalid-option' if the image lacks one of the model's bands, which a picture would hide
 */
export function picturePreparation(preparation: Preparation, form: StoredForm): Preparation {
  if (channelsOf(preparation) === colourChannels) return preparation;
  const { range } = preparation;
  const bands = bandsOf(preparation, form);
  const { colours } = form.display;
  if (colours?.every((band) => bands.includes(band)) === true) return { bands: colours, range };
  return { bands: bands.slice(0, bands.length < colourChannels ? 1 : colourChannels), range };
}

/**
 * Range that `auto` stands for: photographs as stored; DICOM by its own window; other 8-bit images as
 * stored, and all others (satellite bands, volumes, measurements) from the 2nd to the 98th percentile of
 * each image, the usual cut of geographic information systems.
 */
export function rangeOf(range: IntensityRange, form: StoredForm): KnownRange {
  if (range.kind !== 'auto') return range;
  const { format, sampleType, display } = form;
  if (isPhotographic(form)) return { kind: 'stored' };
  const asksFor = display.windows.length > 0 || display.voiTable !== null;
  if (format === 'dicom' && asksFor) return { kind: 'file' };
  if (sampleType === 'uint8' && display.modalityTable === null) return { kind: 'stored' };
  return format === 'dicom' ? { kind: 'full' } : { kind: 'percentile', low: 2, high: 98 };
}

/**
 * Indices of the bands that become grey or red, green and blue.
 *
 * @throws UserError 'invalid-option' for a band that the image does not have
 */
export function bandsOf({ bands }: Preparation, form: StoredForm): readonly number[] {
  if (bands !== null) {
    const missing = bands.find((band) => band >= form.bands);
    if (form.interpretation === 'palette' && bands.length > 1) {
      throw new UserError('invalid-option', labelledSetText.paletteHasNoBands(bands.length));
    }
    if (missing === undefined) return bands;
    throw new UserError('invalid-option', labelledSetText.bandMissing(missing + 1, form.bands));
  }
  const { colours } = form.display;
  if (colours !== undefined && form.interpretation === 'bands') return colours;
  const seen = Array.from({ length: form.bands }, (_, band) => band).filter(
    (band) => band !== form.alpha,
  );
  return seen.length >= 3 && form.interpretation !== 'grey' ? seen.slice(0, 3) : seen.slice(0, 1);
}

/** Values that become black and white in each band of an image; empty if they do not depend on the image. */
export type Stretch = readonly Ends[];

/** True if black and white depend on the image's own values, so that showing a part needs `stretchOf` the whole. */
export function isStretched({ range }: Preparation, form: StoredForm): boolean {
  return form.interpretation !== 'palette' && hasEnds(rangeOf(range, form), form);
}

/**
 * Computes the stretch that `prepare` applies to an image, to show parts of it in the same way.
 *
 * @param pixels pixels of the whole image, as for `prepare`
 */
export function stretchOf(pixels: Pixels, preparation: Preparation, form: StoredForm): Stretch {
  if (!isStretched(preparation, form)) return [];
  const bands = bandsOf(preparation, form);
  const range = rangeOf(preparation.range, form);
  const isPresent = presence(pixels, form, bands.length);
  return bands.map((_, channel) => endsOf(pixels, channel, range, form, isPresent));
}

/**
 * Converts stored pixels to a model's input in eight bits.
 *
 * @param pixels the bands that `readBands` names, in its order: (height, width, bands)
 * @param stretch stretch of the whole image, if `pixels` are a part of it
 * @returns (height, width, `channelsOf`); black where pixels have no value (nodata, transparent, not a number)
 */
export function prepare(
  pixels: Pixels,
  preparation: Preparation,
  form: StoredForm,
  stretch?: Stretch,
): Raster {
  const shades = prepareShades(pixels, preparation, form, stretch);
  if (shades.channels > 1) return shades;
  const { width, height, data: grey } = shades;
  const data = new Uint8Array(grey.length * 3);
  for (let at = 0; at < grey.length; at++) {
    const shade = grey[at] ?? 0;
    data[3 * at] = shade;
    data[3 * at + 1] = shade;
    data[3 * at + 2] = shade;
  }
  return { width, height, channels: 3, data };
}

/**
 * Converts pixels as `prepare` does, without repeating grey three times.
 *
 * @returns (height, width, 1) for a single band, else (height, width, `channelsOf`)
 */
export function prepareShades(
  pixels: Pixels,
  preparation: Preparation,
  form: StoredForm,
  stretch: Stretch = [],
): Raster {
  const { width, height } = pixels;
  const bands = bandsOf(preparation, form);
  const isPresent = presence(pixels, form, bands.length);
  if (form.interpretation === 'palette' && form.display.palette !== null) {
    const data = new Uint8Array(width * height * 3);
    fillFromPalette(data, pixels, form.display.palette, isPresent);
    return { width, height, channels: 3, data };
  }
  const range = rangeOf(preparation.range, form);
  // Most images are photographs in eight bits, and millions of them are read: no copy of their values.
  const channels = bands.length;
  if (channels > 1 && isUnchanged(pixels, channels, range, form) && isPresent === undefined) {
    return { width, height, channels, data: new Uint8Array(pixels.data.buffer) };
  }
  if (channels === 1) {
    const data = shadesOf(pixels, 0, range, form, isPresent, stretch[0]);
    return { width, height, channels, data: new Uint8Array(data.buffer) };
  }
  const data = new Uint8Array(width * height * channels);
  for (let channel = 0; channel < channels; channel++) {
    const shades = shadesOf(pixels, channel, range, form, isPresent, stretch[channel]);
    for (let at = 0; at < shades.length; at++) data[channels * at + channel] = shades[at] ?? 0;
  }
  return { width, height, channels, data };
}

/**
 * Computes the means of squares of `factor` px of `prepareShades`; for a single band with few distinct values without
 * writing the shades first.
 *
 * @param pixels pixels whose sides are multiples of `factor`
 */
export function prepareMeans(
  pixels: Pixels,
  preparation: Preparation,
  form: StoredForm,
  factor: number,
): Raster {
  const span = pixels.bands === 1 && form.interpretation !== 'palette' && spanOf(pixels, 0);
  if (!span) return meanOfSquares(prepareShades(pixels, preparation, form), factor);
  const range = rangeOf(preparation.range, form);
  const table = shadeTable(span, range, form, presence(pixels, form, 1));
  return meansOfLookedUp(span, table, pixels.width, factor);
}

/** Bands to read for `prepare`: those that become colour, then the one that marks missing pixels. */
export function readBands(preparation: Preparation, form: StoredForm): readonly number[] {
  const bands = bandsOf(preparation, form);
  const mask = maskingBand(form);
  return mask === null ? bands : [...bands, mask];
}

function isUnchanged(
  { bands, data }: Pixels,
  channels: number,
  range: IntensityRange,
  { sampleType, display }: StoredForm,
): boolean {
  const isWhole = data instanceof Uint8Array && data.byteLength === data.buffer.byteLength;
  const isPlain = sampleType === 'uint8' && range.kind === 'stored' && !display.isInverted;
  return isWhole && isPlain && bands === channels;
}

/** Computes 1 for pixels with a value, 0 for others; undefined if all have one. */
export function presence(
  { data, bands }: Pixels,
  form: StoredForm,
  colours: number,
): Uint8Array | undefined {
  const { nodata, sampleType } = form;
  const alpha = maskingBand(form);
  const mayBeNaN = sampleType === 'float32' || sampleType === 'float64';
  if (alpha === null && nodata === null && !mayBeNaN) return undefined;
  const isPresent = new Uint8Array(data.length / bands);
  if (bands === 1 && !mayBeNaN) {
    for (let at = 0; at < isPresent.length; at++) isPresent[at] = data[at] === nodata ? 0 : 1;
    return isPresent;
  }
  for (let at = 0; at < isPresent.length; at++) {
    if (alpha !== null && data[at * bands + colours] === 0) continue;
    let hasValue = false;
    for (let band = 0; band < colours; band++) {
      const value = data[at * bands + band] ?? NaN;
      if (Number.isFinite(value) && value !== nodata) hasValue = true;
    }
    isPresent[at] = hasValue ? 1 : 0;
  }
  return isPresent;
}

function fillFromPalette(
  data: Uint8Array,
  pixels: Pixels,
  palette: Uint8Array,
  isPresent: Uint8Array | undefined,
): void {
  const last = palette.length / 3 - 1;
  const { data: indices, bands } = pixels;
  for (let at = 0, to = 0; to < data.length; at++, to += 3) {
    if (isPresent?.[at] === 0) continue;
    const from = 3 * Math.min(last, Math.max(0, indices[at * bands] ?? 0));
    data[to] = palette[from] ?? 0;
    data[to + 1] = palette[from + 1] ?? 0;
    data[to + 2] = palette[from + 2] ?? 0;
  }
}
