import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readFailure, writeFailure } from '../files/file-errors.ts';
import type { ImageFile, Pixels } from '../raster/image-file.ts';
import { throwIfAborted } from '../raster/read-request.ts';
import { sampleBytes, samplesOf } from '../raster/sample-arrays.ts';
import { halvePixels } from './halve.ts';
import { tileRegion, viewLevels } from './levels.ts';
import { viewTileSide } from '../../contract/image-view.ts';
import type { TilePosition, ViewLevel } from './levels.ts';

/**
 * Reduced levels of one frame of a file that has none and is too large for memory: stored values with all bands, one
 * level after the other, in tiles of 512 × 512 px each stored whole, row by row, in this machine's byte order. It is a
 * cache: if anything is wrong with it, it is made again from the image.
 */

/** Levels halved less often are made from the file on request. */
export const keptFrom = 2;
/** Decoded bytes of a strip, about. */
const usualStrip = 2 ** 26;

export interface LevelFileJob {
  readonly frame?: number | undefined;
  /** Path of the reduced levels. */
  readonly target: string;
  readonly signal?: AbortSignal | undefined;
  /** Number of rows done, and of all rows. */
  readonly onprogress?: ((done: number, total: number) => void) | undefined;
  /** Decoded bytes at a time, about. */
  readonly stripBytes?: number | undefined;
}

/** Returns the size of the levels of a file, bytes. */
export function levelFileBytes({ header }: Pick<ImageFile, 'header'>): number {
  const kept = keptLevels(viewLevels(header));
  return kept.reduce((sum, level) => sum + tileCount(level) * tileBytes(header), 0);
}

/**
 * Reads through the file once, strip by strip, and keeps halves of it.
 *
 * @throws UserError as `ImageFile.read`, 'disk', 'cancelled'; then nothing is left behind
 */
export async function buildLevelFile(file: ImageFile, job: LevelFileJob): Promise<void> {
  const part = `${job.target}.${randomUUID()}.part`;
  try {
    await mkdir(dirname(job.target), { recursive: true });
    const handle = await open(part, 'wx');
    try {
      await fill(file, handle, job);
    } finally {
      await handle.close();
    }
    await rename(part, job.target);
  } catch (error) {
    await rm(part, { force: true });
    throw writeFailure(error, job.target);
  }
}

async function fill(file: ImageFile, handle: FileHandle, job: LevelFileJob): Promise<void> {
  const { header } = file;
  const levels = keptLevels(viewLevels(header));
  const from = header.levels.length - 1;
  const { width, height } = header.levels[from] ?? header;
  await handle.truncate(levelFileBytes(file));
  const writers = chainOf(levels, handle, file);
  const rows = rowsAtOnce(
    width * header.bands * sampleBytes[header.sampleType],
    job.stripBytes ?? usualStrip,
  );
  for (let y = 0; y < height; y += rows) {
    throwIfAborted(job.signal);
    const region = { x: 0, y, width, height: Math.min(rows, height - y) };
    const strip = await file.read({
      frame: job.frame ?? 0,
      level: from,
      region,
      signal: job.signal,
    });
    await writers[0]?.take(halvePixels(halvePixels(strip, header), header));
    job.onprogress?.(y + region.height, height);
  }
  for (const writer of writers) await writer.end();
}

/** A power of two, so that halves of a strip are whole rows; four at least. */
function rowsAtOnce(rowBytes: number, stripBytes: number): number {
  return 2 ** Math.min(10, Math.max(2, Math.floor(Math.log2(stripBytes / rowBytes))));
}

/** Writes a level as its rows arrive and passes their halves on to the next. */
class LevelWriter {
  readonly #write: (rows: Pixels, y: number) => Promise<void>;
  readonly #halve: (rows: Pixels) => Pixels;
  readonly #next: LevelWriter | undefined;
  #y = 0;
  /** A row that has no partner yet. */
  #waiting: Pixels | undefined;

  constructor(
    write: (rows: Pixels, y: number) => Promise<void>,
    halves: (rows: Pixels) => Pixels,
    next: LevelWriter | undefined,
  ) {
    this.#write = write;
    this.#halve = halves;
    this.#next = next;
  }

  async take(rows: Pixels): Promise<void> {
    await this.#write(rows, this.#y);
    this.#y += rows.height;
    if (this.#next === undefined) return;
    const joined = this.#waiting === undefined ? rows : below(this.#waiting, rows);
    this.#waiting = joined.height === 1 ? joined : undefined;
    if (this.#waiting === undefined) await this.#next.take(this.#halve(joined));
  }

  async end(): Promise<void> {
    const last = this.#waiting;
    this.#waiting = undefined;
    if (last !== undefined) await this.#next?.take(this.#halve(last));
  }
}

function chainOf(
  levels: readonly ViewLevel[],
  handle: FileHandle,
  { header }: ImageFile,
): LevelWriter[] {
  const chain: LevelWriter[] = [];
  for (const level of levels.toReversed()) {
    const start = startOf(levels, level, tileBytes(header));
    const writer = new LevelWriter(
      (rows, y) => writeRows(handle, start, level, rows, y),
      (rows) => halvePixels(rows, header),
      chain[0],
    );
    chain.unshift(writer);
  }
  return chain;
}

/** A strip's part of a tile is one run of bytes, as a tile has its rows one after the other. */
async function writeRows(
  handle: FileHandle,
  start: number,
  level: ViewLevel,
  { width, height, bands, data }: Pixels,
  y: number,
): Promise<void> {
  const bytesPerPixel = bands * data.BYTES_PER_ELEMENT;
  const source = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const across = Math.ceil(level.width / viewTileSide);
  for (let row = 0; row < height;) {
    const inTile = (y + row) % viewTileSide;
    const rows = Math.min(height - row, viewTileSide - inTile);
    const tileRow = Math.floor((y + row) / viewTileSide);
    for (let column = 0; column < across; column++) {
      const run = new Uint8Array(rows * viewTileSide * bytesPerPixel);
      const left = column * viewTileSide;
      const length = Math.min(viewTileSide, width - left) * bytesPerPixel;
      for (let one = 0; one < rows; one++) {
        const at = ((row + one) * width + left) * bytesPerPixel;
        run.set(source.subarray(at, at + length), one * viewTileSide * bytesPerPixel);
      }
      const tile = tileRow * across + column;
      const at =
        start + (tile * viewTileSide * viewTileSide + inTile * viewTileSide) * bytesPerPixel;
      await handle.write(run, 0, run.length, at);
    }
    row += rows;
  }
}

/**
 * Reads a tile of a stored level; undefined if the file of levels is missing or incomplete.
 *
 * @throws UserError 'disk'; RangeError for a tile that does not exist
 */
export async function readKeptTile(
  target: string,
  { header }: Pick<ImageFile, 'header'>,
  level: ViewLevel,
  position: TilePosition,
): Promise<Pixels | undefined> {
  const region = tileRegion(level, position);
  const bytes = tileBytes(header);
  const found = await stat(target).catch(() => undefined);
  if (found?.size !== levelFileBytes({ header })) return undefined;
  const levels = keptLevels(viewLevels(header));
  const across = Math.ceil(level.width / viewTileSide);
  const at = startOf(levels, level, bytes) + (position.y * across + position.x) * bytes;
  const buffer = new ArrayBuffer(bytes);
  const handle = await open(target, 'r').catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const { bytesRead } = await handle.read(new Uint8Array(buffer), 0, bytes, at);
    if (bytesRead < bytes) return undefined;
  } catch (error) {
    throw readFailure(error, target);
  } finally {
    await handle.close();
  }
  const whole = samplesOf(header.sampleType, buffer);
  return cutTile(whole, region.width, region.height, header.bands);
}

function cutTile(whole: Pixels['data'], width: number, height: number, bands: number): Pixels {
  if (width === viewTileSide) {
    return { width, height, bands, data: whole.slice(0, height * width * bands) };
  }
  const data = whole.slice(0, width * height * bands);
  for (let row = 0; row < height; row++) {
    const from = row * viewTileSide * bands;
    data.set(whole.subarray(from, from + width * bands), row * width * bands);
  }
  return { width, height, bands, data };
}

function keptLevels(levels: readonly ViewLevel[]): ViewLevel[] {
  return levels.filter(({ halvings }) => halvings >= keptFrom);
}

function startOf(levels: readonly ViewLevel[], level: ViewLevel, bytes: number): number {
  let start = 0;
  for (const one of levels) {
    if (one.halvings === level.halvings) return start;
    start += tileCount(one) * bytes;
  }
  throw new RangeError(`startOf: levels of ${level.halvings} halvings are not stored`);
}

function tileCount({ width, height }: ViewLevel): number {
  return Math.ceil(width / viewTileSide) * Math.ceil(height / viewTileSide);
}

function tileBytes({ bands, sampleType }: ImageFile['header']): number {
  return viewTileSide * viewTileSide * bands * sampleBytes[sampleType];
}

function below(upper: Pixels, lower: Pixels): Pixels {
  const data = new (lower.data.constructor as new (length: number) => Pixels['data'])(
    upper.data.length + lower.data.length,
  );
  data.set(upper.data);
  data.set(lower.data, upper.data.length);
  return { ...lower, height: upper.height + lower.height, data };
}
