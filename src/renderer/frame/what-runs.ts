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

/** Progress of the work of each kind; null or absent if there is none. */
export interface WorkProgress {
  readonly importing?: EventOf<'import.progress'> | null;
  readonly distilling?: EventOf<'run.progress'> | null;
  readonly finding?: EventOf<'review.progress'> | null;
  readonly predicting?: EventOf<'predict.progress'> | null;
  readonly fetching?: Pick<Running, 'what' | 'done' | 'total' | 'secondsLeft'> | null;
}

/** Chooses the work to show. @param runs those of the open project */
export function whatRuns(
  { importing, distilling, finding, predicting, fetching }: WorkProgress,
  runs: readonly Run[],
): Running | null {
  if (importing) {
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
  if (finding) {
    const { done, total } = finding;
    return { ...finding, what: text.review.finding(done, total), step: 'labels' };
  }
  if (predicting) {
    const { done, total, part } = predicting;
    const what = text.predicting.doing(done, total);
    return { ...predicting, what, done: done + part, step: 'labels' };
  }
  if (distilling) {
    const { phase, done, total, secondsLeft, project } = distilling;
    return {
      what: text.distil.phases[phase].doing,
      done,
      total,
      secondsLeft,
      project,
      step: 'distil',
    };
  }
  if (fetching) return { ...fetching, project: null, step: 'teacher' };
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
