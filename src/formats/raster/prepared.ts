import { prepare, readBands } from '../../core/image/preparation.ts';
import type { Preparation } from '../../core/image/preparation.ts';
import type { Raster } from '../../core/image/raster.ts';
import { UserError } from '../../core/errors.ts';
import { imageText } from '../../text/index.ts';
import { discard, discardLarge } from '../files/decode-budget.ts';
import type { ImageFile, ImageHeader, Pixels } from './image-file.ts';
import { reduceSquares } from './reduce-squares.ts';

/**
 * Maximum number of pixels that a model's input or a picture is made from: a larger image is first reduced, always the
 * same way, so that all callers get the same pixels.
 */
export const preparedPixels = 2 ** 24;
/** Number of bands that so many pixels may have; with more bands there are fewer pixels, which take the same memory. */
const preparedBands = 4;

/** Returns `preparedPixels` for a number of bands. */
export function pixelsPrepared(bands: number): number {
  return Math.floor(preparedPixels * Math.min(1, preparedBands / bands));
}
/** Number of values that are read at a time from an image that is to be reduced. */
const valuesAtOnce = 2 ** 24;

/**
 * Number of values that an image without small enough levels may have: reading more takes longer than the image pool
 * waits for a thread. A sparse TIFF of 33 KB can claim a million million.
 */
const mostReduced = 2 ** 34;

export interface PreparedRequest {
  readonly preparation: Preparation;
  /** Frame, from 0. */
  readonly frame?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns an image as input for a model, with eight bits per channel: at full resolution or, for more than
 * `pixelsPrepared`, at the file's largest level within it, or as means of squares of its smallest level.
 *
 * @throws UserError as the file's `read`, and 'invalid-option' for bands that it does not have
 */
export async function readPrepared(file: ImageFile, request: PreparedRequest): Promise<Raster> {
  const pixels = await readToPrepare(file, request);
  const raster = prepare(pixels, request.preparation, file.header);
  // Values that are shown as stored may be the result themselves.
  if (raster.data.buffer !== pixels.data.buffer) discardLarge(pixels.data);
  return raster;
}

/**
 * Reads stored values as input for `prepare`, the same for every preparation with these bands.
 *
 * @throws UserError as `readPrepared`, 'too-large' if too much would have to be read
 */
export async function readToPrepare(
  file: ImageFile,
  { preparation, frame = 0, signal }: PreparedRequest,
): Promise<Pixels> {
  const { header } = file;
  const bands = bandsToPrepare(file, preparation);
  const limit = pixelsPrepared(bands.length);
  const level = levelWithin(header, limit);
  const request = { frame, level, bands, signal };
  const { width, height } = header.levels[level] ?? header;
  const factor = Math.ceil(Math.sqrt((width * height) / limit));
  if (factor <= 1) return file.read(request);
  requireReducible(file.path, { width, height }, bands.length);
  return readReduced(file, request, { width, height }, factor);
}

/**
 * Returns `readBands` for a file.
 *
 * @throws UserError 'invalid-option' for bands that it does not have
 */
export function bandsToPrepare(
  { path, header }: Pick<ImageFile, 'path' | 'header'>,
  preparation: Preparation,
): readonly number[] {
  return explained(path, () => readBands(preparation, header));
}

/** Returns the largest level within so many pixels, or the smallest level. */
function levelWithin({ levels }: ImageHeader, limit: number): number {
  const found = levels.findIndex(({ width, height }) => width * height <= limit);
  return found < 0 ? Math.max(0, levels.length - 1) : found;
}

/** Sentences about a file begin with its path. */
function explained<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.code, imageText.ofFile(path, error.message), error.details);
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** @throws UserError 'too-large' */
function requireReducible(path: string, { width, height }: Size, bands: number): void {
  if (width * height * bands <= mostReduced) return;
  throw new UserError('too-large', imageText.withoutReducedCopies(path, { width, height }));
}

/**
 * Computes means over squares of `factor` px, ignoring missing pixels, strip by strip; palette indices are picked, not
 * averaged.
 */
async function readReduced(
  file: ImageFile,
  request: {
    frame: number;
    level: number;
    bands: readonly number[];
    signal: AbortSignal | undefined;
  },
  { width, height }: Size,
  factor: number,
): Promise<Pixels> {
  const bands = request.bands.length;
  const across = Math.ceil(width / factor);
  const down = Math.ceil(height / factor);
  const data = new Float32Array(across * down * bands);
  const rows = Math.max(1, Math.floor(valuesAtOnce / (width * bands * factor))) * factor;
  for (let y = 0; y < height; y += rows) {
    const region = { x: 0, y, width, height: Math.min(rows, height - y) };
    const strip = await file.read({ ...request, region });
    reduceSquares(strip, factor, file.header, data.subarray((y / factor) * across * bands));
    discard(strip.data);
  }
  return { width: across, height: down, bands, data };
}
