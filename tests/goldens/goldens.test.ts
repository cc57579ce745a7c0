import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { learningRate } from '../../src/core/distill/schedule.ts';
import type { StudentPlan } from '../../src/core/distill/train-step.ts';
import { evaluate } from '../../src/core/graph/evaluate.ts';
import { adapterLayout } from '../../src/core/vit/adapters.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { plainVit } from '../../src/core/vit/architecture.ts';
import type { VitArchitecture } from '../../src/core/vit/architecture.ts';
import { copyBlocks, keptBlocks } from '../../src/core/vit/copy.ts';
import { resizeModel } from '../../src/core/vit/resize.ts';
import type { VitModel } from '../../src/core/vit/weights.ts';
import { readSafetensors } from '../../src/formats/safetensors/safetensors.ts';
import { readTeacher } from '../../src/formats/checkpoints/read-teacher.ts';
import { describeExecutors } from '../conformance/executors.ts';
import { adapterParts, flatAdapters, forward, train } from '../support/distillation.ts';
import { lossAndGradient } from '../support/loss-and-gradient.ts';
import { difference, required } from '../support/values.ts';

// Computed by make_goldens.py with PyTorch in double precision, rounded to float32 at the end.
const goldenPath = (name: string): string =>
  fileURLToPath(new URL(`${name}.safetensors`, import.meta.url));
const [steps, warmUp, peak] = [12, 3, 0.02];

const cases = [
  {
    file: 'plain',
    overrides: { heads: 2 },
    architecture: {
      ...plainVit,
      imageSize: 16,
      patchSize: 4,
      width: 12,
      depth: 3,
      heads: 2,
      mlpWidth: 24,
    } satisfies VitArchitecture,
  },
  {
    file: 'registers',
    overrides: {
      heads: 3,
      epsilon: 1e-6,
      activation: 'quick-gelu' as const,
      mean: [0.5, 0.4, 0.3],
      deviation: [0.25, 0.3, 0.2],
    },
    architecture: {
      imageSize: 16,
      patchSize: 4,
      channels: 3,
      width: 18,
      depth: 3,
      heads: 3,
      mlpWidth: 36,
      classTokens: 1,
      registers: 2,
      positionsCoverPrefix: false,
      layerScale: true,
      preNorm: true,
      activation: 'quick-gelu',
      epsilon: 1e-6,
      qkvBias: false,
      pooling: 'patch-mean',
      normAfterPooling: true,
    } satisfies VitArchitecture,
  },
];

describe.each(cases)('golden $file', ({ file, overrides, architecture }) => {
  let tensors: ReadonlyMap<string, Tensor>;
  let teacher: VitModel;
  let plan: StudentPlan;
  let initial: Float32Array;
  const golden = (name: string): Tensor => required(tensors.get(`golden.${name}`), name);
  beforeAll(async () => {
    ({ tensors } = await readSafetensors(goldenPath(`${file}.golden`)));
    teacher = await readTeacher(goldenPath(file), overrides);
    const copy = copyBlocks(teacher, keptBlocks(3, 2));
    plan = { copy, layout: adapterLayout(copy.architecture, 3) };
    initial = flatAdapters(plan.layout, tensors, '.init', 'golden.');
  });

  it('has the expected architecture', () => {
    expect(teacher.architecture).toEqual(architecture);
  });

  it('agrees in loss and the gradient of every adapter, in double precision', () => {
    const inputs = new Map([
      ['images', golden('images').data],
      ['targets', golden('expected.block_2').data],
      ['adapters', initial],
    ]);
    const got = evaluate(lossAndGradient(plan, 3), inputs);
    const loss = required(got.get('loss'), 'loss').data;
    expect(difference(loss, golden('expected.losses').data.subarray(0, 1))).toBeLessThan(1e-6);
    const gradient = required(got.get('gradient'), 'gradient').data;
    const parts = adapterParts(plan.layout);
    expect(parts).toHaveLength(2 * 6 * 2);
    for (const { name, start, end } of parts) {
      const wanted = golden(`${name}.grad`).data;
      expect(difference(gradient.subarray(start, end), wanted), name).toBeLessThan(1e-5);
    }
  });

  describeExecutors('computed', (executor) => {
    it('agrees in tokens, every block and features', async () => {
      const got = await forward(executor, teacher, golden('images'));
      for (const name of ['tokens', 'block_0', 'block_1', 'block_2', 'features']) {
        const wanted = golden(`expected.${name}`);
        const values = required(got.get(name), name);
        expect(values.shape, name).toEqual(wanted.shape);
        expect(difference(values.data, wanted.data), name).toBeLessThan(1e-5);
      }
    });

    it('agrees in 12 steps with their learning rates, losses and final adapters', async () => {
      const learningRates = Array.from({ length: steps }, (_, step) =>
        learningRate(step, steps, peak, warmUp),
      );
      const rates = golden('expected.learning_rates').data;
      expect(difference(learningRates, rates)).toBeLessThan(1e-6);
      const images = golden('images');
      const targets = golden('expected.block_2');
      const got = await train(executor, { plan, images, targets, initial, learningRates });
      expect(difference(got.losses, golden('expected.losses').data)).toBeLessThan(1e-5);
      const final = flatAdapters(plan.layout, tensors, '.final', 'golden.');
      expect(difference(got.adapters, final)).toBeLessThan(1e-3);
      // Training changed them: the comparison is not with the initial values.
      expect(difference(initial, final)).toBeGreaterThan(0.05);
    });
  });
});

describeExecutors('golden plain, otherwise', (executor) => {
  it('agrees in features with the tanh form of GELU', async () => {
    const { tensors } = await readSafetensors(goldenPath('plain.golden'));
    const model = await readTeacher(goldenPath('plain'), { heads: 2, activation: 'gelu-tanh' });
    const images = required(tensors.get('golden.images'), 'images');
    const wanted = required(tensors.get('golden.expected.features_gelu_tanh'), 'features').data;
    const got = await forward(executor, model, images);
    expect(difference(required(got.get('features'), 'features').data, wanted)).toBeLessThan(1e-5);
    // The exact GELU is a different function, and the difference is visible.
    const exact = required(tensors.get('golden.expected.features'), 'features').data;
    expect(difference(exact, wanted)).toBeGreaterThan(2e-5);
  });

  it('agrees in positions and features of a larger image', async () => {
    const { tensors } = await readSafetensors(goldenPath('plain.golden'));
    const larger = resizeModel(await readTeacher(goldenPath('plain'), { heads: 2 }), 24);
    const positions = required(tensors.get('golden.larger.pos_embed'), 'positions');
    const resized = required(larger.weights.get('pos_embed'), 'pos_embed');
    expect(resized.shape).toEqual(positions.shape);
    expect(difference(resized.data, positions.data)).toBeLessThan(1e-6);
    const images = required(tensors.get('golden.larger.images'), 'images');
    const got = await forward(executor, larger, images);
    const wanted = required(tensors.get('golden.larger.features'), 'features').data;
    expect(difference(required(got.get('features'), 'features').data, wanted)).toBeLessThan(1e-5);
  });
});
