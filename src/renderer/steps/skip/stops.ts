import type { StudentEstimate, Teacher } from '../../../contract/app.ts';

/** A position of the slider: a possible student. Speed and time are null until they are measured. */
export interface Stop {
  readonly skip: number;
  readonly blocks: readonly number[];
  readonly parameters: number;
  /** Size of the weights in float32. */
  readonly bytes: number;
  readonly speedUp: number | null;
  readonly seconds: number | null;
}

/** Indices of every r-th of `depth` blocks, where `skip` is r. */
function everyNth(depth: number, skip: number): readonly number[] {
  return Array.from({ length: Math.ceil(depth / skip) }, (_, index) => index * skip);
}

/**
 * The possible students of a teacher, the largest first. Of skip factors that keep equally many blocks only the
 * smallest is listed. A student with all blocks is left out, unless it is the only one.
 */
export function stopsOf(
  teacher: Teacher,
  estimates: readonly StudentEstimate[] | null,
): readonly Stop[] {
  const all = estimates ?? unmeasured(teacher);
  const distinct = all.filter(
    ({ blocks }, index) => blocks.length !== all[index - 1]?.blocks.length,
  );
  return distinct.length > 1 ? distinct.filter(({ skip }) => skip > 1) : distinct;
}

function unmeasured({ depth, parameters, blockParameters }: Teacher): readonly Stop[] {
  return Array.from({ length: depth }, (_, index) => {
    const blocks = everyNth(depth, index + 1);
    const left = parameters - (depth - blocks.length) * blockParameters;
    return {
      skip: index + 1,
      blocks,
      parameters: left,
      bytes: 4 * left,
      speedUp: null,
      seconds: null,
    };
  });
}

/** Index of the stop of a skip factor, or of the student with as many blocks. */
export function stopIndex(stops: readonly Stop[], skip: number): number {
  const next = stops.findIndex((stop) => stop.skip >= skip);
  if (next < 0) return stops.length - 1;
  return stops[next]?.skip === skip ? next : Math.max(0, next - 1);
}

/** Share of the kept blocks, in the ranges that advice distinguishes. */
export function keptShare(kept: number, depth: number): 'all' | 'many' | 'some' | 'few' {
  const share = kept / depth;
  if (share >= 1) return 'all';
  if (share > 0.4) return 'many';
  return share > 0.2 ? 'some' : 'few';
}
