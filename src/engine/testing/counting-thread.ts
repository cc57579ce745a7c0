import type { DrawRequest } from '../images/draw-views.ts';
import { perform as performWell } from '../image-pool/thread.ts';
import type { Outcome, ThreadRequest } from '../image-pool/thread-protocol.ts';

// For tests: a pool thread that counts the views it drew in the first bytes of their images.

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
