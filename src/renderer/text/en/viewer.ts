import { writtenBandList } from '../../lib/band-list.ts';
import { count, significant } from '../../lib/format.ts';

/** A value as it is read: whole where it is whole, else with the digits that matter; a real minus. */
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

/** A place in a coordinate system: metres to centimetres, degrees to about a decimetre. */
function coordinate(value: number, isDegrees: boolean): string {
  const written = Math.abs(value).toFixed(isDegrees ? 6 : 2);
  return value < 0 ? `−${written}` : written;
}

const colours = ['R', 'G', 'B'];

/** Looking at one image. */
export const viewer = {
  name: (name: string) => `The image ${name}, large`,
  whole: (name: string) => `The image ${name}`,
  tools: 'Tools',
  inspector: 'About this image',
  loading: 'The image is being read',
  levels: (share: number) =>
    `Making smaller copies of a very large image, ${Math.round(share * 100)} %`,
  failed: 'This image cannot be shown',
  notListed: 'This slice is not in the list that you came from, so it is only looked at here.',
  panTool: 'Move, or hold Space under any tool',
  windowTool: 'Window and level, or drag with the right button',
  measureTool: 'Measure',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fit: 'Fit to the window',
  actualSize: '1:1, a screen pixel a pixel',
  oneToOne: '1:1',
  zoom: (share: number) => `${share >= 10 ? count(share) : share.toFixed(1)} %`,
  slice: (number: number, of: number) => `Slice ${count(number)} of ${count(of)}`,
  legend: {
    stack: (mod: string) =>
      `Wheel: slices. ${mod} and wheel: zoom. Drag: move. Right button: width across, level up and down.`,
    single: 'Wheel: zoom. Drag: move. Right button: width across, level up and down.',
    /** Where masks are painted. */
    painting: (mod: string, isStack: boolean) =>
      `Wheel: ${isStack ? 'slices' : 'zoom'}. ${mod} and wheel: opacity${isStack ? ', with the hand zoom' : ''}. Space and drag: move. Right button: width across, level up and down.`,
  },
  display: {
    title: 'Display',
    as: 'As the model sees it',
    /** Where it sees more bands than a picture has. */
    asPart: (shown: number, seen: number) =>
      `As the model sees it: ${count(shown)} of its ${count(seen)} bands`,
    own: 'Display only',
    ownDetail: (model: string) => `The model sees ${model}.`,
    reset: 'Reset',
    resetTitle: 'Show again what the model sees',
    prepare: 'What the model sees…',
    level: 'Level',
    width: 'Width',
    presets: 'Usual windows',
    own98: '2–98 %',
    full: 'Full range',
    file: (name: string | null, index: number) => name ?? `File ${index + 1}`,
    histogram: 'How the values spread, and the window over them',
    drag: (level: string, width: string) => `Level ${level} · Width ${width}`,
  },
  value: valueOf,
  withUnit: (value: number, unit: string | null) =>
    unit === null ? valueOf(value) : `${valueOf(value)} ${unit}`,
  /** What the model sees, said in the middle of a sentence. */
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
    other: 'other bands, which this image has not',
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
    spacing: 'Pixel',
    crs: 'System',
    notes: 'Notes',
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
