import { throwIfAborted, type CheckedRequest } from '../read-request.ts';
import { samplesOf } from '../sample-arrays.ts';
import type { Samples } from '../image-file.ts';
import type { ByteSource } from '../file-source.ts';
import type { ShownAxis } from './plane.ts';
import type { VoxelType } from './sample-types.ts';
import { spaceOf, type NiftiVolume } from './volume.ts';

/** Position and storage of the voxels. */
export interface StoredVoxels {
  readonly source: ByteSource;
  readonly type: VoxelType;
  readonly isLittleEndian: boolean;
}

/** Runs of requested bytes that are no further apart are read together: reading a gap is faster than another call. */
const gapBytes = 2 ** 16;
/** Largest number of bytes per read, except for a single run. */
const chunkBytes = 2 ** 23;

/** A range of one axis of the file, and the step in the result for each voxel along it. */
interface Span {
  readonly start: number;
  readonly length: number;
  /** Pixel offset of the first voxel, and from each to the next. */
  readonly origin: number;
  readonly step: number;
}

/** Contiguous voxels in the file. */
interface Run {
  /** First voxel, counted through the file. */
  readonly voxel: number;
  /** Pixel of the first. */
  readonly pixel: number;
}

/** Plan for reading one region of one frame. */
interface Plan {
  /** Spans by axis of the file: i, j, k. */
  readonly spans: readonly [Span, Span, Span];
  /** Voxel with which the time point begins. */
  readonly first: number;
  /** Voxels from one j or k to the next. */
  readonly strides: readonly [number, number];
}

/** A region of one slice, or of several that follow each other in one time point. */
export interface SliceRequest extends CheckedRequest {
  readonly slices: number;
}

/**
 * Reads a region of some slices. Reads only the runs of voxels that contain the region; gaps between close runs are
 * read too, a few megabytes at a time.
 *
 * @param target (slices, region.height, region.width, bands), filled from left to right, top to bottom
 * @returns whether there was a 64-bit integer beyond 2^53, which float64 may have rounded
 */
export async function gatherSlices(
  stored: StoredVoxels,
  volume: NiftiVolume,
  request: SliceRequest,
  target: Samples,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const plan = planRead(volume, request);
  const voxelBytes = stored.type.bytes * stored.type.bands;
  const [{ length, step }] = plan.spans;
  let isRounded = false;
  for (const runs of chunksOf(plan, voxelBytes)) {
    throwIfAborted(signal);
    const first = runs[0]?.voxel ?? 0;
    const count = (runs.at(-1)?.voxel ?? 0) + length - first;
    const bytes = await stored.source.read(first * voxelBytes, count * voxelBytes, signal);
    const { values, hasRounded } = decode(bytes, stored);
    isRounded ||= hasRounded;
    const { bands } = stored.type;
    for (const run of runs) {
      const place = { from: (run.voxel - first) * bands, to: run.pixel, step, length };
      copyRun(values, bands, target, request.bands, place);
    }
  }
  return isRounded;
}

function planRead(volume: NiftiVolume, { frame, region, slices }: SliceRequest): Plan {
  const space = spaceOf(volume.shape);
  const spans: [Span, Span, Span] = [unset, unset, unset];
  const slice = frame % volume.slices;
  const set = (shown: ShownAxis, start: number, length: number, step: number): void => {
    spans[shown.axis] = spanOf(shown, space[shown.axis], start, length, step);
  };
  set(volume.x, region.x, region.width, 1);
  set(volume.y, region.y, region.height, region.width);
  set(volume.slice, slice, slices, region.width * region.height);
  const [nx, ny, nz] = space;
  const time = Math.floor(frame / volume.slices);
  return { spans, first: time * nx * ny * nz, strides: [nx, nx * ny] };
}

const unset: Span = { start: 0, length: 1, origin: 0, step: 0 };

/** Returns the part of an axis of the file that is shown from `start` on. */
function spanOf(
  { isFlipped }: ShownAxis,
  size: number,
  start: number,
  length: number,
  step: number,
): Span {
  if (!isFlipped) return { start, length, origin: 0, step };
  return { start: size - start - length, length, origin: (length - 1) * step, step: -step };
}

/** Yields the runs of a plan in the order of the file, in groups that are read together. */
function* chunksOf(plan: Plan, voxelBytes: number): Generator<Run[]> {
  const length = plan.spans[0].length;
  let group: Run[] = [];
  for (const run of runsOf(plan)) {
    const last = group.at(-1);
    if (last !== undefined) {
      const gap = (run.voxel - last.voxel - length) * voxelBytes;
      const bytes = (run.voxel + length - (group[0]?.voxel ?? 0)) * voxelBytes;
      if (gap > gapBytes || bytes > chunkBytes) {
        yield group;
        group = [];
      }
    }
    group.push(run);
  }
  if (group.length > 0) yield group;
}

function* runsOf({ spans: [i, j, k], first, strides }: Plan): Generator<Run> {
  for (let z = 0; z < k.length; z++) {
    for (let y = 0; y < j.length; y++) {
      const voxel = first + i.start + (j.start + y) * strides[0] + (k.start + z) * strides[1];
      const pixel = i.origin + j.origin + y * j.step + k.origin + z * k.step;
      yield { voxel, pixel };
    }
  }
}

/** Converts stored bytes to values; those of the other byte order are swapped in place. */
function decode(
  bytes: Uint8Array<ArrayBuffer>,
  { type, isLittleEndian }: StoredVoxels,
): { values: Samples; hasRounded: boolean } {
  if (!isLittleEndian) swap(bytes, type.bytes);
  if (type.wide !== null) return decodeWide(bytes, type.wide);
  return { values: samplesOf(type.sampleType, bytes.buffer), hasRounded: false };
}

/** The platforms this runs on are little-endian. */
function swap(bytes: Uint8Array<ArrayBuffer>, width: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (width === 2) buffer.swap16();
  if (width === 4) buffer.swap32();
  if (width === 8) buffer.swap64();
}

function decodeWide(
  { buffer, length }: Uint8Array<ArrayBuffer>,
  type: 'int64' | 'uint64',
): { values: Samples; hasRounded: boolean } {
  const count = length / 8;
  const stored =
    type === 'int64' ? new BigInt64Array(buffer, 0, count) : new BigUint64Array(buffer, 0, count);
  const values = new Float64Array(count);
  let hasRounded = false;
  for (const [index, exact] of stored.entries()) {
    const value = Number(exact);
    // Large values are checked exactly: 2^53 + 1 has become 2^53.
    hasRounded ||= Math.abs(value) >= 2 ** 53 && isBeyondExact(exact);
    values[index] = value;
  }
  return { values, hasRounded };
}

function isBeyondExact(value: bigint): boolean {
  return value > 2n ** 53n || value < -(2n ** 53n);
}

interface RunPlace {
  /** Value of the first voxel. */
  readonly from: number;
  /** Pixel of the first voxel, and from each to the next. */
  readonly to: number;
  readonly step: number;
  readonly length: number;
}

function copyRun(
  values: Samples,
  storedBands: number,
  target: Samples,
  bands: readonly number[],
  { from, to, step, length }: RunPlace,
): void {
  if (storedBands === 1 && bands.length === 1 && step === 1) {
    target.set(values.subarray(from, from + length), to);
    return;
  }
  for (const [index, band] of bands.entries()) {
    let read = from + band;
    let write = to * bands.length + index;
    for (let voxel = 0; voxel < length; voxel++) {
      target[write] = values[read] ?? 0;
      read += storedBands;
      write += step * bands.length;
    }
  }
}
