import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { viewRecipe } from '../../core/distill/views.ts';
import { plainPreparation } from '../../core/image/preparation.ts';
import { adapterLayout, initialAdapters } from '../../core/vit/adapters.ts';
import { zeros } from '../../core/tensor.ts';
import { tokenCount } from '../../core/vit/architecture.ts';
import { copyBlocks } from '../../core/vit/copy.ts';
import { pngFile } from '../../formats/testing/image-fixtures.ts';
import { testFolder } from '../../formats/raster/testing/test-folder.ts';
import type { Executor } from '../../runtime/executor.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { randomValues } from '../../../tests/support/values.ts';
import { ViewPrefetch, drawingThreads } from './view-prefetch.ts';
import { fitCopy } from './fitting.ts';
import type { ImageToDraw } from '../images/draw-views.ts';
import type { PoolOptions } from '../image-pool/image-pool.ts';
import type { JobContext } from '../job.ts';
import { blockingExecutor, blockUntil } from '../testing/blocking-executor.ts';
import { trainStudent } from './training.ts';
import type { TrainingState } from './training.ts';
import { resizedCrops } from '../images/view-source.ts';
import type { NumberedView, ViewSource } from '../images/view-source.ts';
import type { TrainingPlan } from './training-plan.ts';

const folder = testFolder();
const threadOf = (name: string): string =>
  join(import.meta.dirname, '..', 'testing', `${name}-thread.ts`);

const teacher = tinyVit({ depth: 3 });
const copy = copyBlocks(teacher, [0, 2]);
const layout = adapterLayout(copy.architecture, 2);
const { imageSize } = teacher.architecture;
const side = 12;
const images = 9;
/** Number of images on the disk; the others are in memory. */
const onDisk = 3;

const plan: TrainingPlan = {
  teacher,
  copy,
  layout,
  steps: 6,
  batch: 4,
  peakLearningRate: 0.01,
  seed: 1,
  views: 2,
  cacheBytes: 2 ** 20,
};
const beginning: TrainingState = {
  step: 0,
  firstLoss: 0,
  lastLoss: 0,
  parameters: { shape: [layout.size], data: initialAdapters(layout, 1) },
  mean: zeros([layout.size]),
  square: zeros([layout.size]),
};
const cpu = onnxRuntime('cpu', { threads: 1 });

/** Counts the views that threads rendered from images in memory; their bytes follow it. */
let counter = new Int32Array(new SharedArrayBuffer(4));
let path = '';
beforeEach(async () => {
  counter = new Int32Array(new SharedArrayBuffer(4 + images * side * side * 3));
  const values = randomValues(side * side * 3, onDisk, 0, 256).map(Math.floor);
  const pixels = { width: side, height: side, channels: 3, bits: 8, values: [...values] } as const;
  path = await folder.file('image.png', pngFile(pixels));
});

let opened: ViewPrefetch[] = [];
afterEach(async () => {
  await Promise.all(opened.map((views) => views.close()));
  opened = [];
});

function drawnIn(
  threads: number,
  source: ViewSource,
  options?: Partial<PoolOptions>,
): ViewPrefetch {
  const views = new ViewPrefetch(source, threads, options);
  opened.push(views);
  return views;
}

function inMemory(index: number): ImageToDraw {
  const size = side * side * 3;
  const data = new Uint8Array(counter.buffer, 4 + index * size, size);
  data.set(randomValues(size, index, 0, 256));
  return { width: side, height: side, channels: 3, data };
}

function someOnDisk(index: number): ImageToDraw {
  return index === onDisk ? { place: { path }, preparation: plainPreparation } : inMemory(index);
}

/** A source that records which views this thread drew and which were ordered from others. */
interface Noted {
  readonly source: ViewSource;
  readonly here: NumberedView[];
  readonly ordered: NumberedView[];
}

function noted(at: (index: number) => ImageToDraw = someOnDisk): Noted {
  const source = resizedCrops({ count: images, at }, 1, viewRecipe('overhead'), imageSize);
  const [here, ordered]: [NumberedView[], NumberedView[]] = [[], []];
  return {
    here,
    ordered,
    source: {
      ...source,
      draw: (image, view) => {
        here.push({ image, view });
        return source.draw(image, view);
      },
      order: (image, view) => {
        ordered.push({ image, view });
        return source.order(image, view);
      },
    },
  };
}

function sorted(views: readonly NumberedView[]): string[] {
  return views.map(({ image, view }) => `${image}.${view}`).sort();
}

interface Training {
  readonly changes?: Partial<TrainingPlan>;
  readonly start?: TrainingState;
  readonly executor?: Executor;
  /** Completed steps after which the training is cancelled. */
  readonly stopAt?: number;
}

interface Trained {
  readonly state: TrainingState | undefined;
  readonly error: unknown;
  /** Reported steps. */
  readonly done: number;
}

async function train(
  views: ViewSource,
  { changes = {}, start = beginning, executor = cpu, stopAt = Infinity }: Training = {},
): Promise<Trained> {
  const controller = new AbortController();
  let done = 0;
  const context: JobContext = {
    signal: controller.signal,
    report: (event) => {
      if (event.type === 'progress') ({ done } = event);
      if (done >= stopAt) controller.abort();
    },
  };
  const save = (): Promise<void> => Promise.resolve();
  try {
    const whole = { ...plan, ...changes };
    const { state } = await trainStudent(whole, start, { source: views, save }, executor, context);
    return { state, error: undefined, done };
  } catch (error) {
    return { state: undefined, error, done };
  }
}

describe('a training run whose views are prefetched', () => {
  it.each<[string, Training]>([
    ['with room for all targets', {}],
    ['with room for none', { changes: { cacheBytes: 0 } }],
    ['with a view twice in a step', { changes: { batch: 2 * images, views: 1 } }],
    ['in parts', { executor: { ...cpu, tokensAtOnce: 3 * tokenCount(teacher.architecture) } }],
  ])('learns the same bits, %s, and renders as many views, in threads', async (_, training) => {
    const [plain, ahead] = [noted(), noted()];
    const expected = await train(drawnIn(0, plain.source), training);
    const { state, error } = await train(drawnIn(2, ahead.source), training);
    expect(error).toBeUndefined();
    expect(state).toEqual(expected.state);
    expect(plain.ordered).toEqual([]);
    expect(ahead.here).toEqual([]);
    expect(sorted(ahead.ordered)).toEqual(sorted(plain.here));
  });

  it("renders the next step's views while a step blocks its thread", async () => {
    const { batch, steps } = plan;
    const found: boolean[] = [];
    const executor = blockingExecutor((graph) => {
      if (graph !== 'step') return;
      const drawn = Math.min(found.length + 2, steps) * batch;
      const patience = found.every(Boolean) ? 20_000 : 0;
      found.push(blockUntil(counter, drawn, patience));
    });
    const views = drawnIn(2, noted(inMemory).source, { threadFile: threadOf('counting') });
    const { error } = await train(views, { executor, changes: { views: 9 } });
    expect(error).toBeUndefined();
    expect(found).toEqual(Array.from({ length: steps }, () => true));
  });

  it('resumes where it was cancelled', async () => {
    const whole = await train(drawnIn(2, noted().source));
    const first = await train(drawnIn(2, noted().source), { stopAt: 2 });
    expect(first.state?.step).toBe(2);
    const rest = await train(drawnIn(2, noted().source), { start: first.state ?? beginning });
    expect(rest.state?.parameters).toEqual(whole.state?.parameters);
    expect(rest.state?.lastLoss).toBe(whole.state?.lastLoss);
  });

  it('fails at an unreadable image at the same step as without threads', async () => {
    await rm(path);
    const plain = await train(drawnIn(0, noted().source));
    const ahead = await train(drawnIn(2, noted().source));
    expect(plain.error).toMatchObject({
      name: 'UserError',
      code: 'not-found',
      message: `${path} was not found. Check the path.`,
    });
    expect(ahead).toEqual(plain);
  });

  it('renders a view itself if a thread died while rendering it', async () => {
    path = await folder.file('crashing.png', pngFile(greyPixels));
    const [plain, ahead] = [noted(), noted()];
    const expected = await train(drawnIn(0, plain.source));
    const views = drawnIn(2, ahead.source, { threadFile: threadOf('faulty') });
    const { state } = await train(views);
    expect(state).toEqual(expected.state);
    expect(ahead.here.length).toBeGreaterThanOrEqual(plan.views);
    expect(ahead.here.length).toBeLessThan(plain.here.length);
  });
});

const greyPixels = { width: 1, height: 1, channels: 1, bits: 8, values: [90] } as const;

it('fits the same start', async () => {
  const fit = { teacher, copy, blocks: [0, 2], views: 2 };
  const executor = { ...cpu, tokensAtOnce: 4 * tokenCount(teacher.architecture) };
  const quiet: JobContext = { signal: new AbortController().signal, report: () => undefined };
  const [plain, ahead] = [noted(), noted()];
  const expected = await fitCopy(fit, drawnIn(0, plain.source), executor, quiet);
  const fitted = await fitCopy(fit, drawnIn(2, ahead.source), executor, quiet);
  expect(fitted.weights).toEqual(expected.weights);
  expect(ahead.here).toEqual([]);
  expect(sorted(ahead.ordered)).toEqual(sorted(plain.here));
});

describe('expected views', () => {
  it('are started once, and dropped when they are no longer expected', async () => {
    const { source, ordered } = noted();
    const views = drawnIn(2, source);
    const [a, b, c] = [0, 1, 2].map((image) => ({ image, view: 0 }));
    if (!a || !b || !c) throw new Error('there are three');
    views.expect([a, b]);
    views.expect([b, c]);
    expect(ordered).toEqual([a, b, c]);
    await views.draw(1, 0);
    expect(ordered).toHaveLength(3);
    await views.draw(0, 0);
    expect(ordered).toEqual([a, b, c, a]);
  });

  it('keep no caller waiting when the training ends', async () => {
    path = join(folder.path, 'held.png');
    const views = drawnIn(1, noted().source, { threadFile: threadOf('faulty') });
    views.expect([{ image: onDisk, view: 0 }]);
    const asked = views.draw(onDisk, 0).catch((error: unknown) => error);
    await views.close();
    expect(await asked).toMatchObject({ code: 'not-found' });
  });
});

it.each([
  ['a processor that computes on all', 8, 8, 0],
  ['one with threads to spare', 8, 6, 2],
  ['more threads than cores', 2, 4, 0],
  ['a GPU', 2, 1, 1],
  ['a GPU and many cores', 16, 1, 4],
  ['a GPU and one core', 1, 1, 0],
])('threads render if an executor leaves cores free: %s', (_, cores, busyThreads, threads) => {
  expect(drawingThreads({ busyThreads }, cores)).toBe(threads);
});
