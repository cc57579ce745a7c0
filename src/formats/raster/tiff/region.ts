import { mapConcurrently } from '../../files/concurrently.ts';
import type { Samples } from '../image-file.ts';
import { blockShape, type ByteRange, type BlockReader } from './blocks/block-reader.ts';
import type { TiffFile } from './directory.ts';
import { samplesInBlock, type Page } from './page.ts';
import { copyPiece, fillPiece, type Piece, type Target } from './pieces.ts';
import type { Rectangle } from '../../../core/mask/tiles.ts';
import { newSamples } from '../sample-arrays.ts';
import { reverseBits, toSamples } from './blocks/samples.ts';

/** Number of blocks read at once, as many as libuv runs. */
export const blocksAtOnce = 4;
/** Number of blocks whose locations are looked up before they are read. */
const batchSize = 256;
/** Uncompressed rows are read in pieces of about this size, bytes. */
const pieceBytes = 8 * 2 ** 20;
/** Bytes above which a row is read in part if little of it is needed. */
const longRow = 16_384;

/** Part of a page to read, as stored. */
export interface RegionRequest {
  readonly page: Page;
  readonly window: Rectangle;
  readonly bands: readonly number[];
  /** Value of blocks that were never written. */
  readonly fill: number;
  /** Added to every offset: contiguous pages described by one directory. */
  readonly shift: number;
  readonly signal: AbortSignal;
}

interface Task {
  readonly place: ByteRange;
  /** Column of the block in the grid of its plane. */
  readonly column: number;
  readonly row: number;
  readonly plane: number;
}

/**
 * Reads a window: (height, width, bands), interleaved.
 *
 * @throws UserError 'invalid-file', 'unsupported', 'disk', 'cancelled'
 */
export async function readRegion(
  file: TiffFile,
  reader: BlockReader,
  request: RegionRequest,
): Promise<Samples> {
  const { page, window, bands, signal } = request;
  let values: Samples | undefined;
  for await (const tasks of batches(reader, request)) {
    // Only here: a broken table of blocks is detected before memory is allocated.
    values ??= newSamples(page.sampleType, window.width * window.height * bands.length);
    const target: Target = { values, window, bands: bands.length };
    const work = (task: Task): Promise<void> => readBlock(file, reader, request, task, target);
    await mapConcurrently(tasks, blocksAtOnce, work, signal);
  }
  return values ?? newSamples(page.sampleType, 0);
}

/** Yields blocks of the window, band by band if bands are separate, a batch at a time. */
async function* batches(
  reader: BlockReader,
  { page, window, bands, shift, signal }: RegionRequest,
): AsyncGenerator<Task[]> {
  const { block, isPlanar } = page;
  const firstColumn = Math.floor(window.x / block.width);
  const lastColumn = Math.floor((window.x + window.width - 1) / block.width);
  const firstRow = Math.floor(window.y / block.height);
  const lastRow = Math.floor((window.y + window.height - 1) / block.height);
  const planes = isPlanar ? [...new Set(bands)] : [0];
  let tasks: Task[] = [];
  for (const plane of planes) {
    for (let row = firstRow; row <= lastRow; row++) {
      for (let first = firstColumn; first <= lastColumn; first += batchSize) {
        signal.throwIfAborted();
        const count = Math.min(batchSize, lastColumn - first + 1);
        const places = await reader.places(page, plane, row, first, count);
        const shifted = places.map(({ offset, bytes }) => ({ offset: offset + shift, bytes }));
        tasks.push(...shifted.map((place, i) => ({ place, column: first + i, row, plane })));
        if (tasks.length >= batchSize) {
          yield tasks;
          tasks = [];
        }
      }
    }
  }
  if (tasks.length > 0) yield tasks;
}

async function readBlock(
  file: TiffFile,
  reader: BlockReader,
  request: RegionRequest,
  { place, column, row, plane }: Task,
  target: Target,
): Promise<void> {
  const { page, bands } = request;
  const { block } = page;
  const area = { x: column * block.width, y: row * block.height, width: block.width };
  const { rows: height, samples } = blockShape(page, row);
  const pairs = bandPairs(page, bands, plane);
  if (place.bytes === 0) {
    fillPiece({ ...area, height }, request.fill, target, pairs);
  } else if (page.compression.name === 'none') {
    for await (const piece of plainPieces(file, request, { ...area, height }, place)) {
      copyPiece(piece, target, pairs);
    }
  } else {
    const values = await reader.block(page, place, row);
    copyPiece({ ...area, height, samples, values }, target, pairs);
  }
}

/** Returns pairs of a value's position in a block's pixel and in the result's pixel. */
function bandPairs(
  page: Page,
  bands: readonly number[],
  plane: number,
): (readonly [number, number])[] {
  const pairs = bands.map((band, to) => [page.isPlanar ? 0 : band, to] as const);
  return page.isPlanar ? pairs.filter(([, to]) => bands[to] === plane) : pairs;
}

/** Yields the requested rows of an uncompressed block, a few at a time; only the requested columns of long rows. */
async function* plainPieces(
  file: TiffFile,
  { page, window, signal }: RegionRequest,
  area: Rectangle,
  place: ByteRange,
): AsyncGenerator<Piece> {
  const samples = samplesInBlock(page);
  const pixelBytes = (samples * page.bits) / 8;
  const { rowBytes } = blockShape(page, 0);
  const top = Math.max(area.y, window.y);
  const bottom = Math.min(area.y + area.height, window.y + window.height);
  const left = Math.max(area.x, window.x);
  const right = Math.min(area.x + area.width, window.x + window.width);
  const isPartial =
    Number.isInteger(pixelBytes) && rowBytes > longRow && (right - left) * 4 < area.width;
  const x = isPartial ? left : area.x;
  const width = isPartial ? right - left : area.width;
  const rowsAtOnce = isPartial ? 1 : Math.max(1, Math.floor(pieceBytes / rowBytes));
  for (let y = top; y < bottom; y += rowsAtOnce) {
    signal.throwIfAborted();
    const height = Math.min(rowsAtOnce, bottom - y);
    const start =
      place.offset + (y - area.y) * rowBytes + (isPartial ? (x - area.x) * pixelBytes : 0);
    const bytes = await file.source.read(start, isPartial ? width * pixelBytes : height * rowBytes);
    if (page.isReversed) reverseBits(bytes);
    const values = toSamples(bytes, {
      rowLength: width * samples,
      samples,
      rows: height,
      bits: page.bits,
      sampleType: page.sampleType,
      predictor: 1,
      isLittleEndian: file.isLittleEndian,
    });
    yield { x, y, width, height, samples, values };
  }
}
