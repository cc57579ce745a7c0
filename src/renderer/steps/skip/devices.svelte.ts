import type { DeviceOption } from '../../../contract/app.ts';
import { call } from '../../lib/client.ts';

/** What this computer can compute on; a new question ends the one before. */
export class Devices {
  /** Null until they have been tried. */
  options = $state.raw<readonly DeviceOption[] | null>(null);
  failure = $state<string | null>(null);
  isTrying = $state(false);
  #question = new AbortController();

  async load(project: number): Promise<void> {
    this.#question.abort();
    const { signal } = (this.#question = new AbortController());
    this.isTrying = true;
    try {
      this.options = await call('device.list', { project }, signal);
      this.failure = null;
    } catch (error) {
      if (signal.aborted) return;
      this.failure = error instanceof Error ? error.message : String(error);
      this.options = null;
    } finally {
      if (!signal.aborted) this.isTrying = false;
    }
  }

  dispose(): void {
    this.#question.abort();
  }
}
