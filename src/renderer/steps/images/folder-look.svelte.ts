import type { FolderContents } from '../../../contract/app.ts';
import { call, RequestError } from '../../lib/client.ts';

/** What the engine finds in a folder before anything comes in. */
export class FolderLook {
  /** Null until it is known. */
  contents: FolderContents | null = $state.raw(null);
  /** Why nothing of it can come in. */
  failure: string | null = $state(null);
  readonly #controller = new AbortController();

  /** Looks; gives a function that stops it. */
  start(folder: string): () => void {
    void this.#look(folder);
    return () => {
      this.#controller.abort();
    };
  }

  async #look(folder: string): Promise<void> {
    try {
      this.contents = await call('image.look', { folder }, this.#controller.signal);
    } catch (error) {
      if (this.#controller.signal.aborted) return;
      this.failure = error instanceof RequestError ? error.message : String(error);
    }
  }
}
