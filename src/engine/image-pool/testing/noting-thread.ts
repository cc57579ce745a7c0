import type { DrawRequest } from '../draw-task.ts';
import { perform as performWell } from '../thread.ts';
import type { Outcome, ThreadRequest } from '../thread-protocol.ts';

// For tests: a thread as the pool's own, which counts the views that it drew before the bytes of their images.

export async function perform(task: ThreadRequest): Promise<Outcome> {
  const outcome = await performWell(task);
  for (const order of (task.request as DrawRequest).views) {
    if (order.kind !== 'resized' || !('data' in order.source)) continue;
    const drawn = new Int32Array(order.source.data.buffer, 0, 1);
    Atomics.add(drawn, 0, 1);
    Atomics.notify(drawn, 0);
  }
  return outcome;
}
