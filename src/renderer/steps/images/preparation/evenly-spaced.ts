/** Evenly spaced positions of `wanted` of `total` items; all if there are no more. */
export function evenlySpaced(total: number, wanted: number): number[] {
  const length = Math.min(total, wanted);
  return Array.from({ length }, (_, index) => Math.floor(((index + 0.5) * total) / length));
}
