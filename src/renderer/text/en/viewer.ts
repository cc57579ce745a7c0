import type { DirectionLetter, EdgeLetters } from '../../../core/image/directions.ts';
import { writtenBandList } from '../../lib/band-list.ts';
import { count, significant } from '../../lib/format.ts';

/** Formats a value: integers without decimals, others with significant digits; typographic minus. */
function valueOf(value: number): string {
  const size = Math.abs(value);
  const written =
    Number.isInteger(value) || size >= 1e6
      ? count(size)
      : size < 1e-3
        ? size.toPrecision(3)
        : significant(size);
  return value < 0 ? `−${written}` : written;
}

/** Formats a coordinate: metres to centimetres, degrees to about a decimetre. */
function coordinate(value: number, isDegrees: boolean): string {
  const written = Math.abs(value).toFixed(isDegrees ? 6 : 2);
  return value < 0 ? `−${written}` : written;
}

const colours = ['R', 'G', 'B'];

const letterNames: Readonly<Record<DirectionLetter, string>> = {
  R: 'right side',
  L: 'left side',
  A: 'front',
  P: 'back',
  H: 'head',
  F: 'feet',
};

interface Legend {
  /** ID of the selected tool. */
  readonly tool: string;
  readonly mod: string;
  /** Items that the wheel scrolls through; null if it zooms. */
  readonly stack: 'slices' | 'frames' | null;
  readonly isPainting: boolean;
}

/** Hints for dragging with tools that do not paint. */
const drags: Readonly<Record<string, string>> = {
  pan: 'Drag: pan.',
  window: 'Drag left or right for width, up or down for level.',
  measure: 'Drag: measure. Space and drag: pan.',
};

/** Text of the image viewer. */
export const viewer = {
  name: (name: string) => `Image ${name}, enlarged`,
  whole: (name: string) => `The image ${name}`,
  tools: 'Tools',
  inspector: 'About this image',
  loading: 'Reading the image',
  levels: (share: number) =>
    `Preparing a very large image for display, ${Math.round(share * 100)} %`,
  failed: 'This image cannot be shown',
  notListed: 'This slice is not in the list that you opened, so you can only view it here.',
  panTool: 'Pan; with any other tool, hold Space',
  windowTool: 'Window and level; with any other tool, drag with the right button',
  measureTool: 'Measure',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fit: 'Fit to the window',
  actualSize: '1:1, one screen pixel per image pixel',
  oneToOne: '1:1',
  zoom: (share: number) => `${share >= 10 ? count(share) : share.toFixed(1)} %`,
  slice: (number: number, of: number, isFilm: boolean) =>
    `${isFilm ? 'Frame' : 'Slice'} ${count(number)} of ${count(of)}`,
  /** Orientation letters at the image's edges. */
  edges: {
    names: letterNames,
    spoken: ({ left, right, top, bottom }: EdgeLetters) =>
      `Patient’s ${letterNames[left]} at the left edge, ${letterNames[right]} at the right, ${letterNames[top]} at the top, ${letterNames[bottom]} at the bottom.`,
  },
  /** Hints for pointer and wheel with the selected tool. */
  legend: ({ tool, mod, stack, isPainting }: Legend) => {
    const isMoving = tool === 'pan';
    const withMod = isPainting && !(stack !== null && isMoving) ? 'opacity' : 'zoom';
    return [
      `Wheel: ${stack ?? 'zoom'}.`,
      ...(stack !== null || isPainting ? [`${mod} and wheel: ${withMod}.`] : []),
      drags[tool] ?? 'Space and drag: pan.',
      ...(tool === 'window'
        ? []
        : ['Right button: drag left or right for width, up or down for level.']),
    ].join(' ');
  },
  display: {
    title: 'Display',
    as: 'Model input',
    /** Replaces `as` if the model input has more bands than are shown. */
    asPart: (shown: number, seen: number) =>
      `Model input: ${count(shown)} of its ${count(seen)} bands`,
    own: 'Display only',
    ownDetail: (model: string) => `The model receives ${model}.`,
    reset: 'Reset',
    resetTitle: 'Show the model input again',
    prepare: 'Model input…',
    level: 'Level',
    width: 'Width',
    presets: 'Window presets',
    own98: '2–98 %',
    full: 'Full range',
    file: (name: string | null, index: number) => name ?? `File ${index + 1}`,
    histogram: 'Histogram of the values, with the window',
    drag: (level: string, width: string) => `Level ${level} · Width ${width}`,
  },
  value: valueOf,
  withUnit: (value: number, unit: string | null) =>
    unit === null ? valueOf(value) : `${valueOf(value)} ${unit}`,
  /** Descriptions of ranges for the middle of a sentence. */
  ranges: {
    stored: 'values as stored',
    file: 'the file’s own window',
    full: 'the full range of each image',
    window: (center: number, width: number) =>
      `a window with centre ${valueOf(center)}, width ${valueOf(width)}`,
    percentile: (low: number, high: number) => `the ${low}–${high} % stretch of each image`,
    bands: (bands: readonly number[]) =>
      bands.length === 1
        ? ` of band ${(bands[0] ?? 0) + 1}`
        : ` of bands ${writtenBandList(bands.map((band) => band + 1))}`,
    other: 'bands that this image does not have',
  },
  bands: {
    title: 'Bands',
    colour: 'Colour',
    grey: 'Grey',
    kind: 'How bands are shown',
    names: ['Red', 'Green', 'Blue'],
    one: 'Band',
    band: (band: number) => `Band ${band}`,
  },
  facts: {
    title: 'File',
    size: 'Size',
    values: 'Values',
    spacing: 'Pixel size',
    crs: 'CRS',
    pixels: (width: number, height: number) => `${count(width)} × ${count(height)}`,
    types: {
      uint8: '8 bits',
      int8: '8 bits, signed',
      uint16: '16 bits',
      int16: '16 bits, signed',
      uint32: '32 bits',
      int32: '32 bits, signed',
      float32: '32-bit float',
      float64: '64-bit float',
    },
    ofBands: (type: string, bands: number) =>
      bands === 1 ? type : `${type}, ${count(bands)} bands`,
    distance: (x: number, y: number, unit: string) =>
      `${significant(x)} × ${significant(y)} ${unit === 'degree' ? '°' : unit}`,
  },
  reading: {
    pixel: (column: number, row: number) => `${count(column)}, ${count(row)}`,
    meaning: (value: number, unit: string | null, stored: number) =>
      `${valueOf(value)}${unit === null ? '' : ` ${unit}`} (stored ${valueOf(stored)})`,
    stored: (values: readonly number[]) =>
      values.length === 3
        ? values.map((value, index) => `${colours[index] ?? ''} ${valueOf(value)}`).join(' ')
        : values.map(valueOf).join(', '),
    mean: (value: string) => `≈ ${value}`,
    mm: (x: number, y: number) => `${x.toFixed(1)}, ${y.toFixed(1)} mm`,
    coordinates: (x: number, y: number, isDegrees: boolean) =>
      isDegrees
        ? `${coordinate(y, true)}°, ${coordinate(x, true)}°`
        : `${coordinate(x, false)}, ${coordinate(y, false)}`,
  },
  measured: (length: string) => `Measured: ${length}`,
  length: (value: number, unit: string) => `${valueOf(value)} ${unit}`,
};
