import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newSamples } from './sample-arrays.ts';
import type { ImageFile, ImageHeader, Samples } from './image-file.ts';
import { rasterStatistics, regionsOf } from './statistics.ts';
import { plainHeader } from './testing/memory-file.ts';

/** A file whose values are calculated as they are read. */
function computedFile(
  header: Pick<ImageHeader, 'width' | 'height' | 'bands' | 'frames' | 'sampleType'>,
  value: (index: number) => number,
): ImageFile & { readonly longest: () => number } {
  const { width, height, bands, sampleType } = header;
  let longest = 0;
  const read: ImageFile['read'] = ({ frame = 0, region, signal } = {}) => {
    signal?.throwIfAborted();
    const area = region ?? { x: 0, y: 0, width, height };
    const data = newSamples(sampleType, area.width * area.height * bands);
    let at = 0;
    for (let y = area.y; y < area.y + area.height; y++) {
      for (let x = area.x * bands; x < (area.x + area.width) * bands; x++) {
        data[at++] = value((frame * height + y) * width * bands + x);
      }
    }
    longest = Math.max(longest, data.byteLength);
    return Promise.resolve({ width: area.width, height: area.height, bands, data });
  };
  return {
    path: 'memory',
    header: plainHeader(header),
    read,
    close: () => Promise.resolve(),
    longest: () => longest,
  };
}

function listFile(values: readonly number[], sampleType: ImageHeader['sampleType']): ImageFile {
  const header = { width: values.length, height: 1, bands: 1, frames: 1, sampleType };
  return computedFile(header, (index) => values[index] ?? 0);
}

/** Sums doubles without any rounding: each is a whole number of 2^-1074. */
function exactMean(values: readonly number[]): number {
  const view = new DataView(new ArrayBuffer(8));
  let sum = 0n;
  for (const value of values) {
    view.setFloat64(0, Math.abs(value));
    const bits = view.getBigUint64(0);
    const exponent = bits >> 52n;
    const fraction = bits & ((1n << 52n) - 1n);
    const whole = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
    sum += value < 0 ? -whole : whole;
  }
  // 80 more binary digits, so that nothing is lost when the rest is converted to a double.
  const mean = (sum << 80n) / BigInt(values.length);
  const shift = BigInt(Math.max(0, mean.toString(2).length - 80));
  return Number(mean >> shift) * 2 ** (Number(shift) / 2 - 577) * 2 ** (Number(shift) / 2 - 577);
}

test('covers every frame and band once, in bounded memory', async () => {
  const file = computedFile(
    { width: 5000, height: 700, bands: 3, frames: 2, sampleType: 'uint16' },
    (index) => index % 60_001,
  );
  const total = 5000 * 700 * 3 * 2;
  let sum = 0;
  for (let i = 0; i < total; i++) sum += i % 60_001;
  expect(await rasterStatistics(file)).toEqual({
    min: 0,
    max: 60_000,
    mean: sum / total,
    count: total,
    notANumber: 0,
    infinite: 0,
  });
  expect(file.longest()).toBeLessThanOrEqual(32 * 2 ** 20);
});

test('uses regions that cover a frame without gaps or overlaps and stay small', () => {
  const side = fc.integer({ min: 1, max: 3000 });
  const long = fc.integer({ min: 1, max: 200_000 });
  const header = fc.record({
    width: fc.oneof(side, long),
    height: fc.oneof(side, long),
    bands: fc.integer({ min: 1, max: 300 }),
    sampleType: fc.constantFrom('uint8' as const, 'float64' as const),
  });
  fc.assert(
    fc.property(header, (size) => {
      fc.pre(size.width * size.height < 5e8);
      let covered = 0;
      let next = { x: 0, y: 0 };
      for (const { x, y, width, height } of regionsOf(size)) {
        expect({ x, y }).toEqual(next);
        expect(width * height * size.bands).toBeLessThanOrEqual(33 * 2 ** 20);
        covered += width * height;
        next = x + width < size.width ? { x: x + width, y } : { x: 0, y: y + height };
      }
      expect(next).toEqual({ x: 0, y: size.height });
      expect(covered).toBe(size.width * size.height);
    }),
  );
});

describe('the mean', () => {
  test('keeps small values next to large ones', async () => {
    const values = [1e16, 1, -1e16, 1, 1, 1];
    expect((await rasterStatistics(listFile(values, 'float64'))).mean).toBe(4 / 6);
  });

  test('agrees with a sum without rounding to 1e-12', async () => {
    // Below 1e-290 a mean has no 12 digits.
    const value = fc.oneof(fc.constant(0), fc.double({ noNaN: true, min: 1e-290, max: 1e300 }));
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 50 }), async (values) => {
        const { mean } = await rasterStatistics(listFile(values, 'float64'));
        const expected = exactMean(values);
        expect(Math.abs(mean - expected)).toBeLessThanOrEqual(1e-12 * expected);
      }),
    );
  });

  test('does not overflow if nodata is the lowest double', async () => {
    const values = [-Number.MAX_VALUE, -Number.MAX_VALUE, 5, -Number.MAX_VALUE];
    const { min, max, mean } = await rasterStatistics(listFile(values, 'float64'));
    expect({ min, max }).toEqual({ min: -Number.MAX_VALUE, max: 5 });
    expect(mean).toBeCloseTo(-Number.MAX_VALUE * 0.75, -296);
    expect(mean / Number.MAX_VALUE).toBeCloseTo(-0.75, 14);
  });

  test('of whole numbers of 32 bits is exact', async () => {
    const header = {
      width: 1000,
      height: 1500,
      bands: 1,
      frames: 1,
      sampleType: 'uint32',
    } as const;
    const file = computedFile(header, (index) => 4_294_967_295 - (index % 2));
    expect((await rasterStatistics(file)).mean).toBe(4_294_967_294.5);
  });
});

test('excludes and counts NaN values', async () => {
  const values = [NaN, 2, NaN, -4];
  const expected = { min: -4, max: 2, mean: -1, count: 2, notANumber: 2, infinite: 0 };
  expect(await rasterStatistics(listFile(values, 'float32'))).toEqual(expected);
});

test('has NaN statistics if all values are NaN', async () => {
  const expected = { min: NaN, max: NaN, mean: NaN, count: 0, notANumber: 2, infinite: 0 };
  expect(await rasterStatistics(listFile([NaN, NaN], 'float64'))).toEqual(expected);
});

test.each([
  [[1, Infinity, 3], { min: 1, max: 3, mean: 2, count: 2, infinite: 1 }],
  [[1, -Infinity, 3, NaN], { min: 1, max: 3, mean: 2, count: 2, infinite: 1, notANumber: 1 }],
  [[Infinity, -Infinity], { min: NaN, max: NaN, mean: NaN, count: 0, infinite: 2 }],
])('excludes and counts infinite values of %j', async (values, expected) => {
  expect(await rasterStatistics(listFile(values, 'float64'))).toMatchObject(expected);
});

test('stops when cancelled', async () => {
  const abort = new AbortController();
  const header = {
    width: 3000,
    height: 30_000,
    bands: 1,
    frames: 1,
    sampleType: 'float64',
  } as const;
  let reads = 0;
  const file = computedFile(header, () => 1);
  const counted: ImageFile = {
    ...file,
    read: (request) => {
      if (++reads === 2) abort.abort();
      return file.read({ ...request, signal: new AbortController().signal });
    },
  };
  await expect(rasterStatistics(counted, abort.signal)).rejects.toMatchObject({
    code: 'cancelled',
  });
  expect(reads).toBe(2);
});

test('supports all types', async () => {
  const types = [
    'int8',
    'uint8',
    'int16',
    'uint16',
    'int32',
    'uint32',
    'float32',
    'float64',
  ] as const;
  for (const type of types) {
    const samples: Samples = newSamples(type, 3);
    samples.set([3, 0, 6]);
    const { min, max, mean } = await rasterStatistics(listFile([...samples], type));
    expect({ min, max, mean }).toEqual({ min: 0, max: 6, mean: 3 });
  }
});
