import { Readable } from 'node:stream';
import { RandomAccessReader } from 'yauzl';
import type { FileSource } from '../raster/file-source.ts';

/** Number of bytes that are read at once. */
const readAhead = 2 ** 16;

/**
 * Gives the library bytes of an open file, which the caller closes. The library's own reader passes offsets beyond 2^53
 * to the system, which throws an exception that cannot be caught and ends the process.
 */
export class ZipSource extends RandomAccessReader {
  readonly #source: FileSource;
  #window: { readonly start: number; readonly bytes: Uint8Array } = {
    start: 0,
    bytes: new Uint8Array(),
  };

  constructor(source: FileSource) {
    super();
    this.#source = source;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#bytes(position, length).then(
      (bytes) => {
        buffer.set(bytes, offset);
        callback(null);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }

  async #bytes(position: number, length: number): Promise<Uint8Array> {
    const { size } = this.#source;
    if (!(position + length <= size)) throw new Error('unexpected end');
    const { start, bytes } = this.#window;
    if (position < start || position + length > start + bytes.length) {
      const wanted = Math.min(Math.max(length, readAhead), size - position);
      this.#window = { start: position, bytes: await this.#source.read(position, wanted) };
    }
    const from = position - this.#window.start;
    return this.#window.bytes.subarray(from, from + length);
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#parts(start, end), { objectMode: false });
  }

  async *#parts(start: number, end: number): AsyncGenerator<Uint8Array> {
    if (end > this.#source.size) throw new Error('unexpected end');
    for (let at = start; at < end; at += readAhead) {
      yield await this.#source.read(at, Math.min(readAhead, end - at));
    }
  }
}
