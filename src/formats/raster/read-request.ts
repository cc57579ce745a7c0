import { UserError } from '../../core/errors.ts';
import { commonText, imageText } from '../../text/index.ts';
import { sampleBytes } from './sample-arrays.ts';
import type { ImageHeader, ReadLimits, ReadRequest } from './image-file.ts';

/** A request with defaults applied. */
export interface CheckedRequest {
  readonly frame: number;
  readonly level: number;
  readonly region: NonNullable<ReadRequest['region']>;
  readonly bands: readonly number[];
}

/**
 * Checks a request against the file.
 *
 * @throws RangeError for a frame, level, band or region that does not exist; UserError 'too-large' above
 * `limits.bytes`, 'cancelled'
 */
export function checkRequest(
  request: ReadRequest,
  header: ImageHeader,
  limits: ReadLimits,
  path: string,
): CheckedRequest {
  throwIfAborted(request.signal);
  const { frame = 0, level = 0 } = request;
  requireIndex(frame, header.frames, imageText.noFrame);
  requireIndex(level, header.levels.length, imageText.noLevel);
  const { width, height } = header.levels[level] ?? header;
  const region = request.region ?? { x: 0, y: 0, width, height };
  requireSpan(region.x, region.width, width, imageText.columnsOutside);
  requireSpan(region.y, region.height, height, imageText.rowsOutside);
  const bands = request.bands ?? Array.from({ length: header.bands }, (_, band) => band);
  for (const band of bands) requireIndex(band, header.bands, imageText.noBand);
  if (bands.length === 0) throw new RangeError(imageText.noBands);
  const values = region.width * region.height * bands.length;
  if (values * sampleBytes[header.sampleType] > limits.bytes) {
    throw new UserError(
      'too-large',
      imageText.tooMuchAtOnce(
        path,
        { width: region.width, height: region.height, bands: bands.length },
        limits.bytes,
      ),
    );
  }
  return { frame, level, region, bands };
}

function requireIndex(
  value: number,
  count: number,
  message: (value: number, count: number) => string,
): void {
  if (Number.isInteger(value) && value >= 0 && value < count) return;
  throw new RangeError(message(value, count));
}

function requireSpan(
  start: number,
  length: number,
  size: number,
  message: (first: number, last: number, size: number) => string,
): void {
  const isWhole = Number.isInteger(start) && Number.isInteger(length);
  if (isWhole && start >= 0 && length >= 1 && start + length <= size) return;
  throw new RangeError(message(start, start + length - 1, size));
}

/** Throws `UserError('cancelled')` once `signal` is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new UserError('cancelled', commonText.stopped);
}

/** Returns the error for reading a file that was closed before or during the read. */
export function closedFile(path: string): UserError {
  return new UserError('cancelled', imageText.closed(path));
}
