import type { BandStatistics } from '../../contract/image-view.ts';
import { percentileOf, rankedValues, rescaled } from '../../core/image/intensity.ts';
import type { RankedValues } from '../../core/image/intensity.ts';
import { bandValues, maskingBand, presence } from '../../core/image/preparation.ts';
import { requireFrame } from '../images.ts';
import { cropFrame } from '../raster/crop.ts';
import type { ImageFile, Pixels } from '../raster/image-file.ts';
import { preparedPixels } from '../raster/prepared.ts';
import { viewLevels } from './levels.ts';
import { viewTileSide } from '../../contract/image-view.ts';
import { isWhole, readTile, withViewed } from './read-tile.ts';
import type { TiledFrame } from './read-tile.ts';
import { wholeFrames } from './whole-frames.ts';

export interface StatisticsRequest {
  /** Bands, from 0. */
  readonly bands: readonly number[];
  /** Requested percentiles. */
  readonly shares: readonly number[];
  /** True for rescaled values (by the file's slope or table), false for stored values. */
  readonly isRescaled: boolean;
  /** Steps of the histogram. */
  readonly steps: number;
}

/**
 * Measures the distribution of the values of bands, over the same pixels that `readPrepared` uses, so that a stretch by
 * these figures is that of the model's input. Only for an image beyond `preparedPixels` without reduced levels are the
 * figures those of its halves, which may differ a little.
 *
 * @throws UserError as `readTile`
 */
export async function measureBands(
  place: TiledFrame,
  request: StatisticsRequest,
  signal?: AbortSignal,
): Promise<BandStatistics[]> {
  return withViewed(place.path, async (file) => {
    requireFrame(file, place.frame);
    const { header } = file;
    const mask = maskingBand(header);
    const bands = mask === null ? request.bands : [...request.bands, mask];
    const pixels = await read(file, place, bands, signal);
    const isThere = presence(pixels, header, request.bands.length);
    return request.bands.map((_, index) => {
      const stored = bandValues(pixels, index);
      const values = request.isRescaled ? rescaled(stored, header.display) : stored;
      return statisticsOf(rankedValues(values, isThere), request);
    });
  });
}

function statisticsOf(
  ranked: RankedValues,
  { shares, steps }: Pick<StatisticsRequest, 'shares' | 'steps'>,
): BandStatistics {
  const least = percentileOf(ranked, 0);
  const greatest = percentileOf(ranked, 100);
  const histogram = new Array<number>(steps).fill(0);
  const scale = greatest > least ? steps / (greatest - least) : 0;
  for (const value of ranked.sorted) {
    const step = Math.min(steps - 1, Math.floor((value - least) * scale));
    histogram[step] = (histogram[step] ?? 0) + 1;
  }
  const values = shares.map((share) => percentileOf(ranked, share));
  return { values, least, greatest, histogram };
}

/** Returns the level that `readPrepared` uses, or the largest half within the same limit. */
async function read(
  file: ImageFile,
  place: TiledFrame,
  bands: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Pixels> {
  const { header } = file;
  const frame = place.frame ?? 0;
  const levels = viewLevels(header);
  const index = levels.findIndex(({ width, height }) => width * height <= preparedPixels);
  const level = levels[index];
  if (level === undefined) return file.read({ frame, bands, signal });
  const { width, height, from, halvings } = level;
  const region = { x: 0, y: 0, width, height };
  if (isWhole(header)) {
    const whole = await wholeFrames.level(file, frame, halvings, signal);
    return cropFrame(whole.data, whole, { region, bands });
  }
  if (halvings === 0) return file.read({ frame, level: from, bands, signal });
  return joined(place, { index, width, height }, bands, signal);
}

/** A level put together from its tiles. */
async function joined(
  place: TiledFrame,
  { index, width, height }: { index: number; width: number; height: number },
  bands: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Pixels> {
  let data: Pixels['data'] | undefined;
  for (let y = 0; y * viewTileSide < height; y++) {
    for (let x = 0; x * viewTileSide < width; x++) {
      const tile = await readTile(place, { level: index, x, y, bands }, signal);
      data ??= new (tile.data.constructor as new (length: number) => Pixels['data'])(
        width * height * bands.length,
      );
      const row = tile.width * bands.length;
      for (let line = 0; line < tile.height; line++) {
        const at = ((y * viewTileSide + line) * width + x * viewTileSide) * bands.length;
        data.set(tile.data.subarray(line * row, (line + 1) * row), at);
      }
    }
  }
  return { width, height, bands: bands.length, data: data ?? new Uint8Array() };
}
