import type { EventOf, Run } from '../../../contract/app.ts';
import { fitsCopy } from '../../../contract/jobs.ts';
import type { CurvePoint } from '../../components/charts/curve.ts';

export type RunProgress = EventOf<'run.progress'>;
export type RunPhase = RunProgress['phase'];

export interface PhaseMark {
  readonly phase: RunPhase;
  readonly state: 'done' | 'current' | 'waiting' | 'stopped';
  /** Share that is done, in [0, 1]. */
  readonly share: number;
}

function hasFit({ settings }: Run, progress: RunProgress | null): boolean {
  return progress?.phase === 'fit' || (fitsCopy(settings.start) && settings.skip > 1);
}

/**
 * Phases of a run in their order, with the progress of each.
 *
 * @param all phases of the task
 */
export function phaseMarks(
  run: Run,
  progress: RunProgress | null,
  all: readonly RunPhase[],
): readonly PhaseMark[] {
  const phases = all.filter((phase) => phase !== 'fit' || hasFit(run, progress));
  if (run.state === 'done') return phases.map((phase) => ({ phase, state: 'done', share: 1 }));
  const current = run.state === 'running' ? progress : null;
  if (current === null) return phases.map((phase) => inactiveMark(run, phase, all));
  const at = phases.indexOf(current.phase);
  return phases.map((phase, index) => {
    if (index < at) return { phase, state: 'done', share: 1 };
    if (index > at) return { phase, state: 'waiting', share: 0 };
    return { phase, state: 'current', share: shareOf(current) };
  });
}

/** Mark of a phase of a run that waits or was stopped, from the number of steps it did. */
function inactiveMark(
  { step, settings }: Run,
  phase: RunPhase,
  all: readonly RunPhase[],
): PhaseMark {
  if (step === 0) return { phase, state: 'waiting', share: 0 };
  const isTrained = step >= settings.steps;
  const past = all.indexOf(phase) - all.indexOf('distill');
  if (past < 0 || (past === 0 && isTrained)) return { phase, state: 'done', share: 1 };
  // The phase after the last step learns from labels; its progress is not kept.
  if (past === 1 && isTrained) return { phase, state: 'stopped', share: 0 };
  if (past > 0) return { phase, state: 'waiting', share: 0 };
  return { phase, state: 'stopped', share: step / settings.steps };
}

function shareOf({ done, total }: RunProgress): number {
  return total > 0 ? Math.min(1, done / total) : 0;
}

/**
 * Steps done, by the latest source that knows; "Finish now" ends a run before its last step.
 *
 * @param curve ascending by step
 */
export function stepsDone(
  run: Run,
  progress: RunProgress | null,
  curve: readonly CurvePoint[],
): number {
  if (run.summary) return run.summary.steps;
  if (run.state !== 'running') return run.step;
  if (progress?.phase === 'distill') return progress.done;
  // The window learns a run's own step count only when its state changes.
  return Math.max(run.step, curve.at(-1)?.step ?? 0);
}

/** True if a paused or failed run stopped after its last step, while heads or decoders learnt from labels. */
export function stoppedAfterSteps({ state, step, settings }: Run): boolean {
  return (state === 'paused' || state === 'failed') && step >= settings.steps;
}

/** True if the training ended before its last planned step. */
export function isFinishedEarly(...known: Parameters<typeof stepsDone>): boolean {
  const [run, progress] = known;
  const isTrained =
    run.summary !== null ||
    (run.state === 'running' && progress !== null && afterTraining.has(progress.phase));
  const done = stepsDone(...known);
  // While the curve is still loading, 0 steps mean that the number is unknown.
  return isTrained && done > 0 && done < run.settings.steps;
}

/** Phases that come after the training. */
const afterTraining: ReadonlySet<RunPhase> = new Set([
  'head',
  'decoder',
  'predict',
  'timing',
  'export',
]);

/** Step that a run has reached: curve points after it belong to steps that are repeated. Infinity if unknown. */
export function reachedStep(run: Run, progress: RunProgress | null): number {
  if (run.state === 'running' && progress?.phase !== 'distill') return Infinity;
  return stepsDone(run, progress, []);
}
