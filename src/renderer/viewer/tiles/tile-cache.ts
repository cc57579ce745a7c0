import type { TileValues } from './tile-values.ts';

/** Least-recently-used cache, limited in bytes. */
export class ByteCache<T> {
  readonly #most: number;
  readonly #bytesOf: (value: T) => number;
  /** Entries, the most recently used last. */
  readonly #entries = new Map<string, T>();
  #bytes = 0;

  constructor(most: number, bytesOf: (value: T) => number) {
    this.#most = most;
    this.#bytesOf = bytesOf;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): T | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  set(key: string, value: T): void {
    this.delete(key);
    this.#entries.set(key, value);
    this.#bytes += this.#bytesOf(value);
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#most || oldest === key) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const value = this.#entries.get(key);
    if (value === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= this.#bytesOf(value);
  }
}

/** Largest size of the cache of stored values, bytes. */
const valueCacheBytes = 2 ** 28;

const tileBytes = ({ data }: TileValues): number => data.byteLength;

export function newTileCache(most = valueCacheBytes): ByteCache<TileValues> {
  return new ByteCache(most, tileBytes);
}
