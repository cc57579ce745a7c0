import { crc32, deflateSync } from 'node:zlib';

/**
 * PNG and TIFF files built by hand for the tests, so that what the decoder gives has a witness that
 * shares no code with it.
 */

const pngColourType = { 1: 0, 2: 4, 3: 2, 4: 6 } as const;

export interface PixelSpec {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly bits: 8 | 16;
  /** Interleaved, row by row. */
  readonly values: readonly number[];
}

/** A PNG of grey, grey + alpha, RGB or RGBA values, unfiltered. */
export function pngFile({ width, height, channels, bits, values }: PixelSpec): Buffer {
  const rowLength = width * channels;
  const rows = Array.from({ length: height }, (_, row) => {
    const samples = values.slice(row * rowLength, (row + 1) * rowLength);
    const bytes = samples.flatMap((value) => (bits === 16 ? [value >> 8, value & 255] : [value]));
    return Buffer.from([0, ...bytes]);
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = bits;
  header[9] = pngColourType[channels];
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(Buffer.concat(rows))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

export interface TiffOptions {
  readonly width: number;
  readonly height: number;
  /** Samples a pixel. */
  readonly channels: number;
  readonly bits: 8 | 16 | 32 | 64;
  /** 0 white is zero, 1 black is zero, 2 RGB. */
  readonly photometric: 0 | 1 | 2;
  /** 1 unsigned, 2 signed, 3 floating point. */
  readonly format?: 1 | 2 | 3;
  /** Samples beyond the colours. */
  readonly extra?: number;
  /** Orientation as in EXIF, 1 to 8. */
  readonly orientation?: number;
  /** Interleaved little-endian samples. */
  readonly data: Uint8Array;
}

/** An uncompressed little-endian TIFF of one strip; the data come last. */
export function tiffFile(options: TiffOptions): Buffer {
  const { width, height, channels, bits, photometric, data } = options;
  const { format = 1, extra = 0, orientation = 1 } = options;
  const each = (value: number): number[] => new Array<number>(channels).fill(value);
  const tags: [tag: number, values: number[]][] = [
    [256, [width]],
    [257, [height]],
    [258, each(bits)],
    [259, [1]],
    [262, [photometric]],
    [273, [0]],
    [274, [orientation]],
    [277, [channels]],
    [278, [height]],
    [279, [data.length]],
    ...(extra > 0 ? [[338, new Array<number>(extra).fill(0)] as [number, number[]]] : []),
    [339, each(format)],
  ];
  // The lists that do not fit into their entry follow the directory; then the strip.
  const listStart = 8 + 2 + tags.length * 12 + 4;
  const listBytes = tags.reduce((sum, [, values]) => sum + outside(values), 0);
  const head = Buffer.alloc(listStart + listBytes);
  head.write('II*\0', 'latin1');
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(tags.length, 8);
  let next = listStart;
  for (const [index, [tag, values]] of tags.entries()) {
    const entry = 10 + index * 12;
    const fits = outside(values) === 0;
    head.writeUInt16LE(tag, entry);
    head.writeUInt16LE(3, entry + 2);
    head.writeUInt32LE(values.length, entry + 4);
    const list = tag === 273 ? [head.length] : values;
    if (!fits) head.writeUInt32LE(next, entry + 8);
    for (const [i, value] of list.entries()) {
      head.writeUInt16LE(value, (fits ? entry + 8 : next) + 2 * i);
    }
    next += outside(values);
  }
  return Buffer.concat([head, data]);
}

/** Bytes that a list of 16-bit values takes outside its directory entry. */
function outside(values: readonly number[]): number {
  return values.length > 2 ? values.length * 2 : 0;
}

/** Little-endian bytes of 16-bit samples. */
export function words(values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint16Array.from(values).buffer);
}
