import type { BandStatistics, ViewedImage } from '../../contract/image-view.ts';
import {
  between,
  isFractional,
  shadeByTable,
  shadeByWindow,
  typeRanges,
} from '../../core/image/intensity.ts';
import type { Shade } from '../../core/image/intensity.ts';
import {
  bandsOf,
  picturePreparation,
  isAsStored,
  isPhotographic,
  preparationOf,
  rangeOf,
} from '../../core/image/preparation.ts';
import type { Preparation, WrittenPreparation } from '../../core/image/preparation.ts';
import type { IntensityRange, StoredForm } from '../../core/image/stored-form.ts';

/** Intensity range with `auto` resolved. */
export type DecidedRange =
  | Exclude<IntensityRange, { kind: 'auto' }>
  /** Window of fractional values, LINEAR_EXACT (DICOM PS3.3 C.11.2.1.3.2). */
  | { readonly kind: 'exact-window'; readonly center: number; readonly width: number };

/** Shown bands and intensity range of an image. */
export interface ShownBands {
  /** 0-based bands: three for red, green and blue, or one for grey; any number for a model's input. */
  readonly bands: readonly number[];
  readonly range: DecidedRange;
}

/** Properties of an image on which the preparation of its values depends. */
export function storedFormOf(image: ViewedImage): StoredForm {
  const { format, bands, sampleType, interpretation, alpha, nodata, display } = image;
  const { unit, ...rest } = display;
  return {
    format,
    bands,
    sampleType,
    interpretation,
    alpha,
    nodata,
    display: { ...rest, unit: unit ?? undefined },
  };
}

/**
 * Display of an image as the project's model sees it; of many bands only some can be shown.
 *
 * @throws UserError 'invalid-option' for bands that the image does not have
 */
export function modelShown(image: ViewedImage, written: WrittenPreparation): ShownBands {
  return decided(picturePreparation(preparationOf(written), storedFormOf(image)), image);
}

/**
 * Bands of an image that the project's model sees, and their range.
 *
 * @throws UserError 'invalid-option' for bands that the image does not have
 */
export function modelSeen(image: ViewedImage, written: WrittenPreparation): ShownBands {
  return decided(preparationOf(written), image);
}

function decided(preparation: Preparation, image: ViewedImage): ShownBands {
  const form = storedFormOf(image);
  const range = rangeOf(preparation.range, form);
  const isOfFractions = range.kind === 'window' && isExact(image);
  return {
    bands: bandsOf(preparation, form),
    range: isOfFractions ? { ...range, kind: 'exact-window' } : range,
  };
}

export function areAlike(one: ShownBands, other: ShownBands): boolean {
  return (
    one.bands.join() === other.bands.join() &&
    JSON.stringify(one.range) === JSON.stringify(other.range)
  );
}

/** Percentiles of each band that a range needs; null if it needs none. */
export function sharesOf(
  { range }: ShownBands,
  image: ViewedImage,
): [low: number, high: number] | null {
  switch (range.kind) {
    case 'percentile':
      return [range.low, range.high];
    case 'full':
      return [0, 100];
    case 'file': {
      const { voiTable, windows } = image.display;
      return voiTable === null && windows.length === 0 ? [0, 100] : null;
    }
    case 'stored':
    case 'window':
    case 'exact-window':
      return null;
  }
}

/** True for fractional values, whose window may be narrower than 1. */
export function isExact(image: ViewedImage): boolean {
  return isFractional(image);
}

/** True if the range applies to rescaled values, such as Hounsfield units, instead of stored ones. */
export function isRescaled({ range }: ShownBands, image: ViewedImage): boolean {
  const kind = range.kind === 'exact-window' ? 'window' : range.kind;
  return !isAsStored({ kind }, storedFormOf(image));
}

/**
 * Shading function of each shown band, on rescaled values if `isRescaled`. Null while the statistics that it needs
 * are loading.
 */
export function shadesOfBands(
  shown: ShownBands,
  image: ViewedImage,
  figures: readonly BandStatistics[] | null,
): Shade[] | null {
  const { range } = shown;
  const { display, sampleType } = image;
  const isWindowed = sharesOf(shown, image) === null;
  if (isWindowed) {
    const shade = fixedShade(range, display, sampleType);
    return shown.bands.map(() => shade);
  }
  if (figures === null) return null;
  return shown.bands.map((_, index) => {
    const [low = 0, high = 0] = figures[index]?.values ?? [];
    return between(low, high);
  });
}

function fixedShade(
  range: DecidedRange,
  { voiTable, windows }: ViewedImage['display'],
  sampleType: ViewedImage['sampleType'],
): Shade {
  if (range.kind === 'window') return shadeByWindow({ ...range, shape: 'linear', name: null });
  if (range.kind === 'exact-window') {
    return shadeByWindow({ ...range, shape: 'linear-exact', name: null });
  }
  if (range.kind === 'file') {
    const [first] = windows;
    if (voiTable !== null) return shadeByTable(voiTable);
    if (first !== undefined) return shadeByWindow(first);
  }
  return between(...(typeRanges[sampleType] ?? [0, 1]));
}

/** Window equivalent to a range, in the range's values: the start of a drag. Null while unknown. */
export function equivalentWindow(
  shown: ShownBands,
  image: ViewedImage,
  figures: readonly BandStatistics[] | null,
): { center: number; width: number } | null {
  const { range } = shown;
  if (range.kind === 'window' || range.kind === 'exact-window') {
    return { center: range.center, width: range.width };
  }
  const [first] = image.display.windows;
  const isFile = range.kind === 'file' && image.display.voiTable === null;
  if (isFile && first !== undefined) return { center: first.center, width: first.width };
  const [low, high] =
    range.kind === 'stored'
      ? storedEnds(image)
      : [figures?.[0]?.values[0], figures?.[0]?.values[1]];
  if (low === undefined || high === undefined) return null;
  if (isExact(image)) return { center: (low + high) / 2, width: high - low };
  // LINEAR goes from c − 0.5 − (w − 1) / 2 to c − 0.5 + (w − 1) / 2 (PS3.3 C.11.2.1.2.1).
  return { center: (low + high) / 2 + 0.5, width: Math.max(1, high - low + 1) };
}

/** Ends of the stored type's range, rescaled if windows apply to rescaled values. */
function storedEnds(image: ViewedImage): readonly [number, number] {
  const [low, high] = typeRanges[image.sampleType] ?? [0, 1];
  const { rescale } = image.display;
  if (rescale === null || image.interpretation === 'rgb' || isPhotographic(storedFormOf(image))) {
    return [low, high];
  }
  const ends = [low, high].map((value) => rescale.slope * value + rescale.intercept);
  return [Math.min(...ends), Math.max(...ends)];
}

export { isPhotographic };
