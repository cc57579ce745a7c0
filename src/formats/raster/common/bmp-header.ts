import { UserError } from '../../../core/errors.ts';
import { bmpText } from '../../../text/index.ts';

/** A field of a pixel: `bits` bits from bit `shift` on. */
export interface ColourMask {
  readonly shift: number;
  /** Number of bits, 0 to 8; 0 if the file does not have this colour. */
  readonly bits: number;
}

/** Conversion of pixels to colours. */
type BmpColours =
  | {
      readonly kind: 'palette';
      /** Palette, (entries, bands). */
      readonly entries: Uint8Array;
      /** Number of bands of the palette: 1 if all entries are grey. */
      readonly bands: 1 | 3;
    }
  | { readonly kind: 'bytes'; readonly bands: 3 }
  | { readonly kind: 'masks'; readonly masks: readonly ColourMask[]; readonly bands: 3 | 4 };

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly isTopDown: boolean;
  readonly bits: 1 | 2 | 4 | 8 | 16 | 24 | 32;
  readonly isRunLength: boolean;
  readonly colours: BmpColours;
  /** Offset of the first pixel byte. */
  readonly offset: number;
}

/** Sizes of the known headers, bytes: OS/2 1, Windows 3, with masks, OS/2 2, Windows 4 and 5. */
const knownHeaders = [12, 40, 52, 56, 64, 108, 124];
const knownBits = [1, 2, 4, 8, 16, 24, 32] as const;
/** Offset of the second header. */
const start = 14;

/**
 * Reads the headers of a BMP file (Microsoft, "Bitmap Storage", BITMAPFILEHEADER to BITMAPV5HEADER).
 *
 * @throws UserError 'invalid-file', 'unsupported'
 */
export function readBmpHeader(bytes: Buffer, path: string): BmpHeader {
  if (bytes.length < start + 12) throw invalidBmp(path, bmpText.cutShort);
  const size = bytes.readUInt32LE(start);
  if (!knownHeaders.includes(size)) throw invalidBmp(path, bmpText.unknownHeader(size));
  if (bytes.length < start + size) throw invalidBmp(path, bmpText.cutShort);
  const isCore = size === 12;
  const width = isCore ? bytes.readUInt16LE(18) : bytes.readInt32LE(18);
  const signedHeight = isCore ? bytes.readUInt16LE(20) : bytes.readInt32LE(22);
  if (width < 1 || signedHeight === 0) {
    throw invalidBmp(path, bmpText.impossibleSize(width, signedHeight));
  }
  const bits = knownBits.find((known) => known === bytes.readUInt16LE(isCore ? 24 : 28));
  if (bits === undefined) throw invalidBmp(path, bmpText.unknownBits);
  const compression = isCore ? 0 : bytes.readUInt32LE(30);
  const packing = packingOf(compression, size, bits, path);
  const offset = bytes.readUInt32LE(10);
  if (offset < start + size) throw invalidBmp(path, bmpText.pixelsInHeader(offset));
  const common = { width, height: Math.abs(signedHeight), isTopDown: signedHeight < 0, bits };
  const colours = coloursOf(bytes, { size, bits, packing, offset }, path);
  return { ...common, isRunLength: packing === 'runs', colours, offset };
}

type Packing = 'plain' | 'runs' | 'masks' | 'masks-alpha';

function packingOf(compression: number, size: number, bits: number, path: string): Packing {
  const isOs2 = size === 64;
  if (compression === 0) return 'plain';
  if (compression === 1 && bits === 8) return 'runs';
  if (compression === 2 && bits === 4) return 'runs';
  const hasMasks = (bits === 16 || bits === 32) && !isOs2;
  if (compression === 3 && hasMasks) return 'masks';
  if (compression === 6 && hasMasks) return 'masks-alpha';
  const name = otherPackings.get(compression);
  if (name === undefined || (compression === 3 && !isOs2)) {
    throw invalidBmp(path, bmpText.packingDoesNotFit(compression, bits));
  }
  throw new UserError('unsupported', bmpText.unsupportedPacking(path, name));
}

const otherPackings: ReadonlyMap<number, string> = new Map([
  [3, bmpText.huffman],
  [4, bmpText.jpegOrRuns],
  [5, bmpText.png],
]);

interface ColourPlace {
  readonly size: number;
  readonly bits: BmpHeader['bits'];
  readonly packing: Packing;
  readonly offset: number;
}

function coloursOf(bytes: Buffer, place: ColourPlace, path: string): BmpColours {
  const { size, bits, packing } = place;
  if (bits <= 8) return paletteOf(bytes, place, path);
  if (packing === 'masks' || packing === 'masks-alpha') {
    const hasAlpha = packing === 'masks-alpha' || size >= 56;
    // In the larger headers, else directly after the smallest one: the same offset.
    const end = start + 40 + (hasAlpha ? 16 : 12);
    if (bytes.length < end) throw invalidBmp(path, bmpText.cutShort);
    const words = [0, 4, 8, 12].map((at) =>
      at < 12 || hasAlpha ? bytes.readUInt32LE(start + 40 + at) : 0,
    );
    return masksOf(words, bits, path);
  }
  if (bits === 16) return masksOf([0x7c00, 0x03e0, 0x001f, 0], bits, path);
  // The fourth byte of 32 bits is unused unless a mask uses it.
  return { kind: 'bytes', bands: 3 };
}

function masksOf(words: readonly number[], bits: number, path: string): BmpColours {
  const masks = words.map((word): ColourMask => {
    if (word === 0) return { shift: 0, bits: 0 };
    const shift = 31 - Math.clz32(word & -word);
    const wide = 32 - Math.clz32(word) - shift;
    const isWhole = word / 2 ** shift === 2 ** wide - 1 && shift + wide <= bits;
    if (!isWhole) throw invalidBmp(path, bmpText.masksWithGaps);
    return { shift, bits: wide };
  });
  const widest = Math.max(...masks.map((mask) => mask.bits));
  if (widest > 8) {
    throw new UserError('unsupported', bmpText.deepColours(path, widest));
  }
  const hasAlpha = (masks[3]?.bits ?? 0) > 0;
  return { kind: 'masks', masks: masks.slice(0, hasAlpha ? 4 : 3), bands: hasAlpha ? 4 : 3 };
}

function paletteOf(bytes: Buffer, { size, bits, offset }: ColourPlace, path: string): BmpColours {
  const isCore = size === 12;
  const entryBytes = isCore ? 3 : 4;
  const claimed = isCore ? 0 : bytes.readUInt32LE(46);
  const count = claimed === 0 ? 2 ** bits : Math.min(claimed, 2 ** bits);
  // A palette that extends into the pixels, or past the file's end, is shorter than stated.
  const end = Math.min(bytes.length, offset);
  const held = Math.min(count, Math.floor((end - start - size) / entryBytes));
  if (held < 1) throw invalidBmp(path, bmpText.noPalette);
  const entries = new Uint8Array(3 * held);
  for (let entry = 0; entry < held; entry++) {
    const from = start + size + entry * entryBytes;
    for (let band = 0; band < 3; band++) entries[3 * entry + band] = bytes[from + 2 - band] ?? 0;
  }
  return greyPalette(entries) ?? { kind: 'palette', entries, bands: 3 };
}

function greyPalette(entries: Uint8Array): BmpColours | undefined {
  const grey = new Uint8Array(entries.length / 3);
  for (let entry = 0; entry < grey.length; entry++) {
    const [red, green, blue] = entries.subarray(3 * entry, 3 * entry + 3);
    if (red === undefined || red !== green || red !== blue) return undefined;
    grey[entry] = red;
  }
  return { kind: 'palette', entries: grey, bands: 1 };
}

/** `UserError('invalid-file')` that names the file, the reason and what to do. */
export function invalidBmp(path: string, reason: string): UserError {
  return new UserError('invalid-file', bmpText.invalid(path, reason));
}
