import type { MethodName, RunProbe, RunReference } from '../../../contract/app.ts';
import { merged, upTo } from '../../components/charts/curve.ts';
import type { CurvePoint } from '../../components/charts/curve.ts';
import { activity } from '../../lib/activity.svelte.ts';
import { call, listen } from '../../lib/client.ts';
import { errorMessage } from '../../lib/error-message.ts';
import { notices } from '../../lib/notices.svelte.ts';
import type { ProjectState } from '../../lib/project-state.svelte.ts';
import { reachedStep } from './phases.ts';
import type { RunProgress } from './phases.ts';

type Control = 'run.pause' | 'run.resume' | 'run.finish' | 'run.cancel';

/** Follows a run's curve and progress, and pauses, resumes, finishes or cancels it. */
export class RunWatch {
  /** Training loss by step. */
  points = $state.raw<readonly CurvePoint[]>([]);
  /** Loss of the decoders, one after the other; points after the current step belong to steps that are repeated. */
  decoderPoints = $state.raw<readonly CurvePoint[]>([]);
  progress = $state.raw<RunProgress | null>(null);
  /** Request that is in progress. */
  activeRequest = $state<Control | null>(null);
  curveFailure = $state<string | null>(null);
  /** The teacher's features of the images that show the student's progress; null before the first probe. */
  reference = $state.raw<RunReference | null>(null);
  /** Student's features and accuracy at some of the steps; messages call these probes glimpses. */
  probes = $state.raw<readonly RunProbe[]>([]);
  readonly #run: number;
  readonly #shared: ProjectState;
  #pending: CurvePoint[] = [];
  #pendingDecoderPoints: CurvePoint[] = [];

  constructor(shared: ProjectState, run: number) {
    this.#shared = shared;
    this.#run = run;
    // Progress that arrived before this step was shown.
    if (activity.run?.run === run) this.progress = activity.run;
  }

  /** Starts listening; returns a function that stops it. */
  start(): () => void {
    const request = new AbortController();
    const disposers = [
      listen('run.progress', (progress) => {
        if (progress.run === this.#run) this.#update(progress);
      }),
      listen('run.glimpse', ({ run, glimpse: probe }) => {
        if (run !== this.#run) return;
        const earlier = this.probes.filter(({ step }) => step < probe.step);
        this.probes = [...earlier, probe];
        // A run that starts, or starts again, has another reference.
        if (earlier.length < 2) void this.#loadProbes(request.signal);
      }),
      listen('run.changed', (run) => {
        if (run.id !== this.#run || run.state === 'running') return;
        this.progress = null;
        this.#truncate(reachedStep(run, null));
      }),
      () => {
        request.abort();
      },
    ];
    void this.#load(request.signal);
    void this.#loadProbes(request.signal);
    return () => {
      for (const dispose of disposers) dispose();
    };
  }

  async pause(): Promise<void> {
    await this.#send('run.pause');
  }

  async resume(): Promise<void> {
    await this.#send('run.resume');
  }

  /** Ends the training early and continues to the result. */
  async finish(): Promise<void> {
    // Set before the answer, which may arrive after the event that the run has ended.
    activity.finishing = this.#run;
    if (!(await this.#send('run.finish'))) activity.finishing = null;
  }

  async cancel(): Promise<void> {
    await this.#send('run.cancel');
    this.#shared.lookAt(null);
    await this.#shared.refresh();
  }

  async #load(signal: AbortSignal): Promise<void> {
    try {
      const [known, decoderPoints] = await Promise.all([
        call('run.metrics', { run: this.#run }, signal),
        call('run.metrics', { run: this.#run, curve: 'decoder' }, signal),
      ]);
      this.points = upTo(merged(known, this.points), this.#reachedStep());
      this.decoderPoints = merged(decoderPoints, this.decoderPoints);
    } catch (error) {
      if (!signal.aborted) this.curveFailure = errorMessage(error);
    }
  }

  /** Loads the probes; if that fails, the run is shown without them. */
  async #loadProbes(signal: AbortSignal): Promise<void> {
    try {
      const known = await call('run.glimpses', { run: this.#run }, signal);
      this.reference = known.reference;
      const last = known.glimpses.at(-1)?.step ?? -1;
      const all = [...known.glimpses, ...this.probes.filter(({ step }) => step > last)];
      this.probes = upTo(all, this.#reachedStep());
    } catch (error) {
      if (!signal.aborted) console.error(error);
    }
  }

  #update(progress: RunProgress): void {
    this.progress = progress;
    const { phase, done: step, loss } = progress;
    if (phase === 'distill') {
      this.#truncate(step);
      // The decoders' curve belongs to an earlier state of the student.
      if (loss !== undefined) this.decoderPoints = [];
    } else if (phase !== 'decoder') return;
    if (loss === undefined || step < 1) return;
    const pending = phase === 'distill' ? this.#pending : this.#pendingDecoderPoints;
    pending.push({ step, loss });
    if (pending.length > 1) return;
    // At most one new curve per animation frame, however fast the steps arrive.
    requestAnimationFrame(() => {
      this.points = merged(this.points, this.#pending.splice(0));
      this.decoderPoints = merged(this.decoderPoints, this.#pendingDecoderPoints.splice(0));
    });
  }

  /** Removes points after a step: steps are repeated if a worker was killed before its checkpoint. */
  #truncate(step: number): void {
    this.points = upTo(this.points, step);
    this.probes = upTo(this.probes, step);
    this.#pending = this.#pending.filter((point) => point.step <= step);
  }

  #reachedStep(): number {
    const run = this.#shared.runs.find(({ id }) => id === this.#run);
    return run === undefined ? Infinity : reachedStep(run, this.progress);
  }

  /** True if the request succeeded; if not, a notice says why. */
  async #send(method: Control & MethodName): Promise<boolean> {
    this.activeRequest = method;
    try {
      const run = await call(method, { run: this.#run });
      if (run !== null) this.#shared.replaceRun(run);
      return true;
    } catch (error) {
      notices.fail(error);
      return false;
    } finally {
      this.activeRequest = null;
    }
  }
}
