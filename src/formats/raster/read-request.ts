import { UserError } from '../../core/errors.ts';
import { sampleBytes } from './sample-arrays.ts';
import type { ImageHeader, ReadLimits, ReadRequest } from './image-file.ts';

/** A request with its defaults filled in. */
export interface CheckedRequest {
  readonly frame: number;
  readonly level: number;
  readonly region: NonNullable<ReadRequest['region']>;
  readonly bands: readonly number[];
}

/**
 * Checks a request against what the file holds.
 *
 * @throws RangeError for what is not there; UserError 'too-large' above `limits.bytes`, 'cancelled'
 */
export function checkRequest(
  request: ReadRequest,
  header: ImageHeader,
  limits: ReadLimits,
  path: string,
): CheckedRequest {
  throwIfAborted(request.signal);
  const { frame = 0, level = 0 } = request;
  requireIndex('frame', frame, header.frames);
  requireIndex('level', level, header.levels.length);
  const { width, height } = header.levels[level] ?? header;
  const region = request.region ?? { x: 0, y: 0, width, height };
  requireSpan('columns', region.x, region.width, width);
  requireSpan('rows', region.y, region.height, height);
  const bands = request.bands ?? Array.from({ length: header.bands }, (_, band) => band);
  for (const band of bands) requireIndex('band', band, header.bands);
  if (bands.length === 0) throw new RangeError('At least one band must be asked for.');
  const values = region.width * region.height * bands.length;
  if (values * sampleBytes[header.sampleType] > limits.bytes) {
    throw new UserError(
      'too-large',
      `${region.width} × ${region.height} pixels of ${bands.length} bands of ${path} are more than the limit of ${limits.bytes} bytes. Read a smaller part.`,
    );
  }
  return { frame, level, region, bands };
}

function requireIndex(name: string, value: number, count: number): void {
  if (Number.isInteger(value) && value >= 0 && value < count) return;
  throw new RangeError(`There is no ${name} ${value}: the file has ${count}, counted from 0.`);
}

function requireSpan(name: string, start: number, length: number, size: number): void {
  const isWhole = Number.isInteger(start) && Number.isInteger(length);
  if (isWhole && start >= 0 && length >= 1 && start + length <= size) return;
  throw new RangeError(
    `${name} ${start} to ${start + length - 1} do not lie in the image, which has ${size}.`,
  );
}

/** Throws `UserError('cancelled')` once `signal` is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new UserError('cancelled', 'Reading was stopped.');
}

/** What a read of a file says that was closed before or meanwhile. */
export function closedFile(path: string): UserError {
  return new UserError('cancelled', `${path} was closed while it was being read.`);
}
