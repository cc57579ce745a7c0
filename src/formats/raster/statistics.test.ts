import { expect, it } from 'vitest';
import { plainDisplay, type ImageFile, type Samples } from './image-file.ts';
import { rasterStatistics } from './statistics.ts';

/** A file of frames that are in memory, one column wide. */
function fileOf(frames: readonly Samples[], nodata: number | null = null): ImageFile {
  const height = frames[0]?.length ?? 0;
  return {
    path: 'memory',
    header: {
      format: 'tiff',
      width: 1,
      height,
      bands: 1,
      frames: frames.length,
      sampleType: 'float64',
      interpretation: 'grey',
      alpha: null,
      nodata,
      levels: [{ width: 1, height }],
      spacing: null,
      geo: null,
      display: plainDisplay,
      grouping: null,
      notes: [],
    },
    read: ({ frame = 0, region } = {}) => {
      const { y, height: rows } = region ?? { y: 0, height };
      const data = (frames[frame] ?? new Uint8Array(0)).slice(y, y + rows);
      return Promise.resolve({ width: 1, height: rows, bands: 1, data });
    },
    close: () => Promise.resolve(),
  };
}

it('statistics are of all frames', async () => {
  const file = fileOf([new Int16Array([1, 2, -3]), new Int16Array([4, 5, 6])]);
  expect(await rasterStatistics(file)).toEqual({ min: -3, max: 6, mean: 2.5 });
});

it('statistics leave out what is no value', async () => {
  const file = fileOf([new Float64Array([NaN, Infinity, -9999, 2, 4])], -9999);
  expect(await rasterStatistics(file)).toEqual({ min: 2, max: 4, mean: 3 });
  const empty = fileOf([new Float64Array([NaN])]);
  expect(await rasterStatistics(empty)).toEqual({ min: NaN, max: NaN, mean: NaN });
});

it('statistics of a tall image are read in parts', async () => {
  const values = new Float64Array(10_000_000).fill(1).fill(3, 9_999_999);
  let largest = 0;
  const file = fileOf([values]);
  const counted: ImageFile = {
    ...file,
    read: async (request) => {
      const pixels = await file.read(request);
      largest = Math.max(largest, pixels.height);
      return pixels;
    },
  };
  expect((await rasterStatistics(counted)).max).toBe(3);
  expect(largest).toBeLessThan(10_000_000);
});
