import { toPlanes } from '../../../../core/distill/views.ts';
import { UserError } from '../../../../core/errors.ts';
import type { Preparation } from '../../../../core/image/preparation.ts';
import { ignoreValue, lastClassValue, tileCounts, tileSide } from '../../../../core/mask/tiles.ts';
import { OpenRows, tileWeights } from '../../../../core/segmentation/blend.ts';
import { RowWindow } from '../../../../core/segmentation/row-window.ts';
import {
  columnBands,
  columnsIn,
  defaultOverlap,
  tileGrid,
} from '../../../../core/segmentation/tile-plan.ts';
import type { ColumnBand, TileGrid } from '../../../../core/segmentation/tile-plan.ts';
import type { ImagePlace } from '../../../../formats/labels/labelled-images.ts';
import type { MaskClass, MaskRaster } from '../../../../formats/masks/mask-raster.ts';
import { stampOf } from '../../../../formats/open-images.ts';
import type { PreparedImage, PreparedRegion } from '../../../../formats/raster/prepared-regions.ts';
import { breathe } from '../../../job.ts';
import { MaskRows } from '../data/mask-rows.ts';
import { MaskSpool } from '../data/mask-spool.ts';
import { commonText } from '../../../../text/index.ts';

/** A model that classifies each pixel of a square tile. */
export interface TileModel {
  /** Side S of its input, px. */
  readonly side: number;
  /** Channels C per pixel. */
  readonly channels: number;
  /** Number of classes K; 0 is background. */
  readonly outputs: number;
  /** Tiles per batch, B. */
  readonly batch: number;
  /**
   * Runs the model.
   *
   * @param images (B, C, S, S) in [0, 1], always allocated for B tiles; reused after the result is returned
   * @param count number of tiles to process, [1, B]: the first ones
   * @returns probabilities (count, K, S, S) or more
   */
  run(images: Float32Array, count: number): Promise<Float32Array>;
}

export interface PredictMaskOptions {
  /** Overlap of neighbouring tiles as a share of their side, [0, 0.75]; half by default. */
  readonly overlap?: number | undefined;
  /** Spool file of the mask, and everything the mask depends on (see `predictionFingerprint`). */
  readonly spool: { readonly path: string; readonly fingerprint: string };
  /** Classes to attach to the mask. */
  readonly classes?: readonly MaskClass[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the numbers of completed and of all tiles. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
  /**
   * Budget for sums of probabilities, bytes. The result does not depend on it, but a spool of another budget is
   * restarted.
   */
  readonly budget?: number | undefined;
}

/** A predicted mask, read from the disk tile by tile. */
export interface PredictedMask extends MaskRaster {
  /** Keeps the spool file: repeating the prediction then only reads it. */
  close(): Promise<void>;
  /** Closes the mask and deletes the spool file. */
  remove(): Promise<void>;
}

const usualBudget = 256 * 2 ** 20;

/**
 * Predicts the mask of an image of any size in overlapping tiles, whose probabilities are blended (see
 * `tileWeights`). Each pixel gets the most probable class, the first of equal ones. Pixels without image data get
 * 255, and tiles without any image data are not computed.
 *
 * Memory: with B px the width of a band (the image's width W, or less: 4·K·S·B ≤ `budget`, but B ≥ 512 where the
 * image is as wide), R rows of tiles run together (1 where a row fills a batch), overlap o, and n tiles in a batch,
 *
 * 4·K·S·B + 4·(S + 2·R·S·(1 − o))·(B + 2·S) + 512·B + n·S²·(5·C + 4·K) bytes
 *
 * and the memory of the image's reader: R·S·(1 − o)·(B + 2·S) stored values of each band, and the blocks of a TIFF
 * that it keeps (64 MB, of wide ones up to 256 MB). It does not grow with the image's height, and the mask itself is
 * on the disk: K = 5, S = 224 and half an overlap take 82 MB plus the reader's for 10,000 × 10,000 px.
 *
 * The spool holds whole rows of mask tiles, so that an interrupted prediction continues from the last of them with
 * the same result. It must not be in use by another prediction.
 *
 * @throws UserError 'cancelled', 'disk', as the image's `read`, and errors of the model; RangeError for an overlap
 * outside its range and for more than 255 classes
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
  const bands = columnBands(width, side, outputs, budget);
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
    width,
    height,
    classes,
    tile: (x, y) => spool.tile(x, y),
    close: () => spool.close(),
    remove: () => spool.remove(),
  };
}

export interface PredictionSubject {
  readonly image: ImagePlace;
  readonly preparation: Preparation;
  /** SHA-256 of the model's file, or another identifier of it. */
  readonly model: string;
}

/**
 * Returns a fingerprint of everything that a predicted mask depends on, in addition to tile size and overlap: the file's state on the
 * disk, its preparation, and the model.
 */
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

  constructor(grid: TileGrid, bands: readonly ColumnBand[], told: PredictMaskOptions['progress']) {
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

/** Prediction of one band, from its state in the spool to its end. */
class BandPrediction {
  readonly #all: Prediction;
  readonly #columns: readonly number[];
  /** Groups of rows of tiles that run together, of the rows still needed. */
  readonly #groups: readonly (readonly number[])[];
  readonly #index: number;
  readonly #band: ColumnBand;
  /** First row of the image that is not in the spool. */
  readonly #top: number;

  constructor(all: Prediction, index: number, band: ColumnBand) {
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
      // The next rows are read while the model processes these.
      if (index + 1 < this.#groups.length) coming = this.#read(index + 1, signal);
      // If the prediction stops before these rows are awaited, their error must not count as unhandled.
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

  /** Returns the row after the last one that a group needs. */
  #endOf(group: readonly number[] | undefined): number {
    const { image, grid } = this.#all;
    return Math.min(image.height, (group?.at(-1) ?? 0) + grid.side);
  }

  #rowsAtOnce(): number {
    return Math.max(...this.#groups.map((group) => this.#endOf(group) - (group[0] ?? 0)));
  }

  /** Reads the rows that a group needs and the previous one did not. */
  async #read(
    index: number,
    signal: AbortSignal | undefined,
  ): Promise<PreparedRegion & { readonly y: number }> {
    const group = this.#groups[index];
    const y = index === 0 ? (group?.[0] ?? 0) : this.#endOf(this.#groups[index - 1]);
    const region = { x: this.#left, y, width: this.#width, height: this.#endOf(group) - y };
    return { y, ...(await this.#all.image.read(region, signal)) };
  }

  /** Tiles of a group that contain image data, one batch at a time. */
  *#batches(group: readonly number[], window: RowWindow): Generator<Tile[]> {
    const { model, grid, progress } = this.#all;
    let tiles: Tile[] = [];
    let skipped = 0;
    for (const y of group) {
      for (const x of this.#columns) {
        if (window.isMissing(x, y, grid.side)) skipped++;
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

  /** Completes all rows above `y`. */
  async #settle(
    y: number,
    { sums, window, rows }: { sums: OpenRows; window: RowWindow; rows: MaskRows },
  ): Promise<void> {
    while (sums.next < y) {
      const row = sums.next;
      const line = rows.line(row);
      sums.closeRow(line);
      // Rows above are already in the spool; here they lack the earlier tiles.
      if (row < this.#top) continue;
      window.markMissing(row, this.#band.left, line, ignoreValue);
      if (rows.isFull(row)) await rows.flush(row);
    }
  }
}

/** A batch of tiles for the model. */
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

  /**
   * Runs a batch and adds its probabilities.
   *
   * @param settle completes the rows above the next tile, which no further tile reaches
   */
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

/** Weights by the tile's first pixel; most tiles share theirs. */
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
  if (signal?.aborted === true) throw new UserError('cancelled', commonText.stopped);
}
