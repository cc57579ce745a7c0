import { reachDevice, tryDevice } from '../speed/trial.ts';
import type { JobContext } from '../job.ts';
import { endAfterParent } from './orphan-watch.ts';
import { scoreImages } from '../tasks/classification/score.ts';
import { predictImages } from '../tasks/segmentation/predict/predict-images.ts';
import type { MadeMask } from '../tasks/segmentation/predict/predict-images.ts';
import { measureSpeed } from '../speed/speed.ts';
import { distillFrozen } from '../tasks/tasks.ts';
import { checkTeacher } from '../teachers/teacher-check.ts';
import type { WorkerMessage, WorkerOrder, WorkerResult, WorkerTask } from './worker-protocol.ts';
import { failureOf } from '../failures.ts';

// Process for one job: numerical work blocks its thread, and a driver that crashes takes only this process with it.
// It ends when its task is done or, with a checkpoint, when the engine has ended.

endAfterParent();

/** Tasks that only measure speed. */
const measurements: readonly WorkerTask['kind'][] = ['reach', 'trial', 'speed'];

const controller = new AbortController();
const enough = new AbortController();
const context: JobContext = {
  signal: controller.signal,
  enough: enough.signal,
  report: (event) => {
    send({ kind: 'event', event });
  },
};

let task: WorkerTask | undefined;
process.on('message', (order: WorkerOrder) => {
  if (order.kind === 'stop') controller.abort();
  else if (order.kind === 'finish') enough.abort();
  else {
    ({ task } = order);
    void run(task);
  }
});
process.on('disconnect', () => {
  // The caller no longer waits for a measurement, and it has nothing to save.
  if (task && measurements.includes(task.kind)) process.exit();
  controller.abort();
});
// Ctrl-C and service managers signal the whole group; the parent process decides what happens to this one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

async function run(task: WorkerTask): Promise<void> {
  try {
    send({ kind: 'result', result: await perform(task) });
  } catch (error) {
    send({ kind: 'failure', failure: failureOf(error) });
  }
  // Disconnecting lets sent messages arrive; an open handle must not keep the process alive.
  if (process.connected) process.disconnect();
  setTimeout(() => process.exit(), 2000).unref();
}

async function perform(task: WorkerTask): Promise<WorkerResult> {
  if (task.kind === 'speed') {
    return { kind: 'speed', measurement: await measureSpeed(task.request) };
  }
  if (task.kind === 'reach') {
    return { kind: 'reach', gigaflops: await reachDevice(task.device) };
  }
  if (task.kind === 'trial') {
    return { kind: 'trial', outcome: await tryDevice(task.request) };
  }
  if (task.kind === 'score') {
    return { kind: 'score', outcome: await scoreImages(task.request, context) };
  }
  if (task.kind === 'check') {
    await checkTeacher(task.request, context);
    return { kind: 'check' };
  }
  if (task.kind === 'predict') {
    const take = (part: MadeMask): void => {
      send({ kind: 'part', part });
    };
    return { kind: 'predict', outcome: await predictImages(task.request, context, take) };
  }
  const { options, data, teacher: expected } = task;
  const runOptions = { keepCheckpoint: true, probes: true, expected };
  return { kind: 'distill', outcome: await distillFrozen(options, data, context, runOptions) };
}

function send(message: WorkerMessage): void {
  if (!process.connected) return;
  // If the engine was killed, sending must not end this process before the checkpoint is saved.
  process.send?.(message, undefined, {}, () => undefined);
}
