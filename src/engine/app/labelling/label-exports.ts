import type { ParsedParams } from '../../../contract/app.ts';
import type { LabelExportChoices, LabelExportReport } from '../../../contract/label-export.ts';
import { UserError } from '../../../core/errors.ts';
import type { Store } from '../../../store/store.ts';
import { findLabelExportChoices } from '../../label-export/choices.ts';
import { exportLabels } from '../../label-export/export-labels.ts';
import { ReportPace } from '../../events.ts';
import type { Emit } from '../../events.ts';
import { RunningWork } from '../../running-work.ts';
import { maskEditingText } from '../../../text/index.ts';

/** Minimum time between two progress events, ms. */
const reportInterval = 200;

/** Exports of labels, one at a time per project. */
export class LabelExports {
  readonly #store: Store;
  readonly #emit: Emit;
  readonly #running = new RunningWork<number>();

  constructor(store: Store, emit: Emit) {
    this.#store = store;
    this.#emit = emit;
  }

  choices(project: number): Promise<LabelExportChoices> {
    return findLabelExportChoices(this.#store, project);
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
    const progress = this.#progressReporter(project);
    return this.#running.run(project, signal, (own) =>
      exportLabels(this.#store, request, { signal: own, progress }),
    );
  }

  stop(project: number): void {
    this.#running.abort(project);
  }

  /** Stops all exports; resolves when nothing is written any more. */
  stopAll(): Promise<void> {
    return this.#running.stopAll();
  }

  #progressReporter(project: number): (done: number, total: number) => void {
    const start = performance.now();
    const pace = new ReportPace(reportInterval);
    return (done, total) => {
      if (!pace.isDue(done >= total)) return;
      const seconds = (performance.now() - start) / 1000;
      const secondsLeft = done === 0 ? null : (seconds / done) * (total - done);
      this.#emit('labels.progress', { project, done, total, secondsLeft });
    };
  }
}
