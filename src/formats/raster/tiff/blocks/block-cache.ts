import type { Samples } from '../../image-file.ts';
import { sampleBytes } from '../../sample-arrays.ts';
import type { Page } from '../page.ts';

/** Size of the cache of decoded blocks for neighbouring regions, bytes. */
const usualBytes = 64 * 2 ** 20;
/** Largest cache in bytes, unless a row of blocks takes more. */
const mostBytes = 256 * 2 ** 20;

/**
 * Returns the cache size for a file with such pages, bytes: at least a row of blocks, so that reading rows from top
 * to bottom decodes each block once.
 */
export function cacheBytes({
  width,
  block,
  samples,
  sampleType,
}: Pick<Page, 'width' | 'block' | 'samples' | 'sampleType'>): number {
  const across = Math.ceil(width / block.width) * block.width;
  const row = across * block.height * samples * sampleBytes[sampleType];
  return Math.max(usualBytes, Math.min(mostBytes, row));
}

/**
 * Decoded blocks that were used last, so that neighbouring regions do not decode the same block twice. The newest stays
 * even if it exceeds the budget: a page in one compressed strip would otherwise be decoded again for every region of
 * it.
 */
export class BlockCache {
  readonly #blocks = new Map<string, Promise<Samples>>();
  readonly #sizes = new Map<string, number>();
  readonly #budget: number;
  #held = 0;

  /** @param budget bytes */
  constructor(budget: number) {
    this.#budget = budget;
  }

  /** Returns the block of `key`, decoded by `decode` unless it is cached. A failure is not kept. */
  async get(key: string, decode: () => Promise<Samples>): Promise<Samples> {
    const known = this.#blocks.get(key);
    if (known !== undefined) {
      // Used last: to the end of the map's order.
      this.#blocks.delete(key);
      this.#blocks.set(key, known);
      return known;
    }
    const block = decode();
    this.#blocks.set(key, block);
    try {
      this.#hold(key, (await block).byteLength);
    } catch (error) {
      this.#blocks.delete(key);
      throw error;
    }
    return block;
  }

  clear(): void {
    this.#blocks.clear();
    this.#sizes.clear();
    this.#held = 0;
  }

  #hold(key: string, bytes: number): void {
    // The cache was cleared in the meantime.
    if (!this.#blocks.has(key)) return;
    this.#sizes.set(key, bytes);
    this.#held += bytes;
    for (const oldest of this.#blocks.keys()) {
      if (this.#held <= this.#budget) return;
      const size = this.#sizes.get(oldest);
      if (oldest === key || size === undefined) continue;
      this.#blocks.delete(oldest);
      this.#sizes.delete(oldest);
      this.#held -= size;
    }
  }
}
