import { open, stat, type FileHandle } from 'node:fs/promises';
import { UserError } from '../../../core/errors.ts';
import { readFailure } from '../../file-errors.ts';
import { damaged } from './problems.ts';

/** Directories and block tables lie in many small pieces close together, so they are read by pages. */
const pageBytes = 16 * 1024;
const pagesKept = 64;

/** The bytes of an open TIFF file, by place. */
export class TiffSource {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly #file: FileHandle;
  readonly #pages = new Map<number, Promise<Buffer>>();
  #isClosed = false;

  private constructor(path: string, file: FileHandle, size: number) {
    this.path = path;
    this.size = size;
    this.#file = file;
  }

  /** @throws UserError 'not-found', 'disk', 'invalid-file' */
  static async open(path: string): Promise<TiffSource> {
    try {
      // Before it is opened: a pipe would wait for its other end.
      const information = await stat(path);
      if (information.isFile())
        return new TiffSource(path, await open(path, 'r'), information.size);
      if (information.isDirectory()) {
        throw new UserError('invalid-file', `${path} is a folder, not a file. Name a file.`);
      }
    } catch (error) {
      throw readFailure(error, path);
    }
    throw new UserError('invalid-file', `${path} is a device or pipe, not a file. Name a file.`);
  }

  /**
   * @throws UserError 'invalid-file' where the file ends before, 'disk', 'cancelled' after `close`
   */
  async read(offset: number, length: number): Promise<Buffer<ArrayBuffer>> {
    this.check(offset, length);
    const bytes = Buffer.alloc(length);
    let filled = 0;
    while (filled < length) {
      const count = await this.#readInto(bytes, filled, offset + filled);
      // The file has become shorter since it was opened.
      if (count === 0) throw damaged(this.path, `it ends before byte ${offset + length}`);
      filled += count;
    }
    return bytes;
  }

  /** As `read`, for small pieces: what lies near is kept. */
  async readSmall(offset: number, length: number): Promise<Buffer> {
    this.check(offset, length);
    const first = Math.floor(offset / pageBytes);
    const last = Math.floor((offset + length - 1) / pageBytes);
    if (last - first > 3) return this.read(offset, length);
    const parts: Buffer[] = [];
    for (let page = first; page <= last; page++) parts.push(await this.#page(page));
    const bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    const start = offset - first * pageBytes;
    return bytes.subarray(start, start + length);
  }

  /** @throws UserError 'invalid-file' unless the file has these bytes */
  check(offset: number, length: number): void {
    if (offset < 0 || !(offset + length <= this.size)) {
      throw damaged(this.path, `it is cut short, or points outside itself (byte ${offset})`);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#pages.clear();
    await this.#file.close();
  }

  #page(index: number): Promise<Buffer> {
    const kept = this.#pages.get(index);
    if (kept !== undefined) return kept;
    const start = index * pageBytes;
    const page = this.read(start, Math.min(pageBytes, this.size - start));
    this.#pages.set(index, page);
    page.catch(() => this.#pages.delete(index));
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > pagesKept && oldest !== undefined) this.#pages.delete(oldest);
    return page;
  }

  async #readInto(bytes: Buffer, at: number, offset: number): Promise<number> {
    if (this.#isClosed) throw new UserError('cancelled', `${this.path} was closed.`);
    try {
      return (await this.#file.read(bytes, at, bytes.length - at, offset)).bytesRead;
    } catch (error) {
      throw readFailure(error, this.path);
    }
  }
}
