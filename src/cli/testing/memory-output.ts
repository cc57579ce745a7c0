import { Writable } from 'node:stream';

/** An output that collects what is written to it; a terminal if given columns. */
export class MemoryOutput extends Writable {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  #text = '';

  constructor(columns?: number) {
    super({ decodeStrings: false });
    this.isTTY = columns !== undefined;
    this.columns = columns;
  }

  get text(): string {
    return this.#text;
  }

  /** Lines, without the empty one after the last line break. */
  get lines(): string[] {
    return this.#text.replace(/\n$/, '').split('\n');
  }

  override _write(chunk: string | Uint8Array, _encoding: string, done: () => void): void {
    this.#text += String(chunk);
    done();
  }
}
