import { runCurve } from '../../../contract/app.ts';
import type { Run, RunCurve, RunMetric, RunProbe, RunReference } from '../../../contract/app.ts';
import type { JobEvent } from '../../../contract/jobs.ts';
import { UserError } from '../../../core/errors.ts';
import type { Store } from '../../../store/store.ts';
import { ReportPace } from '../../events.ts';
import type { Emit } from '../../events.ts';

/** Minimum time between two progress events, ms. */
const reportInterval = 100;
/** Minimum time between two writes to the database, ms. */
const writeInterval = 2000;
/** Approximate maximum number of points kept per curve. */
const points = 2000;
/**
 * Time for which another program, such as a backup, may lock the database before the run ends, ms.
 */
const longestLockMs = 30_000;

type EventOfType<T extends JobEvent['type']> = Extract<JobEvent, { type: T }>;

/** Part of a curve that is not in the database yet. */
interface UnwrittenCurve {
  points: RunMetric[];
  /** Step after which stored points are invalid, because their work was lost. */
  backTo: number | undefined;
}

/** Stores a run's curves, step and probes, and reports its progress to the page, at limited rates. */
export class CurveRecorder {
  readonly #store: Store;
  readonly #emit: Emit;
  readonly #run: Run;
  readonly #images: ReadonlyMap<string, number>;
  readonly #curves: Record<RunCurve, UnwrittenCurve> = {
    distill: { points: [], backTo: undefined },
    decoder: { points: [], backTo: undefined },
  };
  readonly #pace = new ReportPace(reportInterval);
  #reference: RunReference | undefined;
  #probes: RunProbe[] = [];
  #writtenAt = performance.now();
  #step: number;
  #progressed = 0;
  /** Decoder steps of the current worker. */
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

  /** Resets the counters for a new worker, which may start from an older checkpoint. */
  begin(): void {
    this.#progressed = 0;
    this.#decoderStep = 0;
    this.#hasTrainedDecoder = false;
  }

  /** Steps completed by the current worker. */
  get progressed(): number {
    return this.#progressed;
  }

  note(event: JobEvent): void {
    if (event.type === 'reference') this.#keepReference(event);
    if (event.type === 'glimpse') this.#keepProbe(event);
    if (event.type === 'notice' && event.topic === 'recipe') {
      this.#emit('run.notice', { run: this.#run.id, message: event.message });
    }
    // The summary lists files that were left out; other notices concern options of the command line.
    if (event.type !== 'progress') return;
    const { phase, done, total, secondsLeft, loss, imagesPerSecond } = event;
    if (phase === 'sample' || phase === 'pixels' || phase === 'download') return;
    if (phase === 'distill' && loss !== undefined) this.#addStep({ step: done, loss });
    // Training begins, possibly before the step that a lost worker had reached.
    else if (phase === 'distill' && this.#progressed === 0) this.#goBack(done);
    else if (phase === 'decoder' && loss !== undefined) {
      this.#addDecoderStep({ step: done, loss }, total);
    }
    if (!this.#pace.isDue(done >= total)) return;
    this.#emit('run.progress', {
      run: this.#run.id,
      project: this.#run.project,
      phase,
      done,
      total,
      secondsLeft,
      loss,
      imagesPerSecond,
    });
  }

  /** Writes everything that is not in the database yet. */
  flush(): void {
    this.#store.transaction(() => {
      const { records } = this.#store;
      for (const name of runCurve.options) {
        const curve = this.#curves[name];
        if (curve.backTo !== undefined) records.forgetMetrics(this.#run.id, name, curve.backTo);
        records.addMetrics(this.#run.id, name, curve.points);
      }
      if (this.#reference) records.setReference(this.#run.id, this.#reference);
      for (const probe of this.#probes) records.addProbe(this.#run.id, probe);
      this.#store.runs.update(this.#run.id, { step: this.#step });
    });
    for (const curve of Object.values(this.#curves)) {
      curve.points = [];
      curve.backTo = undefined;
    }
    this.#reference = undefined;
    this.#probes = [];
    this.#writtenAt = performance.now();
  }

  #keepReference({ paths, grid, accuracy, map }: EventOfType<'reference'>): void {
    const images = paths.map((path) => this.#images.get(path) ?? null);
    this.#reference = { images, grid, accuracy, map };
  }

  #keepProbe({ step, accuracy, map }: EventOfType<'glimpse'>): void {
    const probe = { step, accuracy, map };
    this.#probes.push(probe);
    // Written before the event: the receiver of the first probe requests the reference.
    this.#tryToWrite();
    this.#emit('run.glimpse', { run: this.#run.id, glimpse: probe });
  }

  #goBack(step: number): void {
    this.#step = step;
    this.#forget('distill', step);
    this.#tryToWrite();
  }

  #addStep(metric: RunMetric): void {
    this.#step = metric.step;
    // Decoder points of an earlier student.
    if (this.#progressed++ === 0) this.#forget('decoder', 0);
    this.#add('distill', metric, this.#run.settings.steps);
  }

  #addDecoderStep(metric: RunMetric, total: number): void {
    // A decoder stored by an earlier worker arrives as one jump over all its steps: its curve is in the database.
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
      if (!isHeld || now - this.#heldSince > longestLockMs) throw error;
      this.#writtenAt = now;
    }
  }
}
