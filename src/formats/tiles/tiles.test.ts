import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { percentiles, rescaled } from '../../core/image/intensity.ts';
import type { Pixels } from '../raster/image-file.ts';
import { openImage } from '../raster/open.ts';
import { cut } from '../raster/testing/reading.ts';
import { testFolder } from '../raster/testing/test-folder.ts';
import { long, short, text, tiffBytes } from '../testing/tiff-fixtures.ts';
import type { PageSpec } from '../testing/tiff-fixtures.ts';
import { measureBands } from './band-statistics.ts';
import { halvePixels } from './halve.ts';
import { buildLevelFile } from './level-file.ts';
import { tileRegion, viewLevels } from './levels.ts';
import { viewTileSide } from '../../contract/image-view.ts';
import { isMissingLevels, needsLevels, readTile } from './read-tile.ts';

const folder = testFolder();

/** Different from pixel to pixel and band to band, with a sign. */
function ramp(width: number, height: number, samples: number, nodata?: number): number[] {
  return Array.from({ length: width * height * samples }, (_, i) =>
    nodata !== undefined && i % 7 === 0 ? nodata : ((i * 7919) % 60_001) - 30_000,
  );
}

const page = (width: number, height: number, change: Partial<PageSpec> = {}): PageSpec => ({
  width,
  height,
  samples: 2,
  bits: 16,
  format: 2,
  photometric: 1,
  values: ramp(width, height, 2),
  rowsPerStrip: 16,
  ...change,
});

/** A level of its own makes a file be read in parts, however small it is; halves go on from it. */
const pages = [
  page(4200, 50, { fields: [short(258, 16, 16), short(338, 0)] }),
  page(2100, 25, { fields: [short(258, 16, 16), short(338, 0), long(254, 1)] }),
];

async function place(name: string, bytes: Uint8Array): Promise<{ path: string; levels: string }> {
  const path = await folder.file(name, bytes);
  return { path, levels: join(folder.path, 'levels', `${name}.levels`) };
}

describe('viewLevels', () => {
  it('continues from the smallest level of a file until all is one tile', () => {
    const levels = [
      { width: 4200, height: 50 },
      { width: 2100, height: 25 },
    ];
    expect(viewLevels({ levels })).toEqual([
      { width: 4200, height: 50, from: 0, halvings: 0 },
      { width: 2100, height: 25, from: 1, halvings: 0 },
      { width: 1050, height: 13, from: 1, halvings: 1 },
      { width: 525, height: 7, from: 1, halvings: 2 },
      { width: 263, height: 4, from: 1, halvings: 3 },
    ]);
  });

  it('covers a level with tiles, up to its edges', () => {
    const level = { width: 1050, height: 13 };
    expect(tileRegion(level, { x: 2, y: 0 })).toEqual({ x: 1024, y: 0, width: 26, height: 13 });
    expect(() => tileRegion(level, { x: 3, y: 0 })).toThrow(RangeError);
    expect(() => tileRegion(level, { x: 0, y: -1 })).toThrow(RangeError);
  });
});

describe('halve', () => {
  const plain = { format: 'tiff', interpretation: 'bands', nodata: null, alpha: null } as const;
  const grey = (width: number, data: Pixels['data']): Pixels => ({
    width,
    height: data.length / width,
    bands: 1,
    data,
  });

  it('averages squares, and the rest of them at an odd edge', () => {
    const { width, height, data } = halvePixels(
      grey(3, Int16Array.of(-4, -3, 10, 1, 2, 20, 5, 8, -7)),
      plain,
    );
    expect([width, height, ...data]).toEqual([2, 2, -1, 15, 7, -7]);
  });

  it('ignores missing pixels', () => {
    const values = Float32Array.of(9, -1, NaN, -1, 1, -1, -1, -1);
    const { data } = halvePixels(grey(4, values), { ...plain, nodata: -1 });
    expect([...data]).toEqual([5, -1]);
    const withAlpha = { width: 2, height: 1, bands: 2, data: Uint8Array.of(200, 0, 10, 255) };
    expect([...halvePixels(withAlpha, { ...plain, alpha: 1 }).data]).toEqual([10, 128]);
    // What is transparent in a photograph has colours all the same.
    expect([...halvePixels(withAlpha, { ...plain, format: 'webp', alpha: 1 }).data]).toEqual([
      105, 128,
    ]);
  });

  it('picks one of the palette indices', () => {
    const { data } = halvePixels(grey(2, Uint8Array.of(3, 9, 9, 9)), {
      ...plain,
      interpretation: 'palette',
    });
    expect([...data]).toEqual([3]);
  });
});

describe('readTile', () => {
  let parts: { path: string; levels: string };
  let whole: { path: string; levels: string };
  beforeAll(async () => {
    parts = await place('parts.tif', tiffBytes(pages));
    whole = await place('whole.tif', tiffBytes(pages.slice(0, 1)));
  });

  it.each(['parts', 'whole'] as const)(
    'returns the same as a read, at every level: %s',
    async (which) => {
      const here = which === 'parts' ? parts : whole;
      const file = await openImage(here.path);
      await buildIfNeeded(here);
      const levels = viewLevels(file.header);
      expect(levels.length).toBe(which === 'parts' ? 5 : 5);
      let expected: Pixels | undefined;
      for (const [level, { from, halvings, width, height }] of levels.entries()) {
        expected =
          halvings === 0 || expected === undefined
            ? await file.read({ level: from })
            : halvePixels(expected, file.header);
        expect([expected.width, expected.height]).toEqual([width, height]);
        for (let x = 0; x * viewTileSide < width; x++) {
          const tile = await readTile(here, { level, x, y: 0, bands: [1, 0] });
          const region = tileRegion({ width, height }, { x, y: 0 });
          expect([tile.width, tile.height]).toEqual([region.width, region.height]);
          expect([...tile.data]).toEqual(cut(expected, region, [1, 0]));
        }
      }
      await file.close();
    },
  );

  async function buildIfNeeded(here: { path: string; levels: string }): Promise<void> {
    if (!(await needsLevels(here))) return;
    const file = await openImage(here.path);
    // Four rows at a time, so that every way of joining strips is gone.
    await buildLevelFile(file, { target: here.levels, stripBytes: 1 });
    await file.close();
    expect(await needsLevels(here)).toBe(false);
  }

  it('reports missing levels, and builds them as a whole or not at all', async () => {
    const here = { ...parts, levels: join(folder.path, 'other', 'x.levels') };
    const missing = await readTile(here, { level: 3, x: 0, y: 0 }).catch((error: unknown) => error);
    expect(isMissingLevels(missing)).toBe(true);
    expect((await readTile(here, { level: 2, x: 0, y: 0 })).width).toBe(512);
    const file = await openImage(here.path);
    const controller = new AbortController();
    const stopped = buildLevelFile(file, {
      target: here.levels,
      signal: controller.signal,
      stripBytes: 1,
      onprogress: () => {
        controller.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(dirname(here.levels))).toEqual([]);
    await file.close();
  });

  it('refuses tiles that do not exist', async () => {
    await expect(readTile(whole, { level: 9, x: 0, y: 0 })).rejects.toThrow(RangeError);
    await expect(readTile(whole, { level: 0, x: 99, y: 0 })).rejects.toThrow(RangeError);
    await expect(readTile(whole, { level: 0, x: 0, y: 0, bands: [2] })).rejects.toThrow(RangeError);
  });
});

describe('bandStatistics', () => {
  it("returns the percentiles of the model's input, without missing pixels", async () => {
    const values = ramp(300, 20, 1, -30_000);
    const here = await place(
      'grey.tif',
      tiffBytes([page(300, 20, { samples: 1, values, fields: [text(42113, '-30000')] })]),
    );
    const [band] = await measureBands(here, {
      bands: [0],
      shares: [2, 98, 0, 100],
      isRescaled: true,
      steps: 8,
    });
    const there = Float64Array.from(values);
    const isThere = Uint8Array.from(values, (value) => Number(value !== -30_000));
    const plain = rescaled(there, { rescale: null, modalityTable: null });
    expect(band?.values).toEqual([
      ...percentiles(plain, isThere, [2, 98]),
      ...percentiles(plain, isThere, [0, 100]),
    ]);
    const counted = values.filter((value) => value !== -30_000);
    expect([band?.least, band?.greatest]).toEqual([Math.min(...counted), Math.max(...counted)]);
    expect(band?.histogram.reduce((sum, one) => sum + one, 0)).toBe(counted.length);
  });
});
