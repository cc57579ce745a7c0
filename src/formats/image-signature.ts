/** A kind of file, told from its first bytes. */
export interface ImageSignature {
  readonly name: string;
  /** Whether `readImage` decodes it. */
  readonly supported: boolean;
}

interface Mark extends ImageSignature {
  readonly at: number;
  /** One character a byte. */
  readonly bytes: string;
}

/** The decoder knows more formats than are wanted here, so files are told apart before it sees them. */
const marks: readonly Mark[] = [
  { name: 'PNG', supported: true, at: 0, bytes: '\x89PNG\r\n\x1a\n' },
  { name: 'JPEG', supported: true, at: 0, bytes: '\xff\xd8\xff' },
  { name: 'WebP', supported: true, at: 8, bytes: 'WEBP' },
  { name: 'TIFF', supported: true, at: 0, bytes: 'II*\0' },
  { name: 'TIFF', supported: true, at: 0, bytes: 'MM\0*' },
  { name: 'BigTIFF', supported: true, at: 0, bytes: 'II+\0' },
  { name: 'BigTIFF', supported: true, at: 0, bytes: 'MM\0+' },
  { name: 'GIF', supported: false, at: 0, bytes: 'GIF8' },
  { name: 'PDF', supported: false, at: 0, bytes: '%PDF' },
  { name: 'BMP', supported: false, at: 0, bytes: 'BM' },
  { name: 'HEIC or AVIF', supported: false, at: 4, bytes: 'ftyp' },
  { name: 'JPEG 2000', supported: false, at: 4, bytes: 'jP  ' },
  { name: 'JPEG XL', supported: false, at: 4, bytes: 'JXL ' },
  { name: 'DICOM', supported: false, at: 128, bytes: 'DICM' },
];

/** The kind of file that `bytes` begin, or undefined when they begin no known kind of image. */
export function imageSignature(bytes: Uint8Array): ImageSignature | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024));
  const text = head.toString('latin1');
  const mark = marks.find(({ at, bytes: expected }) => text.startsWith(expected, at));
  if (mark !== undefined) return { name: mark.name, supported: mark.supported };
  if (/^\s*(<\?xml|<!--|<svg)/.test(text.replace(/^\xef\xbb\xbf/, ''))) {
    return { name: 'SVG or XML', supported: false };
  }
  return undefined;
}
