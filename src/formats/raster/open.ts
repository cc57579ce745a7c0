import { UserError } from '../../core/errors.ts';
import { imageText } from '../../text/index.ts';
import { imageSignature } from '../image-signature.ts';
import { isCommon, openCommonSource } from './common/open-common.ts';
import { isDicom, openDicomSource } from './dicom/dicom.ts';
import { FileSource, readHead } from './file-source.ts';
import { defaultLimits, type ImageFile, type ReadLimits } from './image-file.ts';
import { isNifti, openNifti } from './nifti/open-nifti.ts';
import { headerFileOf } from './nifti/pair.ts';
import { isTiff, openTiffSource } from './tiff/open-tiff.ts';

/** The reader of some formats. */
interface Reader {
  /** Names of the formats, for messages. */
  readonly formats: readonly string[];
  /** Returns true if a file with this beginning has one of these formats. */
  readonly is: (head: Uint8Array) => boolean;
  readonly open: (file: OpenFile, limits: ReadLimits) => Promise<ImageFile>;
  /** True if the reader keeps reading the source, and closes it. */
  readonly keepsSource: boolean;
}

/** The beginning of a file, as read to recognise its format. */
interface OpenFile {
  readonly source: FileSource;
  readonly head: Uint8Array<ArrayBuffer>;
}

/** The first reader that recognises a file opens it. */
const readers: readonly Reader[] = [
  // Before TIFF: the first 128 bytes of DICOM are free, and some files begin as both.
  {
    formats: ['DICOM'],
    is: isDicom,
    open: ({ source }, limits) => openDicomSource(source, limits),
    keepsSource: true,
  },
  {
    formats: ['PNG', 'JPEG', 'WebP', 'BMP'],
    is: isCommon,
    open: ({ source, head }, limits) => openCommonSource(source, head, limits),
    keepsSource: false,
  },
  {
    formats: ['TIFF'],
    is: isTiff,
    open: ({ source }, limits) => openTiffSource(source, limits),
    keepsSource: true,
  },
  {
    // A pair of files is read together, and this may be either of them.
    formats: ['NIfTI'],
    is: isNifti,
    open: ({ source }, limits) => openNifti(source.path, limits),
    keepsSource: false,
  },
];

/** Enough for every signature, even a compressed one, and for the whole of a small image. */
const headLength = 2 ** 16;

/**
 * Opens an image of any known format, recognised by its content. (The voxels of a NIfTI pair have no signature: the
 * header next to them is checked instead.)
 *
 * @throws UserError 'not-found', 'disk', 'invalid-file' (damaged, or not an image), 'unsupported' (a format without a
 * reader, by name, or a feature that a reader refuses), 'too-large'
 */
export async function openImage(
  path: string,
  limits: ReadLimits = defaultLimits,
): Promise<ImageFile> {
  return openSource(await FileSource.open(path), limits);
}

/** Opens an image like `openImage` from an open file, which is closed with the image or earlier. */
export async function openSource(
  source: FileSource,
  limits: ReadLimits = defaultLimits,
): Promise<ImageFile> {
  const { path } = source;
  let isKept = false;
  try {
    const head = await source.head(headLength);
    if (head.length === 0) {
      throw new UserError('invalid-file', imageText.empty(path));
    }
    const reader = readers.find(({ is }) => is(head));
    if (reader !== undefined) {
      const image = await reader.open({ source, head }, limits);
      isKept = reader.keepsSource;
      return image;
    }
    if (await isBesideNiftiHeader(path)) return await openNifti(path, limits);
    throw unknownFile(head, path);
  } finally {
    if (!isKept) await source.close();
  }
}

async function isBesideNiftiHeader(path: string): Promise<boolean> {
  const header = await headerFileOf(path);
  return header !== undefined && isNifti(await readHead(header, headLength));
}

function unknownFile(head: Uint8Array, path: string): UserError {
  const signature = imageSignature(head);
  if (signature === undefined) {
    return new UserError('invalid-file', imageText.notAnImage(path));
  }
  const formats = readers.flatMap((reader) => reader.formats);
  return new UserError('unsupported', imageText.otherFormat(path, signature.name, formats));
}
