import type { FolderContents } from '../../../contract/app.ts';
import { call } from '../../lib/client.ts';
import { errorMessage } from '../../lib/error-message.ts';

/** Contents of a folder, before anything is imported. */
export class FolderScan {
  /** Null until the folder is scanned. */
  contents: FolderContents | null = $state.raw(null);
  /** Why nothing in the folder can be imported. */
  failure: string | null = $state(null);
  readonly #controller = new AbortController();

  /** Starts the scan; returns a function that stops it. */
  start(folder: string): () => void {
    void this.#load(folder);
    return () => {
      this.#controller.abort();
    };
  }

  async #load(folder: string): Promise<void> {
    try {
      this.contents = await call('image.look', { folder }, this.#controller.signal);
    } catch (error) {
      if (this.#controller.signal.aborted) return;
      this.failure = errorMessage(error);
    }
  }
}
