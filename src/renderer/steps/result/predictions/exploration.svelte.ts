import type { Run, RunPrediction } from '../../../../contract/app.ts';
import type { ClassificationTask } from '../../../../contract/jobs.ts';
import { call } from '../../../lib/client.ts';
import { errorMessage } from '../../../lib/error-message.ts';
import { disagreements, imagesOfCell, isRight } from './predictions.ts';
import type { CandidateName, CellPlace } from './predictions.ts';

export type ImageChoice = 'differ' | 'wrong' | 'all';

/** Number of images listed at first, and added each time. */
const pageSize = 60;

/** State of the view of one run's predictions on its test images. */
export class Exploration {
  /** Null until the predictions are loaded. */
  predictions = $state.raw<readonly RunPrediction[] | null>(null);
  failure = $state<string | null>(null);
  /** Candidate whose predictions the matrix shows. */
  who = $state<CandidateName>('student');
  /** Open cell of the matrix; null if none. */
  cell = $state.raw<CellPlace | null>(null);
  show = $state<ImageChoice>('differ');
  #limit = $state(pageSize);
  readonly #run: Run;
  readonly #task: ClassificationTask;

  constructor(run: Run, task: ClassificationTask) {
    this.#run = run;
    this.#task = task;
  }

  readonly found: readonly RunPrediction[] = $derived.by(() => {
    const all = this.predictions ?? [];
    if (this.cell) {
      return imagesOfCell(all, this.who, this.cell, this.#task);
    }
    if (this.show === 'differ') return disagreements(all);
    return this.show === 'all' ? all : all.filter((one) => !isRight(one, 'student'));
  });

  readonly listed: readonly RunPrediction[] = $derived(this.found.slice(0, this.#limit));

  get left(): number {
    return Math.min(pageSize, this.found.length - this.listed.length);
  }

  async load(): Promise<void> {
    this.failure = null;
    try {
      this.predictions = await call('run.predictions', { run: this.#run.id });
    } catch (error) {
      this.failure = errorMessage(error);
    }
  }

  choose(show: ImageChoice): void {
    this.show = show;
    this.toggleCell(null);
  }

  /** Shows the images of a cell, or closes it if it is open. */
  toggleCell(cell: CellPlace | null): void {
    const isOpen = cell?.row === this.cell?.row && cell?.column === this.cell?.column;
    this.cell = isOpen ? null : cell;
    this.#limit = pageSize;
  }

  showCandidate(who: CandidateName): void {
    this.who = who;
    this.#limit = pageSize;
  }

  more(): void {
    this.#limit += pageSize;
  }
}
