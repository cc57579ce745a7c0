/** Positions of `wanted` of `total` things, evenly over them; all where there are no more. */
export function spread(total: number, wanted: number): number[] {
  const length = Math.min(total, wanted);
  return Array.from({ length }, (_, index) => Math.floor(((index + 0.5) * total) / length));
}
