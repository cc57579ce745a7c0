import type { EventOf, Run } from '../../contract/app.ts';
import type { StepName } from '../lib/project-state.svelte.ts';
import { text } from '../text/index.ts';

/** For the status bar: the one thing that is at work. */
export interface Running {
  readonly what: string;
  readonly done: number;
  /** Zero where nobody knows yet. */
  readonly total: number;
  readonly secondsLeft: number | null;
  /** Null for the open one. */
  readonly project: number | null;
  /** Where it can be watched. */
  readonly step: StepName;
}

export function whatRuns(
  importing: EventOf<'import.progress'> | null,
  progress: EventOf<'run.progress'> | null,
  runs: readonly Run[],
  finding: EventOf<'review.progress'> | null = null,
  predicting: EventOf<'predict.progress'> | null = null,
  fetching: Pick<Running, 'what' | 'done' | 'total' | 'secondsLeft'> | null = null,
): Running | null {
  if (importing !== null) {
    const { done, total, secondsLeft, project } = importing;
    return {
      what: text.frame.importing(done, total),
      done,
      total,
      secondsLeft,
      project,
      step: 'images',
    };
  }
  if (finding !== null) {
    const { done, total } = finding;
    return { ...finding, what: text.review.finding(done, total), step: 'labels' };
  }
  if (predicting !== null) {
    const { done, total, part } = predicting;
    const what = text.predicting.doing(done, total);
    return { ...predicting, what, done: done + part, step: 'labels' };
  }
  if (progress !== null) {
    const { phase, done, total, secondsLeft, project } = progress;
    return {
      what: text.distil.phases[phase].doing,
      done,
      total,
      secondsLeft,
      project,
      step: 'distil',
    };
  }
  if (fetching !== null) return { ...fetching, project: null, step: 'teacher' };
  // One that runs has told nothing of its progress yet.
  const waiting =
    runs.find(({ state }) => state === 'running') ??
    runs.find(({ state }) => state === 'paused' || state === 'queued');
  if (waiting === undefined) return null;
  const { state, step, settings, project } = waiting;
  const { paused, queued, starting } = text.frame;
  const what =
    state === 'paused' ? paused(step, settings.steps) : state === 'queued' ? queued : starting;
  return { what, done: 0, total: 0, secondsLeft: null, project, step: 'distil' };
}
