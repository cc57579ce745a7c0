import type { Raster } from './raster.ts';
import { endsOf, hasEnds, isPhotographic, maskingBand, shadesOf, shadeTable } from './shades.ts';
import type { Ends, KnownRange } from './shades.ts';
import { meanOfSquares } from './shrink.ts';
import { meansOfLookedUp, spanOf } from './whole-values.ts';
import type { Pixels } from './stored.ts';
import { UserError } from '../errors.ts';
import type { IntensityRange, StoredForm } from './stored-form.ts';

export { bandValues, isAsStored, isPhotographic, maskingBand } from './shades.ts';

/**
 * What a model sees of an image: which bands, and which intensities become black and white. It is decided
 * once for a project, openly, and applied alike in training, measuring, prediction, and by whoever runs the
 * exported file; what a viewer shows has no part in it.
 */
export interface Preparation {
  /**
   * One band for grey, three for red, green and blue, or any others, each a channel of its own; null: those that the file
   * names red, green and blue, else its first.
   */
  readonly bands: readonly number[] | null;
  readonly range: IntensityRange;
}

/** A preparation as people, files and the database write it. */
export interface WrittenPreparation {
  /** Counted from 1, as in geographic information systems. */
  readonly bands?: readonly number[] | undefined;
  /** A kind, with its numbers behind colons: `auto`, `window:40:400`, `percentile:2:98`. */
  readonly range: string;
}

/** @throws Error for a range that is not written so */
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
  // An empty window is the narrowest of whole numbers, a threshold.
  if (kind === 'window' && hasTwo) return { kind, center: first, width: second > 0 ? second : 1 };
  if (kind === 'percentile' && hasTwo && first >= 0 && second <= 100) {
    return { kind, low: first, high: Math.max(first, second) };
  }
  throw new Error(`preparationOf: no range is written ${text}`);
}

/** A range as people, files and the database write it; `preparationOf` reads it. */
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

/** Channels of images that are red, green and blue, or a grey that is written three times. */
export const colourChannels = 3;

/** How many values a pixel has for a model. */
export function channelsOf({ bands }: Pick<Preparation, 'bands'>): number {
  return bands === null || bands.length === 1 ? colourChannels : bands.length;
}

/**
 * What people are shown of an image, of which a model may see more bands than a picture has: of those the ones that are
 * red, green and blue, else the first three; of two the first.
 *
 * @throws UserError 'invalid-option' where the image has not all of many bands: a picture of some would hide that
 */
export function pictured(preparation: Preparation, form: StoredForm): Preparation {
  if (channelsOf(preparation) === colourChannels) return preparation;
  const { range } = preparation;
  const bands = bandsOf(preparation, form);
  const { colours } = form.display;
  if (colours?.every((band) => bands.includes(band)) === true) return { bands: colours, range };
  return { bands: bands.slice(0, bands.length < colourChannels ? 1 : colourChannels), range };
}

/**
 * The range that `auto` stands for: photographs as stored; DICOM by its own window; other 8-bit images as
 * stored, and all else (satellite bands, volumes, measurements) from the 2nd to the 98th percentile of
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
 * The bands that become grey or red, green and blue.
 *
 * @throws UserError 'invalid-option' for a band that the image has not
 */
export function bandsOf({ bands }: Preparation, form: StoredForm): readonly number[] {
  if (bands !== null) {
    const missing = bands.find((band) => band >= form.bands);
    if (form.interpretation === 'palette' && bands.length > 1) {
      throw new UserError(
        'invalid-option',
        `the image has the numbers of colours in a table, and no ${bands.length} bands. Choose one band, or none.`,
      );
    }
    if (missing === undefined) return bands;
    throw new UserError(
      'invalid-option',
      `band ${missing + 1} is to be seen, and the image has ${form.bands === 1 ? 'one band' : `${form.bands} bands`}. Take images with all of the bands, or choose others.`,
    );
  }
  const { colours } = form.display;
  if (colours !== undefined && form.interpretation === 'bands') return colours;
  const seen = Array.from({ length: form.bands }, (_, band) => band).filter(
    (band) => band !== form.alpha,
  );
  return seen.length >= 3 && form.interpretation !== 'grey' ? seen.slice(0, 3) : seen.slice(0, 1);
}

/** What is black and what is white in an image, band by band; nothing where the image has no part in that. */
export type Stretch = readonly Ends[];

/** Whether what is black and white depends on the image's own values, so that a part of it needs `stretchOf` all. */
export function isStretched({ range }: Preparation, form: StoredForm): boolean {
  return form.interpretation !== 'palette' && hasEnds(rangeOf(range, form), form);
}

/**
 * The stretch by which `prepare` shows an image, for showing parts of it alike.
 *
 * @param pixels all of the image, as for `prepare`
 */
export function stretchOf(pixels: Pixels, preparation: Preparation, form: StoredForm): Stretch {
  if (!isStretched(preparation, form)) return [];
  const bands = bandsOf(preparation, form);
  const range = rangeOf(preparation.range, form);
  const isThere = presence(pixels, form, bands.length);
  return bands.map((_, channel) => endsOf(pixels, channel, range, form, isThere));
}

/**
 * What a model sees of stored pixels, in eight bits.
 *
 * @param pixels the bands that `readBands` names, in its order: (height, width, bands)
 * @param stretch where `pixels` are a part of an image: that of all of it
 * @returns (height, width, `channelsOf`); black where there is nothing (nodata, transparent, not a number)
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
 * As `prepare`, without writing grey three times.
 *
 * @returns (height, width, 1) of a single band, else (height, width, `channelsOf`)
 */
export function prepareShades(
  pixels: Pixels,
  preparation: Preparation,
  form: StoredForm,
  stretch: Stretch = [],
): Raster {
  const { width, height } = pixels;
  const bands = bandsOf(preparation, form);
  const isThere = presence(pixels, form, bands.length);
  if (form.interpretation === 'palette' && form.display.palette !== null) {
    const data = new Uint8Array(width * height * 3);
    fillFromPalette(data, pixels, form.display.palette, isThere);
    return { width, height, channels: 3, data };
  }
  const range = rangeOf(preparation.range, form);
  // Most images are photographs in eight bits, of which millions are read.
  const channels = bands.length;
  if (channels > 1 && isAsItIs(pixels, channels, range, form) && isThere === undefined) {
    return { width, height, channels, data: new Uint8Array(pixels.data.buffer) };
  }
  if (channels === 1) {
    const data = shadesOf(pixels, 0, range, form, isThere, stretch[0]);
    return { width, height, channels, data: new Uint8Array(data.buffer) };
  }
  const data = new Uint8Array(width * height * channels);
  for (let channel = 0; channel < channels; channel++) {
    const shades = shadesOf(pixels, channel, range, form, isThere, stretch[channel]);
    for (let at = 0; at < shades.length; at++) data[channels * at + channel] = shades[at] ?? 0;
  }
  return { width, height, channels, data };
}

/**
 * The means of squares of `factor` px of `prepareShades`, which for a single band of few values need not be
 * written first.
 *
 * @param pixels whose sides are multiples of `factor`
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

/** The bands to read for `prepare`: what becomes colour, then the one that says where there is something. */
export function readBands(preparation: Preparation, form: StoredForm): readonly number[] {
  const bands = bandsOf(preparation, form);
  const mask = maskingBand(form);
  return mask === null ? bands : [...bands, mask];
}

function isAsItIs(
  { bands, data }: Pixels,
  channels: number,
  range: IntensityRange,
  { sampleType, display }: StoredForm,
): boolean {
  const isWhole = data instanceof Uint8Array && data.byteLength === data.buffer.byteLength;
  const isPlain = sampleType === 'uint8' && range.kind === 'stored' && !display.isInverted;
  return isWhole && isPlain && bands === channels;
}

/** 1 where there is something; undefined: everywhere. */
export function presence(
  { data, bands }: Pixels,
  form: StoredForm,
  colours: number,
): Uint8Array | undefined {
  const { nodata, sampleType } = form;
  const alpha = maskingBand(form);
  const mayBeNaN = sampleType === 'float32' || sampleType === 'float64';
  if (alpha === null && nodata === null && !mayBeNaN) return undefined;
  const isThere = new Uint8Array(data.length / bands);
  if (bands === 1 && !mayBeNaN) {
    for (let at = 0; at < isThere.length; at++) isThere[at] = data[at] === nodata ? 0 : 1;
    return isThere;
  }
  for (let at = 0; at < isThere.length; at++) {
    if (alpha !== null && data[at * bands + colours] === 0) continue;
    let hasValue = false;
    for (let band = 0; band < colours; band++) {
      const value = data[at * bands + band] ?? NaN;
      if (Number.isFinite(value) && value !== nodata) hasValue = true;
    }
    isThere[at] = hasValue ? 1 : 0;
  }
  return isThere;
}

function fillFromPalette(
  data: Uint8Array,
  pixels: Pixels,
  palette: Uint8Array,
  isThere: Uint8Array | undefined,
): void {
  const last = palette.length / 3 - 1;
  const { data: indices, bands } = pixels;
  for (let at = 0, to = 0; to < data.length; at++, to += 3) {
    if (isThere?.[at] === 0) continue;
    const from = 3 * Math.min(last, Math.max(0, indices[at * bands] ?? 0));
    data[to] = palette[from] ?? 0;
    data[to + 1] = palette[from + 1] ?? 0;
    data[to + 2] = palette[from + 2] ?? 0;
  }
}
