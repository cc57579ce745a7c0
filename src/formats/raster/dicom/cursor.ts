import type { SizedBytes } from '../file-source.ts';

/**
 * A position in a file that moves forward. `need` fetches the next bytes, then the synchronous methods take them; the
 * two are separate because most elements are already buffered, and a promise for each would take longer than reading
 * it.
 */
export class Cursor {
  readonly source: SizedBytes;
  readonly #largestWindow: number;
  #windowSize: number;
  #window = new DataView(new ArrayBuffer(0));
  /** Start of the window in the source. */
  #start = 0;
  #position: number;

  /**
   * @param windowSize bytes fetched at a time, few for a walk with long skips; by default the size of a usual header,
   * and more for a long one
   */
  constructor(source: SizedBytes, position: number, windowSize?: number) {
    this.source = source;
    this.#position = position;
    this.#windowSize = windowSize ?? 2 ** 13;
    this.#largestWindow = windowSize ?? 2 ** 16;
  }

  get position(): number {
    return this.#position;
  }

  /** Returns the number of bytes from here to the end of the source; negative after a skip past the end. */
  get left(): number {
    return this.source.size - this.#position;
  }

  /** Returns true if the next `length` bytes can be taken without `need`. */
  has(length: number): boolean {
    return this.#position >= this.#start && this.#position + length <= this.#end;
  }

  /** @throws DicomFault 'invalid-file' if the source ends before */
  async need(length: number): Promise<void> {
    const size = Math.max(length, Math.min(this.#windowSize, this.left));
    const bytes = await this.source.read(this.#position, size);
    this.#window = new DataView(bytes.buffer);
    this.#start = this.#position;
    this.#windowSize = Math.min(4 * this.#windowSize, this.#largestWindow);
  }

  skip(length: number): void {
    this.#position += length;
  }

  uint16(littleEndian: boolean): number {
    const value = this.#window.getUint16(this.#position - this.#start, littleEndian);
    this.#position += 2;
    return value;
  }

  uint32(littleEndian: boolean): number {
    const value = this.#window.getUint32(this.#position - this.#start, littleEndian);
    this.#position += 4;
    return value;
  }

  /** Returns the next 16 bits without advancing. */
  peek16(littleEndian: boolean, ahead = 0): number {
    return this.#window.getUint16(this.#position - this.#start + ahead, littleEndian);
  }

  /** Returns a copy of the next bytes. */
  async bytes(length: number): Promise<Uint8Array> {
    if (!this.has(length)) await this.need(length);
    const offset = this.#position - this.#start;
    this.#position += length;
    return new Uint8Array(this.#window.buffer.slice(offset, offset + length));
  }

  get #end(): number {
    return this.#start + this.#window.byteLength;
  }
}
