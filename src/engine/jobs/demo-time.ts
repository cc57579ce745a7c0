/**
 * Measured seconds of the demo's three students on two idle cores: only their ratios count, which are similar on any
 * processor.
 */
const measured = [101, 59, 56] as const;

/**
 * Returns the time left, estimated from the students finished on this computer; undefined before the first one and
 * after the last.
 *
 * @param seconds durations of the finished students
 */
export function demoTimeLeft(
  seconds: readonly number[],
): { seconds: number; students: number } | undefined {
  const remaining = measured.slice(seconds.length);
  if (seconds.length === 0 || remaining.length === 0) return undefined;
  const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
  const left = (sum(seconds) / sum(measured.slice(0, seconds.length))) * sum(remaining);
  return { seconds: left, students: seconds.length };
}
