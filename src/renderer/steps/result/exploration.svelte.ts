import type { Run, RunPrediction } from '../../../contract/app.ts';
import type { ClassificationTask } from '../../../contract/jobs.ts';
import { call } from '../../lib/client.ts';
import { disagreements, imagesOfCell, isRight } from './predictions.ts';
import type { CandidateName, CellPlace } from './predictions.ts';

export type ImageChoice = 'differ' | 'wrong' | 'all';

/** At first, and as many more at each asking. */
const portion = 60;

/** What is looked at of one run's test images. */
export class Exploration {
  /** Null until they are known. */
  predictions = $state.raw<readonly RunPrediction[] | null>(null);
  failure = $state<string | null>(null);
  /** Whose answers the matrix shows. */
  who = $state<CandidateName>('student');
  cell = $state.raw<CellPlace | null>(null);
  show = $state<ImageChoice>('differ');
  #limit = $state(portion);
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
    return Math.min(portion, this.found.length - this.listed.length);
  }

  async load(): Promise<void> {
    this.failure = null;
    try {
      this.predictions = await call('run.predictions', { run: this.#run.id });
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  choose(show: ImageChoice): void {
    this.show = show;
    this.open(null);
  }

  /** Goes through a cell's door, or back where it is open. */
  open(cell: CellPlace | null): void {
    const isOpen = cell?.row === this.cell?.row && cell?.column === this.cell?.column;
    this.cell = isOpen ? null : cell;
    this.#limit = portion;
  }

  look(who: CandidateName): void {
    this.who = who;
    this.#limit = portion;
  }

  more(): void {
    this.#limit += portion;
  }
}
