import type { SizedBytes } from '../file-source.ts';

/**
 * A place in a file that moves forward. `need` fetches the next bytes, then the plain methods take them;
 * the two are apart because most elements lie in the window already and a promise each would cost more
 * than reading them.
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
   * @param windowSize bytes fetched at a time, few for a walk with long leaps; by default as many as a usual
   * header has, and more of a long one
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

  /** Bytes from here to the end of the source; below zero after a leap past it. */
  get left(): number {
    return this.source.size - this.#position;
  }

  /** Returns true if the next `length` bytes can be taken without `need`. */
  has(length: number): boolean {
    return this.#position >= this.#start && this.#position + length <= this.#end;
  }

  /** @throws DicomFault 'invalid-file' when the source ends before */
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

  /** The next 16 bits without moving on. */
  peek16(littleEndian: boolean, ahead = 0): number {
    return this.#window.getUint16(this.#position - this.#start + ahead, littleEndian);
  }

  /** A copy of the next bytes. */
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
