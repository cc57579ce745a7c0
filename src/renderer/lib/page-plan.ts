/**
 * Which images of the engine's listing make up a page here. Images that no longer fit the filter, as
 * they have just been labelled, keep their place until they are put away; the engine does not list them.
 */
export interface PagePlan {
  readonly from: number;
  readonly to: number;
  /** Where in the engine's listing to begin, and how many to ask for. */
  readonly offset: number;
  readonly limit: number;
}

/** @param departed positions, ascending, of images that the engine no longer lists */
export function planPage(
  page: number,
  size: number,
  total: number,
  departed: readonly number[],
): PagePlan {
  const from = page * size;
  const to = Math.min(total, from + size);
  const before = departed.filter((position) => position < from).length;
  const inside = departed.filter((position) => position >= from && position < to).length;
  return { from, to, offset: from - before, limit: Math.max(0, to - from - inside) };
}

/** Puts what came between what has departed. */
export function weave<T>(
  plan: PagePlan,
  listed: readonly T[],
  departed: ReadonlyMap<number, T>,
): T[] {
  const woven: T[] = [];
  let next = 0;
  for (let position = plan.from; position < plan.to; position++) {
    const item = departed.get(position) ?? listed[next++];
    if (item !== undefined) woven.push(item);
  }
  return woven;
}
