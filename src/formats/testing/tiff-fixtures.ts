import { deflateSync, zstdCompressSync } from 'node:zlib';
import {
  bitPatterns,
  differences,
  encodeLzw,
  encodePackBits,
  floatDifferences,
  packRows,
} from './tiff-encoders.ts';

/** TIFF files built by hand for the tests, in every layout; slow and small. */

export interface FieldSpec {
  readonly tag: number;
  /** 1 bytes, 2 text, 3 and 4 whole numbers, 5 ratios (numerator, denominator, …), 12 doubles. */
  readonly type: 1 | 2 | 3 | 4 | 5 | 12;
  readonly values: readonly number[] | string;
}

export interface PageSpec {
  readonly width: number;
  readonly height: number;
  /** Values a pixel, 1 by default. */
  readonly samples?: number;
  /** 1 unsigned (default), 2 signed, 3 floating point. */
  readonly format?: 1 | 2 | 3;
  /** 8 by default. */
  readonly bits?: number;
  /** Interleaved, row by row. */
  readonly values: readonly number[];
  readonly photometric?: number;
  /** 1 by default; 5, 8, 32946, 32773, 50000, or another with `blocks`. */
  readonly compression?: number;
  readonly predictor?: 1 | 2 | 3;
  readonly isPlanar?: boolean;
  readonly tile?: readonly [width: number, height: number];
  readonly rowsPerStrip?: number;
  /** Encoded blocks in place of `values`. */
  readonly blocks?: readonly Uint8Array[];
  /** Indices of blocks that are left out, as GDAL does in sparse files. */
  readonly missing?: readonly number[];
  /** Fields that replace, or add to, those that follow from the rest. */
  readonly fields?: readonly FieldSpec[];
  /** Tags to leave out. */
  readonly without?: readonly number[];
  /** SubIFDs. */
  readonly children?: readonly PageSpec[];
}

export interface FileSpec {
  readonly isLittleEndian?: boolean;
  readonly isBig?: boolean;
}

export const short = (tag: number, ...values: number[]): FieldSpec => ({ tag, type: 3, values });
export const long = (tag: number, ...values: number[]): FieldSpec => ({ tag, type: 4, values });
export const ratio = (tag: number, ...values: number[]): FieldSpec => ({ tag, type: 5, values });
export const doubles = (tag: number, ...values: number[]): FieldSpec => ({ tag, type: 12, values });
export const text = (tag: number, value: string): FieldSpec => ({ tag, type: 2, values: value });
export const bytes = (tag: number, value: Uint8Array): FieldSpec => ({
  tag,
  type: 1,
  values: [...value],
});

const typeSizes = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 12: 8 } as const;

/** A file of pages, in order. */
export function tiffBytes(pages: readonly PageSpec[], spec: FileSpec = {}): Buffer {
  return new Writer(spec).file(pages);
}

class Writer {
  readonly #little: boolean;
  readonly #big: boolean;
  readonly #parts: Buffer[] = [];
  #length = 0;

  constructor({ isLittleEndian = true, isBig = false }: FileSpec) {
    this.#little = isLittleEndian;
    this.#big = isBig;
  }

  file(pages: readonly PageSpec[]): Buffer {
    const mark = this.#little ? 'II' : 'MM';
    this.#append(Buffer.from(mark));
    this.#append(this.#number(this.#big ? 43 : 42, 2));
    if (this.#big) this.#append(Buffer.concat([this.#number(8, 2), this.#number(0, 2)]));
    let link = this.#append(this.#offset(0));
    for (const page of pages) {
      const directory = this.#page(page);
      this.#patch(link, directory.start);
      link = directory.link;
    }
    return Buffer.concat(this.#parts);
  }

  /** Writes blocks, children and lists, then the directory. */
  #page(page: PageSpec): { start: number; link: number } {
    const missing = new Set(page.missing);
    const blocks = (page.blocks ?? blocksOf(page, this.#little)).map((block, i) => {
      const isMissing = missing.has(i);
      return isMissing ? { at: 0, size: 0 } : { at: this.#append(block), size: block.length };
    });
    const children = (page.children ?? []).map((child) => this.#page(child).start);
    const offsets = blocks.map(({ at }) => at);
    const sizes = blocks.map(({ size }) => size);
    const own = defaultFields(page, offsets, sizes, children);
    const given = page.fields ?? [];
    const absent = new Set([...(page.without ?? []), ...given.map(({ tag }) => tag)]);
    const fields = [...own.filter(({ tag }) => !absent.has(tag)), ...given];
    const entries = fields.sort((a, b) => a.tag - b.tag).map((field) => this.#entry(field));
    const start = this.#append(this.#number(entries.length, this.#big ? 8 : 2));
    for (const entry of entries) this.#append(entry);
    return { start, link: this.#append(this.#offset(0)) };
  }

  #entry({ tag, type, values }: FieldSpec): Buffer {
    const list = typeof values === 'string' ? [...Buffer.from(`${values}\0`)] : values;
    const data = Buffer.concat(list.map((value) => this.#value(value, type)));
    const count = type === 5 ? list.length / 2 : list.length;
    const room = this.#big ? 8 : 4;
    const held = Buffer.alloc(room);
    if (data.length <= room) data.copy(held);
    else this.#offset(this.#append(data)).copy(held);
    const head = [this.#number(tag, 2), this.#number(type, 2), this.#number(count, room)];
    return Buffer.concat([...head, held]);
  }

  #value(value: number, type: FieldSpec['type']): Buffer {
    if (type !== 12) return this.#number(value, typeSizes[type]);
    const buffer = Buffer.alloc(8);
    if (this.#little) buffer.writeDoubleLE(value);
    else buffer.writeDoubleBE(value);
    return buffer;
  }

  #offset(value: number): Buffer {
    return this.#number(value, this.#big ? 8 : 4);
  }

  #number(value: number, size: number): Buffer {
    const buffer = Buffer.alloc(8);
    buffer.writeBigUInt64LE(BigInt(value));
    const number = buffer.subarray(0, size);
    return this.#little ? number : number.reverse();
  }

  /** @returns its offset, which is even */
  #append(data: Uint8Array): number {
    const at = this.#length;
    const padding = data.length % 2 === 1 && data.length > 2 ? 1 : 0;
    this.#parts.push(Buffer.from(data), Buffer.alloc(padding));
    this.#length += data.length + padding;
    return at;
  }

  #patch(at: number, value: number): void {
    const all = Buffer.concat(this.#parts);
    this.#offset(value).copy(all, at);
    this.#parts.splice(0, this.#parts.length, all);
  }
}

function defaultFields(
  page: PageSpec,
  offsets: readonly number[],
  sizes: readonly number[],
  children: readonly number[],
): FieldSpec[] {
  const { width, height, samples = 1, format = 1, bits = 8, tile } = page;
  const each = (value: number): number[] => new Array<number>(samples).fill(value);
  const blocks = tile
    ? [long(322, tile[0]), long(323, tile[1]), long(324, ...offsets), long(325, ...sizes)]
    : [long(273, ...offsets), long(278, page.rowsPerStrip ?? height), long(279, ...sizes)];
  return [
    long(256, width),
    long(257, height),
    short(258, ...each(bits)),
    short(259, page.compression ?? 1),
    short(262, page.photometric ?? 1),
    short(277, samples),
    short(284, page.isPlanar === true ? 2 : 1),
    short(339, ...each(format)),
    ...(page.predictor === undefined ? [] : [short(317, page.predictor)]),
    ...(children.length === 0 ? [] : [long(330, ...children)]),
    ...blocks,
  ];
}

/** Blocks in the order of their offsets: band by band where planar, row by row. */
function blocksOf(page: PageSpec, isLittleEndian: boolean): Buffer[] {
  const { width, height, samples = 1, isPlanar = false, tile } = page;
  const [blockWidth, blockHeight] = tile ?? [width, page.rowsPerStrip ?? height];
  const planes = isPlanar
    ? Array.from({ length: samples }, (_, band) => [band])
    : [bandsOf(samples)];
  const blocks: Buffer[] = [];
  for (const bands of planes) {
    for (let y = 0; y < height; y += blockHeight) {
      for (let x = 0; x < width; x += blockWidth) {
        // The last strip ends with the page, tiles go on.
        const rows = tile ? blockHeight : Math.min(blockHeight, height - y);
        const area = { x, y, width: blockWidth, rows };
        blocks.push(encodeBlock(page, blockValues(page, area, bands), area, bands, isLittleEndian));
      }
    }
  }
  return blocks;
}

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly rows: number;
}

function bandsOf(samples: number): number[] {
  return Array.from({ length: samples }, (_, band) => band);
}

function blockValues(page: PageSpec, area: Area, bands: readonly number[]): number[] {
  const { width, height, samples = 1, values } = page;
  const block: number[] = [];
  for (let y = area.y; y < area.y + area.rows; y++) {
    for (let x = area.x; x < area.x + area.width; x++) {
      const isInside = x < width && y < height;
      for (const band of bands) {
        block.push(isInside ? (values[(y * width + x) * samples + band] ?? 0) : 0);
      }
    }
  }
  return block;
}

function encodeBlock(
  page: PageSpec,
  values: readonly number[],
  area: Area,
  bands: readonly number[],
  isLittleEndian: boolean,
): Buffer {
  const { format = 1, bits = 8, predictor = 1, compression = 1 } = page;
  const rowLength = area.width * bands.length;
  const patterns = bitPatterns(values, format, bits);
  if (predictor === 3) {
    return compress(floatDifferences(patterns, rowLength, bands.length, bits), compression);
  }
  const stored = predictor === 2 ? differences(patterns, rowLength, bands.length, bits) : patterns;
  return compress(packRows(stored, rowLength, bits, isLittleEndian), compression);
}

function compress(data: Buffer, compression: number): Buffer {
  switch (compression) {
    case 1:
      return data;
    case 5:
      return encodeLzw(data);
    case 8:
    case 32946:
      return deflateSync(data);
    case 32773:
      return encodePackBits(data);
    case 50000:
      return zstdCompressSync(data);
    default:
      throw new Error(`no encoder for compression ${compression}`);
  }
}
