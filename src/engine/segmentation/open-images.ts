import type { Preparation } from '../../core/image/preparation.ts';
import { placeName } from '../../formats/labelled-images.ts';
import type { ImagePlace } from '../../formats/labelled-images.ts';
import { requireFrame } from '../../formats/images.ts';
import type { ImageFile } from '../../formats/raster/image-file.ts';
import { openImage } from '../../formats/raster/open.ts';
import { openPreparedRegions } from '../../formats/raster/prepared-regions.ts';
import type { PreparedImage } from '../../formats/raster/prepared-regions.ts';

interface OpenOne {
  readonly file: ImageFile;
  readonly prepared: PreparedImage;
  /** Roughly, of what is held in memory. */
  readonly bytes: number;
}

/**
 * Images that are read in parts again and again: those used last stay open, as far as memory allows, the others are
 * opened anew. A part is read by one at a time.
 */
export class OpenImages {
  readonly #preparation: Preparation;
  readonly #budget: number;
  /** The one used last at the end. */
  readonly #open = new Map<string, OpenOne>();
  #bytes = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param budget bytes that may be held */
  constructor(preparation: Preparation, budget: number) {
    this.#preparation = preparation;
    this.#budget = budget;
  }

  /** Does something with an image. @throws UserError as `openImage` and `openPreparedRegions`, and as `work` */
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
    const file = await openImage(path);
    try {
      requireFrame(file, frame);
      const prepared = await openPreparedRegions(file, { preparation: this.#preparation, frame });
      // Held: three colours and where there is nothing. Larger ones are read from the disk.
      const bytes = Math.min(4 * prepared.width * prepared.height, 2 ** 26);
      return { file, prepared, bytes };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async #drop(key: string): Promise<void> {
    const one = this.#open.get(key);
    if (!one) return;
    this.#open.delete(key);
    this.#bytes -= one.bytes;
    await one.file.close();
  }
}
