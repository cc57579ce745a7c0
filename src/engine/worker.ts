import { reachDevice, tryDevice } from './devices/trial.ts';
import { distillImages } from './distill.ts';
import type { JobContext } from './job.ts';
import { endAfterParent } from './orphan-watch.ts';
import { scoreImages } from './score.ts';
import { distillOutlines } from './segmentation/distill-outlines.ts';
import { openKeptOutlines } from './segmentation/kept-outlines.ts';
import { predictImages } from './segmentation/predict-images.ts';
import type { MadeMask } from './segmentation/predict-images.ts';
import { measureSpeed } from './speed.ts';
import { checkTeacher } from './teacher-check.ts';
import { failureOf } from './worker-protocol.ts';
import type { WorkerMessage, WorkerOrder, WorkerResult, WorkerTask } from './worker-protocol.ts';

// A process for one job: numerical work blocks its thread, and a driver that crashes takes only this
// process with it. It ends when its task is done, or, with a checkpoint, when the engine is gone.

endAfterParent();

/** Tasks that only see how fast something is. */
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
  // Nobody waits for a measurement any more, and it keeps nothing.
  if (task && measurements.includes(task.kind)) process.exit();
  controller.abort();
});
// Ctrl-C and service managers tell the whole group: whoever started this process decides what becomes of it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

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
  const habits = { keepCheckpoint: true, glimpses: true, expected: task.teacher };
  if (task.kind === 'outline') {
    const { options, dataset, masksFolder } = task;
    const opened = openKeptOutlines(dataset);
    const outcome = await distillOutlines(options, opened, context, { ...habits, masksFolder });
    return { kind: 'outline', outcome };
  }
  const { options, dataset } = task;
  return { kind: 'distill', outcome: await distillImages(options, dataset, context, habits) };
}

function send(message: WorkerMessage): void {
  if (!process.connected) return;
  // An engine that was killed must not take this process with it before the checkpoint is kept.
  process.send?.(message, undefined, {}, () => undefined);
}
