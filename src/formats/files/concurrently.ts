import { UserError } from '../../core/errors.ts';
import { commonText } from '../../text/index.ts';

/**
 * Maps `items` with at most `limit` calls of `work` under way, and returns the results in the order of the items. The
 * first failure stops new calls; it is thrown once the calls under way have ended, so nothing continues after it
 * rejects.
 *
 * Throws `UserError('cancelled')` when `signal` aborts before all is done.
 */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new Error(`mapConcurrently: limit must be a whole number from 1, got ${limit}`);
  }
  const results = new Array<R>(items.length);
  // One iterator shared by all lanes: each takes the next item when it is free.
  const queue = items.entries();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (failed) return;
      try {
        if (signal?.aborted === true) throw new UserError('cancelled', commonText.stopped);
        results[index] = await work(item, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = Array.from({ length: Math.min(limit, items.length) }, lane);
  const outcomes = await Promise.allSettled(lanes);
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return results;
}
