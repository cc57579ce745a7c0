import type { DeviceOption } from '../../../contract/app.ts';
import { call } from '../../lib/client.ts';
import { errorMessage } from '../../lib/error-message.ts';

/** Devices of this computer; a new request aborts the previous one. */
export class Devices {
  /** Null until all devices are tested. */
  options = $state.raw<readonly DeviceOption[] | null>(null);
  failure = $state<string | null>(null);
  isTrying = $state(false);
  #request = new AbortController();

  async load(project: number): Promise<void> {
    this.#request.abort();
    const { signal } = (this.#request = new AbortController());
    this.isTrying = true;
    try {
      this.options = await call('device.list', { project }, signal);
      this.failure = null;
    } catch (error) {
      if (signal.aborted) return;
      this.failure = errorMessage(error);
      this.options = null;
    } finally {
      if (!signal.aborted) this.isTrying = false;
    }
  }

  dispose(): void {
    this.#request.abort();
  }
}
