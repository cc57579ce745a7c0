import { existsSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { perform as performWell } from '../image-pool/thread.ts';
import type { Outcome, ThreadRequest } from '../image-pool/thread-protocol.ts';

// For tests: a pool thread that fails for certain file names, which say how.

const oddities: Record<string, (path: string) => unknown> = {
  crashing: () => process.exit(7),
  hanging: () => {
    for (;;) Math.random();
  },
  greedy: () => {
    const held: string[][] = [];
    for (;;) held.push(Array.from({ length: 100_000 }, (_, at) => `${held.length} ${at}`));
  },
  throwing: () => {
    setImmediate(() => {
      throw new Error('thrown where nobody waits');
    });
    return new Promise(() => undefined);
  },
  slow: () => sleep(300),
  held: async (path) => {
    while (!existsSync(path)) await sleep(5);
  },
  thread: () => threadId,
};

export async function perform(task: ThreadRequest): Promise<Outcome> {
  const asked = JSON.stringify(task.request);
  for (const [name, act] of Object.entries(oddities)) {
    if (!asked.includes(name)) continue;
    const { path } = task.request as { readonly path?: string };
    return { ok: true, value: await act(path ?? '') };
  }
  return performWell(task);
}
