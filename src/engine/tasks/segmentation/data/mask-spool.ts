import { createHash } from 'node:crypto';
import { constants, open, rm, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import { UserError } from '../../../../core/errors.ts';
import { encodeRuns } from '../../../../core/mask/run-length.ts';
import { tileKey } from '../../../../core/mask/sparse-mask.ts';
import type { MaskTile } from '../../../../core/mask/tiles.ts';
import { writeFailure } from '../../../../formats/files/file-errors.ts';
import { makeFolder } from '../../../../formats/files/make-folder.ts';
import { packTile, unpackTile } from '../../../../store/packed-tile.ts';
import { predictText } from '../../../../text/index.ts';

/**
 * File format of a mask in progress: compressed tiles, each with a checksum, and after each row of tiles a record of
 * progress. Nothing is ever overwritten, so after any interruption everything up to the last progress record is
 * intact.
 */

const magic = Buffer.from('understudy mask spool 1\n', 'latin1');
/** Magic bytes, and a SHA-256 of everything that the mask depends on. */
const headerBytes = magic.length + 32;
/** Kind, x, y and length of the content; a CRC-32 of everything follows the content. */
const recordHead = 13;
const recordEnd = 4;
/** Largest content of a tile: twice its pixels as runs, stored. */
const longestTile = 2 ** 20;

const kinds = { tile: 1, done: 2 } as const;

interface Place {
  readonly at: number;
  readonly length: number;
}

/** A record of the file. */
interface Entry extends Place {
  readonly kind: number;
  readonly x: number;
  readonly y: number;
  /** Position after the record. */
  readonly end: number;
}

export class MaskSpool {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #tiles = new Map<number, Place>();
  /** Completed rows of mask tiles, by band. */
  readonly #done = new Map<number, number>();
  #end = headerBytes;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /**
   * Opens a spool to continue it. A damaged one, or one of a different mask, is emptied.
   *
   * @param fingerprint text of everything that the mask depends on
   * @throws UserError 'disk'
   */
  static async open(path: string, fingerprint: string): Promise<MaskSpool> {
    let handle: FileHandle | undefined;
    try {
      await makeFolder(dirname(resolve(path)));
      handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
      const spool = new MaskSpool(path, handle);
      const mark = createHash('sha256').update(fingerprint).digest();
      if (!(await spool.#recall(mark))) await spool.#begin(mark);
      return spool;
    } catch (error) {
      await handle?.close();
      throw writeFailure(error, path);
    }
  }

  /** Returns the completed rows of mask tiles of a band, from the top. */
  rowsDone(band: number): number {
    return this.#done.get(band) ?? 0;
  }

  /**
   * Appends the next row of mask tiles of a band; tiles of only background take no space.
   *
   * @throws UserError 'disk'
   */
  async append(band: number, tiles: readonly MaskTile[]): Promise<void> {
    const row = this.rowsDone(band);
    const parts: Buffer[] = [];
    const places: [key: number, place: Place][] = [];
    let end = this.#end;
    for (const { x, y, pixels } of tiles) {
      if (!pixels.some((value) => value !== 0)) continue;
      const packed = packTile(encodeRuns(pixels));
      places.push([tileKey({ x, y }), { at: end + recordHead, length: packed.length }]);
      const bytes = recordOf(kinds.tile, x, y, packed);
      parts.push(bytes);
      end += bytes.length;
    }
    parts.push(recordOf(kinds.done, band, row, new Uint8Array()));
    const bytes = Buffer.concat(parts);
    await this.#write(bytes, this.#end);
    this.#end += bytes.length;
    for (const [key, place] of places) this.#tiles.set(key, place);
    this.#done.set(band, row + 1);
  }

  /**
   * Reads a tile: `tilePixels` values, or null if it is all background.
   *
   * @throws UserError 'disk', 'invalid-file'
   */
  async tile(x: number, y: number): Promise<Uint8Array | null> {
    const place = this.#tiles.get(tileKey({ x, y }));
    if (place === undefined) return null;
    try {
      return unpackTile(await this.#read(place));
    } catch (error) {
      throw new UserError(
        'invalid-file',
        predictText.unreadable(this.path),
        error instanceof Error ? error.message : undefined,
      );
    }
  }

  /** Closes the file, which stays, so that its rows need not be predicted again. */
  async close(): Promise<void> {
    await this.#handle.close();
  }

  async remove(): Promise<void> {
    await this.close();
    await rm(this.path, { force: true });
  }

  /**
   * Reads the file's records and truncates it after the last complete row; false if the header differs or it is
   * damaged.
   */
  async #recall(mark: Buffer): Promise<boolean> {
    const { size } = await this.#handle.stat();
    const header = await this.#read({ at: 0, length: headerBytes });
    if (!header.equals(Buffer.concat([magic, mark]))) return false;
    const waiting: Entry[] = [];
    for (let at = headerBytes; at < size;) {
      const record = await this.#record(at, size);
      if (record === 'damaged') return this.#forget();
      if (record === 'cut short') break;
      at = record.end;
      waiting.push(record);
      if (record.kind === kinds.tile) continue;
      if (record.y !== this.rowsDone(record.x)) return this.#forget();
      this.#done.set(record.x, record.y + 1);
      for (const tile of waiting.splice(0)) {
        if (tile.kind === kinds.tile) this.#tiles.set(tileKey(tile), tile);
      }
      this.#end = at;
    }
    await this.#handle.truncate(this.#end);
    return true;
  }

  async #record(at: number, size: number): Promise<Entry | 'damaged' | 'cut short'> {
    const head = await this.#read({ at, length: recordHead });
    if (head.length < recordHead) return 'cut short';
    const kind = head.readUInt8(0);
    const length = head.readUInt32LE(9);
    const isKnown = kind === kinds.tile || (kind === kinds.done && length === 0);
    if (!isKnown || length > longestTile) return 'damaged';
    const end = at + recordHead + length + recordEnd;
    if (end > size) return 'cut short';
    const rest = await this.#read({ at: at + recordHead, length: length + recordEnd });
    const sum = crc32(rest.subarray(0, length), crc32(head));
    if (rest.length < length + recordEnd || sum !== rest.readUInt32LE(length)) return 'damaged';
    const [x, y] = [head.readUInt32LE(1), head.readUInt32LE(5)];
    return { kind, x, y, at: at + recordHead, length, end };
  }

  #forget(): false {
    this.#tiles.clear();
    this.#done.clear();
    this.#end = headerBytes;
    return false;
  }

  async #begin(mark: Buffer): Promise<void> {
    await this.#handle.truncate(0);
    await this.#write(Buffer.concat([magic, mark]), 0);
  }

  /** Reads bytes; fewer at the end of the file. */
  async #read({ at, length }: Place): Promise<Buffer> {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await this.#handle.read(bytes, 0, length, at);
    return bytes.subarray(0, bytesRead);
  }

  async #write(bytes: Buffer, at: number): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.#handle.write(
          bytes,
          done,
          bytes.length - done,
          at + done,
        );
        done += bytesWritten;
      }
    } catch (error) {
      throw writeFailure(error, this.path);
    }
  }
}

function recordOf(kind: number, x: number, y: number, content: Uint8Array): Buffer {
  const bytes = Buffer.alloc(recordHead + content.length + recordEnd);
  bytes.writeUInt8(kind, 0);
  bytes.writeUInt32LE(x, 1);
  bytes.writeUInt32LE(y, 5);
  bytes.writeUInt32LE(content.length, 9);
  bytes.set(content, recordHead);
  const end = recordHead + content.length;
  bytes.writeUInt32LE(crc32(bytes.subarray(0, end)), end);
  return bytes;
}
