import { UserError } from '../../../core/errors.ts';
import { imageText, niftiText } from '../../../text/index.ts';
import { FileSource, readHead, type ByteSource } from '../file-source.ts';
import type {
  ImageFile,
  ImageHeader,
  OpenImage,
  Pixels,
  ReadLimits,
  ReadRequest,
} from '../image-file.ts';
import { checkRequest, closedFile } from '../read-request.ts';
import { describeNifti, type NiftiDescription } from './describe.ts';
import type { StoredVoxels } from './gather.ts';
import { GzipSource, isGzip, unpackHead } from './gzip.ts';
import { invalidNifti, niftiKind, readNiftiHeader, type NiftiHeader } from './header.ts';
import { headerFileOf, voxelFileOf } from './pair.ts';
import type { SlicePlane } from './plane.ts';
import { SliceReader } from './slice-reader.ts';
import type { NiftiVolume } from './volume.ts';

/** Enough bytes for a header, compressed or not. */
const headLength = 2 ** 12;

/** An open volume, slice by slice. */
export interface NiftiFile extends ImageFile {
  readonly volume: NiftiVolume;
}

/**
 * Returns true if a file that begins with `head` is NIfTI-1 or NIfTI-2, compressed (gzip) or not, a single file or the
 * header of two. It needs at least 540 bytes, or 1024 of a compressed file.
 */
export function isNifti(head: Uint8Array): boolean {
  return niftiKind(isGzip(head) ? unpackHead(head) : head) !== undefined;
}

/** Returns true if an open file is a volume. */
export function isNiftiFile(file: ImageFile): file is NiftiFile {
  return file.header.format === 'nifti' && 'volume' in file;
}

/**
 * Opens a NIfTI file as axial slices: see `openNiftiPlane`.
 *
 * @throws UserError as `OpenImage`
 */
export const openNifti = ((path, limits) =>
  openNiftiPlane(path, limits, 'axial')) satisfies OpenImage;

/**
 * Opens a NIfTI-1 or NIfTI-2 file (`.nii`, `.nii.gz`, or a pair of `.hdr` and `.img`, of which either may
 * be named) as slices of one plane.
 *
 * Slices are shown in the radiological convention. Axial: the patient's right is on the left of the screen, the front
 * up; slices run from feet to head. Coronal: right on the left, head up; from back to front. Sagittal: front on the
 * left, head up; from the patient's left to the right. Which axes of the file these are, and which run backwards,
 * follows from its affine (sform, else qform) as nibabel's `io_orientation` finds it; voxels are never interpolated, so
 * the slices of an oblique volume are those that were stored. If the file does not state its orientation, a note says
 * what was assumed.
 *
 * Frames are the slices of the first time point, then of the next. Values are as stored; scl_slope and scl_inter are in
 * `display.rescale`, cal_min and cal_max in `display.windows`. RGB24 and RGBA32 are returned as three and four bands,
 * 64-bit integers as float64. Spacing is in mm.
 *
 * An uncompressed file is read by region. A compressed one is decompressed into memory at the first read, if
 * `limits.bytes` allows it, and kept until it is closed.
 *
 * @throws UserError 'not-found', 'disk', 'invalid-file', 'unsupported' (complex and 128-bit values, axes
 * beyond time), 'too-large'
 */
export async function openNiftiPlane(
  path: string,
  limits: ReadLimits,
  plane: SlicePlane,
): Promise<NiftiFile> {
  const headerPath = (await headerFileOf(path)) ?? path;
  const header = await readHeader(headerPath);
  const description = describeNifti(header, plane, limits, headerPath);
  const voxelPath = header.isPair ? await voxelFileOf(headerPath) : headerPath;
  const source = await openVoxels(voxelPath, header, description.bytes, limits);
  return new OpenNifti(path, description, limits, {
    source,
    type: description.type,
    isLittleEndian: header.isLittleEndian,
  });
}

async function readHeader(path: string): Promise<NiftiHeader> {
  const head = await readHead(path, headLength);
  if (head.length === 0) throw new UserError('invalid-file', imageText.empty(path));
  return readNiftiHeader(isGzip(head) ? unpackHead(head) : head, path);
}

async function openVoxels(
  path: string,
  { offset }: NiftiHeader,
  length: number,
  limits: ReadLimits,
): Promise<ByteSource> {
  const file = await FileSource.open(path);
  try {
    if (isGzip(await file.head(2))) {
      if (offset + length > limits.bytes) throw tooLargeToUnpack(path, offset + length, limits);
      const packed = new GzipSource(path, offset, length, file.size);
      await file.close();
      return packed;
    }
    if (offset + length > file.size) {
      throw invalidNifti(path, niftiText.cutShort(file.size, offset + length));
    }
    return new OffsetSource(file, offset);
  } catch (error) {
    await file.close();
    throw error;
  }
}

function tooLargeToUnpack(path: string, bytes: number, limits: ReadLimits): UserError {
  return new UserError('too-large', niftiText.tooLargeUnpacked(path, bytes, limits.bytes));
}

/** Part of a file from an offset on. */
class OffsetSource implements ByteSource {
  readonly #file: FileSource;
  readonly #offset: number;

  constructor(file: FileSource, offset: number) {
    this.#file = file;
    this.#offset = offset;
  }

  read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#file.read(this.#offset + start, length);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

class OpenNifti implements NiftiFile {
  readonly path: string;
  readonly volume: NiftiVolume;
  readonly #image: ImageHeader;
  readonly #limits: ReadLimits;
  readonly #stored: StoredVoxels;
  readonly #slices: SliceReader;
  #isClosed = false;

  constructor(
    path: string,
    { image, volume }: NiftiDescription,
    limits: ReadLimits,
    stored: StoredVoxels,
  ) {
    this.path = path;
    this.volume = volume;
    this.#image = image;
    this.#limits = limits;
    this.#stored = stored;
    this.#slices = new SliceReader(stored, volume, image.sampleType);
  }

  /** Header of the file; its notes grow when a read meets a value that cannot be represented exactly. */
  get header(): ImageHeader {
    if (!this.#slices.hasRounded) return this.#image;
    return { ...this.#image, notes: [...this.#image.notes, niftiText.rounded] };
  }

  async read(request: ReadRequest = {}): Promise<Pixels> {
    if (this.#isClosed) throw closedFile(this.path);
    const checked = checkRequest(request, this.#image, this.#limits, this.path);
    const { width, height } = checked.region;
    const data = await this.#slices.read(checked, request.signal);
    return { width, height, bands: checked.bands.length, data };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#stored.source.close();
  }
}
