import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../image-file.ts';
import { valuesOf } from '../testing/reading.ts';
import { testFolder } from '../testing/test-folder.ts';
import { bmpFile, padded, rowsFromBelow, type BmpOptions } from './bmp-fixtures.ts';
import { openCommon } from './open-common.ts';

const folder = testFolder();

async function opened(options: BmpOptions) {
  return openCommon(await folder.file('image.bmp', bmpFile(options)), defaultLimits);
}

/** Sixteen colours, none of them grey. */
const colours = Array.from({ length: 16 }, (_, index) => [index * 16, 255 - index, index + 1]);
const shown = (indices: readonly number[]): number[] =>
  indices.flatMap((index) => colours[index] ?? []);

describe('palettes', () => {
  // Five pixels per row: an odd width, which leaves half a byte over.
  const indices = {
    1: [
      [0, 1, 1, 0, 1],
      [1, 0, 0, 0, 1],
    ],
    2: [
      [0, 1, 2, 3, 1],
      [3, 0, 2, 0, 1],
    ],
    4: [
      [0, 15, 7, 8, 3],
      [1, 2, 3, 4, 14],
    ],
    8: [
      [0, 15, 7, 8, 3],
      [1, 2, 3, 4, 14],
    ],
  };
  const packed = {
    1: [[0b01101000], [0b10001000]],
    2: [
      [0b00011011, 0b01000000],
      [0b11001000, 0b01000000],
    ],
    4: [
      [0x0f, 0x78, 0x30],
      [0x12, 0x34, 0xe0],
    ],
    8: indices[8],
  };

  it.each([1, 2, 4, 8] as const)('of %i bits become their colours', async (bits) => {
    const expected = shown(indices[bits].flat());
    const palette = colours.slice(0, 2 ** bits);
    const size = { width: 5, height: 2, bits, palette };
    for (const options of [
      { ...size, data: rowsFromBelow(packed[bits]), colours: palette.length },
      { ...size, data: packed[bits].flatMap(padded), height: -2, colours: palette.length },
      ...(bits === 8
        ? []
        : [
            { ...size, data: rowsFromBelow(packed[bits]) },
            { ...size, data: rowsFromBelow(packed[bits]), headerSize: 12 as const },
            { ...size, data: rowsFromBelow(packed[bits]), headerSize: 124 as const },
            { ...size, data: rowsFromBelow(packed[bits]), headerSize: 64 as const },
          ]),
    ]) {
      const file = await opened(options);
      expect(file.header).toMatchObject({
        format: 'bmp',
        width: 5,
        height: 2,
        bands: 3,
        frames: 1,
        interpretation: 'rgb',
        sampleType: 'uint8',
        alpha: null,
        spacing: null,
        notes: [],
      });
      expect(await valuesOf(file)).toEqual(expected);
      await file.close();
    }
  });

  it('with only grey entries become one band', async () => {
    const palette = Array.from({ length: 256 }, (_, index) => [index, index, index]);
    const data = rowsFromBelow([
      [0, 100],
      [255, 7],
    ]);
    const file = await opened({ width: 2, height: 2, bits: 8, palette, data });
    expect(file.header).toMatchObject({ bands: 1, interpretation: 'grey' });
    expect(await valuesOf(file)).toEqual([0, 100, 255, 7]);
    await file.close();
  });

  it('may lack the padding of the last row', async () => {
    const data = rowsFromBelow([
      [1, 2],
      [3, 4],
    ]).slice(0, -2);
    const file = await opened({
      width: 2,
      height: 2,
      bits: 8,
      palette: colours,
      colours: 16,
      data,
    });
    expect(await valuesOf(file)).toEqual(shown([1, 2, 3, 4]));
    await file.close();
  });
});

describe('colours', () => {
  it.each([24, 32])('of %i bits are in the order of the file', async (bits) => {
    const more = bits === 32 ? [99] : [];
    const data = rowsFromBelow([
      [3, 2, 1, ...more, 6, 5, 4, ...more],
      [9, 8, 7, ...more, 12, 11, 10, ...more],
    ]);
    const file = await opened({ width: 2, height: 2, bits, data });
    expect(file.header).toMatchObject({ bands: 3, alpha: null, notes: [] });
    expect(await valuesOf(file)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    await file.close();
  });

  /** v · 255 / (2^bits − 1), rounded. */
  const stretched = (value: number, bits: number): number =>
    Math.round((value * 255) / (2 ** bits - 1));

  it.each<[string, number, readonly number[], readonly number[]]>([
    ['5, 5, 5', 0, [], [5, 5, 5]],
    ['5, 6, 5', 3, [0xf800, 0x07e0, 0x001f], [5, 6, 5]],
    ['4, 4, 4', 3, [0x0f00, 0x00f0, 0x000f], [4, 4, 4]],
  ])('of 16 bits as %s', async (name, compression, masks, bits) => {
    const [, greenBits = 0, blueBits = 0] = bits;
    const largest = bits.map((count) => 2 ** count - 1);
    const pixels = [[0, 0, 0], largest, [1, 2, 3], [largest[0] ?? 0, 0, 1]];
    const row = pixels.flatMap(([red = 0, green = 0, blue = 0]) => {
      const word = (red << (greenBits + blueBits)) | (green << blueBits) | blue;
      return [word & 255, word >> 8];
    });
    const file = await opened({ width: 4, height: 1, bits: 16, compression, masks, data: row });
    expect(file.header.notes.join()).toContain(name);
    expect(await valuesOf(file)).toEqual(
      pixels.flatMap((pixel) => pixel.map((value, band) => stretched(value, bits[band] ?? 0))),
    );
    await file.close();
  });

  it.each<[string, Partial<BmpOptions>]>([
    ['in a header that has it', { compression: 3, headerSize: 56 }],
    ['in the largest header', { compression: 3, headerSize: 124 }],
    ['behind a small header', { compression: 6 }],
  ])('with alpha %s', async (_name, where) => {
    const masks = [0xff000000, 0x00ff0000, 0x0000ff00, 0x000000ff];
    const file = await opened({
      width: 1,
      height: 1,
      bits: 32,
      masks,
      data: [4, 3, 2, 1],
      ...where,
    });
    expect(file.header).toMatchObject({ bands: 4, alpha: 3, notes: [] });
    expect(await valuesOf(file)).toEqual([1, 2, 3, 4]);
    expect(await valuesOf(file, { bands: [3, 0] })).toEqual([4, 1]);
    await file.close();
  });

  it('without masks have no alpha, whatever the header states', async () => {
    const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
    const file = await opened({
      width: 1,
      height: 1,
      bits: 32,
      headerSize: 108,
      masks,
      data: [3, 2, 1, 4],
    });
    expect(await valuesOf(file)).toEqual([1, 2, 3]);
    await file.close();
  });
});

describe('run lengths', () => {
  const size = { width: 5, height: 3, palette: colours, colours: 16 };
  const zeros = [0, 0, 0, 0, 0];
  const cases: [name: string, bits: 4 | 8, codes: number[], rowsFromTheTop: number[][]][] = [
    [
      'runs of 8 bits',
      8,
      [5, 1, 0, 0, 2, 7, 3, 8, 0, 0, 5, 9, 0, 1],
      [
        [9, 9, 9, 9, 9],
        [7, 7, 8, 8, 8],
        [1, 1, 1, 1, 1],
      ],
    ],
    [
      'plain stretches of 8 bits',
      8,
      [0, 5, 1, 2, 3, 4, 5, 99, 0, 0, 0, 4, 6, 7, 8, 9, 1, 3, 0, 1],
      [zeros, [6, 7, 8, 9, 3], [1, 2, 3, 4, 5]],
    ],
    [
      'jumps',
      8,
      [1, 1, 0, 2, 2, 1, 2, 3, 0, 0, 5, 4, 0, 1],
      [
        [4, 4, 4, 4, 4],
        [0, 0, 0, 3, 3],
        [1, 0, 0, 0, 0],
      ],
    ],
    ['an end before the image', 8, [2, 5, 0, 1], [zeros, zeros, [5, 5, 0, 0, 0]]],
    [
      'an end that is not said',
      8,
      [5, 1, 0, 0, 5, 2, 0, 0, 5, 3],
      [
        [3, 3, 3, 3, 3],
        [2, 2, 2, 2, 2],
        [1, 1, 1, 1, 1],
      ],
    ],
    [
      'a run beyond its row',
      8,
      [9, 1, 0, 0, 5, 2, 0, 1],
      [zeros, [2, 2, 2, 2, 2], [1, 1, 1, 1, 1]],
    ],
    [
      'runs of 4 bits',
      4,
      [5, 0x12, 0, 0, 3, 0x34, 2, 0x56, 0, 1],
      [zeros, [3, 4, 3, 5, 6], [1, 2, 1, 2, 1]],
    ],
    [
      'plain stretches of 4 bits',
      4,
      [0, 5, 0x12, 0x34, 0x50, 0, 0, 0, 0, 3, 0x67, 0x80, 2, 0xab, 0, 1],
      [zeros, [6, 7, 8, 10, 11], [1, 2, 3, 4, 5]],
    ],
  ];

  it.each(cases)('%s', async (_name, bits, data, rows) => {
    const file = await opened({ ...size, bits, compression: bits === 8 ? 1 : 2, data });
    expect(await valuesOf(file)).toEqual(shown(rows.flat()));
    await file.close();
  });
});
