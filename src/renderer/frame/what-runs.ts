import type { EventOf, Run } from '../../contract/app.ts';
import type { StepName } from '../lib/project-state.svelte.ts';
import { text } from '../text/index.ts';

/** Background work that the status bar shows. */
export interface Running {
  readonly what: string;
  readonly done: number;
  /** Total units of work; 0 while unknown. */
  readonly total: number;
  readonly secondsLeft: number | null;
  /** Project ID; null for work outside of projects. */
  readonly project: number | null;
  /** Step that shows the work. */
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
  // A running run that has not reported progress yet.
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
