import type { ProjectSettings } from '../../../contract/app.ts';
import { call } from '../../lib/client.ts';
import { errorMessage } from '../../lib/error-message.ts';
import type { ProjectState } from '../../lib/project-state.svelte.ts';
import { skipText } from '../../text/en/steps/skip.ts';
import { actionText, affectsTime } from './action.ts';
import { Devices } from './devices.svelte.ts';
import { Estimates } from './estimates.svelte.ts';
import { missingFor } from './missing.ts';
import type { Missing } from './skip-tasks.ts';
import { RunCheck } from './run-check.svelte.ts';
import { stopIndex, stopsOf } from './stops.ts';
import type { Stop } from './stops.ts';

/** State of the skip factor step: the chosen student, its figures, and the start of the run. */
export class SkipChoice {
  readonly devices = new Devices();
  readonly estimates = new Estimates();
  readonly check = new RunCheck();
  startFailure = $state<string | null>(null);
  isStarting = $state(false);
  readonly #shared: () => ProjectState;

  constructor(shared: () => ProjectState) {
    this.#shared = shared;
  }

  readonly stops: readonly Stop[] = $derived.by(() => {
    const { teacher, students } = this.estimates;
    return teacher === null ? [] : stopsOf(teacher, students);
  });

  readonly index: number = $derived.by(() =>
    stopIndex(this.stops, this.#shared().project.settings.skip),
  );

  readonly missing: readonly Missing[] = $derived.by(() => missingFor(this.#shared().project));

  get stop(): Stop | undefined {
    return this.stops[this.index];
  }

  get canStart(): boolean {
    const isReady = this.stop !== undefined && this.missing.length === 0 && !this.isStarting;
    return isReady && this.check.refusal === null;
  }

  /** Label of the primary button. */
  get action(): string {
    const { teacher, isMeasuring } = this.estimates;
    if (this.isStarting) return skipText.starting;
    if (!this.stop || !teacher) return skipText.title;
    return actionText(this.stop, teacher.depth, isMeasuring);
  }

  async load(): Promise<void> {
    const { id, settings } = this.#shared().project;
    if (settings.teacher === null) return;
    await this.estimates.load(id, settings.teacher);
    // Afterwards, because it uses the measurements for the estimates.
    await this.devices.load(id);
  }

  choose(index: number): void {
    const skip = this.stops[index]?.skip;
    if (skip === undefined || index === this.index) return;
    const shared = this.#shared();
    void shared.choose({ skip }).then(() => this.devices.load(shared.project.id));
  }

  /** Changes settings; estimates the run time again if they affect it. */
  async change(settings: Partial<ProjectSettings>): Promise<void> {
    const shared = this.#shared();
    await shared.choose(settings);
    const { id, settings: kept } = shared.project;
    if (!affectsTime(settings) || kept.teacher === null) return;
    await this.estimates.measure(id, kept.teacher);
    await this.devices.load(id);
  }

  async start(): Promise<void> {
    const shared = this.#shared();
    this.isStarting = true;
    this.startFailure = null;
    try {
      const skip = this.stop?.skip;
      if (skip !== undefined && skip !== shared.project.settings.skip)
        await shared.choose({ skip });
      shared.lookAt(null);
      shared.addRun(await call('run.start', { project: shared.project.id }));
      shared.step = 'distil';
    } catch (error) {
      this.startFailure = errorMessage(error);
    } finally {
      this.isStarting = false;
    }
  }

  dispose(): void {
    this.estimates.dispose();
    this.devices.dispose();
    this.check.dispose();
  }
}
