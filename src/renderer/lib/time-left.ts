import type { EventOf } from '../../contract/app.ts';

/** Share of an estimate by which it may be exceeded before it counts as overdue. */
const tolerated = 0.25;

/** Seconds left, or the reason why there is no number; null before the first estimate. */
export type TimeLeft = number | 'overdue' | 'ending' | null;

/**
 * Time left of the current phase: the estimate at the latest finished unit of work, less the time since.
 *
 * @param waited seconds since the latest progress
 */
export function timeLeft(
  progress: Pick<EventOf<'run.progress'>, 'done' | 'total' | 'secondsLeft'> | null,
  waited: number,
): TimeLeft {
  if (progress === null) return null;
  const { done, total, secondsLeft } = progress;
  // After the last unit, results may still be measured and written.
  if (total > 0 && done >= total) return 'ending';
  if (secondsLeft === null) return null;
  const left = secondsLeft - waited;
  return left > -tolerated * secondsLeft - 5 ? Math.max(0, left) : 'overdue';
}
