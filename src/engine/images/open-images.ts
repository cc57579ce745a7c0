import { whileReading } from '../../core/activity.ts';
import { channelsOf } from '../../core/image/preparation.ts';
import type { Preparation } from '../../core/image/preparation.ts';
import { placeName } from '../../formats/labels/labelled-images.ts';
import type { ImagePlace } from '../../formats/labels/labelled-images.ts';
import { requireFrame } from '../../formats/images.ts';
import { withImage } from '../../formats/open-images.ts';
import type { ImageFile } from '../../formats/raster/image-file.ts';
import { openImage } from '../../formats/raster/open.ts';
import { isHeld, openPreparedRegions } from '../../formats/raster/prepared-regions.ts';
import type { PreparedImage } from '../../formats/raster/prepared-regions.ts';

interface OpenOne {
  /** Undefined if the image is in memory; the file is closed then. */
  readonly file: ImageFile | undefined;
  readonly prepared: PreparedImage;
  /** Approximate memory of a held image. */
  readonly bytes: number;
}

/**
 * Images that are read in parts repeatedly. The most recently used ones stay open as far as memory allows, the others
 * are opened again. Only one part is read at a time.
 */
export class OpenImages {
  readonly preparation: Preparation;
  readonly #budget: number;
  /** Least recently used first. */
  readonly #open = new Map<string, OpenOne>();
  #bytes = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param budget bytes that may be held */
  constructor(preparation: Preparation, budget: number) {
    this.preparation = preparation;
    this.#budget = budget;
  }

  /**
   * Runs `work` on an opened image.
   *
   * @throws UserError as `openImage` and `openPreparedRegions`, and the errors of `work`
   */
  use<T>(image: ImagePlace, work: (prepared: PreparedImage) => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => work((await this.#get(image)).prepared));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    await this.#last;
    for (const key of [...this.#open.keys()]) await this.#drop(key);
  }

  async #get(image: ImagePlace): Promise<OpenOne> {
    const key = placeName(image);
    const known = this.#open.get(key);
    if (known) {
      this.#open.delete(key);
      this.#open.set(key, known);
      return known;
    }
    const fresh = await this.#openOne(image);
    this.#open.set(key, fresh);
    this.#bytes += fresh.bytes;
    for (const other of [...this.#open.keys()]) {
      if (this.#bytes <= this.#budget || other === key) break;
      await this.#drop(other);
    }
    return fresh;
  }

  async #openOne({ path, frame }: ImagePlace): Promise<OpenOne> {
    // Slices of a volume share their file: opening a compressed one decompresses all of it.
    const held = await withImage(path, async (file) => {
      requireFrame(file, frame);
      return isHeld(file, this.preparation) ? this.#prepare(file, frame) : undefined;
    });
    if (held) return { file: undefined, prepared: held, bytes: this.#bytesOf(held) };
    const file = await whileReading(path, () => openImage(path));
    try {
      const prepared = await whileReading(path, () => this.#prepare(file, frame));
      return { file, prepared, bytes: this.#bytesOf(prepared) };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  #prepare(file: ImageFile, frame: number | undefined): Promise<PreparedImage> {
    return openPreparedRegions(file, { preparation: this.preparation, frame });
  }

  /** Returns the memory of the channels and of the nodata mask. Larger images are read from the disk. */
  #bytesOf({ width, height }: PreparedImage): number {
    return Math.min((channelsOf(this.preparation) + 1) * width * height, 2 ** 26);
  }

  async #drop(key: string): Promise<void> {
    const one = this.#open.get(key);
    if (!one) return;
    this.#open.delete(key);
    this.#bytes -= one.bytes;
    await one.file?.close();
  }
}
