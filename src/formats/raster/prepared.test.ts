import { describe, expect, test } from 'vitest';
import { plainPreparation } from '../../core/image/preparation.ts';
import { pixelsPrepared, preparedPixels, readPrepared } from './prepared.ts';
import { memoryFile } from './testing/memory-file.ts';

const side = Math.sqrt(preparedPixels);
const stored = { preparation: { bands: null, range: { kind: 'stored' } } } as const;

/** A grey image whose value is a function of its position. */
function drawn(width: number, height: number, value: (x: number, y: number) => number) {
  const data = Uint8Array.from({ length: width * height }, (_, at) =>
    value(at % width, Math.floor(at / width)),
  );
  return { width, height, bands: 1, data };
}

describe('the prepared values of a file', () => {
  test('are all values if they fit', async () => {
    const raster = await readPrepared(memoryFile([drawn(5, 3, (x, y) => 10 * x + y)]), stored);
    expect([raster.width, raster.height, raster.channels]).toEqual([5, 3, 3]);
    expect([...raster.data.subarray(0, 6)]).toEqual([0, 0, 0, 10, 10, 10]);
  });

  test('are those of its largest level that fits', async () => {
    const levels = [drawn(side + 1, side, () => 9), drawn(40, 30, () => 50), drawn(4, 3, () => 70)];
    const raster = await readPrepared(memoryFile(levels), stored);
    expect([raster.width, raster.height, raster.data[0]]).toEqual([40, 30, 50]);
  });

  test('are refused if far too much would have to be read', async () => {
    const file = memoryFile([
      { width: 2 ** 20, height: 2 ** 20, bands: 1, data: new Uint8Array() },
    ]);
    await expect(readPrepared(file, stored)).rejects.toMatchObject({
      code: 'too-large',
      message: expect.stringMatching(/1048576 × 1048576 pixels.*Add overviews/) as string,
    });
    expect(file.requests).toEqual([]);
  });

  test('are fewer pixels if there are many bands', async () => {
    expect([1, 3, 4].map(pixelsPrepared)).toEqual([preparedPixels, preparedPixels, preparedPixels]);
    expect(pixelsPrepared(16)).toBe(preparedPixels / 4);
    const bands = Array.from({ length: 16 }, (_, band) => band);
    const [width, height] = [side / 2 + 2, side / 2];
    const data = new Uint8Array(16 * width * height).fill(7);
    const file = memoryFile([{ width, height, bands: 16, data }]);
    const preparation = { bands, range: { kind: 'stored' } } as const;
    const raster = await readPrepared(file, { preparation });
    expect([raster.width, raster.height, raster.channels]).toEqual([width / 2, height / 2, 16]);
    expect(new Set(raster.data)).toEqual(new Set([7]));
  });

  test('are means of squares, read in strips, if no level fits', async () => {
    // Alternating columns of 0 and 100: a mean is 50, a picked pixel would be either.
    const file = memoryFile([drawn(side + 4, side + 2, (x) => (x % 2) * 100)]);
    const raster = await readPrepared(file, stored);
    expect([raster.width, raster.height]).toEqual([side / 2 + 2, side / 2 + 1]);
    expect(new Set(raster.data)).toEqual(new Set([50]));
    expect(file.requests.length).toBeGreaterThan(1);
    for (const { region } of file.requests) {
      expect((region?.width ?? 0) * (region?.height ?? 0)).toBeLessThanOrEqual(
        preparedPixels + 2 * side,
      );
    }
  });

  test('exclude nodata from means, and never mix indices', async () => {
    const checks = drawn(side + 2, side, (x, y) => (x % 2 === 0 && y % 2 === 0 ? 200 : 255));
    const nothing = await readPrepared(memoryFile([checks], { nodata: 255 }), stored);
    expect(new Set(nothing.data)).toEqual(new Set([200]));
    const palette = new Uint8Array(768);
    palette.set([1, 2, 3], 600);
    const display = {
      rescale: null,
      modalityTable: null,
      windows: [],
      voiTable: null,
      isInverted: false,
      palette,
    };
    const indexed = await readPrepared(
      memoryFile([checks], { interpretation: 'palette', display }),
      stored,
    );
    expect([...indexed.data.subarray(0, 3)]).toEqual([1, 2, 3]);
  });

  test('keep the colours of photographs, even of transparent pixels', async () => {
    const size = { width: side + 2, height: side };
    const data = new Uint8Array(
      Buffer.alloc(size.width * size.height * 4, Uint8Array.of(7, 90, 0, 0)),
    );
    const file = memoryFile([{ ...size, bands: 4, data }], {
      format: 'png',
      interpretation: 'rgb',
      alpha: 3,
    });
    const raster = await readPrepared(file, stored);
    const expected = Buffer.alloc(raster.width * raster.height * 3, Uint8Array.of(7, 90, 0));
    expect(Buffer.compare(raster.data, expected)).toBe(0);
  });

  test('a missing band is reported with the file', async () => {
    const preparation = { ...plainPreparation, bands: [3] };
    await expect(readPrepared(memoryFile([drawn(2, 2, () => 0)]), { preparation })).rejects.toThrow(
      /^memory\.tif: band 4 was chosen, but the image has one band/,
    );
  });
});
