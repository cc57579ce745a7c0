import { runCurve } from '../../contract/app.ts';
import type { Run, RunCurve, RunGlimpse, RunMetric, RunReference } from '../../contract/app.ts';
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

/** What of a curve is not in the database yet. */
interface UnwrittenCurve {
  points: RunMetric[];
  /** Points after this step are of work that was lost. */
  backTo: number | undefined;
}

/** Keeps a run's curves, step and looks at its student, and tells the window how far it is, at a pace that both can bear. */
export class CurveKeeper {
  readonly #store: Store;
  readonly #emit: Emit;
  readonly #run: Run;
  readonly #images: ReadonlyMap<string, number>;
  readonly #curves: Record<RunCurve, UnwrittenCurve> = {
    distill: { points: [], backTo: undefined },
    decoder: { points: [], backTo: undefined },
  };
  #reference: RunReference | undefined;
  #glimpses: RunGlimpse[] = [];
  #reportedAt = -Infinity;
  #writtenAt = performance.now();
  #step: number;
  #progressed = 0;
  /** Of the decoders, by the worker at work. */
  #decoderStep = 0;
  #hasTrainedDecoder = false;
  #heldSince: number | undefined;

  /** @param images ids by path */
  constructor(store: Store, emit: Emit, run: Run, images: ReadonlyMap<string, number>) {
    this.#store = store;
    this.#emit = emit;
    this.#run = run;
    this.#images = images;
    this.#step = run.step;
  }

  /** A worker begins, maybe from an older checkpoint. */
  begin(): void {
    this.#progressed = 0;
    this.#decoderStep = 0;
    this.#hasTrainedDecoder = false;
  }

  /** Steps that the worker at work has done. */
  get progressed(): number {
    return this.#progressed;
  }

  note(event: JobEvent): void {
    if (event.type === 'reference') this.#keepReference(event);
    if (event.type === 'glimpse') this.#keepGlimpse(event);
    if (event.type === 'notice' && event.topic === 'recipe') {
      this.#emit('run.notice', { run: this.#run.id, message: event.message });
    }
    // Files that were left out are in the summary; other notices are about the command line's own options.
    if (event.type !== 'progress') return;
    const { phase, done, total, secondsLeft, loss, imagesPerSecond } = event;
    if (phase === 'sample' || phase === 'pixels' || phase === 'download') return;
    if (phase === 'distill' && loss !== undefined) this.#addStep({ step: done, loss });
    // Training begins, maybe before where a worker that was lost had come.
    else if (phase === 'distill' && this.#progressed === 0) this.#goBack(done);
    else if (phase === 'decoder' && loss !== undefined) {
      this.#addDecoderStep({ step: done, loss }, total);
    }
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
      for (const name of runCurve.options) {
        const curve = this.#curves[name];
        if (curve.backTo !== undefined) records.forgetMetrics(this.#run.id, name, curve.backTo);
        records.addMetrics(this.#run.id, name, curve.points);
      }
      if (this.#reference) records.setReference(this.#run.id, this.#reference);
      for (const glimpse of this.#glimpses) records.addGlimpse(this.#run.id, glimpse);
      this.#store.runs.update(this.#run.id, { step: this.#step });
    });
    for (const curve of Object.values(this.#curves)) {
      curve.points = [];
      curve.backTo = undefined;
    }
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
    this.#forget('distill', step);
    this.#tryToWrite();
  }

  #addStep(metric: RunMetric): void {
    this.#step = metric.step;
    // Decoders of what the student was before.
    if (this.#progressed++ === 0) this.#forget('decoder', 0);
    this.#add('distill', metric, this.#run.settings.steps);
  }

  #addDecoderStep(metric: RunMetric, total: number): void {
    // One that an earlier worker kept comes as one step over all of its own: its curve is there.
    const isTraining = metric.step === this.#decoderStep + 1;
    if (isTraining && !this.#hasTrainedDecoder) {
      this.#hasTrainedDecoder = true;
      this.#forget('decoder', this.#decoderStep);
    }
    this.#decoderStep = metric.step;
    this.#add('decoder', metric, total);
  }

  #forget(name: RunCurve, step: number): void {
    const curve = this.#curves[name];
    curve.points = curve.points.filter((metric) => metric.step <= step);
    curve.backTo = step;
  }

  #add(name: RunCurve, metric: RunMetric, total: number): void {
    const every = Math.ceil(total / points);
    const isLast = metric.step === total;
    if (metric.step % every === 0 || metric.step === 1 || isLast) {
      this.#curves[name].points.push(metric);
    }
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
