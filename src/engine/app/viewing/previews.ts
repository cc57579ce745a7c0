import type { ImageFacts } from '../../../contract/app.ts';
import type { WrittenPreparation } from '../../../contract/jobs.ts';
import type { Store } from '../../../store/store.ts';
import type { ImagePool } from '../../image-pool/image-pool.ts';

/** Previews of images under a preparation that is still being chosen. */
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
    // Users try many ranges on one image: the task goes to the thread that has its values.
    return this.#pool.run(
      'preview',
      { path, frame, sha256, preparation },
      { subject: path, file: path, turn: 'now', signal },
    );
  }
}
