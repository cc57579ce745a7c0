import type { Run, RunGlimpse, RunMetric, RunReference } from '../../contract/app.ts';
import type { JobEvent } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import type { Store } from '../../store/store.ts';
import type { Emit } from './dispatch.ts';

/** Between two reports of progress to the window, ms. */
const reportInterval = 100;
/** Between two writes to the database, ms. */
const writeInterval = 2000;
/** Points of a curve that are kept, at most about. */
const points = 2000;
/** How long the database may be held by another program, a backup say, before the run ends, ms. */
const bearing = 30_000;

type EventOfType<T extends JobEvent['type']> = Extract<JobEvent, { type: T }>;

/** Keeps a run's curve, step and looks at its student, and tells the window how far it is, at a pace that both can bear. */
export class CurveKeeper {
  readonly #store: Store;
  readonly #emit: Emit;
  readonly #run: Run;
  readonly #images: ReadonlyMap<string, number>;
  readonly #every: number;
  #pending: RunMetric[] = [];
  /** Points after this step are of work that was lost. */
  #backTo: number | undefined;
  #reference: RunReference | undefined;
  #glimpses: RunGlimpse[] = [];
  #reportedAt = -Infinity;
  #writtenAt = performance.now();
  #step: number;
  #progressed = 0;
  #heldSince: number | undefined;

  /** @param images ids by path */
  constructor(store: Store, emit: Emit, run: Run, images: ReadonlyMap<string, number>) {
    this.#store = store;
    this.#emit = emit;
    this.#run = run;
    this.#images = images;
    this.#step = run.step;
    this.#every = Math.ceil(run.settings.steps / points);
  }

  /** A worker begins, maybe from an older checkpoint. */
  begin(): void {
    this.#progressed = 0;
  }

  /** Steps that the worker at work has done. */
  get progressed(): number {
    return this.#progressed;
  }

  note(event: JobEvent): void {
    if (event.type === 'reference') this.#keepReference(event);
    if (event.type === 'glimpse') this.#keepGlimpse(event);
    // Files that were left out are in the summary; a notice is about the command line's own options.
    if (event.type !== 'progress') return;
    const { phase, done, total, secondsLeft, loss, imagesPerSecond } = event;
    if (phase === 'sample' || phase === 'pixels') return;
    if (phase === 'distill' && loss !== undefined) this.#add({ step: done, loss });
    // Training begins, maybe before where a worker that was lost had come.
    else if (phase === 'distill' && this.#progressed === 0) this.#goBack(done);
    const now = performance.now();
    if (now - this.#reportedAt < reportInterval && done < total) return;
    this.#reportedAt = now;
    this.#emit('run.progress', {
      run: this.#run.id,
      project: this.#run.project,
      ...{ phase, done, total, secondsLeft },
      ...(loss !== undefined && { loss }),
      ...(imagesPerSecond !== undefined && { imagesPerSecond }),
    });
  }

  /** Writes what is not in the database yet. */
  flush(): void {
    this.#store.transaction(() => {
      const { records } = this.#store;
      if (this.#backTo !== undefined) records.forgetMetrics(this.#run.id, this.#backTo);
      records.addMetrics(this.#run.id, this.#pending);
      if (this.#reference) records.setReference(this.#run.id, this.#reference);
      for (const glimpse of this.#glimpses) records.addGlimpse(this.#run.id, glimpse);
      this.#store.runs.update(this.#run.id, { step: this.#step });
    });
    this.#pending = [];
    this.#backTo = undefined;
    this.#reference = undefined;
    this.#glimpses = [];
    this.#writtenAt = performance.now();
  }

  #keepReference({ paths, grid, accuracy, map }: EventOfType<'reference'>): void {
    const images = paths.map((path) => this.#images.get(path) ?? null);
    this.#reference = { images, grid, accuracy, map };
  }

  #keepGlimpse({ step, accuracy, map }: EventOfType<'glimpse'>): void {
    const glimpse = { step, accuracy, map };
    this.#glimpses.push(glimpse);
    // Before it is told of: whoever hears of the first one asks for what it is compared with.
    this.#tryToWrite();
    this.#emit('run.glimpse', { run: this.#run.id, glimpse });
  }

  #goBack(step: number): void {
    this.#step = step;
    this.#pending = this.#pending.filter((metric) => metric.step <= step);
    this.#backTo = step;
    this.#tryToWrite();
  }

  #add(metric: RunMetric): void {
    this.#step = metric.step;
    this.#progressed++;
    const isLast = metric.step === this.#run.settings.steps;
    if (metric.step % this.#every === 0 || metric.step === 1 || isLast) this.#pending.push(metric);
    if (isLast || performance.now() - this.#writtenAt > writeInterval) this.#tryToWrite();
  }

  #tryToWrite(): void {
    try {
      this.flush();
      this.#heldSince = undefined;
    } catch (error) {
      const now = performance.now();
      this.#heldSince ??= now;
      const isHeld = error instanceof UserError && error.code === 'in-use';
      if (!isHeld || now - this.#heldSince > bearing) throw error;
      this.#writtenAt = now;
    }
  }
}
