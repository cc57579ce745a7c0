import type { ParsedParams } from '../../contract/app.ts';
import type { LabelExportChoices, LabelExportReport } from '../../contract/label-export.ts';
import { UserError } from '../../core/errors.ts';
import type { Store } from '../../store/store.ts';
import { labelExportChoices } from '../labels/choices.ts';
import { exportLabels } from '../labels/export-labels.ts';
import type { Emit } from './dispatch.ts';

/** Between two words of how far an export is, ms. */
const pace = 200;

/** Exports of labels, one at a time for each project. */
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

  /** @throws UserError 'in-use' while another export of the project is at work, and as `exportLabels` */
  async export(
    request: ParsedParams<'labels.export'>,
    signal: AbortSignal,
  ): Promise<LabelExportReport> {
    const { project } = request;
    if (this.#running.has(project)) {
      throw new UserError(
        'in-use',
        'Labels of this project are being exported already. Wait or stop that.',
      );
    }
    const controller = new AbortController();
    const ended = exportLabels(this.#store, request, {
      signal: AbortSignal.any([signal, controller.signal]),
      progress: this.#teller(project),
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

  /** Resolves when nothing is written any more. */
  async stopAll(): Promise<void> {
    const all = [...this.#running.values()];
    for (const { controller } of all) controller.abort();
    await Promise.allSettled(all.map(({ ended }) => ended));
  }

  #teller(project: number): (done: number, total: number) => void {
    const start = performance.now();
    let told = -Infinity;
    return (done, total) => {
      const now = performance.now();
      if (now - told < pace && done < total) return;
      told = now;
      const secondsLeft = done === 0 ? null : ((now - start) / 1000 / done) * (total - done);
      this.#emit('labels.progress', { project, done, total, secondsLeft });
    };
  }
}
