import type { ViewedImage } from '../../contract/image-view.ts';
import { rescaled } from '../../core/image/intensity.ts';
import type { Shade } from '../../core/image/intensity.ts';
import { formOf, isPhotographic, isRescaled } from './display-range.ts';
import type { Shown } from './display-range.ts';
import type { TileValues } from './tile-values.ts';

/** Makes pixels for a canvas (RGBA, as one whole number each) of stored values. */
export interface Painter {
  /** @param out one entry a pixel */
  paint(tile: TileValues, out: Uint32Array): void;
}

/** Whole numbers of so few bits have a table; the first is the least value of the type. */
const tableTypes = {
  uint8: [0, 256],
  int8: [-128, 256],
  uint16: [0, 65_536],
  int16: [-32_768, 65_536],
} as const;

const opaque = 0xff000000;

/** Bands that a tile must have for a painter, in this order: what is shown, then what says where it is. */
export function tileBands(shown: Shown, image: ViewedImage): number[] {
  const isMasked = image.alpha !== null && !isPhotographic(formOf(image));
  return isMasked && image.alpha !== null ? [...shown.bands, image.alpha] : [...shown.bands];
}

/**
 * The same shades as `prepare` gives a model under the same range: rescale, then window, then inversion.
 * What is not there (nodata, transparent, not a number) is left open.
 */
export function painterOf(shown: Shown, image: ViewedImage, shades: readonly Shade[]): Painter {
  if (image.interpretation === 'palette' && image.display.palette !== null) {
    return { paint: paintIndices(paletteColours(image.display.palette), image.nodata) };
  }
  const isTabled = image.sampleType in tableTypes;
  const toShade = shades.map((shade) => wholeShade(shade, shown, image));
  const look = isTabled
    ? {
        of: tablesOf(toShade, image),
        first: tableTypes[image.sampleType as keyof typeof tableTypes][0],
      }
    : null;
  const isMasked = tileBands(shown, image).length > shown.bands.length;
  const isPlain = !isMasked && image.nodata === null;
  if (look !== null && isPlain) {
    const [red, green, blue] = look.of;
    if (red !== undefined && green === undefined) return { paint: paintGrey(red, look.first) };
    if (red && green && blue) return { paint: paintColours(red, green, blue, look.first) };
  }
  return { paint: paintEach(toShade, look, isMasked, image.nodata) };
}

/** From a stored value to 0–255, not rounded. */
function wholeShade(shade: Shade, shown: Shown, image: ViewedImage): Shade {
  const { rescale, modalityTable, isInverted } = image.display;
  const isMeant = isRescaled(shown, image);
  const isTurned = isInverted && image.interpretation !== 'rgb';
  let meaning: Shade = (value) => value;
  if (isMeant && modalityTable !== null) {
    const one = new Float64Array(1);
    meaning = (value) => {
      one[0] = value;
      return rescaled(one, { rescale, modalityTable })[0] ?? 0;
    };
  } else if (isMeant && rescale !== null) {
    const { slope, intercept } = rescale;
    meaning = (value) => slope * value + intercept;
  }
  return isTurned ? (value) => 255 - shade(meaning(value)) : (value) => shade(meaning(value));
}

function tablesOf(shades: readonly Shade[], { sampleType }: ViewedImage): Uint8ClampedArray[] {
  const [first, length] = tableTypes[sampleType as keyof typeof tableTypes];
  const made = new Map<Shade, Uint8ClampedArray>();
  return shades.map((shade) => {
    const known = made.get(shade);
    if (known !== undefined) return known;
    const table = new Uint8ClampedArray(length);
    for (let index = 0; index < length; index++) table[index] = shade(index + first);
    made.set(shade, table);
    return table;
  });
}

function paintGrey(table: Uint8ClampedArray, first: number): Painter['paint'] {
  const packed = Uint32Array.from(table, (shade) => opaque | (shade * 0x010101));
  return ({ data }, out) => {
    for (let at = 0; at < out.length; at++) out[at] = packed[(data[at] ?? 0) - first] ?? opaque;
  };
}

function paintColours(
  red: Uint8ClampedArray,
  green: Uint8ClampedArray,
  blue: Uint8ClampedArray,
  first: number,
): Painter['paint'] {
  return ({ data }, out) => {
    for (let at = 0, from = 0; at < out.length; at++, from += 3) {
      out[at] =
        opaque |
        ((blue[(data[from + 2] ?? 0) - first] ?? 0) << 16) |
        ((green[(data[from + 1] ?? 0) - first] ?? 0) << 8) |
        (red[(data[from] ?? 0) - first] ?? 0);
    }
  };
}

interface Look {
  readonly of: readonly Uint8ClampedArray[];
  readonly first: number;
}

/** Any type, with what is not there left open. */
function paintEach(
  shades: readonly Shade[],
  look: Look | null,
  isMasked: boolean,
  nodata: number | null,
): Painter['paint'] {
  const bands = shades.length;
  const shadeOf = (value: number, band: number): number => {
    if (!Number.isFinite(value)) return 0;
    if (look !== null) return look.of[band]?.[value - look.first] ?? 0;
    return clamped(shades[band]?.(value) ?? 0);
  };
  return ({ data, bands: stride }, out) => {
    for (let at = 0, from = 0; at < out.length; at++, from += stride) {
      let hasValue = false;
      for (let band = 0; band < bands; band++) {
        const value = data[from + band] ?? NaN;
        if (Number.isFinite(value) && value !== nodata) hasValue = true;
      }
      if (!hasValue || (isMasked && data[from + bands] === 0)) {
        out[at] = 0;
        continue;
      }
      const red = shadeOf(data[from] ?? NaN, 0);
      const green = bands === 1 ? red : shadeOf(data[from + 1] ?? NaN, 1);
      const blue = bands === 1 ? red : shadeOf(data[from + 2] ?? NaN, 2);
      out[at] = opaque | (blue << 16) | (green << 8) | red;
    }
  };
}

/** As storing into a Uint8ClampedArray does: rounded, halves to even, and cut. */
const clamp = new Uint8ClampedArray(1);
function clamped(shade: number): number {
  clamp[0] = shade;
  return clamp.at(0) ?? 0;
}

function paletteColours(palette: Uint8Array): Uint32Array {
  return Uint32Array.from({ length: palette.length / 3 }, (_, index) => {
    const [red = 0, green = 0, blue = 0] = palette.subarray(3 * index, 3 * index + 3);
    return opaque | (blue << 16) | (green << 8) | red;
  });
}

function paintIndices(colours: Uint32Array, nodata: number | null): Painter['paint'] {
  const last = colours.length - 1;
  return ({ data, bands }, out) => {
    for (let at = 0, from = 0; at < out.length; at++, from += bands) {
      const index = data[from] ?? 0;
      out[at] = index === nodata ? 0 : (colours[Math.min(last, Math.max(0, index))] ?? 0);
    }
  };
}
