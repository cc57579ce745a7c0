import type { EventOf, Run } from '../../../contract/app.ts';
import { fitsCopy } from '../../../contract/jobs.ts';
import type { CurvePoint } from '../../components/charts/curve.ts';

export type RunProgress = EventOf<'run.progress'>;
type RunPhase = RunProgress['phase'];

export interface PhaseMark {
  readonly phase: RunPhase;
  readonly state: 'done' | 'current' | 'waiting' | 'stopped';
  /** Done of it, in [0, 1]. */
  readonly share: number;
}

const order: readonly RunPhase[] = ['images', 'fit', 'distill', 'head', 'timing', 'export'];
/** Where regions are outlined. */
const outlineOrder: readonly RunPhase[] = [
  ...(['images', 'masks', 'fit', 'distill', 'decoder', 'predict', 'timing', 'export'] as const),
];

function hasFit({ settings }: Run, progress: RunProgress | null): boolean {
  return progress?.phase === 'fit' || (fitsCopy(settings.start) && settings.skip > 1);
}

/** The parts of a run in their order, and how far each is. */
export function phaseMarks(
  run: Run,
  progress: RunProgress | null,
  isOutlining = false,
): readonly PhaseMark[] {
  const parts = isOutlining ? outlineOrder : order;
  const phases = parts.filter((phase) => phase !== 'fit' || hasFit(run, progress));
  if (run.state === 'done') return phases.map((phase) => ({ phase, state: 'done', share: 1 }));
  const current = run.state === 'running' ? progress : null;
  if (current === null) return phases.map((phase) => restingMark(run, phase, parts));
  const at = phases.indexOf(current.phase);
  return phases.map((phase, index) => {
    if (index < at) return { phase, state: 'done', share: 1 };
    if (index > at) return { phase, state: 'waiting', share: 0 };
    return { phase, state: 'current', share: shareOf(current) };
  });
}

/** Of a run that waits or was stopped: known is how many steps it did. */
function restingMark(
  { step, settings }: Run,
  phase: RunPhase,
  parts: readonly RunPhase[],
): PhaseMark {
  if (step === 0) return { phase, state: 'waiting', share: 0 };
  const isTrained = step >= settings.steps;
  const past = parts.indexOf(phase) - parts.indexOf('distill');
  if (past < 0 || (past === 0 && isTrained)) return { phase, state: 'done', share: 1 };
  // After the last step comes what learns from labels; how far that was nobody has kept.
  if (past === 1 && isTrained) return { phase, state: 'stopped', share: 0 };
  if (past > 0) return { phase, state: 'waiting', share: 0 };
  return { phase, state: 'stopped', share: step / settings.steps };
}

function shareOf({ done, total }: RunProgress): number {
  return total > 0 ? Math.min(1, done / total) : 0;
}

/**
 * Steps done, by the latest of what is known; "Finish now" ends a run before its last.
 *
 * @param curve by step
 */
export function stepsDone(
  run: Run,
  progress: RunProgress | null,
  curve: readonly CurvePoint[],
): number {
  if (run.summary) return run.summary.steps;
  if (run.state !== 'running') return run.step;
  if (progress?.phase === 'distill') return progress.done;
  // The window hears of a run's own count only where its state changes.
  return Math.max(run.step, curve.at(-1)?.step ?? 0);
}

/** Whether a run that does not work stopped after its last step, at what learns from labels. */
export function stoppedAfterSteps({ state, step, settings }: Run): boolean {
  return (state === 'paused' || state === 'failed') && step >= settings.steps;
}

/** Whether the training was ended before its last step. */
export function isShort(...known: Parameters<typeof stepsDone>): boolean {
  const [run, progress] = known;
  const isTrained =
    run.summary !== null ||
    (run.state === 'running' && progress !== null && afterTraining.has(progress.phase));
  const done = stepsDone(...known);
  // While the curve is still asked for, nothing is known of one that has no step yet.
  return isTrained && done > 0 && done < run.settings.steps;
}

const afterTraining: ReadonlySet<RunPhase> = new Set([
  ...(['head', 'decoder', 'predict', 'timing', 'export'] as const),
]);

/** The step that a run has come to, past which its curve is of a course it went back from; infinite where not known. */
export function reachOf(run: Run, progress: RunProgress | null): number {
  if (run.state === 'running' && progress?.phase !== 'distill') return Infinity;
  return stepsDone(run, progress, []);
}
