/**
 * Range of the engine's listing that fills one page. Images that no longer match the filter, such as newly labelled
 * ones, keep their position until the list is reloaded; the engine no longer lists them.
 */
export interface PagePlan {
  readonly from: number;
  readonly to: number;
  /** Offset in the engine's listing, and number of images to request. */
  readonly offset: number;
  readonly limit: number;
}

/** @param departed ascending positions of images that the engine no longer lists */
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

/** Merges listed images with departed ones by position. */
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
