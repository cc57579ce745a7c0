import { call } from '../../lib/client.ts';
import { errorMessage } from '../../lib/error-message.ts';

/** Checks whether a run could start now; a new check aborts the previous one. */
export class RunCheck {
  /** Messages to read before starting. */
  notes = $state.raw<readonly string[]>([]);
  /** Why the run would fail at once; null if it would not. */
  refusal = $state<string | null>(null);
  #request = new AbortController();

  async ask(project: number): Promise<void> {
    this.#request.abort();
    const { signal } = (this.#request = new AbortController());
    try {
      const { notes } = await call('run.check', { project }, signal);
      if (signal.aborted) return;
      this.notes = notes;
      this.refusal = null;
    } catch (error) {
      if (signal.aborted) return;
      this.notes = [];
      this.refusal = errorMessage(error);
    }
  }

  dispose(): void {
    this.#request.abort();
  }
}
