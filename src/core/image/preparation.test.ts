import { describe, expect, test } from 'vitest';
import { percentiles, shadeByTable, shadeByWindow } from './intensity.ts';
import {
  bandsOf,
  channelsOf,
  picturePreparation,
  plainPreparation,
  preparationOf,
  prepare,
  rangeOf,
  readBands,
  writeRange,
} from './preparation.ts';
import { plainDisplay } from './stored.ts';
import type { Pixels, Samples } from './stored.ts';
import type { IntensityRange, StoredForm } from './stored-form.ts';

const form = (change: Partial<StoredForm> = {}): StoredForm => ({
  format: 'tiff',
  bands: 1,
  sampleType: 'uint16',
  interpretation: 'grey',
  alpha: null,
  nodata: null,
  display: plainDisplay,
  ...change,
});
const row = (data: Samples, bands = 1): Pixels => ({
  width: data.length / bands,
  height: 1,
  bands,
  data,
});
/** First channel of the model's input. */
const shades = (pixels: Pixels, range: IntensityRange, about: StoredForm): number[] =>
  [...prepare(pixels, { bands: null, range }, about).data].filter((_, at) => at % 3 === 0);

describe('windows, by the formulas of DICOM PS3.3 C.11.2', () => {
  const window = { center: 40, width: 400, name: null };

  test.each([
    ['linear', -160, 0],
    ['linear', 239, 255],
    ['linear', 39.5, 127.5],
    ['linear-exact', -160, 0],
    ['linear-exact', 40, 127.5],
    ['linear-exact', 240, 255],
    ['sigmoid', 40, 127.5],
    ['sigmoid', 140, 255 / (1 + Math.exp(-1))],
  ] as const)('%s at %d is %d', (shape, value, expected) => {
    expect(shadeByWindow({ ...window, shape })(value)).toBeCloseTo(expected, 9);
  });

  test('a linear window of width 1 is a threshold', () => {
    const shade = shadeByWindow({ center: 5, width: 1, shape: 'linear', name: null });
    expect([4.4, 4.5, 4.6].map(shade)).toEqual([0, 0, 255]);
  });

  test('a table is constant beyond its ends', () => {
    const shade = shadeByTable({ first: -1, values: Uint16Array.of(0, 1023, 4095), bits: 12 });
    expect([-9, -1, 0, 1, 9].map(shade)).toEqual([0, 0, (255 * 1023) / 4095, 255, 255]);
  });
});

describe('percentiles', () => {
  test('are those of existing values, at the nearest rank', () => {
    const values = Float64Array.of(5, 1, NaN, 4, 99, 2, 3);
    const isPresent = Uint8Array.of(1, 1, 1, 1, 0, 1, 1);
    expect(percentiles(values, isPresent, [0, 100])).toEqual([1, 5]);
    expect(percentiles(values, isPresent, [25, 75])).toEqual([2, 4]);
    expect(percentiles(Float64Array.of(NaN), undefined, [2, 98])).toEqual([0, 0]);
  });

  test('of very many values are those of a sample, with the true extremes', () => {
    const values = Float64Array.from({ length: 3_000_001 }, (_, at) => at);
    const [low, high] = percentiles(values, undefined, [0, 100]);
    expect([low, high]).toEqual([0, 3_000_000]);
    expect(percentiles(values, undefined, [2, 98])[1]).toBeCloseTo(2_940_000, -1);
  });
});

describe("the model's input", () => {
  const values = row(Uint16Array.of(0, 257, 32_896, 65_535));

  test('divides stored 16-bit values by 257', () => {
    expect(shades(values, { kind: 'stored' }, form())).toEqual([0, 1, 128, 255]);
  });

  test('keeps eight-bit colours', () => {
    const about = form({ bands: 3, interpretation: 'rgb', sampleType: 'uint8' });
    const bytes = Uint8Array.of(7, 1, 9, 2, 8, 3);
    const { data } = prepare(row(bytes, 3), plainPreparation, about);
    expect([...data]).toEqual([7, 1, 9, 2, 8, 3]);
    const part = row(new Uint8Array(bytes.buffer, 3), 3);
    expect([...prepare(part, plainPreparation, about).data]).toEqual([2, 8, 3]);
    const inverted = { ...about, display: { ...plainDisplay, isInverted: true } };
    const bands = { ...inverted, interpretation: 'bands' as const };
    expect([...prepare(row(bytes, 3), plainPreparation, bands).data]).toEqual([
      248, 254, 246, 253, 247, 252,
    ]);
  });

  test('keeps the order of stored signed values', () => {
    const signed = row(Int16Array.of(-32_768, 0, 32_767));
    expect(shades(signed, { kind: 'stored' }, form({ sampleType: 'int16' }))).toEqual([
      0, 128, 255,
    ]);
  });

  test('applies a window to rescaled values', () => {
    const display = { ...plainDisplay, rescale: { slope: 2, intercept: -1024 } };
    const range = { kind: 'window', center: 0.5, width: 201 } as const;
    const pixels = row(Uint16Array.of(462, 512, 562, 9999));
    expect(shades(pixels, range, form({ display }))).toEqual([0, 128, 255, 255]);
  });

  test('applies the file’s table before its window, and inverts last', () => {
    const window = { center: 1.5, width: 3, shape: 'linear', name: null } as const;
    const display = { ...plainDisplay, windows: [window], isInverted: true };
    const voiTable = { first: 0, values: Uint8Array.of(0, 51, 255), bits: 8 };
    const pixels = row(Uint16Array.of(0, 1, 2));
    const file = { kind: 'file' } as const;
    expect(shades(pixels, file, form({ display }))).toEqual([255, 128, 0]);
    expect(shades(pixels, file, form({ display: { ...display, voiTable } }))).toEqual([
      255, 204, 0,
    ]);
  });

  test('shows missing pixels (nodata, NaN, transparent) black, and excludes them from statistics', () => {
    const full = { kind: 'full' } as const;
    const float = form({ sampleType: 'float32', nodata: -1 });
    expect(shades(row(Float32Array.of(-1, NaN, 5, 10)), full, float)).toEqual([0, 0, 0, 255]);
    const alpha = form({ bands: 2, alpha: 1 });
    const pixels = row(Uint16Array.of(9, 0, 5, 1, 7, 255), 2);
    expect(shades(pixels, full, alpha)).toEqual([0, 0, 255]);
  });

  test('scales few bits of pictures to shades, and keeps transparent colours', () => {
    const display = { ...plainDisplay, rescale: { slope: 85, intercept: 0 } };
    const png = form({ format: 'png', sampleType: 'uint8', bands: 2, alpha: 1, display });
    expect(readBands(plainPreparation, png)).toEqual([0]);
    expect(shades(row(Uint8Array.of(0, 1, 3)), { kind: 'auto' }, png)).toEqual([0, 85, 255]);
  });

  test('has a range for each band', () => {
    const bands = form({ bands: 3, interpretation: 'bands' });
    const pixels = row(Uint16Array.of(0, 100, 7, 10, 200, 7), 3);
    const { data } = prepare(pixels, { bands: null, range: { kind: 'full' } }, bands);
    expect([...data]).toEqual([0, 0, 0, 255, 255, 0]);
  });

  test('looks up a palette, which is constant beyond its ends', () => {
    const palette = Uint8Array.of(1, 2, 3, 4, 5, 6);
    const about = form({ interpretation: 'palette', display: { ...plainDisplay, palette } });
    const { data } = prepare(row(Uint16Array.of(1, 0, 9)), plainPreparation, about);
    expect([...data]).toEqual([4, 5, 6, 1, 2, 3, 4, 5, 6]);
  });

  test('does not rescale or invert colours', () => {
    const display = { ...plainDisplay, rescale: { slope: 2, intercept: 1 }, isInverted: true };
    const about = form({ bands: 3, interpretation: 'rgb', sampleType: 'uint8', display });
    const pixels = row(Uint8Array.of(1, 2, 3), 3);
    expect([...prepare(pixels, plainPreparation, about).data]).toEqual([1, 2, 3]);
  });
});

describe('bands', () => {
  const about = form({ bands: 5, interpretation: 'bands', alpha: 0 });

  test('are the first three that are not alpha, or one', () => {
    expect(bandsOf(plainPreparation, about)).toEqual([1, 2, 3]);
    expect(bandsOf(plainPreparation, form({ bands: 2, alpha: 1 }))).toEqual([0]);
    expect(bandsOf(plainPreparation, form({ bands: 2, interpretation: 'bands' }))).toEqual([0]);
  });

  test('are those that the file marks as colours', () => {
    const named = { ...about, display: { ...plainDisplay, colours: [3, 2, 1] } };
    expect(readBands(plainPreparation, named)).toEqual([3, 2, 1, 0]);
    expect(bandsOf({ ...plainPreparation, bands: [4] }, named)).toEqual([4]);
  });

  test('are the chosen ones; alpha is read in addition', () => {
    const preparation = { ...plainPreparation, bands: [4, 2, 1] };
    expect(readBands(preparation, about)).toEqual([4, 2, 1, 0]);
  });

  test('that do not exist are refused with their number', () => {
    const preparation = { ...plainPreparation, bands: [0, 7, 1] };
    expect(() => bandsOf(preparation, about)).toThrow('band 8 was chosen');
  });
});

describe('the notation of a preparation', () => {
  test.each([
    ['auto', { kind: 'auto' }],
    ['file', { kind: 'file' }],
    ['window:-600:1500', { kind: 'window', center: -600, width: 1500 }],
    ['window:0.5:0', { kind: 'window', center: 0.5, width: 1 }],
    ['percentile:0.5:99.5', { kind: 'percentile', low: 0.5, high: 99.5 }],
    ['percentile:2:100', { kind: 'percentile', low: 2, high: 100 }],
  ])('%s', (range, expected) => {
    expect(preparationOf({ range })).toEqual({ bands: null, range: expected });
  });

  test.each(['auto', 'stored', 'file', 'full', 'window:-600:1500.5', 'percentile:0.5:100'])(
    'is the same after reading %s',
    (range) => {
      expect(writeRange(preparationOf({ range }).range)).toBe(range);
    },
  );

  test('counts bands from 1', () => {
    expect(preparationOf({ bands: [4, 3, 2], range: 'auto' }).bands).toEqual([3, 2, 1]);
  });

  test.each(['', 'window', 'window:1', 'window:1:2:3', 'percentile:2:101', 'auto ', 'window:a:b'])(
    'refuses %j',
    (range) => {
      expect(() => preparationOf({ range })).toThrow(`"${range}" is not a range`);
    },
  );
});

describe('auto', () => {
  const auto = { kind: 'auto' } as const;
  const window = { center: 0, width: 1, shape: 'linear', name: null } as const;
  const ct = { ...plainDisplay, windows: [window] };

  test.each([
    ['a 16-bit PNG', form({ format: 'png' }), { kind: 'stored' }],
    ['DICOM with a window', form({ format: 'dicom', display: ct }), { kind: 'file' }],
    ['DICOM without', form({ format: 'dicom' }), { kind: 'full' }],
    ['8-bit TIFF', form({ sampleType: 'uint8' }), { kind: 'stored' }],
    ['16-bit TIFF', form(), { kind: 'percentile', low: 2, high: 98 }],
    [
      'a volume',
      form({ format: 'nifti', sampleType: 'float32' }),
      { kind: 'percentile', low: 2, high: 98 },
    ],
  ])('for %s', (_name, about, expected) => {
    expect(rangeOf(auto, about)).toEqual(expected);
    const chosen = { kind: 'window', center: 1, width: 2 } as const;
    expect(rangeOf(chosen, about)).toBe(chosen);
  });
});

describe('many bands', () => {
  const stored = { kind: 'stored' } as const;
  const six = form({ bands: 6, interpretation: 'bands', sampleType: 'uint8' });
  // Pixel p has the values 10·p + 0 to 10·p + 5.
  const pixels = row(
    Uint8Array.from({ length: 18 }, (_, at) => 10 * Math.floor(at / 6) + (at % 6)),
    6,
  );
  const read = (bands: readonly number[]): Pixels =>
    row(
      Uint8Array.from({ length: 3 * bands.length }, (_, at) => {
        const pixel = Math.floor(at / bands.length);
        return pixels.data[6 * pixel + (bands[at % bands.length] ?? 0)] ?? 0;
      }),
      bands.length,
    );

  test.each([
    [null, 3],
    [[4], 3],
    [[4, 2], 2],
    [[4, 2, 0], 3],
    [[0, 1, 2, 3, 4, 5], 6],
  ])('%j are so many channels: %i', (bands, channels) => {
    expect(channelsOf({ bands })).toBe(channels);
  });

  test.each([[[0, 1, 2, 3, 4, 5]], [[5, 0, 3, 2]], [[4, 1]]])(
    'become one channel each, in the order of %j',
    (bands) => {
      const { width, channels, data } = prepare(read(bands), { bands, range: stored }, six);
      expect([width, channels]).toEqual([3, bands.length]);
      expect([...data]).toEqual([0, 10, 20].flatMap((pixel) => bands.map((band) => pixel + band)));
    },
  );

  test('have a black and a white of their own each', () => {
    const bands = [0, 1, 2, 3];
    const values = Uint16Array.of(0, 0, 100, 7, 50, 600, 300, 7, 100, 1200, 500, 7);
    const about = form({ bands: 4, interpretation: 'bands' });
    const { data } = prepare(row(values, 4), { bands, range: { kind: 'full' } }, about);
    expect([0, 1, 2].map((band) => [0, 1, 2].map((pixel) => data[4 * pixel + band]))).toEqual([
      [0, 128, 255],
      [0, 128, 255],
      [0, 128, 255],
    ]);
  });

  test('have none in a picture with a palette', () => {
    const about = form({ bands: 2, interpretation: 'palette', alpha: 1 });
    expect(() => bandsOf({ bands: [0, 1], range: stored }, about)).toThrow(
      'the image stores indices into a colour table, not 2 bands. Choose one band, or none.',
    );
  });

  test.each([
    ['as they are', [2, 1, 0], undefined, [2, 1, 0]],
    ['those that are red, green and blue', [0, 1, 2, 3, 4], [3, 2, 1], [3, 2, 1]],
    ['the first three where not all of those are seen', [5, 1, 2, 4], [3, 2, 1], [5, 1, 2]],
    ['the first three where none is known', [5, 0, 1, 2], undefined, [5, 0, 1]],
    ['of two the first', [4, 5], [3, 2, 1], [4]],
  ])('are pictured %s', (_, bands, colours, expected) => {
    const about = form({
      bands: 6,
      interpretation: 'bands',
      display: { ...plainDisplay, colours },
    });
    const shown = picturePreparation({ bands, range: stored }, about);
    expect(shown).toEqual({ bands: expected, range: stored });
    // The picture's own preparation gives the same picture.
    expect(picturePreparation(shown, about)).toEqual(shown);
  });

  test('are not pictured unless all exist', () => {
    const about = form({ bands: 6, interpretation: 'bands' });
    expect(() => picturePreparation({ bands: [0, 1, 2, 6], range: stored }, about)).toThrow(
      'band 7 was chosen, but the image has 6 bands',
    );
  });
});

describe('a window', () => {
  const window = { kind: 'window', center: 0.5, width: 1 } as const;
  const scaled = { ...plainDisplay, rescale: { slope: 1e-4, intercept: 0 } };

  test.each([
    ['fractions', Float32Array.of(0, 0.25, 0.5, 1, 2), form({ sampleType: 'float32' })],
    [
      'whole numbers that mean fractions',
      Uint16Array.of(0, 2500, 5000, 10_000, 20_000),
      form({ display: scaled }),
    ],
  ])('of %s goes from its lower end to its upper one', (_, data, about) => {
    expect(shades(row(data), window, about)).toEqual([0, 64, 128, 255, 255]);
  });

  test("of integers is DICOM's, even if they are stored in floating point", () => {
    const wide = { kind: 'window', center: 2, width: 3 } as const;
    const dicom = form({ format: 'dicom', sampleType: 'float32' });
    expect(shades(row(Uint8Array.of(0, 1, 2, 3)), wide, form())).toEqual([0, 64, 191, 255]);
    expect(shades(row(Float32Array.of(0, 1, 2, 3)), wide, dicom)).toEqual([0, 64, 191, 255]);
  });
});
