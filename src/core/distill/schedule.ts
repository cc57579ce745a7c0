/**
 * Learning rate of a step: linear from 0 over the warm-up, then half a cosine to 0 (Loshchilov and
 * Hutter, arXiv 1608.03983, eq. 5, one cycle).
 *
 * @param step counted from 0
 * @param steps number of steps in total
 * @param peak the highest rate
 * @param warmUp number of steps; by default the first fifth
 */
export function learningRate(
  step: number,
  steps: number,
  peak: number,
  warmUp = Math.floor(steps / 5),
): number {
  if (step < warmUp) return (peak * step) / warmUp;
  return (peak / 2) * (1 + Math.cos((Math.PI * (step - warmUp)) / (steps - warmUp)));
}
