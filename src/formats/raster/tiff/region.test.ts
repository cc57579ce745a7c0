import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ImageFile, Pixels, ReadRequest } from '../image-file.ts';
import { testImages } from '../testing/test-folder.ts';
import { openTiff } from './open-tiff.ts';
import { long, short, text, tiffBytes, type PageSpec } from '../../testing/tiff-fixtures.ts';

const folder = testImages(openTiff);

const width = 61;
const height = 47;
const samples = 3;
/** Values of a page, all different. */
const values = Array.from({ length: width * height * samples }, (_, i) => (i * 7) % 65_521);
const page = { width, height, samples, bits: 16, values } as const;

const layouts: [name: string, layout: Partial<PageSpec>][] = [
  ['one strip', {}],
  ['strips', { rowsPerStrip: 6, compression: 5 }],
  ['tiles', { tile: [16, 32], compression: 8, predictor: 2 }],
  ['uncompressed tiles', { tile: [32, 16] }],
  ['a band at a time', { isPlanar: true, rowsPerStrip: 9, compression: 32773 }],
  ['a band at a time in tiles', { isPlanar: true, tile: [16, 16], compression: 8 }],
];

/** Returns the expected values of a region, from the values the page was made of. */
function crop({ x, y, width: w, height: h }: Region, bands: readonly number[]): number[] {
  const result: number[] = [];
  for (let row = y; row < y + h; row++) {
    for (let column = x; column < x + w; column++) {
      for (const band of bands) result.push(values[(row * width + column) * samples + band] ?? NaN);
    }
  }
  return result;
}

type Region = Required<ReadRequest>['region'];

function span(length: number): fc.Arbitrary<[start: number, count: number]> {
  return fc
    .tuple(fc.nat(length - 1), fc.nat(length - 1))
    .map(([a, b]) => [Math.min(a, b), Math.abs(a - b) + 1]);
}

const regions = fc
  .tuple(span(width), span(height))
  .map(([[x, w], [y, h]]): Region => ({ x, y, width: w, height: h }));
const bandLists = fc.array(fc.nat(samples - 1), { minLength: 1, maxLength: 4 });

test.each(layouts)('reads regions of %s as crops of the whole', async (_, layout) => {
  const file = await folder.open(tiffBytes([{ ...page, ...layout }]));
  await fc.assert(
    fc.asyncProperty(regions, bandLists, async (region, bands) => {
      const { data, ...size } = await file.read({ region, bands });
      expect(size).toEqual({ width: region.width, height: region.height, bands: bands.length });
      expect([...data]).toEqual(crop(region, bands));
    }),
    { numRuns: 60 },
  );
});

test('reads rows that are too long to be read whole', async () => {
  const wide = 20_000;
  const long = Array.from({ length: wide * 3 }, (_, i) => i % 251);
  const file = await folder.open(tiffBytes([{ width: wide, height: 3, values: long }]));
  const region = { x: 12_345, y: 1, width: 100, height: 2 };
  const { data } = await file.read({ region });
  const start = wide + 12_345;
  const expected = [start, start + wide].flatMap((at) => long.slice(at, at + 100));
  expect([...data]).toEqual(expected);
});

test('keeps simultaneous reads apart', async () => {
  const file = await folder.open(tiffBytes([{ ...page, tile: [16, 16], compression: 8 }]));
  const wanted: Region[] = Array.from({ length: 40 }, (_, i) => ({
    x: i,
    y: (i * 5) % 30,
    width: 20,
    height: 15,
  }));
  const results = await Promise.all(wanted.map((region) => file.read({ region })));
  const read = results.map(({ data }) => [...data]);
  expect(read).toEqual(wanted.map((region) => crop(region, [0, 1, 2])));
});

describe('blocks that were never written', () => {
  const sparse = { ...page, tile: [16, 16], compression: 8, missing: [0, 1, 5] } as const;

  test('are zero', async () => {
    const file = await folder.open(tiffBytes([sparse]));
    const { data } = await file.read({ region: { x: 0, y: 0, width: 40, height: 1 } });
    expect([...data]).toEqual([
      ...new Array<number>(96).fill(0),
      ...crop({ x: 32, y: 0, width: 8, height: 1 }, [0, 1, 2]),
    ]);
  });

  test('are nodata if the file has such a value', async () => {
    const file = await folder.open(tiffBytes([{ ...sparse, fields: [text(42113, '777')] }]));
    const { data } = await file.read({ region: { x: 20, y: 3, width: 13, height: 2 }, bands: [1] });
    const row = (y: number): number[] => crop({ x: 32, y, width: 1, height: 1 }, [1]);
    const blank = new Array<number>(12).fill(777);
    expect([...data]).toEqual([...blank, ...row(3), ...blank, ...row(4)]);
  });
});

describe('turned upright', () => {
  const square = { width: 3, height: 2, values: [1, 2, 3, 4, 5, 6] };
  /** Rows 1 2 3 and 4 5 6 as a viewer shows them, by the definition of each orientation. */
  const shown: [orientation: number, rows: number[][]][] = [
    [
      1,
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
    [
      2,
      [
        [3, 2, 1],
        [6, 5, 4],
      ],
    ],
    [
      3,
      [
        [6, 5, 4],
        [3, 2, 1],
      ],
    ],
    [
      4,
      [
        [4, 5, 6],
        [1, 2, 3],
      ],
    ],
    [
      5,
      [
        [1, 4],
        [2, 5],
        [3, 6],
      ],
    ],
    [
      6,
      [
        [4, 1],
        [5, 2],
        [6, 3],
      ],
    ],
    [
      7,
      [
        [6, 3],
        [5, 2],
        [4, 1],
      ],
    ],
    [
      8,
      [
        [3, 6],
        [2, 5],
        [1, 4],
      ],
    ],
  ];

  test.each(shown)('orientation %i', async (orientation, rows) => {
    const file = await folder.open(tiffBytes([{ ...square, fields: [short(274, orientation)] }]));
    const [first = []] = rows;
    expect(file.header).toMatchObject({ width: first.length, height: rows.length });
    expect([...(await file.read()).data]).toEqual(rows.flat());
    for (const [y, row] of rows.entries()) {
      for (const [x, value] of row.entries()) {
        const { data } = await file.read({ region: { x, y, width: 1, height: 1 } });
        expect([...data]).toEqual([value]);
      }
    }
  });

  test('keeps bands together', async () => {
    const fields = [short(274, 6)];
    const colours = { width: 2, height: 1, samples: 3, photometric: 2, values: [1, 2, 3, 4, 5, 6] };
    const file = await folder.open(tiffBytes([{ ...colours, fields }]));
    expect(await file.read({ bands: [2, 0] })).toMatchObject({
      width: 1,
      height: 2,
      data: Uint8Array.from([3, 1, 6, 4]),
    });
  });
});

describe('requests that do not exist', () => {
  const wrong: [name: string, request: ReadRequest][] = [
    ['frame', { frame: 1 }],
    ['frame', { frame: -1 }],
    ['frame', { frame: 0.5 }],
    ['level', { level: 1 }],
    ['band', { bands: [3] }],
    ['band', { bands: [0.5] }],
    ['region to the right', { region: { x: 1, y: 0, width, height: 1 } }],
    ['region below', { region: { x: 0, y: height, width: 1, height: 1 } }],
    ['empty region', { region: { x: 0, y: 0, width: 0, height: 1 } }],
    ['region between pixels', { region: { x: 0.5, y: 0, width: 1, height: 1 } }],
    ['region of no size', { region: { x: 0, y: 0, width: NaN, height: 1 } }],
  ];

  test.each(wrong)('a %s is a RangeError: %j', async (_, request) => {
    const file = await folder.open(tiffBytes([page]));
    await expect(file.read(request)).rejects.toBeInstanceOf(RangeError);
  });
});

describe('stopping', () => {
  const strips = { ...page, rowsPerStrip: 1, compression: 8 } as const;

  async function stopped(read: (file: ImageFile) => Promise<Pixels>): Promise<void> {
    const file = await folder.open(tiffBytes([strips]));
    await expect(read(file)).rejects.toMatchObject({ name: 'UserError', code: 'cancelled' });
  }

  test('before it begins', () => stopped((file) => file.read({ signal: AbortSignal.abort() })));

  test('while it runs', () =>
    stopped((file) => {
      const abort = new AbortController();
      const read = file.read({ signal: abort.signal });
      abort.abort();
      return read;
    }));

  test('by closing the file', () =>
    stopped(async (file) => {
      const read = file.read();
      // Its failure is looked at after closing.
      read.catch(() => undefined);
      await file.close();
      return read;
    }));

  test('after closing, without an unhandled failure', () =>
    stopped(async (file) => {
      await file.close();
      await file.close();
      return file.read();
    }));

  test('does not affect another read', async () => {
    const file = await folder.open(tiffBytes([strips]));
    const abort = new AbortController();
    const first = file.read({ signal: abort.signal });
    const second = file.read();
    abort.abort();
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    expect([...(await second).data]).toEqual(values);
  });
});

test('limits decoded bytes', async () => {
  const file = await folder.open(tiffBytes([page]), { bytes: 1000 });
  await expect(file.read()).rejects.toMatchObject({ code: 'too-large' });
  const { data } = await file.read({ region: { x: 0, y: 0, width: 10, height: 10 } });
  expect(data.length).toBe(300);
});

test('limits a block that is decoded whole', async () => {
  const bytes = tiffBytes([{ ...page, compression: 8 }]);
  await expect(folder.open(bytes, { pixels: 1000 })).rejects.toMatchObject({ code: 'too-large' });
  // Uncompressed pages are read row by row.
  const plain = await folder.open(tiffBytes([page]), { pixels: 1000 });
  expect([...(await plain.read()).data]).toEqual(values);
});

test('accepts wrong sizes of strips', async () => {
  const single = { width: 4, height: 2, values: [1, 2, 3, 4, 5, 6, 7, 8] };
  const specs: Partial<PageSpec>[] = [
    { without: [279] },
    { fields: [long(279, 1)] },
    { fields: [long(279, 4_000_000)] },
    { without: [278] },
    { fields: [long(278, 4_294_967_295)] },
    { compression: 8, fields: [long(279, 100)] },
  ];
  for (const spec of specs) {
    // Room behind the strip, so that a size that is too long stays inside.
    const bytes = Buffer.concat([tiffBytes([{ ...single, ...spec }]), Buffer.alloc(200)]);
    const file = await folder.open(bytes);
    expect([...(await file.read()).data], JSON.stringify(spec)).toEqual(single.values);
  }
});
