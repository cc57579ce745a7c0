/** Cache with a byte limit that evicts the least recently used values. */
export class ByteCache<T> {
  readonly #limit: number;
  readonly #bytesOf: (value: T) => number;
  /** Least recently used first. */
  readonly #kept = new Map<string, T>();
  #bytes = 0;

  constructor(limit: number, bytesOf: (value: T) => number) {
    this.#limit = limit;
    this.#bytesOf = bytesOf;
  }

  get bytes(): number {
    return this.#bytes;
  }

  has(key: string): boolean {
    return this.#kept.has(key);
  }

  get(key: string): T | undefined {
    const value = this.#kept.get(key);
    if (value === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, value);
    return value;
  }

  set(key: string, value: T): void {
    this.delete(key);
    this.#kept.set(key, value);
    this.#bytes += this.#bytesOf(value);
    for (const oldest of this.#kept.keys()) {
      // The newest value stays, however large.
      if (this.#bytes <= this.#limit || oldest === key) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const value = this.#kept.get(key);
    if (value === undefined) return;
    this.#kept.delete(key);
    this.#bytes -= this.#bytesOf(value);
  }

  deleteAll(isGone: (key: string) => boolean): void {
    for (const key of [...this.#kept.keys()]) if (isGone(key)) this.delete(key);
  }
}
