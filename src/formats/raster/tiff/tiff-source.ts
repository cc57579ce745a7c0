import { tiffText } from '../../../text/index.ts';
import type { FileSource } from '../file-source.ts';
import { damaged } from './problems.ts';

/** Directories and block tables are many small pieces close together, so they are read by pages. */
const pageBytes = 16 * 1024;
const pagesKept = 64;

/** Random-access bytes of an open TIFF file. */
export class TiffSource {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly #file: FileSource;
  readonly #pages = new Map<number, Promise<Buffer>>();

  /** @param file is closed with this */
  constructor(file: FileSource) {
    this.path = file.path;
    this.size = file.size;
    this.#file = file;
  }

  /** @throws UserError 'invalid-file' if the file ends before, 'disk', 'cancelled' after `close` */
  async read(offset: number, length: number): Promise<Buffer<ArrayBuffer>> {
    this.check(offset, length);
    return Buffer.from((await this.#file.read(offset, length)).buffer);
  }

  /** Reads like `read`, for small pieces: nearby bytes are cached. */
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
      throw damaged(this.path, tiffText.outsideFile(offset));
    }
  }

  async close(): Promise<void> {
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
}
