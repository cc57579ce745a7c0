import { describe, expect, test } from 'vitest';
import type { SampleType } from '../image-file.ts';
import { testImages } from '../testing/test-folder.ts';
import { openTiff } from './open-tiff.ts';
import { tiffBytes, type PageSpec } from '../../testing/tiff-fixtures.ts';

const folder = testImages(openTiff);

/** Numbers from 0 to 1 that do not repeat, with stretches that do: runs and strings for the encoders. */
function noise(count: number, seed: number): number[] {
  let state = seed;
  let value = 0;
  return Array.from({ length: count }, (_, i) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    if (i % 40 < 25) value = state / 2 ** 32;
    return value;
  });
}

interface Kind {
  readonly name: SampleType;
  readonly format: 1 | 2 | 3;
  readonly bits: number;
  readonly low: number;
  readonly high: number;
}

const kinds: readonly Kind[] = [
  { name: 'uint8', format: 1, bits: 1, low: 0, high: 1 },
  { name: 'uint8', format: 1, bits: 2, low: 0, high: 3 },
  { name: 'uint8', format: 1, bits: 4, low: 0, high: 15 },
  { name: 'int8', format: 2, bits: 4, low: -8, high: 7 },
  { name: 'uint8', format: 1, bits: 8, low: 0, high: 255 },
  { name: 'int8', format: 2, bits: 8, low: -128, high: 127 },
  { name: 'uint16', format: 1, bits: 12, low: 0, high: 4095 },
  { name: 'uint16', format: 1, bits: 16, low: 0, high: 65_535 },
  { name: 'int16', format: 2, bits: 16, low: -32_768, high: 32_767 },
  { name: 'uint32', format: 1, bits: 32, low: 0, high: 4_294_967_295 },
  { name: 'int32', format: 2, bits: 32, low: -2_147_483_648, high: 2_147_483_647 },
  { name: 'float32', format: 3, bits: 16, low: -1000, high: 1000 },
  { name: 'float32', format: 3, bits: 32, low: -1e30, high: 1e30 },
  { name: 'float64', format: 3, bits: 64, low: -1e300, high: 1e300 },
];

/** Returns a value as it is after storing. */
function stored({ format, bits, low, high }: Kind, part: number): number {
  const value = low + part * (high - low);
  // No minus zero.
  if (format !== 3) return Math.round(value) + 0;
  if (bits === 16) return Math.f16round(value);
  return bits === 32 ? Math.fround(value) : value;
}

const compressions = [
  ['uncompressed', 1],
  ['LZW', 5],
  ['Deflate', 8],
  ['Deflate with its old number', 32946],
  ['PackBits', 32773],
  ['zstd', 50000],
] as const;

const size = { width: 37, height: 23 };
/** Tiles and strips that do not divide the page. */
const layouts: Partial<PageSpec>[] = [
  {},
  { rowsPerStrip: 5 },
  { tile: [16, 16] },
  { isPlanar: true, rowsPerStrip: 7 },
  { isPlanar: true, tile: [16, 32] },
];

const files = [true, false].flatMap((isLittleEndian) =>
  [true, false].map((isBig) => ({ isLittleEndian, isBig })),
);

function predictorsOf(kind: Kind, compression: number): (1 | 2 | 3)[] {
  const hasPredictor = [5, 8, 32946, 50000].includes(compression);
  if (!hasPredictor || kind.bits % 8 !== 0) return [1];
  return kind.format === 3 ? [1, 2, 3] : [1, 2];
}

describe.each(compressions)('%s', (_, compression) => {
  test.each(kinds)('$name of $bits bits', async (kind) => {
    for (const samples of [1, 3]) {
      const values = noise(size.width * size.height * samples, kind.bits + samples).map((part) =>
        stored(kind, part),
      );
      for (const layout of layouts) {
        for (const predictor of predictorsOf(kind, compression)) {
          const { format, bits } = kind;
          const page = {
            ...size,
            samples,
            format,
            bits,
            values,
            compression,
            predictor,
            ...layout,
          };
          // Files of all four kinds, one after the other, are enough for each of these.
          const spec = files[(samples + predictor + layouts.indexOf(layout)) % 4] ?? {};
          const file = await folder.open(tiffBytes([page], spec));
          const label = JSON.stringify({ ...spec, samples, predictor, layout });
          expect(file.header.sampleType, label).toBe(kind.name);
          const pixels = await file.read();
          expect({ ...pixels, data: [...pixels.data] }, label).toEqual({
            ...size,
            bands: samples,
            data: values,
          });
          await file.close();
        }
      }
    }
  });
});

test.each(files)(
  'reads 16-bit values in both byte orders, in TIFF and BigTIFF: %o',
  async (spec) => {
    const kind = { name: 'uint16', format: 1, bits: 16, low: 0, high: 65_535 } as const;
    const values = noise(size.width * size.height, 9).map((part) => stored(kind, part));
    for (const predictor of [1, 2] as const) {
      const page = {
        ...size,
        bits: 16,
        values,
        compression: 8,
        predictor,
        tile: [16, 16],
      } as const;
      const file = await folder.open(tiffBytes([page], spec));
      expect([...(await file.read()).data]).toEqual(values);
    }
  },
);

test('reads bits from the lowest: FillOrder 2', async () => {
  const reversed = (byte: number): number =>
    Number.parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2);
  const values = noise(size.width * size.height, 3).map((part) => Math.round(part * 255));
  const fields = [{ tag: 266, type: 3, values: [2] }] as const;
  const blocks = [Uint8Array.from(values, reversed)];
  const file = await folder.open(tiffBytes([{ ...size, values, blocks, fields }]));
  expect([...(await file.read()).data]).toEqual(values);
});

test('reads twenty bands', async () => {
  const samples = 20;
  const values = noise(size.width * size.height * samples, 5).map((part) => Math.round(part * 255));
  const page = { ...size, samples, values, compression: 5, predictor: 2, tile: [16, 16] } as const;
  const file = await folder.open(tiffBytes([page]));
  expect(file.header).toMatchObject({ bands: samples, interpretation: 'bands' });
  expect([...(await file.read()).data]).toEqual(values);
});

test('applies a predictor only for schemes that have one', async () => {
  const values = noise(size.width * size.height, 5).map((part) => Math.round(part * 255));
  for (const compression of [1, 32773]) {
    const fields = [{ tag: 317, type: 3, values: [2] }] as const;
    const file = await folder.open(tiffBytes([{ ...size, values, compression, fields }]));
    expect([...(await file.read()).data]).toEqual(values);
  }
});
