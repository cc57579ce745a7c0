import type { ImageFacts } from '../../contract/app.ts';
import type { WrittenPreparation } from '../../contract/jobs.ts';
import type { Store } from '../../store/store.ts';
import type { ImagePool } from '../image-pool/image-pool.ts';

/** Images as a model would see them under a preparation that is not chosen yet. */
export class Previews {
  readonly #store: Store;
  readonly #pool: ImagePool;

  constructor(store: Store, pool: ImagePool) {
    this.#store = store;
    this.#pool = pool;
  }

  /** @throws UserError as `openImage` */
  async describe(id: number): Promise<ImageFacts> {
    const { path } = this.#store.images.get(id);
    return this.#pool.run('describe', { path }, { subject: path, file: path, turn: 'now' });
  }

  /** @throws UserError as `readImage` */
  async draw(
    id: number,
    preparation: WrittenPreparation,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { path, frame, sha256 } = this.#store.images.get(id);
    // Whoever chooses tries many ranges of one image: the thread that has its values is asked.
    return this.#pool.run(
      'preview',
      { path, frame, sha256, preparation },
      { subject: path, file: path, turn: 'now', signal },
    );
  }
}
