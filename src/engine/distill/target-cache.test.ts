import { describe, expect, it } from 'vitest';
import { adapterLayout } from '../../core/vit/adapters.ts';
import { targetGraph } from '../../core/distill/train-step.ts';
import { zeros } from '../../core/tensor.ts';
import type { Tensor } from '../../core/tensor.ts';
import { tokenCount } from '../../core/vit/architecture.ts';
import type { DeviceTensor, LoadedGraph } from '../../runtime/executor.ts';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { randomValues } from '../../../tests/support/values.ts';
import { entryBytes, TargetCache, targetMisses } from './target-cache.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import { samplesOfStep } from './training.ts';
import type { TrainingPlan } from './training-plan.ts';

const model = tinyVit({ depth: 1 });
const { imageSize, width } = model.architecture;

/** Returns zeros immediately. */
const teacher: LoadedGraph = {
  inputs: ['images'],
  outputs: ['targets'],
  run: ({ images }) => {
    const shape = [images?.shape[0] ?? 0, tokenCount(model.architecture), width];
    const targets: DeviceTensor = {
      shape,
      read: () => Promise.resolve(zeros(shape)),
      dispose: () => undefined,
    };
    return Promise.resolve(new Map([['targets', targets]]));
  },
  dispose: () => Promise.resolve(),
};

/** Returns the number of targets computed with a cache for `room` entries. */
async function misses(images: number, views: number, steps: number, room: number): Promise<number> {
  const plan: TrainingPlan = {
    teacher: model,
    copy: model,
    layout: adapterLayout(model.architecture, 1),
    steps,
    batch: 10,
    peakLearningRate: 0.1,
    seed: 3,
    views,
    cacheBytes: room * entryBytes(model.architecture),
  };
  const data = new Uint8Array(imageSize * imageSize * 3);
  const source = { count: images, recipe: {}, draw: () => Promise.resolve(data) };
  const cache = new TargetCache(plan, source, teacher, onnxRuntime('cpu'), 0);
  for (let step = 0; step < steps; step++) {
    await cache.batch(samplesOfStep(plan, images, step));
  }
  return Math.round((1 - cache.hitRate) * steps * plan.batch);
}

it.each([
  ['all new', 20, 8, 12, 1000],
  ['all kept', 20, 4, 40, 1000],
  ['no room', 20, 4, 40, 0],
  ['room for whole rounds', 20, 4, 40, 40],
  ['room for a part of a round', 20, 4, 42, 30],
  ['a last round within what is kept', 20, 4, 20, 60],
  ['no more samples than views', 50, 2, 10, 5],
])('predicts how many targets must be computed: %s', async (_, images, views, steps, room) => {
  const foretold = targetMisses(steps * 10, images * views, room);
  const counted = await misses(images, views, steps, room);
  // Which images of the last round are cached is random.
  expect(Math.abs(foretold - counted)).toBeLessThanOrEqual(images / 2);
  if (room % images === 0 || room > images * views) expect(foretold).toBe(counted);
});

it('no images need no targets', () => {
  expect(targetMisses(1000, 0, 10)).toBe(0);
});

describe('on a device that keeps results', () => {
  const cpu = onnxRuntime('cpu', { threads: 1 });
  const [images, views, batch] = [6, 2, 4];
  let drawn = 0;
  const source = {
    count: images,
    recipe: {},
    draw: (image: number, view: number) => {
      drawn++;
      const values = randomValues(imageSize * imageSize * 3, 10 * image + view, 0, 255);
      return Promise.resolve(Uint8Array.from(values));
    },
  };

  /** Inputs of six steps. */
  async function fed(
    keepsResults: boolean,
    room: number,
  ): Promise<{ steps: Tensor[]; hits: number; computed: number; views: number }> {
    drawn = 0;
    const plan: TrainingPlan = {
      teacher: model,
      copy: model,
      layout: adapterLayout(model.architecture, 1),
      steps: 6,
      batch,
      peakLearningRate: 0.1,
      seed: 3,
      views,
      cacheBytes: room * (4 * imageSize * imageSize * 3 + entryBytes(model.architecture)),
    };
    const loaded = await cpu.load(targetGraph(model));
    const cache = new TargetCache(plan, source, loaded, { ...cpu, keepsResults }, plan.cacheBytes);
    const steps: Tensor[] = [];
    for (let step = 0; step < plan.steps; step++) {
      const { images: pixels, targets } = await cache.batch(samplesOfStep(plan, images, step));
      for (const value of [pixels, targets]) {
        steps.push('data' in value ? value : await value.read());
        if (!('data' in value)) value.dispose();
      }
    }
    await cache.dispose();
    await loaded.dispose();
    const computed = Math.round((1 - cache.hitRate) * plan.steps * batch);
    return { steps, hits: cache.hitRate, computed, views: drawn };
  }

  it.each([
    ['all of them', 100],
    ['some', 5],
    ['none', 0],
  ])('provides the same inputs as the processor, with room for %s', async (_, room) => {
    const [here, there] = [await fed(false, room), await fed(true, room)];
    expect(there.steps).toEqual(here.steps);
    for (const { computed, views } of [here, there]) expect(views).toBe(computed);
    expect(there.hits).toBeGreaterThanOrEqual(here.hits);
  });
});
