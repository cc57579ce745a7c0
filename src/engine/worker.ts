import { distillImages } from './distill.ts';
import type { JobContext } from './job.ts';
import { endAfterParent } from './orphan-watch.ts';
import { scoreImages } from './score.ts';
import { measureSpeed } from './speed.ts';
import { failureOf } from './worker-protocol.ts';
import type { WorkerMessage, WorkerOrder, WorkerResult, WorkerTask } from './worker-protocol.ts';

// A process for one job: numerical work blocks its thread, and a driver that crashes takes only this
// process with it. It ends when its task is done, or, with a checkpoint, when the engine is gone.

endAfterParent();

const controller = new AbortController();
const enough = new AbortController();
const context: JobContext = {
  signal: controller.signal,
  enough: enough.signal,
  report: (event) => {
    send({ kind: 'event', event });
  },
};

process.on('message', (order: WorkerOrder) => {
  if (order.kind === 'stop') controller.abort();
  else if (order.kind === 'finish') enough.abort();
  else void run(order.task);
});
process.on('disconnect', () => {
  controller.abort();
});

async function run(task: WorkerTask): Promise<void> {
  try {
    send({ kind: 'result', result: await perform(task) });
  } catch (error) {
    send({ kind: 'failure', failure: failureOf(error) });
  }
  // Disconnecting lets what was sent arrive; an open handle must not keep the process.
  if (process.connected) process.disconnect();
  setTimeout(() => process.exit(), 2000).unref();
}

async function perform(task: WorkerTask): Promise<WorkerResult> {
  if (task.kind === 'speed') {
    return { kind: 'speed', measurement: await measureSpeed(task.request) };
  }
  if (task.kind === 'score') {
    return { kind: 'score', outcome: await scoreImages(task.request, context) };
  }
  return {
    kind: 'distill',
    outcome: await distillImages(task.options, task.dataset, context, {
      keepCheckpoint: true,
      glimpses: true,
    }),
  };
}

function send(message: WorkerMessage): void {
  if (!process.connected) return;
  // An engine that was killed must not take this process with it before the checkpoint is kept.
  process.send?.(message, undefined, {}, () => undefined);
}
