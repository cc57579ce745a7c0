import { describe, expect, test } from 'vitest';
import { Random } from '../random.ts';
import { prepare, prepareMeans, preparationOf } from './preparation.ts';
import { meanOfSquares } from './shrink.ts';
import { plainDisplay } from './stored.ts';
import type { Display, Pixels } from './stored.ts';
import type { StoredForm } from './stored-form.ts';

// Integers of few bits are looked up in a table. The same numbers in 32 bits are computed pixel by
// pixel, by code without tables: the results must be equal.

const displays: Record<string, Display> = {
  plain: plainDisplay,
  rescaled: { ...plainDisplay, rescale: { slope: 0.37, intercept: -1024.5 } },
  'of falling slope': { ...plainDisplay, rescale: { slope: -2, intercept: 7 } },
  flat: { ...plainDisplay, rescale: { slope: 0, intercept: 7 } },
  inverted: { ...plainDisplay, isInverted: true },
  'by a table that turns back': {
    ...plainDisplay,
    modalityTable: { first: 3, values: Uint16Array.of(9, 2, 40, 7, 7, 100), bits: 8 },
  },
  windowed: {
    ...plainDisplay,
    windows: [{ center: 90, width: 60, shape: 'sigmoid', name: null }],
  },
  'by a table of interest': {
    ...plainDisplay,
    voiTable: { first: 10, values: Uint8Array.of(0, 30, 200, 255), bits: 8 },
  },
};
const ranges = ['auto', 'stored', 'file', 'full', 'window:50:80', 'percentile:2:98'];
const types = { uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int16: Int16Array };

function drawn(count: number, spread: number, seed: number): number[] {
  const random = new Random(seed, 0);
  return Array.from({ length: count }, () => Math.floor(spread * random.uniform() ** 2));
}

describe.each(Object.keys(displays))('%s', (name) => {
  test.each(ranges)('by %s', (range) => {
    const preparation = preparationOf({ range });
    for (const [type, Samples] of Object.entries(types)) {
      for (const [bands, alpha, nodata] of [
        [1, null, null],
        [1, null, 5],
        [2, 1, null],
        [3, null, 0],
      ] as const) {
        const below = type.startsWith('u') ? 0 : 40;
        const values = drawn(30 * 40 * bands, type.endsWith('8') ? 120 : 900, bands).map(
          (value) => value - below,
        );
        const form: StoredForm = {
          format: 'tiff',
          bands,
          alpha,
          nodata,
          sampleType: type as StoredForm['sampleType'],
          interpretation: bands === 3 ? 'bands' : 'grey',
          display: displays[name] ?? plainDisplay,
        };
        const pixels = (data: Pixels['data']): Pixels => ({ width: 30, height: 40, bands, data });
        const looked = prepare(pixels(Samples.from(values)), preparation, form);
        const worked = prepare(pixels(Int32Array.from(values)), preparation, form);
        expect(Buffer.from(looked.data).equals(Buffer.from(worked.data))).toBe(true);
      }
    }
  });
});

test('is the same for more than a million pixels, of which every n-th is sampled', () => {
  const [width, height] = [1500, 1400];
  const values = drawn(width * height, 4000, 1);
  const form: StoredForm = {
    format: 'tiff',
    bands: 1,
    alpha: null,
    nodata: null,
    sampleType: 'uint16',
    interpretation: 'grey',
    display: plainDisplay,
  };
  const preparation = preparationOf({ range: 'percentile:2:98' });
  const looked = prepare(
    { width, height, bands: 1, data: Uint16Array.from(values) },
    preparation,
    form,
  );
  const worked = prepare(
    { width, height, bands: 1, data: Int32Array.from(values) },
    preparation,
    form,
  );
  expect(Buffer.from(looked.data).equals(Buffer.from(worked.data))).toBe(true);
});

test('is the same without any pixels', () => {
  const form: StoredForm = {
    format: 'tiff',
    bands: 1,
    alpha: null,
    nodata: 7,
    sampleType: 'uint16',
    interpretation: 'grey',
    display: plainDisplay,
  };
  const data = new Uint16Array(9).fill(7);
  const seen = prepare(
    { width: 3, height: 3, bands: 1, data },
    preparationOf({ range: 'full' }),
    form,
  );
  expect([...seen.data]).toEqual(new Array(27).fill(0));
});

describe('means of squares', () => {
  const form: StoredForm = {
    format: 'tiff',
    bands: 1,
    alpha: null,
    nodata: 3,
    sampleType: 'uint16',
    interpretation: 'grey',
    display: plainDisplay,
  };
  test.each([2, 3, 4])("of %d px are those of the model's input", (factor) => {
    const [width, height] = [12 * factor, 5 * factor];
    const values = drawn(width * height, 50, factor);
    for (const range of ['percentile:2:98', 'full', 'window:20:30', 'stored']) {
      const pixels = { width, height, bands: 1, data: Uint16Array.from(values) };
      const preparation = preparationOf({ range });
      const seen = prepare(pixels, preparation, form);
      const expected = Array.from({ length: 60 }, (_, cell) => {
        const [left, top] = [(cell % 12) * factor, Math.floor(cell / 12) * factor];
        let sum = 0;
        for (let y = top; y < top + factor; y++) {
          for (let x = left; x < left + factor; x++) sum += seen.data[3 * (y * width + x)] ?? 0;
        }
        return Math.round(sum / factor ** 2);
      });
      const means = prepareMeans(pixels, preparation, form, factor);
      expect(means).toMatchObject({ width: 12, height: 5, channels: 1 });
      expect([...means.data]).toEqual(expected);
      // Computed another way, by writing the shades first.
      expect(meanOfSquares(seen, factor).data.filter((_, at) => at % 3 === 0)).toEqual(means.data);
    }
  });

  test.each([
    ['uint8', Uint8Array, 0, 200],
    ['int8', Int8Array, -90, 200],
    ['uint16', Uint16Array, 0, 3000],
    ['uint16', Uint16Array, 60_000, 5000],
    ['int16', Int16Array, -1024, 4000],
    ['int16', Int16Array, -30_000, 60_000],
  ] as const)('of %s %j from %d on, over %d', (sampleType, Samples, least, spread) => {
    const [width, height] = [320, 250];
    const values = drawn(width * height, spread, 3).map((value) => value + least);
    const display = { ...plainDisplay, rescale: { slope: 0.5, intercept: 3 } };
    const dense: StoredForm = { ...form, sampleType, display, nodata: least + 7 };
    for (const range of ['percentile:2:98', 'full', 'window:500:900']) {
      const preparation = preparationOf({ range });
      const pixels = (data: Pixels['data']): Pixels => ({ width, height, bands: 1, data });
      const seen = prepare(pixels(Int32Array.from(values)), preparation, dense);
      const expected = meanOfSquares(seen, 2).data.filter((_, at) => at % 3 === 0);
      const means = prepareMeans(pixels(Samples.from(values)), preparation, dense, 2);
      expect(Buffer.from(means.data).equals(Buffer.from(expected))).toBe(true);
    }
  });

  test('are computed only for whole squares', () => {
    const raster = { width: 5, height: 4, channels: 1, data: new Uint8Array(20) };
    expect(() => meanOfSquares(raster, 2)).toThrow('5 × 4 is not a multiple of 2 px');
    expect(() => meanOfSquares(raster, 0.5)).toThrow('5 × 4 is not a multiple of 0.5 px');
  });
});
