import { beforeAll, expect, it } from 'vitest';
import { learningRate } from '../../src/core/distill/schedule.ts';
import type { StudentPlan } from '../../src/core/distill/train-step.ts';
import { adapterLayout, mergeAdapters } from '../../src/core/vit/adapters.ts';
import { tensor } from '../../src/core/tensor.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { copyBlocks, keptBlocks } from '../../src/core/vit/copy.ts';
import type { Executor } from '../../src/runtime/executor.ts';
import { onnxRuntime } from '../../src/runtime/onnxruntime.ts';
import { readTeacher } from '../../src/formats/checkpoints/read-teacher.ts';
import { describeExecutors } from '../conformance/executors.ts';
import { adapterParts, flatAdapters, forward, readAll, train } from '../support/distillation.ts';
import { lossAndGradient } from '../support/loss-and-gradient.ts';
import { difference, required } from '../support/values.ts';
import { describeReference, readReference, referencePath, unnormalized } from './support.ts';

const skip = 2;
const rank = 4;
// about.json: lr0 = 0.05·16/256; step e of 40: e < 5: lr0·e/5, else a cosine to 0.
const [steps, warmUp, peak] = [40, 5, (0.05 * 16) / 256];
const learningRates = Array.from({ length: steps }, (_, step) =>
  learningRate(step, steps, peak, warmUp),
);
/** Number of steps in which the rate rises and begins to fall. */
const few = 8;

interface Setting {
  readonly plan: StudentPlan;
  readonly images: Tensor;
  readonly targets: Tensor;
}

type Trained = Awaited<ReturnType<typeof train>>;

interface StudentOutputs {
  readonly lastBlock: Float32Array;
  readonly norm: Float32Array;
}

/** What a training must reach. */
interface Wanted extends StudentOutputs {
  readonly adapters: Float32Array;
}

/** Outputs of the student that training these adapters gave. */
async function studentOutputs(
  executor: Executor,
  { plan, images }: Setting,
  adapters: Float32Array,
): Promise<StudentOutputs> {
  const student = mergeAdapters(plan.copy, plan.layout, adapters);
  const outputs = await forward(executor, student, images);
  return {
    lastBlock: required(outputs.get('block_2'), 'block_2').data,
    norm: required(outputs.get('norm'), 'norm').data,
  };
}

async function readSetting(): Promise<Setting> {
  const path = referencePath('timm_vit.safetensors');
  const teacher = await readTeacher(path, { heads: 3, ...unnormalized });
  const copy = copyBlocks(teacher, keptBlocks(teacher.architecture.depth, skip));
  const expected = await readReference('timm_vit.expected.safetensors');
  return {
    plan: { copy, layout: adapterLayout(copy.architecture, rank) },
    images: required(expected.get('images'), 'images'),
    targets: required(expected.get('block_5'), 'block_5'),
  };
}

describeReference("WeCoLoRA's gradients", () => {
  describeExecutors('computed', (executor) => {
    let expected: ReadonlyMap<string, Tensor>;
    let setting: Setting;
    let got: ReadonlyMap<string, Tensor>;
    beforeAll(async () => {
      setting = await readSetting();
      expected = await readReference('wecolora_gradients.safetensors');
      const { plan, images, targets } = setting;
      const loaded = await executor.load(lossAndGradient(plan, 16));
      const adapters = tensor([plan.layout.size], flatAdapters(plan.layout, expected, ''));
      got = await readAll(await loaded.run({ images, targets, adapters }));
      await loaded.dispose();
    });

    it('agree in the losses', () => {
      const loss = required(got.get('loss'), 'loss').data;
      expect(difference(loss, required(expected.get('loss'), 'loss').data)).toBeLessThan(1e-5);
    });

    it('agree in the gradients of every adapter', () => {
      const { layout } = setting.plan;
      const gradient = required(got.get('gradient'), 'gradient').data;
      const wanted = flatAdapters(layout, expected, '.grad');
      const differences = adapterParts(layout).map(({ name, start, end }) => ({
        name,
        difference: difference(gradient.subarray(start, end), wanted.subarray(start, end)),
      }));
      expect(differences).toHaveLength(3 * 6 * 2);
      expect(differences.filter((each) => !(each.difference < 1e-3))).toEqual([]);
    });
  });
});

describeReference('40 steps of WeCoLoRA', () => {
  let expected: ReadonlyMap<string, Tensor>;
  let setting: Setting;
  const run = (executor: Executor, part: number, rates: readonly number[]): Promise<Trained> => {
    const initial = flatAdapters(setting.plan.layout, expected, '.init');
    return train(executor, { ...setting, initial, learningRates: rates, part });
  };
  beforeAll(async () => {
    setting = await readSetting();
    expected = await readReference('wecolora_40_steps.safetensors');
  });

  it('agree in the learning rates', () => {
    const rates = required(expected.get('lrs'), 'lrs').data;
    expect(difference(learningRates, rates)).toBeLessThan(1e-6);
  });

  describeExecutors('computed', (executor, { isSlow = false }) => {
    // A slow executor takes seconds per step, so that it computes only the first ones. PyTorch gives their losses; their
    // adapters are those of the processor, which are compared with PyTorch's after 40 steps.
    const rates = isSlow ? learningRates.slice(0, few) : learningRates;
    let whole: Trained;
    let wanted: Wanted;
    beforeAll(async () => {
      whole = await run(executor, 16, rates);
      wanted = isSlow ? await onProcessor(rates) : ofPyTorch();
    });

    const ofPyTorch = (): Wanted => ({
      adapters: flatAdapters(setting.plan.layout, expected, '.final'),
      lastBlock: required(expected.get('student_last_block'), 'student_last_block').data,
      norm: required(expected.get('student_norm'), 'student_norm').data,
    });
    const onProcessor = async (firstRates: readonly number[]): Promise<Wanted> => {
      const processor = onnxRuntime('cpu', { threads: 1 });
      const { adapters } = await run(processor, 16, firstRates);
      return { adapters, ...(await studentOutputs(processor, setting, adapters)) };
    };

    it('agree in every loss', () => {
      const losses = required(expected.get('losses'), 'losses').data;
      expect(losses).toHaveLength(steps);
      expect(whole.losses).toHaveLength(rates.length);
      whole.losses.forEach((loss, step) => {
        expect(difference([loss], [losses[step] ?? NaN]), `step ${step}`).toBeLessThan(1e-3);
      });
    });

    it('agree in the final adapters', () => {
      expect(difference(whole.adapters, wanted.adapters)).toBeLessThan(1e-3);
    });

    it("agree in the merged student's last block and norm", async () => {
      const got = await studentOutputs(executor, setting, whole.adapters);
      expect(difference(got.lastBlock, wanted.lastBlock), 'last block').toBeLessThan(1e-3);
      expect(difference(got.norm, wanted.norm), 'norm').toBeLessThan(1e-3);
    });

    it('give the same losses when each batch runs in two parts', async () => {
      const halves = await run(executor, 8, learningRates.slice(0, few));
      expect(halves.losses).toHaveLength(few);
      halves.losses.forEach((loss, step) => {
        expect(difference([loss], [whole.losses[step] ?? NaN]), `step ${step}`).toBeLessThan(1e-5);
      });
    });
  });
});

describeReference('40 steps of WeCoLoRA with products of float16', () => {
  it('agree in the losses with those of float32 to 1e-4', async () => {
    const setting = await readSetting();
    const expected = await readReference('wecolora_40_steps.safetensors');
    const initial = flatAdapters(setting.plan.layout, expected, '.init');
    // On the processor: it rounds operands and results to float16, and sums in float32.
    const executor = onnxRuntime('cpu', { threads: 1, products: 'float16' });
    const { losses } = await train(executor, { ...setting, initial, learningRates, part: 16 });
    const wanted = required(expected.get('losses'), 'losses').data;
    losses.forEach((loss, step) => {
      const relative = Math.abs(loss / (wanted[step] ?? NaN) - 1);
      expect(relative, `step ${step}`).toBeLessThan(1e-4);
    });
    expect(losses).toHaveLength(steps);
  });
});
