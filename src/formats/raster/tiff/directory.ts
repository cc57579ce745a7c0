import { withoutEnd } from '../../../core/text/scan.ts';
import { tiffText } from '../../../text/index.ts';
import { damaged } from './problems.ts';
import { fieldSizes, tags } from './tags.ts';
import type { TiffSource } from './tiff-source.ts';

/**
 * Image file directories: the list of fields that describes a page, in the classic form (32-bit
 * offsets) and as BigTIFF (64-bit offsets), both byte orders.
 */

/** Maximum number; a valid page has about twenty, camera files a few hundred. */
const fieldLimit = 4096;

/** A list of values in the file. */
export interface Field {
  readonly type: number;
  readonly count: number;
  /** Offset of the first value, from the start of the file. */
  readonly offset: number;
}

export interface Directory {
  readonly offset: number;
  readonly fields: ReadonlyMap<number, Field>;
  /** Number of listed fields, including doubles and unknown ones. */
  readonly fieldCount: number;
  /** Offset of the next one, 0 after the last. */
  readonly next: number;
}

/** Returns true if `head`, the first 8 bytes of a file or more, are those of a TIFF or a BigTIFF. */
export function isTiff(head: Uint8Array): boolean {
  const text = String.fromCharCode(...head.subarray(0, 4));
  return text === 'II*\0' || text === 'MM\0*' || text === 'II+\0' || text === 'MM\0+';
}

/** A TIFF file whose directories can be read. */
export class TiffFile {
  readonly source: TiffSource;
  readonly isLittleEndian: boolean;
  readonly isBig: boolean;
  readonly firstDirectory: number;

  private constructor(source: TiffSource, head: Buffer) {
    this.source = source;
    this.isLittleEndian = head[0] === 0x49;
    this.isBig = head[2] === 43 || head[3] === 43;
    this.firstDirectory = this.isBig ? this.#long8(head, 8) : this.#long(head, 4);
  }

  /** @throws UserError 'invalid-file', 'disk' */
  static async read(source: TiffSource): Promise<TiffFile> {
    const { path, size } = source;
    if (size === 0) throw damaged(path, tiffText.empty);
    const head = await source.readSmall(0, Math.min(16, size));
    if (!isTiff(head)) throw damaged(path, tiffText.noHeader);
    const isBig = head[2] === 43 || head[3] === 43;
    if (head.length < (isBig ? 16 : 8)) throw damaged(path, tiffText.cutShort);
    return new TiffFile(source, head);
  }

  /** @throws UserError 'invalid-file', 'disk' */
  async directory(offset: number): Promise<Directory> {
    const { source, isBig } = this;
    const countBytes = isBig ? 8 : 2;
    const entryBytes = isBig ? 20 : 12;
    const countBuffer = await source.readSmall(offset, countBytes);
    const count = isBig ? this.#long8(countBuffer, 0) : this.#short(countBuffer, 0);
    if (count === 0 || count > fieldLimit) {
      throw damaged(source.path, tiffText.wrongFieldCount(count));
    }
    const start = offset + countBytes;
    const entries = await source.readSmall(start, count * entryBytes);
    const fields = new Map<number, Field>();
    for (let at = 0; at < entries.length; at += entryBytes) {
      const tag = this.#short(entries, at);
      const field = this.#field(entries, at, start);
      if (field !== undefined && !fields.has(tag)) fields.set(tag, field);
    }
    return {
      offset,
      fields,
      fieldCount: count,
      next: await this.#next(start + count * entryBytes),
    };
  }

  /**
   * Values of a numeric field; rationals are divided. An empty list if the field is absent.
   *
   * @param most maximum number of values, from `first`; the rest are not read
   * @throws UserError 'invalid-file' if they are outside the file, 'disk'
   */
  async numbers(field: Field | undefined, most: number, first = 0): Promise<number[]> {
    const size = fieldSizes.get(field?.type ?? 0);
    if (field === undefined || size === undefined) return [];
    const count = Math.min(most, field.count - first);
    if (count <= 0) return [];
    const bytes = await this.source.readSmall(field.offset + first * size, count * size);
    return Array.from({ length: count }, (_, i) => this.#value(bytes, i * size, field.type));
  }

  async number(directory: Directory, tag: number): Promise<number | undefined> {
    return (await this.numbers(directory.fields.get(tag), 1))[0];
  }

  /** Reads a field as bytes, at most `most`. */
  async bytes(field: Field | undefined, most: number): Promise<Buffer> {
    const size = fieldSizes.get(field?.type ?? 0);
    if (field === undefined || size === undefined) return Buffer.alloc(0);
    return this.source.readSmall(field.offset, Math.min(most, field.count * size));
  }

  /** Reads a text without the final zero, at most `most` bytes; '' if absent or not a text. */
  async text(directory: Directory, tag: number, most: number): Promise<string> {
    const field = directory.fields.get(tag);
    if (field?.type !== 2 && field?.type !== 1 && field?.type !== 7) return '';
    return withoutEnd((await this.bytes(field, most)).toString('utf8'), /\0/);
  }

  #field(entries: Buffer, at: number, start: number): Field | undefined {
    const type = this.#short(entries, at + 2);
    const count = this.isBig ? this.#long8(entries, at + 4) : this.#long(entries, at + 4);
    const size = fieldSizes.get(type);
    if (size === undefined || count === 0) return undefined;
    const valueAt = at + (this.isBig ? 12 : 8);
    const room = this.isBig ? 8 : 4;
    if (size * count <= room) return { type, count, offset: start + valueAt };
    const offset = this.isBig ? this.#long8(entries, valueAt) : this.#long(entries, valueAt);
    return { type, count, offset };
  }

  async #next(at: number): Promise<number> {
    const room = this.isBig ? 8 : 4;
    // Some writers omit the offset after the last directory.
    if (at + room > this.source.size) return 0;
    const bytes = await this.source.readSmall(at, room);
    return this.isBig ? this.#long8(bytes, 0) : this.#long(bytes, 0);
  }

  #value(bytes: Buffer, at: number, type: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const little = this.isLittleEndian;
    switch (type) {
      case 3:
        return view.getUint16(at, little);
      case 4:
      case 13:
        return view.getUint32(at, little);
      case 5:
        return view.getUint32(at, little) / view.getUint32(at + 4, little);
      case 6:
        return view.getInt8(at);
      case 8:
        return view.getInt16(at, little);
      case 9:
        return view.getInt32(at, little);
      case 10:
        return view.getInt32(at, little) / view.getInt32(at + 4, little);
      case 11:
        return view.getFloat32(at, little);
      case 12:
        return view.getFloat64(at, little);
      case 16:
      case 18:
        return Number(view.getBigUint64(at, little));
      case 17:
        return Number(view.getBigInt64(at, little));
      default:
        return view.getUint8(at);
    }
  }

  #short(bytes: Buffer, at: number): number {
    return this.#value(bytes, at, 3);
  }

  #long(bytes: Buffer, at: number): number {
    return this.#value(bytes, at, 4);
  }

  #long8(bytes: Buffer, at: number): number {
    return this.#value(bytes, at, 16);
  }
}

/** Returns true if the fields are those of a camera raw (Adobe DNG), whose pages are not plain images. */
export function isCameraRaw({ fields }: Directory): boolean {
  return fields.has(tags.dngVersion);
}
