import { describe, expect, test } from 'vitest';
import { plainPreparation, prepare, stretchOf } from '../../core/image/preparation.ts';
import type { Preparation } from '../../core/image/preparation.ts';
import { plainDisplay, sampleArrays } from '../../core/image/stored.ts';
import type { Pixels, Samples } from '../../core/image/stored.ts';
import type { Rectangle } from '../../core/mask/tiles.ts';
import { pngFile } from '../testing/image-fixtures.ts';
import type { ImageFile, ImageHeader } from './image-file.ts';
import { openImage } from './open.ts';
import { openPreparedRegions } from './prepared-regions.ts';
import type { PreparedImage } from './prepared-regions.ts';
import { preparedPixels, readPrepared } from './prepared.ts';
import { drawn } from './testing/reading.ts';
import { memoryFile } from './testing/memory-file.ts';
import { testFolder } from './testing/test-folder.ts';
import type { IntensityRange } from '../../core/image/stored-form.ts';

const folder = testFolder();
const side = Math.sqrt(preparedPixels);

function noise(
  seed: number,
  [width, height, bands]: readonly [number, number, number],
  type: ImageHeader['sampleType'],
  limit: number,
): Pixels {
  const random = drawn(seed);
  const data: Samples = new sampleArrays[type](width * height * bands);
  const shift = type.startsWith('u') ? 0 : limit >> 2;
  for (let at = 0; at < data.length; at++) data[at] = random(limit) - shift;
  return { width, height, bands, data };
}

/** Joins a whole image from regions of uneven sizes. */
async function joined(image: PreparedImage, part: readonly [number, number], channels = 3) {
  const { width, height } = image;
  const data = new Uint8Array(width * height * channels);
  const nothing = new Uint8Array(width * height);
  for (let y = 0; y < height; y += part[1]) {
    for (let x = 0; x < width; x += part[0]) {
      const size = { width: Math.min(part[0], width - x), height: Math.min(part[1], height - y) };
      const read = await image.read({ x, y, ...size });
      expect([read.raster.width, read.raster.height]).toEqual([size.width, size.height]);
      for (let row = 0; row < size.height; row++) {
        const at = (y + row) * width + x;
        const from = row * size.width;
        const line = read.raster.data.subarray(channels * from, channels * (from + size.width));
        data.set(line, channels * at);
        if (read.nothing) nothing.set(read.nothing.subarray(from, from + size.width), at);
      }
    }
  }
  return { data, nothing };
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

const ranges: IntensityRange[] = [
  { kind: 'auto' },
  { kind: 'stored' },
  { kind: 'file' },
  { kind: 'full' },
  { kind: 'window', center: 300, width: 700 },
  { kind: 'percentile', low: 5, high: 90 },
];
const rescale = { ...plainDisplay, rescale: { slope: -2, intercept: 40 }, isInverted: true };

describe('an image that is prepared whole', () => {
  test.each([
    ['grey of 16 bits', noise(1, [23, 17, 1], 'uint16', 900), {}],
    ['grey of 16 bits with nodata', noise(2, [23, 17, 1], 'int16', 40), { nodata: 3 }],
    ['grey that is rescaled', noise(3, [23, 17, 1], 'int16', 900), { display: rescale }],
    ['four bands', noise(4, [23, 17, 4], 'uint16', 50), { nodata: 2 }],
    ['colours with alpha', noise(5, [23, 17, 4], 'uint8', 9), { interpretation: 'rgb', alpha: 3 }],
    ['colours', noise(6, [23, 17, 3], 'uint8', 256), { interpretation: 'rgb' }],
    ['floating point', noise(7, [23, 17, 1], 'float32', 5000), { nodata: 44 }],
  ] as const)('has the same colours in parts: %s', async (_, pixels, change) => {
    const { sampleType } = { sampleType: nameOf(pixels.data) };
    const file = memoryFile([pixels], { sampleType, ...change });
    for (const range of ranges) {
      const request = { preparation: { bands: null, range } };
      const whole = await readPrepared(file, request);
      const parts = await joined(await openPreparedRegions(file, request), [9, 4]);
      expect(isSame(parts.data, whole.data)).toBe(true);
    }
  });

  test('returns all of many bands in parts', async () => {
    const file = memoryFile([noise(11, [23, 17, 6], 'uint16', 900)], { sampleType: 'uint16' });
    for (const range of ranges) {
      const request = { preparation: { bands: [0, 5, 2, 3, 4], range } };
      const whole = await readPrepared(file, request);
      expect(whole.channels).toBe(5);
      const parts = await joined(await openPreparedRegions(file, request), [9, 4], 5);
      expect(isSame(parts.data, whole.data)).toBe(true);
    }
  });

  test('is cut to the requested region', async () => {
    const values = [...noise(8, [31, 19, 3], 'uint8', 256).data];
    const png = pngFile({ width: 31, height: 19, channels: 3, bits: 8, values });
    const file = await openImage(await folder.file('colours.png', png));
    const image = await openPreparedRegions(file, { preparation: plainPreparation });
    const whole = await readPrepared(file, { preparation: plainPreparation });
    expect(isSame((await joined(image, [8, 19])).data, whole.data)).toBe(true);
    await expect(image.read({ x: 30, y: 0, width: 2, height: 1 })).rejects.toThrow(RangeError);
    await file.close();
  });

  test('marks missing pixels, and has null if there are none', async () => {
    const pixels: Pixels = {
      width: 4,
      height: 2,
      bands: 2,
      data: Uint8Array.of(1, 9, 1, 0, 1, 9, 1, 9, 7, 9, 1, 9, 1, 9, 1, 9),
    };
    const file = memoryFile([pixels], { alpha: 1, nodata: 7 });
    const image = await openPreparedRegions(file, { preparation: plainPreparation });
    const all = await image.read({ x: 0, y: 0, width: 4, height: 2 });
    expect([...(all.nothing ?? [])]).toEqual([0, 1, 0, 0, 1, 0, 0, 0]);
    expect((await image.read({ x: 2, y: 0, width: 2, height: 2 })).nothing).toBeNull();
  });
});

describe('an image that is larger than the limit', () => {
  const size = { width: side + 8, height: side } as const;
  const part: Rectangle = { x: 5, y: 77, width: 300, height: 40 };
  const grey = noise(9, [size.width, size.height, 1], 'uint16', 3000);
  const cutOf = (pixels: Pixels): Samples =>
    Uint16Array.from({ length: part.width * part.height }, (_, at) => {
      const [x, y] = [at % part.width, Math.floor(at / part.width)];
      return pixels.data[(part.y + y) * pixels.width + part.x + x] ?? 0;
    });

  test.each(['tiff', 'dicom', 'png'] as const)(
    'is shown at full resolution with the black and white of the reduced one (%s)',
    async (format) => {
      const reduced = noise(10, [40, 30, 1], 'uint16', 1000);
      const file = memoryFile([grey, reduced], { sampleType: 'uint16', format });
      const preparation: Preparation = {
        bands: null,
        range: { kind: 'percentile', low: 2, high: 98 },
      };
      const image = await openPreparedRegions(file, { preparation });
      expect([image.width, image.height]).toEqual([size.width, size.height]);
      const { raster, nothing } = await image.read(part);
      // Calculated directly from the values: the nearest ranks of the reduced image are black and white.
      const sorted = Float64Array.from(reduced.data).sort();
      const [low = 0, high = 0] = [2, 98].map((p) => sorted[Math.round((p / 100) * 1199)]);
      const expected = Uint8ClampedArray.from(
        cutOf(grey),
        (value) => (255 * (value - low)) / (high - low),
      );
      const shown = Uint8Array.from(
        { length: expected.length },
        (_, at) => raster.data[3 * at] ?? 0,
      );
      expect(isSame(shown, new Uint8Array(expected.buffer))).toBe(true);
      expect(nothing).toBeNull();
    },
  );

  test('is not read beforehand if its values do not matter for the range', async () => {
    const file = memoryFile([grey], { sampleType: 'uint16' });
    const image = await openPreparedRegions(file, {
      preparation: { bands: null, range: { kind: 'stored' } },
    });
    expect(file.requests).toEqual([]);
    await image.read(part);
    expect(file.requests.map(({ region }) => region)).toEqual([part]);
  });
});

test('a part has the colours of the whole once the stretch is known', () => {
  const pixels = noise(11, [60, 4, 1], 'uint16', 500);
  const form = memoryFile([pixels], { sampleType: 'uint16' }).header;
  const preparation: Preparation = { bands: null, range: { kind: 'full' } };
  const part = { ...pixels, height: 1, data: pixels.data.slice(60, 120) };
  const whole = prepare(pixels, preparation, form).data.subarray(180, 360);
  const stretch = stretchOf(pixels, preparation, form);
  expect(isSame(prepare(part, preparation, form, stretch).data, whole)).toBe(true);
  expect(isSame(prepare(part, preparation, form).data, whole)).toBe(false);
});

test('missing bands are reported with the file', async () => {
  const file: ImageFile = memoryFile([noise(1, [2, 2, 1], 'uint8', 9)]);
  const preparation = { ...plainPreparation, bands: [3] };
  await expect(openPreparedRegions(file, { preparation })).rejects.toThrow(
    /^memory\.tif: band 4 was chosen, but the image has one band/,
  );
});

function nameOf(data: Samples): ImageHeader['sampleType'] {
  const found = Object.entries(sampleArrays).find(([, array]) => data instanceof array);
  return found?.[0] as ImageHeader['sampleType'];
}
