import { describe, expect, it } from 'vitest';
import type { ViewedImage } from '../../contract/image-view.ts';
import { percentileOf, rankedValues, rescaled } from '../../core/image/intensity.ts';
import { bandValues, prepare, presence } from '../../core/image/preparation.ts';
import type { Samples } from '../../core/image/stored.ts';
import {
  areAlike,
  storedFormOf,
  isRescaled,
  modelShown,
  sharesOf,
  shadesOfBands,
  equivalentWindow,
  type ShownBands,
} from './display-range.ts';
import { painterOf, tileBands } from './painter.ts';
import { viewedImage } from './testing.ts';
import type { IntensityRange } from '../../core/image/stored-form.ts';

/** RGB of each pixel, or null if it is transparent. */
function painted(image: ViewedImage, shown: ShownBands, data: Samples): (number[] | null)[] {
  const bands = tileBands(shown, image).length;
  const tile = { width: data.length / bands, height: 1, bands, data };
  const shares = sharesOf(shown, image) ?? [2, 98];
  const form = storedFormOf(image);
  const isThere = presence(tile, form, shown.bands.length);
  const figures = shown.bands.map((_, index) => {
    const stored = bandValues(tile, index);
    const values = isRescaled(shown, image) ? rescaled(stored, form.display) : stored;
    const ranked = rankedValues(values, isThere);
    const ends = { least: ranked.least, greatest: ranked.greatest, histogram: [] };
    return { ...ends, values: shares.map((share) => percentileOf(ranked, share)) };
  });
  const shades = shadesOfBands(shown, image, figures);
  if (shades === null) throw new Error('no shades');
  const out = new Uint32Array(tile.width);
  painterOf(shown, image, shades).paint(tile, out);
  return [...out].map((rgba) =>
    rgba >>> 24 === 0 ? null : [rgba & 255, (rgba >> 8) & 255, (rgba >> 16) & 255],
  );
}

const int16 = Int16Array.of(-2000, -1024, -700, -161, -160, 0, 39, 40, 41, 239, 240, 3000);
const ct = viewedImage({
  sampleType: 'int16',
  display: { rescale: { slope: 2, intercept: -100 } },
});

describe('the formula of LINEAR (PS3.3 C.11.2.1.2.1)', () => {
  const shown: ShownBands = { bands: [0], range: { kind: 'window', center: 40, width: 400 } };
  const bright = (stored: number): number => {
    const x = 2 * stored - 100;
    if (x <= 40 - 0.5 - 399 / 2) return 0;
    if (x > 40 - 0.5 + 399 / 2) return 255;
    return ((x - 39.5) / 399 + 0.5) * 255;
  };

  it('applies to signed 16-bit values after rescaling', () => {
    const found = painted(ct, shown, int16).map((one) => one?.[0]);
    expect(found).toEqual([...int16].map((stored) => Math.round(bright(stored))));
  });

  it('is turned round after it in MONOCHROME1', () => {
    const image = { ...ct, display: { ...ct.display, isInverted: true } };
    const found = painted(image, shown, int16).map((one) => one?.[0]);
    expect(found).toEqual([...int16].map((stored) => Math.round(255 - bright(stored))));
  });
});

describe('the painted picture', () => {
  const ranges: IntensityRange[] = [
    { kind: 'stored' },
    { kind: 'file' },
    { kind: 'full' },
    { kind: 'percentile', low: 5, high: 90 },
    { kind: 'window', center: 100, width: 333 },
  ];
  const windows = [{ center: 50, width: 90.5, shape: 'sigmoid', name: null }] as const;
  const table = { first: -20, values: Uint16Array.from({ length: 99 }, (_, i) => i * i), bits: 14 };
  const noise = (length: number, size: number, least = 0): number[] =>
    Array.from({ length }, (_, i) => ((i * 7919) % size) + least);
  const floats = Float32Array.from(noise(60, 997), (value) => value / 7 - 9);
  floats[5] = NaN;
  const images: [string, ViewedImage, Samples][] = [
    ['bytes', viewedImage({ display: { windows: [...windows] } }), Uint8Array.from(noise(60, 256))],
    ['signed words, rescaled', ct, Int16Array.from(noise(60, 4096, -1024))],
    [
      'inverted words with nodata',
      viewedImage({ sampleType: 'uint16', nodata: 7919 % 5003, display: { isInverted: true } }),
      Uint16Array.from(noise(60, 5003)),
    ],
    [
      'a modality table and a VOI table',
      viewedImage({ display: { modalityTable: table, voiTable: { ...table, first: 0 } } }),
      Uint8Array.from(noise(60, 256)),
    ],
    ['floats with a hole', viewedImage({ sampleType: 'float32', format: 'tiff' }), floats],
    [
      'three bands of floats with nodata, endless values and alpha',
      viewedImage({
        format: 'tiff',
        bands: 4,
        alpha: 3,
        sampleType: 'float32',
        interpretation: 'rgb',
        nodata: -1,
      }),
      Float32Array.from(noise(80, 89), (value, at) => {
        if (at % 4 === 3) return at % 12 === 3 ? 0 : 1;
        return at === 9 ? Infinity : value % 5 === 0 ? -1 : value / 11;
      }),
    ],
    [
      'inverted long words, rescaled',
      viewedImage({
        sampleType: 'int32',
        display: { rescale: { slope: 0.37, intercept: -12.3 }, isInverted: true },
      }),
      Int32Array.from(noise(60, 70_001, -30_000)),
    ],
    [
      'three bands and alpha',
      viewedImage({ format: 'tiff', bands: 4, alpha: 3, interpretation: 'rgb' }),
      Uint8Array.from(noise(80, 256), (value, at) => (at % 12 === 3 ? 0 : value)),
    ],
    [
      'three bands of words',
      viewedImage({ format: 'tiff', bands: 3, sampleType: 'uint16', interpretation: 'bands' }),
      Uint16Array.from(noise(60, 65_521)),
    ],
  ];
  const cases = images.flatMap(([name, image, data]) =>
    ranges.map((range) => [name, range.kind, image, data, range] as const),
  );

  it.each(cases)('equals the model input: %s, %s', (_name, _kind, image, data, range) => {
    const form = storedFormOf(image);
    const preparation = { bands: null, range };
    const shown = modelShown(image, { range: written(range) });
    const found = painted(image, shown, data);
    const bands = tileBands(shown, image).length;
    const pixels = { width: data.length / bands, height: 1, bands, data };
    const expected = prepare(pixels, preparation, form).data;
    for (const [at, rgb] of found.entries()) {
      // Pixels without a value are black for the model and transparent in the viewer.
      expect(rgb ?? [0, 0, 0]).toEqual([...expected.subarray(3 * at, 3 * at + 3)]);
    }
    expect(found.some((rgb) => rgb !== null)).toBe(true);
  });

  it('is a colour of the palette', () => {
    const palette = Uint8Array.of(1, 2, 3, 40, 50, 60);
    const image = viewedImage({ interpretation: 'palette', display: { palette } });
    const shown: ShownBands = { bands: [0], range: { kind: 'stored' } };
    expect(painted(image, shown, Uint8Array.of(1, 0, 9))).toEqual([
      [40, 50, 60],
      [1, 2, 3],
      [40, 50, 60],
    ]);
  });
});

describe('the window where a drag begins', () => {
  it('shows the same as the range that it is of', () => {
    for (const range of [{ kind: 'full' }, { kind: 'stored' }] as const) {
      const data = Uint8Array.from({ length: 200 }, (_, i) => i + 20);
      const image = viewedImage();
      const shown: ShownBands = { bands: [0], range };
      const figures = [{ values: [20, 219], least: 20, greatest: 219, histogram: [] }];
      const window = equivalentWindow(shown, image, figures);
      if (window === null) throw new Error('no window');
      const windowed: ShownBands = { bands: [0], range: { kind: 'window', ...window } };
      expect(painted(image, windowed, data)).toEqual(painted(image, shown, data));
      expect(areAlike(windowed, shown)).toBe(false);
    }
  });
});

function written(range: IntensityRange): string {
  if (range.kind === 'window') return `window:${range.center}:${range.width}`;
  if (range.kind === 'percentile') return `percentile:${range.low}:${range.high}`;
  return range.kind;
}
