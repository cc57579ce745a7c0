import { toPlanes } from '../../core/distill/views.ts';
import { UserError } from '../../core/errors.ts';
import type { Preparation } from '../../core/image/preparation.ts';
import { ignoreValue, lastClassValue, tileCounts, tileSide } from '../../core/mask/tiles.ts';
import { OpenRows, tileWeights } from '../../core/segmentation/blend.ts';
import { RowWindow } from '../../core/segmentation/row-window.ts';
import { bandsOf, columnsIn, defaultOverlap, tileGrid } from '../../core/segmentation/tile-plan.ts';
import type { Band, TileGrid } from '../../core/segmentation/tile-plan.ts';
import type { ImagePlace } from '../../formats/labelled-images.ts';
import type { MaskClass, MaskRaster } from '../../formats/masks/mask-raster.ts';
import { stampOf } from '../../formats/open-images.ts';
import type { PreparedImage, PreparedRegion } from '../../formats/raster/prepared-regions.ts';
import { breathe } from '../job.ts';
import { MaskRows } from './mask-rows.ts';
import { MaskSpool } from './mask-spool.ts';

/** A model that says of each pixel of a square which class it shows. */
export interface TileModel {
  /** Side of its input, S px. */
  readonly side: number;
  /** Of a pixel, C. */
  readonly channels: number;
  /** Classes, K; 0 is background. */
  readonly outputs: number;
  /** Tiles at a time, B. */
  readonly batch: number;
  /**
   * @param images (B, C, S, S) in [0, 1], always with room for B; used again once the result is there
   * @param count how many of them are to be looked at, [1, B]: the first ones
   * @returns probabilities (count, K, S, S) or more
   */
  run(images: Float32Array, count: number): Promise<Float32Array>;
}

export interface PredictMaskOptions {
  /** Share of a tile's side by which neighbours overlap, [0, 0.75]; half by default. */
  readonly overlap?: number | undefined;
  /** Where the mask is kept while it is made, and what it depends on (see `predictionFingerprint`). */
  readonly spool: { readonly path: string; readonly fingerprint: string };
  /** What the mask says of its classes. */
  readonly classes?: readonly MaskClass[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Tiles that are done, of so many. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
  /** Bytes for sums of probabilities. The result does not depend on it; a spool of another is not gone on with. */
  readonly budget?: number | undefined;
}

/** Read from the disk, tile by tile. */
export interface PredictedMask extends MaskRaster {
  /** The spool's file stays: the same prediction then only reads it. */
  close(): Promise<void>;
  /** Closes it and removes the spool's file. */
  remove(): Promise<void>;
}

const usualBudget = 256 * 2 ** 20;

/**
 * Predicts the mask of an image of any size by tiles that overlap. Their probabilities are blended (see
 * `tileWeights`); each pixel gets the class with the most, of equal ones the first. Where there is nothing
 * it gets 255, and tiles in which there is nothing at all are not computed.
 *
 * Memory: with B px the width of a band (the image's width W, or less: 4·K·S·B ≤ `budget`, but B ≥ 512 where
 * the image is as wide), R rows of tiles run together (1 where a row fills a batch), overlap o, and n tiles in
 * a batch,
 *
 *   4·K·S·B + 4·(S + 2·R·S·(1 − o))·(B + 2·S) + 512·B + n·S²·(5·C + 4·K) bytes
 *
 * and what the image's reader takes: R·S·(1 − o)·(B + 2·S) stored values of each band, and the blocks of a TIFF
 * that it keeps (64 MB, of wide ones up to 256 MB). It does not grow with the image's height, and the mask itself
 * is on the disk: K = 5, S = 224 and half an overlap take 82 MB and the reader's for 10,000 × 10,000 px.
 *
 * The spool holds whole rows of mask tiles, so that a prediction that was stopped goes on from the last of them
 * with the same result. It must not be in use by another prediction.
 *
 * @throws UserError 'cancelled', 'disk', as the image's `read`, and what the model throws; RangeError for an
 * overlap outside its range and for more than 255 classes
 */
export async function predictMask(
  model: TileModel,
  image: PreparedImage,
  options: PredictMaskOptions,
): Promise<PredictedMask> {
  const { side, outputs } = model;
  const { overlap = defaultOverlap, budget = usualBudget, classes = [] } = options;
  if (outputs < 1 || outputs > lastClassValue + 1) {
    throw new RangeError(`predictMask: a mask has no room for ${outputs} classes`);
  }
  const { width, height } = image;
  const grid = tileGrid(image, side, overlap);
  const bands = bandsOf(width, side, outputs, budget);
  const { path, fingerprint } = options.spool;
  const about = { fingerprint, width, height, side, outputs, overlap, bands };
  const spool = await MaskSpool.open(path, JSON.stringify(about));
  try {
    const progress = new TileProgress(grid, bands, options.progress);
    for (const [index, band] of bands.entries()) {
      await new BandPrediction({ model, image, grid, spool, progress }, index, band).run(
        options.signal,
      );
    }
  } catch (error) {
    await spool.close();
    throw error;
  }
  return {
    ...{ width, height, classes },
    tile: (x, y) => spool.tile(x, y),
    close: () => spool.close(),
    remove: () => spool.remove(),
  };
}

export interface PredictionSubject {
  readonly image: ImagePlace;
  readonly preparation: Preparation;
  /** SHA-256 of the model's file, or whatever else tells it from others. */
  readonly model: string;
}

/** What a predicted mask depends on besides the size of tiles and their overlap: the file, as it lies on the disk, what is seen of it, and the model. */
export async function predictionFingerprint({
  image: { path, frame },
  preparation,
  model,
}: PredictionSubject): Promise<string> {
  const file = await stampOf(path);
  return JSON.stringify({ path, frame: frame ?? null, file, preparation, model });
}

class TileProgress {
  readonly #total: number;
  readonly #told: PredictMaskOptions['progress'];
  #done = 0;

  constructor(grid: TileGrid, bands: readonly Band[], told: PredictMaskOptions['progress']) {
    const columns = bands.reduce((sum, band) => sum + columnsIn(grid, band).length, 0);
    this.#total = columns * grid.rows.length;
    this.#told = told;
  }

  add(tiles: number): void {
    this.#done += tiles;
    this.#told?.(this.#done, this.#total);
  }
}

interface Prediction {
  readonly model: TileModel;
  readonly image: PreparedImage;
  readonly grid: TileGrid;
  readonly spool: MaskSpool;
  readonly progress: TileProgress;
}

interface Tile {
  readonly x: number;
  readonly y: number;
}

/** One band, from where the spool has it to its end. */
class BandPrediction {
  readonly #all: Prediction;
  readonly #columns: readonly number[];
  /** Rows of tiles that are run together, of those that are still needed. */
  readonly #groups: readonly (readonly number[])[];
  readonly #index: number;
  readonly #band: Band;
  /** The first row of the image that is not in the spool. */
  readonly #top: number;

  constructor(all: Prediction, index: number, band: Band) {
    const { grid, model, spool } = all;
    this.#all = all;
    this.#index = index;
    this.#band = band;
    this.#columns = columnsIn(grid, band);
    const done = spool.rowsDone(index);
    const isDone = done >= tileCounts(all.image).rows;
    this.#top = done * tileSide;
    const rows = isDone ? [] : grid.rows.filter((y) => y + grid.side > this.#top);
    const together = Math.max(1, Math.floor(model.batch / this.#columns.length));
    this.#groups = Array.from({ length: Math.ceil(rows.length / together) }, (_, at) =>
      rows.slice(at * together, (at + 1) * together),
    );
    const left = grid.rows.length - rows.length;
    if (left > 0) all.progress.add(left * this.#columns.length);
  }

  async run(signal: AbortSignal | undefined): Promise<void> {
    const [first] = this.#groups;
    if (first?.[0] === undefined) return;
    const { image, grid, model } = this.#all;
    const window = new RowWindow(
      image,
      this.#left,
      this.#width,
      this.#rowsAtOnce(),
      model.channels,
    );
    const sums = new OpenRows(
      { ...this.#band, height: image.height },
      grid.side,
      model.outputs,
      first[0],
    );
    const rows = new MaskRows(this.#all.spool, this.#index, this.#band, image);
    const batch = new TileBatch(model, window, sums, grid, image);
    let coming = this.#read(0, signal);
    for (const [index, group] of this.#groups.entries()) {
      const { y, raster, nothing } = await coming;
      window.put(y, raster, nothing);
      // The next rows come from the disk while the model has these.
      if (index + 1 < this.#groups.length) coming = this.#read(index + 1, signal);
      // Whoever stops before it is asked for need not hear of it.
      coming.catch(() => undefined);
      const settle = (y: number): Promise<void> => this.#settle(y, { sums, window, rows });
      for (const tiles of this.#batches(group, window)) {
        throwIfStopped(signal);
        await batch.run(tiles, settle);
        await breathe();
      }
      await settle(this.#groups[index + 1]?.[0] ?? image.height);
      throwIfStopped(signal);
    }
  }

  get #left(): number {
    return this.#columns[0] ?? 0;
  }

  get #width(): number {
    const end = (this.#columns.at(-1) ?? 0) + this.#all.grid.side;
    return Math.min(this.#all.image.width, end) - this.#left;
  }

  /** The row behind the last that a group needs. */
  #endOf(group: readonly number[] | undefined): number {
    const { image, grid } = this.#all;
    return Math.min(image.height, (group?.at(-1) ?? 0) + grid.side);
  }

  #rowsAtOnce(): number {
    return Math.max(...this.#groups.map((group) => this.#endOf(group) - (group[0] ?? 0)));
  }

  /** The rows that a group needs and the one before did not. */
  async #read(
    index: number,
    signal: AbortSignal | undefined,
  ): Promise<PreparedRegion & { readonly y: number }> {
    const group = this.#groups[index];
    const y = index === 0 ? (group?.[0] ?? 0) : this.#endOf(this.#groups[index - 1]);
    const region = { x: this.#left, y, width: this.#width, height: this.#endOf(group) - y };
    return { y, ...(await this.#all.image.read(region, signal)) };
  }

  /** The tiles of a group that show something, a batch at a time. */
  *#batches(group: readonly number[], window: RowWindow): Generator<Tile[]> {
    const { model, grid, progress } = this.#all;
    let tiles: Tile[] = [];
    let skipped = 0;
    for (const y of group) {
      for (const x of this.#columns) {
        if (window.isNothing(x, y, grid.side)) skipped++;
        else tiles.push({ x, y });
        if (tiles.length < model.batch) continue;
        yield tiles;
        progress.add(tiles.length);
        tiles = [];
      }
    }
    if (tiles.length > 0) yield tiles;
    if (tiles.length + skipped > 0) progress.add(tiles.length + skipped);
  }

  /** Closes all rows above `y`. */
  async #settle(
    y: number,
    { sums, window, rows }: { sums: OpenRows; window: RowWindow; rows: MaskRows },
  ): Promise<void> {
    while (sums.next < y) {
      const row = sums.next;
      const line = rows.line(row);
      sums.settle(line);
      // What is above is in the spool already; here it lacks the tiles before.
      if (row < this.#top) continue;
      window.markNothing(row, this.#band.left, line, ignoreValue);
      if (rows.isFull(row)) await rows.flush(row);
    }
  }
}

/** Tiles that go through the model together. */
class TileBatch {
  readonly #model: TileModel;
  readonly #window: RowWindow;
  readonly #sums: OpenRows;
  readonly #bytes: Uint8Array;
  readonly #images: Float32Array;
  readonly #across: ReadonlyMap<number, Float32Array>;
  readonly #down: ReadonlyMap<number, Float32Array>;

  constructor(
    model: TileModel,
    window: RowWindow,
    sums: OpenRows,
    { columns, rows, side }: TileGrid,
    { width, height }: PreparedImage,
  ) {
    this.#model = model;
    this.#window = window;
    this.#sums = sums;
    this.#bytes = new Uint8Array(model.batch * side * side * model.channels);
    this.#images = new Float32Array(this.#bytes.length);
    this.#across = weightsOf(columns, side, width);
    this.#down = weightsOf(rows, side, height);
  }

  /** @param settle closes the rows above the next tile, to which none is to come */
  async run(tiles: readonly Tile[], settle: (y: number) => Promise<void>): Promise<void> {
    const { side, channels, outputs } = this.#model;
    const values = side * side * channels;
    for (const [at, { x, y }] of tiles.entries()) {
      this.#window.tile(x, y, side, this.#bytes.subarray(at * values, (at + 1) * values));
    }
    const count = tiles.length;
    const used = this.#images.subarray(0, count * values);
    toPlanes(this.#bytes.subarray(0, count * values), count, side, channels, used);
    const given = await this.#model.run(this.#images, count);
    const each = outputs * side * side;
    if (given.length < count * each) {
      throw new Error(
        `TileModel: (${count}, ${outputs}, ${side}, ${side}) has ${count * each} values, got ${given.length}`,
      );
    }
    for (const [at, { x, y }] of tiles.entries()) {
      await settle(y);
      const across = this.#across.get(x) ?? new Float32Array(side);
      const down = this.#down.get(y) ?? new Float32Array(side);
      this.#sums.add({ values: given, offset: at * each, x, y, across, down });
    }
  }
}

/** By where the tile begins; most share theirs. */
function weightsOf(
  starts: readonly number[],
  side: number,
  length: number,
): ReadonlyMap<number, Float32Array> {
  const shared = new Map<string, Float32Array>();
  return new Map(
    starts.map((start) => {
      const ends = { isFirst: start === 0, isLast: start + side >= length };
      const key = JSON.stringify(ends);
      const weights = shared.get(key) ?? tileWeights(side, ends);
      shared.set(key, weights);
      return [start, weights];
    }),
  );
}

function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new UserError('cancelled', 'Stopped.');
}
