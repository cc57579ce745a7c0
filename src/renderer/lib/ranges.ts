/** Half-open range of positions, `[from, to)`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Ascending, disjoint ranges of positions: a selection of all of 50,000 images is one range. */
export type Ranges = readonly Range[];

export function countOf(ranges: Ranges): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}

export function includes(ranges: Ranges, position: number): boolean {
  return ranges.some(({ from, to }) => position >= from && position < to);
}

export function adding(ranges: Ranges, { from, to }: Range): Ranges {
  if (to <= from) return ranges;
  const apart = ranges.filter((range) => range.to < from || range.from > to);
  const touching = ranges.filter((range) => range.to >= from && range.from <= to);
  const merged = {
    from: Math.min(from, ...touching.map((range) => range.from)),
    to: Math.max(to, ...touching.map((range) => range.to)),
  };
  return [...apart, merged].sort((one, other) => one.from - other.from);
}

export function without(ranges: Ranges, { from, to }: Range): Ranges {
  return ranges.flatMap((range) =>
    [
      { from: range.from, to: Math.min(range.to, from) },
      { from: Math.max(range.from, to), to: range.to },
    ].filter((part) => part.to > part.from),
  );
}

export function* positionsOf(ranges: Ranges): Generator<number> {
  for (const { from, to } of ranges)
    for (let position = from; position < to; position++) yield position;
}
