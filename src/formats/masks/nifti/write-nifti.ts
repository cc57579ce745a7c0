import { createGzip } from 'node:zlib';
import { UserError } from '../../../core/errors.ts';
import { readHead } from '../../raster/file-source.ts';
import { defaultLimits } from '../../raster/image-file.ts';
import { isGzip, unpackHead } from '../../raster/nifti/gzip.ts';
import { headerBytes, readNiftiHeader } from '../../raster/nifti/header.ts';
import { openNiftiPlane } from '../../raster/nifti/open-nifti.ts';
import { headerFileOf } from '../../raster/nifti/pair.ts';
import { spaceOf, type NiftiVolume } from '../../raster/nifti/volume.ts';
import type { MaskRaster } from '../mask-raster.ts';
import { packed, wholeMask } from '../strips.ts';
import { labelVolumeText } from '../../../text/index.ts';

/** Parts that a label volume copies from its volume. */
export interface NiftiSource {
  readonly volume: NiftiVolume;
  /** px, of a frame. */
  readonly width: number;
  readonly height: number;
  /** Slices of all time points. */
  readonly frames: number;
  /** Header of the label volume. */
  readonly header: Buffer;
}

/**
 * Reads the header of a volume, and makes a header for labels from it: shape, sizes, sform and qform stay
 * bit-identical, voxels become 8-bit integers. Texts (`descrip`, `db_name` and the like, and extensions) are removed,
 * since programs write patients' names there.
 *
 * @throws UserError as `openImage` does
 */
export async function readNiftiSource(path: string): Promise<NiftiSource> {
  const file = await openNiftiPlane(path, defaultLimits, 'axial');
  try {
    const headerPath = (await headerFileOf(path)) ?? path;
    const head = await readHead(headerPath, 2 ** 12);
    const bytes = isGzip(head) ? unpackHead(head) : head;
    const { width, height, frames } = file.header;
    return { volume: file.volume, width, height, frames, header: labelHeader(bytes, headerPath) };
  } finally {
    await file.close();
  }
}

/** Texts of a header, by offset and length in bytes: data_type and db_name, descrip, aux_file, intent_name. */
const textPlaces = {
  1: [
    [4, 28],
    [148, 104],
    [328, 16],
  ],
  2: [
    [240, 104],
    [508, 16],
  ],
} as const;

/** NIFTI_TYPE_UINT8 and NIFTI_INTENT_LABEL. */
const uint8 = 2;
const labels = 1002;

function labelHeader(source: Uint8Array, path: string): Buffer {
  const { version, isLittleEndian: little } = readNiftiHeader(source, path);
  const size = headerBytes[version];
  // Four zeros after the header: no extensions.
  const header = Buffer.alloc(size + 4);
  header.set(source.subarray(0, size));
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  for (const [at, length] of textPlaces[version]) header.fill(0, at, at + length);
  if (version === 1) {
    header.write('n+1\0', 344, 'latin1');
    view.setInt16(68, labels, little);
    view.setInt16(70, uint8, little);
    view.setInt16(72, 8, little);
    view.setFloat32(108, header.length, little);
    // scl_slope and scl_inter, cal_max and cal_min.
    for (const [at, value] of [
      [112, 1],
      [116, 0],
      [124, 0],
      [128, 0],
    ] as const) {
      view.setFloat32(at, value, little);
    }
  } else {
    header.write('n+2\0\r\n\x1a\n', 4, 'latin1');
    view.setInt16(12, uint8, little);
    view.setInt16(14, 8, little);
    view.setBigInt64(168, BigInt(header.length), little);
    view.setFloat64(176, 1, little);
    for (const at of [184, 192, 200]) view.setFloat64(at, 0, little);
    view.setInt32(504, labels, little);
  }
  return header;
}

/** Number of voxels in memory at a time, one byte each. */
const voxelLimit = 2 ** 31;

/**
 * Yields a compressed label volume: each slice's mask at the voxels that the slice was read from.
 *
 * @param slice returns the mask of a frame; null without one: its voxels get `missing`
 * @throws UserError 'too-large', and as the masks do
 */
export async function* niftiOfMasks(
  source: NiftiSource,
  slice: (frame: number) => MaskRaster | null,
  missing: number,
): AsyncGenerator<Uint8Array> {
  const { volume, frames, header } = source;
  const [nx, ny, nz] = spaceOf(volume.shape);
  const count = nx * ny * nz;
  if (count > voxelLimit) {
    throw new UserError('too-large', labelVolumeText.tooLarge([nx, ny, nz]));
  }
  async function* parts(): AsyncGenerator<Uint8Array> {
    yield header;
    for (let first = 0; first < frames; first += volume.slices) {
      // Time points are separate volumes; the file has them one after the other.
      const voxels = new Uint8Array(count).fill(missing);
      for (let at = 0; at < volume.slices; at++) {
        const mask = slice(first + at);
        if (mask !== null) putSlice(voxels, volume, at, await wholeMask(mask));
      }
      yield voxels;
    }
  }
  yield* packed(parts(), createGzip({ level: 6, chunkSize: 2 ** 18 }));
}

/** Writes pixels to the voxels that the reader reads them from: see `voxelOf` in raster/nifti/volume. */
function putSlice(
  voxels: Uint8Array,
  { shape, x, y, slice }: NiftiVolume,
  at: number,
  mask: Uint8Array,
): void {
  const space = spaceOf(shape);
  const strides = [1, space[0], space[0] * space[1]] as const;
  const line = ({ axis, isFlipped }: NiftiVolume['x']): { start: number; step: number } =>
    isFlipped
      ? { start: (space[axis] - 1) * strides[axis], step: -strides[axis] }
      : { start: 0, step: strides[axis] };
  const [columns, rows, slices] = [line(x), line(y), line(slice)];
  const width = space[x.axis];
  const origin = columns.start + rows.start + slices.start + at * slices.step;
  for (let pixel = 0; pixel < mask.length; pixel++) {
    const column = pixel % width;
    const row = (pixel - column) / width;
    voxels[origin + column * columns.step + row * rows.step] = mask[pixel] ?? 0;
  }
}
