import { expect, it } from 'vitest';
import { viewRecipe } from '../../src/core/distill/views.ts';
import type { Raster } from '../../src/core/image/raster.ts';
import { adapterLayout, initialAdapters } from '../../src/core/vit/adapters.ts';
import { zeros } from '../../src/core/tensor.ts';
import { tokenCount } from '../../src/core/vit/architecture.ts';
import { copyBlocks } from '../../src/core/vit/copy.ts';
import { trainStudent } from '../../src/engine/distill/training.ts';
import type { TrainingState } from '../../src/engine/distill/training.ts';
import { resizedCrops } from '../../src/engine/images/view-source.ts';
import { onnxRuntime } from '../../src/runtime/onnxruntime.ts';
import { tinyVit } from '../support/tiny-vit.ts';
import { difference, randomValues } from '../support/values.ts';
import { watch } from './support.ts';
import type { TrainingPlan } from '../../src/engine/distill/training-plan.ts';

const teacher = tinyVit({ depth: 2 });

/** Trains three steps of seven images, in parts of at most this size. */
async function train(partLimit: number): Promise<TrainingState> {
  const copy = copyBlocks(teacher, [0]);
  const layout = adapterLayout(copy.architecture, 2);
  const plan: TrainingPlan = {
    teacher,
    copy,
    layout,
    steps: 3,
    batch: 7,
    peakLearningRate: 0.01,
    seed: 1,
    views: 2,
    cacheBytes: 2 ** 20,
  };
  const start: TrainingState = {
    step: 0,
    parameters: { shape: [layout.size], data: initialAdapters(layout, 1) },
    mean: zeros([layout.size]),
    square: zeros([layout.size]),
    firstLoss: 0,
    lastLoss: 0,
  };
  const at = (index: number): Raster => {
    const data = Uint8Array.from(randomValues(12 * 12 * 3, index, 0, 256));
    return { width: 12, height: 12, channels: 3, data };
  };
  const tokensAtOnce = partLimit * tokenCount(teacher.architecture);
  const executor = { ...onnxRuntime('cpu', { threads: 1 }), tokensAtOnce };
  const { imageSize } = teacher.architecture;
  const source = resizedCrops({ count: 9, at }, 1, viewRecipe('upright'), imageSize);
  const save = (): Promise<void> => Promise.resolve();
  return (await trainStudent(plan, start, { source, save }, executor, watch())).state;
}

it('a batch in unequal parts makes the same update as the whole batch', async () => {
  const whole = await train(7);
  const parts = await train(5);
  expect(parts.lastLoss).toBeCloseTo(whole.lastLoss, 6);
  // Parts are added in another order, and AdamW amplifies small differences.
  expect(difference(parts.parameters.data, whole.parameters.data)).toBeLessThan(1e-4);
});
