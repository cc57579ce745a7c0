import type { MethodName, RunGlimpse, RunReference } from '../../../contract/app.ts';
import { merged, upTo } from '../../components/charts/curve.ts';
import type { CurvePoint } from '../../components/charts/curve.ts';
import { activity } from '../../lib/activity.svelte.ts';
import { call, listen } from '../../lib/client.ts';
import { notices } from '../../lib/notices.svelte.ts';
import type { ProjectState } from '../../lib/project-state.svelte.ts';
import { reachOf } from './phases.ts';
import type { RunProgress } from './phases.ts';

type Control = 'run.pause' | 'run.resume' | 'run.finish' | 'run.cancel';

/** One run's curve and progress as they come, and the ways to stop it and go on. */
export class RunWatch {
  points = $state.raw<readonly CurvePoint[]>([]);
  /** Of the decoders, one after the other; past the step at work, of a course they went back from. */
  outlines = $state.raw<readonly CurvePoint[]>([]);
  progress = $state.raw<RunProgress | null>(null);
  /** What was asked for and is not done yet. */
  asked = $state<Control | null>(null);
  curveFailure = $state<string | null>(null);
  /** The teacher, on the images that the student is looked at with; null before the first look. */
  reference = $state.raw<RunReference | null>(null);
  glimpses = $state.raw<readonly RunGlimpse[]>([]);
  readonly #run: number;
  readonly #shared: ProjectState;
  #pending: CurvePoint[] = [];
  #pendingOutlines: CurvePoint[] = [];

  constructor(shared: ProjectState, run: number) {
    this.#shared = shared;
    this.#run = run;
    // What was heard of it before this step came into sight.
    if (activity.run?.run === run) this.progress = activity.run;
  }

  /** Listens from now on; returns a function that ends it. */
  start(): () => void {
    const question = new AbortController();
    const disposers = [
      listen('run.progress', (progress) => {
        if (progress.run === this.#run) this.#hear(progress);
      }),
      listen('run.glimpse', ({ run, glimpse }) => {
        if (run !== this.#run) return;
        const earlier = this.glimpses.filter(({ step }) => step < glimpse.step);
        this.glimpses = [...earlier, glimpse];
        // A run that begins, or begins again, has another reference.
        if (earlier.length < 2) void this.#loadGlimpses(question.signal);
      }),
      listen('run.changed', (run) => {
        if (run.id !== this.#run || run.state === 'running') return;
        this.progress = null;
        this.#goBack(reachOf(run, null));
      }),
      () => {
        question.abort();
      },
    ];
    void this.#load(question.signal);
    void this.#loadGlimpses(question.signal);
    return () => {
      for (const dispose of disposers) dispose();
    };
  }

  async pause(): Promise<void> {
    await this.#ask('run.pause');
  }

  async resume(): Promise<void> {
    await this.#ask('run.resume');
  }

  /** Goes on to the result with what was learnt. */
  async finish(): Promise<void> {
    // Before the answer, which may come after the news that it has ended.
    activity.finishing = this.#run;
    if (!(await this.#ask('run.finish'))) activity.finishing = null;
  }

  async cancel(): Promise<void> {
    await this.#ask('run.cancel');
    this.#shared.lookAt(null);
    await this.#shared.refresh();
  }

  async #load(signal: AbortSignal): Promise<void> {
    try {
      const [known, outlines] = await Promise.all([
        call('run.metrics', { run: this.#run }, signal),
        call('run.metrics', { run: this.#run, curve: 'decoder' }, signal),
      ]);
      this.points = upTo(merged(known, this.points), this.#reach());
      this.outlines = merged(outlines, this.outlines);
    } catch (error) {
      if (!signal.aborted)
        this.curveFailure = error instanceof Error ? error.message : String(error);
    }
  }

  /** A run can be watched without them: where they cannot be had, nothing is shown in their place. */
  async #loadGlimpses(signal: AbortSignal): Promise<void> {
    try {
      const known = await call('run.glimpses', { run: this.#run }, signal);
      this.reference = known.reference;
      const last = known.glimpses.at(-1)?.step ?? -1;
      const all = [...known.glimpses, ...this.glimpses.filter(({ step }) => step > last)];
      this.glimpses = upTo(all, this.#reach());
    } catch (error) {
      if (!signal.aborted) console.error(error);
    }
  }

  #hear(progress: RunProgress): void {
    this.progress = progress;
    const { phase, done: step, loss } = progress;
    if (phase === 'distill') {
      this.#goBack(step);
      // Decoders of what the student was before.
      if (loss !== undefined) this.outlines = [];
    } else if (phase !== 'decoder') return;
    if (loss === undefined || step < 1) return;
    const pending = phase === 'distill' ? this.#pending : this.#pendingOutlines;
    pending.push({ step, loss });
    if (pending.length > 1) return;
    // At most one new curve a picture, however fast the steps come.
    requestAnimationFrame(() => {
      this.points = merged(this.points, this.#pending.splice(0));
      this.outlines = merged(this.outlines, this.#pendingOutlines.splice(0));
    });
  }

  /** A worker that was killed before its checkpoint leaves steps that are done again. */
  #goBack(step: number): void {
    this.points = upTo(this.points, step);
    this.glimpses = upTo(this.glimpses, step);
    this.#pending = this.#pending.filter((point) => point.step <= step);
  }

  #reach(): number {
    const run = this.#shared.runs.find(({ id }) => id === this.#run);
    return run === undefined ? Infinity : reachOf(run, this.progress);
  }

  /** Whether it was taken up; if not, a notice says why. */
  async #ask(method: Control & MethodName): Promise<boolean> {
    this.asked = method;
    try {
      const run = await call(method, { run: this.#run });
      if (run !== null) this.#shared.replaceRun(run);
      return true;
    } catch (error) {
      notices.fail(error);
      return false;
    } finally {
      this.asked = null;
    }
  }
}
