import { call } from '../../lib/client.ts';

/** What a run would meet if it were started now. */
export class RunCheck {
  /** What a person should know before it. */
  notes = $state.raw<readonly string[]>([]);
  /** Why it would stop at once; null where it would not. */
  refusal = $state<string | null>(null);
  #question = new AbortController();

  async ask(project: number): Promise<void> {
    this.#question.abort();
    const { signal } = (this.#question = new AbortController());
    try {
      const { notes } = await call('run.check', { project }, signal);
      if (signal.aborted) return;
      this.notes = notes;
      this.refusal = null;
    } catch (error) {
      if (signal.aborted) return;
      this.notes = [];
      this.refusal = error instanceof Error ? error.message : String(error);
    }
  }

  dispose(): void {
    this.#question.abort();
  }
}
