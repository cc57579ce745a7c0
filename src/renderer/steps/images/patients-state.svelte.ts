import type { PatientStatus, RekeyReport } from '../../../contract/patients.ts';
import { call, listen } from '../../lib/client.ts';
import { coalesced } from '../../lib/coalesce.ts';
import { notices } from '../../lib/notices.svelte.ts';

/** State of the grouping of images by patient, which can read all patients again. */
export class PatientsState {
  status: PatientStatus | null = $state.raw(null);
  /** Number of files read; null while none are being read. */
  progress: { readonly done: number; readonly total: number } | null = $state.raw(null);
  report: RekeyReport | null = $state.raw(null);
  readonly #load = coalesced(() => this.load());
  #controller: AbortController | null = null;

  /** Starts following the workspace; returns a function that stops it. */
  start(): () => void {
    void this.#load();
    const ends = [
      listen('project.changed', () => void this.#load()),
      listen('patients.progress', ({ done, total }) => {
        if (this.#controller !== null) this.progress = { done, total };
      }),
    ];
    return () => {
      for (const end of ends) end();
      this.stop();
    };
  }

  async load(): Promise<void> {
    try {
      this.status = await call('patients.status', null);
    } catch (error) {
      notices.fail(error);
    }
  }

  async rekey(): Promise<void> {
    if (this.#controller !== null) return;
    const controller = new AbortController();
    this.#controller = controller;
    this.progress = { done: 0, total: 0 };
    try {
      this.report = await call('patients.rekey', null, controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) notices.fail(error);
    } finally {
      this.#controller = null;
      this.progress = null;
      await this.load();
    }
  }

  stop(): void {
    this.#controller?.abort();
  }
}
