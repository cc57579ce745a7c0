import type { Run } from '../../contract/app.ts';
import type { RunChange } from '../../store/queries/runs.ts';
import type { Store } from '../../store/store.ts';
import type { Emit } from './dispatch.ts';

/**
 * How far runs are, in the database and for whoever looks on. What cannot be written, on a full disk say,
 * is remembered: a run that ended must not be taken for one at work.
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

  /** A project's runs, the latest first. */
  list(project: number): Run[] {
    return this.#store.runs.list(project).map((run) => this.#seen(run));
  }

  /** Those that are to go on, in their order. */
  waiting(): Run[] {
    const found = this.#store.runs.interrupted().map((run) => this.#seen(run));
    return found.filter(({ state }) => state === 'queued' || state === 'running');
  }

  /** @throws UserError where it cannot be written; then nothing has changed */
  change(id: number, change: RunChange): void {
    const run = this.#store.runs.update(id, { ...this.#unsaved.get(id), ...change });
    this.#unsaved.delete(id);
    this.#emit('run.changed', run);
  }

  /** As `change`, of what is so whether it can be written or not; the next start finds what was written. */
  note(id: number, change: RunChange): void {
    try {
      this.change(id, change);
    } catch (error) {
      console.error(error);
      this.#unsaved.set(id, { ...this.#unsaved.get(id), ...change });
      this.#emit('run.changed', this.get(id));
    }
  }

  /** With what it learnt: nothing is left of it but its files. */
  remove(id: number): void {
    this.#store.runs.remove(id);
    this.#unsaved.delete(id);
  }

  #seen(run: Run): Run {
    return { ...run, ...this.#unsaved.get(run.id) };
  }
}
