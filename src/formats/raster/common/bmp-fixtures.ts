/** BMP files made by hand for the tests. */

export interface BmpOptions {
  readonly width: number;
  /** Height; negative if the top row comes first. */
  readonly height: number;
  readonly bits: number;
  /** 0 none, 1 and 2 run lengths, 3 masks, 6 masks with alpha. */
  readonly compression?: number;
  /** Bytes of the second header. */
  readonly headerSize?: 12 | 40 | 52 | 56 | 64 | 108 | 124;
  /** Palette entries, [red, green, blue] each. */
  readonly palette?: readonly (readonly number[])[];
  /** Palette size stated in the header. */
  readonly colours?: number;
  readonly masks?: readonly number[];
  /** Rows in the order of the file, with their padding, or run-length codes. */
  readonly data: readonly number[];
}

export function bmpFile(options: BmpOptions): Buffer {
  const { width, height, bits, compression = 0, headerSize = 40, masks = [], data } = options;
  const { palette = [], colours = 0 } = options;
  const info = Buffer.alloc(headerSize);
  info.writeUInt32LE(headerSize, 0);
  if (headerSize === 12) {
    info.writeUInt16LE(width, 4);
    info.writeUInt16LE(height, 6);
    info.writeUInt16LE(1, 8);
    info.writeUInt16LE(bits, 10);
  } else {
    info.writeInt32LE(width, 4);
    info.writeInt32LE(height, 8);
    info.writeUInt16LE(1, 12);
    info.writeUInt16LE(bits, 14);
    info.writeUInt32LE(compression, 16);
    info.writeUInt32LE(colours, 32);
  }
  const words = Buffer.alloc(4 * masks.length);
  for (const [index, mask] of masks.entries()) words.writeUInt32LE(mask, 4 * index);
  // After the small header, or inside the large ones.
  if (headerSize >= 52) words.copy(info, 40);
  const extra = headerSize >= 52 ? Buffer.alloc(0) : words;
  const entries = palette.flatMap(([red = 0, green = 0, blue = 0]) =>
    headerSize === 12 ? [blue, green, red] : [blue, green, red, 0],
  );
  const body = Buffer.concat([info, extra, Buffer.from(entries)]);
  const head = Buffer.alloc(14);
  head.write('BM', 'latin1');
  head.writeUInt32LE(14 + body.length + data.length, 2);
  head.writeUInt32LE(14 + body.length, 10);
  return Buffer.concat([head, body, Buffer.from(data)]);
}

/** Rows of bytes from the top, stored from the bottom and padded to words. */
export function rowsFromBelow(rows: readonly (readonly number[])[]): number[] {
  return rows.toReversed().flatMap(padded);
}

export function padded(row: readonly number[]): number[] {
  return [...row, ...new Array<number>((4 - (row.length % 4)) % 4).fill(0)];
}
