import type { Run } from '../../../contract/app.ts';
import type { RunChange } from '../../../store/queries/runs.ts';
import type { Store } from '../../../store/store.ts';
import type { Emit } from '../../events.ts';

/**
 * States of runs, in the database and for the page. Changes that cannot be written, because of a full disk for
 * example, are kept in memory: a run that ended must not appear to be running.
 */
export class RunStates {
  readonly #store: Store;
  readonly #emit: Emit;
  readonly #unsaved = new Map<number, RunChange>();

  constructor(store: Store, emit: Emit) {
    this.#store = store;
    this.#emit = emit;
  }

  /** @throws UserError 'not-found' */
  get(id: number): Run {
    return this.#seen(this.#store.runs.get(id));
  }

  /** Runs of a project, the latest first. */
  list(project: number): Run[] {
    return this.#store.runs.list(project).map((run) => this.#seen(run));
  }

  /** Runs that are queued or running, in order. */
  waiting(): Run[] {
    const found = this.#store.runs.interrupted().map((run) => this.#seen(run));
    return found.filter(({ state }) => state === 'queued' || state === 'running');
  }

  /**
   * Changes a run's state.
   *
   * @throws UserError if it cannot be written; then nothing has changed
   */
  change(id: number, change: RunChange): void {
    const run = this.#store.runs.update(id, { ...this.#unsaved.get(id), ...change });
    this.#unsaved.delete(id);
    this.#emit('run.changed', run);
  }

  /**
   * Changes a run's state even if it cannot be written; the next start then sees the last written state.
   */
  note(id: number, change: RunChange): void {
    try {
      this.change(id, change);
    } catch (error) {
      console.error(error);
      this.#unsaved.set(id, { ...this.#unsaved.get(id), ...change });
      this.#emit('run.changed', this.get(id));
    }
  }

  /** Removes a run and its results; only its files stay. */
  remove(id: number): void {
    this.#store.runs.remove(id);
    this.#unsaved.delete(id);
  }

  #seen(run: Run): Run {
    return { ...run, ...this.#unsaved.get(run.id) };
  }
}
