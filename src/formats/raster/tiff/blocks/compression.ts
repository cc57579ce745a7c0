import type { Transform } from 'node:stream';
import { promisify } from 'node:util';
import { createInflate, createZstdDecompress, inflate, zstdDecompress } from 'node:zlib';
import { tiffText } from '../../../../text/index.ts';
import type { Samples } from '../../image-file.ts';
import type { BlockContext, BlockShape } from './block-shape.ts';
import { decodeJpeg } from './jpeg-block.ts';
import { decodeLerc } from './lerc-block.ts';
import { decodeLzw } from './lzw.ts';
import { decodePackBits } from './pack-bits.ts';
import { damaged, unsupported } from '../problems.ts';
import { refusedCompressions } from '../tags.ts';
import { decodeWebp } from './webp-block.ts';

interface Named {
  readonly title: string;
  /** True if the Predictor field applies. */
  readonly hasPredictor: boolean;
  /** Bits that values must have. */
  readonly bits: number | undefined;
  /** Maximum number of bytes that one byte decodes to, if known. */
  readonly expansion: number;
}

/** Returns the stored bytes, at least those of the requested rows. */
interface ByteScheme extends Named {
  readonly name: 'none' | 'lzw' | 'deflate' | 'packbits' | 'zstd';
  readonly decode: (bytes: Buffer, shape: BlockShape) => Promise<Uint8Array> | Uint8Array;
}

/** Returns values directly, (rows, width, samples) or more rows. */
interface ValueScheme extends Named {
  readonly name: 'jpeg' | 'webp' | 'lerc';
  readonly decodeValues: (
    bytes: Buffer,
    shape: BlockShape,
    context: BlockContext,
  ) => Promise<Samples>;
}

export type Compression = ByteScheme | ValueScheme;

const inflateBytes = promisify(inflate);
const zstdBytes = promisify(zstdDecompress);

/** Some writers pad the last strip, so slightly more output than expected is allowed. */
export function outputLimit({ fullRows, rowBytes }: BlockShape): number {
  return fullRows * rowBytes + 65_536;
}

/**
 * Size in bytes above which a block is decompressed into one array: Node's own functions would join pieces, and keep it
 * twice.
 */
const largeBlock = 2 ** 25;
const largePiece = 2 ** 18;

/** Decompress like `inflate` and `zstdDecompress` with `maxOutputLength`. */
async function unpackLarge(
  unpacker: Transform,
  bytes: Buffer,
  shape: BlockShape,
): Promise<Uint8Array> {
  const unpacked = new Uint8Array(shape.fullRows * shape.rowBytes);
  let at = 0;
  unpacker.end(bytes);
  for await (const piece of unpacker as AsyncIterable<Buffer>) {
    const room = unpacked.length - at;
    if (room > 0) unpacked.set(piece.length > room ? piece.subarray(0, room) : piece, at);
    at += piece.length;
    if (at > outputLimit(shape))
      throw new RangeError('it decompresses to more bytes than its pixels need');
  }
  return unpacked.subarray(0, Math.min(at, unpacked.length));
}

function isLarge(shape: BlockShape): boolean {
  return outputLimit(shape) > largeBlock;
}

/** Decoded in one piece if it is of ordinary size: by default Node would return 16 KiB at a time. */
function chunkSize({ fullRows, rowBytes }: BlockShape): number {
  const most = 2 ** 22;
  return Math.min(most, Math.max(2 ** 14, fullRows * rowBytes + 64));
}

const deflate: ByteScheme = {
  name: 'deflate',
  title: 'Deflate',
  hasPredictor: true,
  bits: undefined,
  // A match of 258 bytes takes two bits at least (RFC 1951).
  expansion: 1032,
  decode: (bytes, shape) =>
    isLarge(shape)
      ? unpackLarge(createInflate({ chunkSize: largePiece }), bytes, shape)
      : inflateBytes(bytes, { maxOutputLength: outputLimit(shape), chunkSize: chunkSize(shape) }),
};

const schemes: ReadonlyMap<number, Compression> = new Map<number, Compression>([
  [
    1,
    {
      name: 'none',
      title: 'no compression',
      hasPredictor: false,
      bits: undefined,
      expansion: 1,
      decode: (bytes) => bytes,
    },
  ],
  [
    5,
    {
      name: 'lzw',
      title: 'LZW',
      hasPredictor: true,
      bits: undefined,
      // A code of nine bits represents at most as many bytes as the table has entries.
      expansion: 4096,
      decode: (bytes, { rows, rowBytes }) => decodeLzw(bytes, rows * rowBytes),
    },
  ],
  [8, deflate],
  [32946, deflate],
  [
    32773,
    {
      name: 'packbits',
      title: 'PackBits',
      hasPredictor: false,
      bits: undefined,
      expansion: 64,
      decode: (bytes, { rows, rowBytes }) => decodePackBits(bytes, rows * rowBytes),
    },
  ],
  [
    50000,
    {
      name: 'zstd',
      title: 'zstd',
      hasPredictor: true,
      bits: undefined,
      expansion: Infinity,
      decode: (bytes, shape) =>
        isLarge(shape)
          ? unpackLarge(createZstdDecompress({ chunkSize: largePiece }), bytes, shape)
          : zstdBytes(bytes, { maxOutputLength: outputLimit(shape), chunkSize: chunkSize(shape) }),
    },
  ],
  [7, valueScheme('jpeg', 'JPEG', 8, decodeJpeg)],
  [50001, valueScheme('webp', 'WebP', 8, decodeWebp)],
  [34887, valueScheme('lerc', 'LERC', undefined, decodeLerc)],
]);

function valueScheme(
  name: ValueScheme['name'],
  title: string,
  bits: number | undefined,
  decodeValues: ValueScheme['decodeValues'],
): ValueScheme {
  return { name, title, hasPredictor: false, bits, expansion: Infinity, decodeValues };
}

/**
 * Returns the scheme of a Compression field.
 *
 * @throws UserError 'unsupported' with its name, 'invalid-file' for an unused number
 */
export function compressionOf(number: number, path: string): Compression {
  const scheme = schemes.get(number);
  if (scheme !== undefined) return scheme;
  const refused = refusedCompressions.get(number);
  if (refused !== undefined) throw unsupported(path, refused);
  throw damaged(path, tiffText.unknownCompression(number));
}
