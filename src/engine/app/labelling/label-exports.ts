import type { ParsedParams } from '../../../contract/app.ts';
import type { LabelExportChoices, LabelExportReport } from '../../../contract/label-export.ts';
import { UserError } from '../../../core/errors.ts';
import type { Store } from '../../../store/store.ts';
import { labelExportChoices } from '../../label-export/choices.ts';
import { exportLabels } from '../../label-export/export-labels.ts';
import type { Emit } from '../../events.ts';
import { maskEditingText } from '../../../text/index.ts';

/** Minimum time between two progress events, ms. */
const reportInterval = 200;

/** Exports of labels, one at a time per project. */
export class LabelExports {
  readonly #store: Store;
  readonly #emit: Emit;
  readonly #running = new Map<number, { controller: AbortController; ended: Promise<unknown> }>();

  constructor(store: Store, emit: Emit) {
    this.#store = store;
    this.#emit = emit;
  }

  choices(project: number): Promise<LabelExportChoices> {
    return labelExportChoices(this.#store, project);
  }

  /**
   * @throws UserError 'in-use' if another export of the project is running, and as `exportLabels`
   */
  async export(
    request: ParsedParams<'labels.export'>,
    signal: AbortSignal,
  ): Promise<LabelExportReport> {
    const { project } = request;
    if (this.#running.has(project)) {
      throw new UserError('in-use', maskEditingText.exportRunning);
    }
    const controller = new AbortController();
    const ended = exportLabels(this.#store, request, {
      signal: AbortSignal.any([signal, controller.signal]),
      progress: this.#progressReporter(project),
    });
    this.#running.set(project, { controller, ended });
    try {
      return await ended;
    } finally {
      this.#running.delete(project);
    }
  }

  stop(project: number): void {
    this.#running.get(project)?.controller.abort();
  }

  /** Stops all exports; resolves when nothing is written any more. */
  async stopAll(): Promise<void> {
    const all = [...this.#running.values()];
    for (const { controller } of all) controller.abort();
    await Promise.allSettled(all.map(({ ended }) => ended));
  }

  #progressReporter(project: number): (done: number, total: number) => void {
    const start = performance.now();
    let reportedAt = -Infinity;
    return (done, total) => {
      const now = performance.now();
      if (now - reportedAt < reportInterval && done < total) return;
      reportedAt = now;
      const secondsLeft = done === 0 ? null : ((now - start) / 1000 / done) * (total - done);
      this.#emit('labels.progress', { project, done, total, secondsLeft });
    };
  }
}
