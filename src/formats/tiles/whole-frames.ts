import { stampOf } from '../open-images.ts';
import type { ImageFile, Pixels } from '../raster/image-file.ts';
import { unlessAborted } from '../files/unless-aborted.ts';
import { halvePixels } from './halve.ts';

/** Maximum size of frames and their halves that are kept, bytes. A single frame may be larger. */
const keptBytes = 2 ** 28;

interface Entry {
  /** Full resolution first, then its halves, if they were requested. */
  readonly levels: Promise<Pixels[]>;
  bytes: number;
}

/** Frames that are read whole, with their halves; those used last are kept. */
class WholeFrames {
  /** Frames by file, as it is on the disk, and number; the latest last. */
  readonly #entries = new Map<string, Entry>();

  /** @throws UserError as the file's `read` */
  async level(
    file: ImageFile,
    frame: number,
    halvings: number,
    signal?: AbortSignal,
  ): Promise<Pixels> {
    const key = `${frame} ${await stampOf(file.path)} ${file.path}`;
    const known = this.#entries.get(key);
    // Shared by all waiting callers, so that one that cancels must not stop it.
    const entry = known ?? { levels: readWhole(file, frame), bytes: 0 };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    try {
      const levels = await unlessAborted(entry.levels, signal);
      entry.bytes = grown(levels, halvings, file);
      this.#forget();
      const level = levels[halvings];
      if (level === undefined)
        throw new RangeError(`wholeFrames: no level of ${halvings} halvings`);
      return level;
    } catch (error) {
      if (signal?.aborted === true) throw error;
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      // Another caller read it, from a file that has been closed since.
      if (known !== undefined) return this.level(file, frame, halvings, signal);
      throw error;
    }
  }

  #forget(): void {
    let bytes = 0;
    for (const entry of this.#entries.values()) bytes += entry.bytes;
    for (const [key, entry] of this.#entries) {
      if (bytes <= keptBytes || this.#entries.size === 1) return;
      this.#entries.delete(key);
      bytes -= entry.bytes;
    }
  }
}

/** Adds missing halves; returns the bytes of all. */
function grown(levels: Pixels[], halvings: number, { header }: ImageFile): number {
  for (let last = levels.at(-1); last !== undefined && levels.length <= halvings;) {
    last = halvePixels(last, header);
    levels.push(last);
  }
  return levels.reduce((sum, { data }) => sum + data.byteLength, 0);
}

async function readWhole(file: ImageFile, frame: number): Promise<Pixels[]> {
  return [await file.read({ frame })];
}

/** Cache of this thread. */
export const wholeFrames = new WholeFrames();
