import type { ImageFormat } from './raster/image-file.ts';

/** A kind of file, recognised by its first bytes. */
export interface ImageSignature {
  readonly name: string;
  /** Name of the format in its reader; null for formats that are recognised only to be refused by name. */
  readonly format: ImageFormat | null;
}

interface Mark extends ImageSignature {
  readonly at: number;
  /** Bytes of the signature, one character each. */
  readonly bytes: string;
}

/**
 * The only table of signatures. The decoders support more formats than are allowed here, so formats are recognised
 * before decoding. (NIfTI is not in it: its signature may be compressed with gzip, see raster/nifti.)
 */
const marks: readonly Mark[] = [
  { name: 'PNG', format: 'png', at: 0, bytes: '\x89PNG\r\n\x1a\n' },
  { name: 'JPEG', format: 'jpeg', at: 0, bytes: '\xff\xd8\xff' },
  { name: 'WebP', format: 'webp', at: 8, bytes: 'WEBP' },
  { name: 'TIFF', format: 'tiff', at: 0, bytes: 'II*\0' },
  { name: 'TIFF', format: 'tiff', at: 0, bytes: 'MM\0*' },
  { name: 'BigTIFF', format: 'tiff', at: 0, bytes: 'II+\0' },
  { name: 'BigTIFF', format: 'tiff', at: 0, bytes: 'MM\0+' },
  { name: 'GIF', format: null, at: 0, bytes: 'GIF8' },
  { name: 'PDF', format: null, at: 0, bytes: '%PDF' },
  { name: 'BMP', format: 'bmp', at: 0, bytes: 'BM' },
  { name: 'HEIC or AVIF', format: null, at: 4, bytes: 'ftyp' },
  { name: 'JPEG 2000', format: null, at: 4, bytes: 'jP  ' },
  { name: 'JPEG XL', format: null, at: 4, bytes: 'JXL ' },
  { name: 'ZIP', format: null, at: 0, bytes: 'PK\x03\x04' },
  { name: '7-Zip', format: null, at: 0, bytes: '7z\xbc\xaf\x27\x1c' },
  { name: 'DICOM', format: 'dicom', at: 128, bytes: 'DICM' },
];

/** Returns the kind of a file with this beginning; undefined if it is not a known kind of image. */
export function imageSignature(bytes: Uint8Array): ImageSignature | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024));
  const text = head.toString('latin1');
  const mark = marks.find(({ at, bytes: expected }) => text.startsWith(expected, at));
  if (mark !== undefined) return { name: mark.name, format: mark.format };
  if (/^\s*(<\?xml|<!--|<svg)/.test(text.replace(/^\xef\xbb\xbf/, ''))) {
    return { name: 'SVG or XML', format: null };
  }
  return undefined;
}
