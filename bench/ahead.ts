import process from 'node:process';
import { viewRecipe, workingSides } from '../src/core/distill/views.ts';
import { adapterLayout, initialAdapters } from '../src/core/vit/adapters.ts';
import { zeros } from '../src/core/tensor.ts';
import { plainVit } from '../src/core/vit/architecture.ts';
import { copyBlocks } from '../src/core/vit/copy.ts';
import { ViewPrefetch } from '../src/engine/distill/view-prefetch.ts';
import { shared } from '../src/engine/images/draw-views.ts';
import type { ImageToDraw } from '../src/engine/images/draw-views.ts';
import { blockingExecutor, blockUntil } from '../src/engine/testing/blocking-executor.ts';
import { trainStudent } from '../src/engine/distill/training.ts';
import { resizedCrops } from '../src/engine/images/view-source.ts';
import type { Executor } from '../src/runtime/executor.ts';
import { onnxRuntime } from '../src/runtime/onnxruntime.ts';
import { randomModel } from './models.ts';
import { printTable } from './table.ts';
import type { TrainingPlan } from '../src/engine/distill/training-plan.ts';

const [batch, steps, imageSize] = [32, 16, 224];
const rounds = 3;
/** Numbers of prefetching threads; with 0, views are rendered when they are requested. */
const drawingThreads = [0, 1, 2];
/** Duration of a step of a fast GPU, ms. */
const blockedMs = 60;

/**
 * Times new views at every step, rendered alternately with the steps, or prefetched: with a simulated fast GPU, which
 * blocks its thread but uses no processor, and with steps of the processor.
 */
export async function benchAhead(threads: number): Promise<void> {
  const never = new Int32Array(new SharedArrayBuffer(4));
  const blocking = blockingExecutor((graph) => {
    if (graph === 'step') blockUntil(never, 1, blockedMs);
  });
  const devices = [
    { device: `blocked for ${blockedMs} ms`, executor: blocking },
    ...[...new Set([1, threads])].map((count) => ({
      device: `processor, threads: ${count}`,
      executor: onnxRuntime('cpu', { threads: count }),
    })),
  ];
  for (const { device, executor } of devices) {
    const timed = new Map(drawingThreads.map((count): [number, StepTime[]] => [count, []]));
    // Alternately, because computers and their load differ over time.
    for (let round = 0; round < rounds; round++) {
      for (const [count, times] of timed) times.push(...(await timeSteps(executor, count)));
    }
    const inTurn = median(timed.get(0), 'step');
    const rows = [...timed].map(([count, times]) => ({
      drawn: count === 0 ? 'in turn' : `ahead, threads: ${count}`,
      'step ms': median(times, 'step').toFixed(0),
      'of in turn': (median(times, 'step') / inTurn).toFixed(2),
      "training thread's processor ms": median(times, 'busy').toFixed(0),
    }));
    printTable(`Steps of ${batch} new views of ${imageSize} px, ${device}`, rows);
  }
}

interface StepTime {
  /** Time per step, ms. */
  readonly step: number;
  /** Computing time of the training's thread during the steps, ms. */
  readonly busy: number;
}

/** Times steps, excluding the first ones, during which threads start. */
async function timeSteps(executor: Executor, threads: number): Promise<StepTime[]> {
  const teacher = randomModel({
    ...plainVit,
    imageSize,
    patchSize: 32,
    width: 64,
    depth: 2,
    heads: 1,
    mlpWidth: 128,
  });
  const copy = copyBlocks(teacher, [0]);
  const layout = adapterLayout(copy.architecture, 2);
  const plan: TrainingPlan = {
    teacher,
    copy,
    layout,
    steps,
    batch,
    seed: 1,
    views: steps,
    peakLearningRate: 1e-4,
    cacheBytes: 0,
  };
  const start = {
    step: 0,
    firstLoss: 0,
    lastLoss: 0,
    parameters: { shape: [layout.size], data: initialAdapters(layout, 1) },
    mean: zeros([layout.size]),
    square: zeros([layout.size]),
  };
  const side = workingSides * imageSize;
  const data = shared(Uint8Array.from({ length: side * side * 3 }, (_, at) => (at * 31) % 251));
  const at = (): ImageToDraw => ({ width: side, height: side, channels: 3, data });
  const source = resizedCrops({ count: batch, at }, 1, viewRecipe('upright'), imageSize);
  const views = new ViewPrefetch(source, threads);
  const reports: { at: number; busy: number }[] = [];
  const context = {
    signal: new AbortController().signal,
    report: () => {
      const { user, system } = process.threadCpuUsage();
      reports.push({ at: performance.now(), busy: (user + system) / 1000 });
    },
  };
  const save = (): Promise<void> => Promise.resolve();
  await trainStudent(plan, start, { source: views, save }, executor, context);
  await views.close();
  const settled = reports.slice(6);
  return settled.slice(1).map(({ at, busy }, index) => {
    const before = settled[index];
    return { step: at - (before?.at ?? NaN), busy: busy - (before?.busy ?? NaN) };
  });
}

function median(times: readonly StepTime[] | undefined, what: keyof StepTime): number {
  const sorted = (times ?? []).map((time) => time[what]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
