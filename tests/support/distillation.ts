import * as g from '../../src/core/graph/build.ts';
import { simplify } from '../../src/core/graph/rewrite.ts';
import { biasCorrections } from '../../src/core/distill/optimizer.ts';
import { trainStep } from '../../src/core/distill/train-step.ts';
import type { StudentPlan } from '../../src/core/distill/train-step.ts';
import type { AdapterLayout } from '../../src/core/vit/adapters.ts';
import { tensor, zeros } from '../../src/core/tensor.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { embed, normalizeTokens, poolFeatures, runBlocks } from '../../src/core/vit/forward.ts';
import type { VitModel } from '../../src/core/vit/weights.ts';
import type { Executor, Results } from '../../src/runtime/executor.ts';
import { required } from './values.ts';

/** Outputs: tokens after the embedding, every block's output, the final norm of all tokens, features. */
export async function forward(
  executor: Executor,
  model: VitModel,
  images: Tensor,
): Promise<ReadonlyMap<string, Tensor>> {
  const tokens = embed(model, g.input('images', images.shape));
  const blocks = runBlocks(model, tokens);
  const last = required(blocks.at(-1), 'block');
  const outputs = new Map([
    ['tokens', tokens],
    ...blocks.map((block, index) => [`block_${index}`, block] as const),
    ['norm', normalizeTokens(model, last)],
    ['features', poolFeatures(model, last)],
  ]);
  const loaded = await executor.load(simplify({ name: 'forward', outputs }));
  const values = await readAll(await loaded.run({ images }));
  await loaded.dispose();
  return values;
}

export async function readAll(results: Results): Promise<ReadonlyMap<string, Tensor>> {
  const values = new Map<string, Tensor>();
  for (const [name, result] of results) {
    values.set(name, await result.read());
    result.dispose();
  }
  return values;
}

/** A part of the flat vector that belongs to one matrix of one adapter. */
export interface AdapterPart {
  /** Name, such as `blocks.0.attn.q.lora_A`. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export function adapterParts({ rank, adapters }: AdapterLayout): readonly AdapterPart[] {
  return adapters.flatMap(({ block, layer, inputs, outputs, offsetA, offsetB }) => {
    const name = `blocks.${block}.${layer}`;
    return [
      { name: `${name}.lora_A`, start: offsetA, end: offsetA + rank * inputs },
      { name: `${name}.lora_B`, start: offsetB, end: offsetB + outputs * rank },
    ];
  });
}

/** Builds the flat vector from one tensor for each matrix, called `prefix` + name + `suffix`. */
export function flatAdapters(
  layout: AdapterLayout,
  tensors: ReadonlyMap<string, Tensor>,
  suffix: string,
  prefix = '',
): Float32Array {
  const flat = new Float32Array(layout.size).fill(NaN);
  for (const { name, start, end } of adapterParts(layout)) {
    const key = `${prefix}${name}${suffix}`;
    const { data } = required(tensors.get(key), key);
    if (data.length !== end - start) throw new Error(`${key} has ${data.length} values`);
    flat.set(data, start);
  }
  return flat;
}

export interface Training {
  readonly plan: StudentPlan;
  readonly images: Tensor;
  readonly targets: Tensor;
  readonly initial: Float32Array;
  readonly learningRates: readonly number[];
  /** Number of images in one part of the batch; all of them by default. */
  readonly part?: number;
}

/** Trains on one batch repeatedly; returns its losses before each update, and the adapters at the end. */
export async function train(
  executor: Executor,
  { plan, images, targets, initial, learningRates, part }: Training,
): Promise<{ losses: number[]; adapters: Float32Array }> {
  const batch = images.shape[0] ?? 0;
  const size = part ?? batch;
  const parts = Array.from({ length: batch / size }, (_, index) => ({
    images: rows(images, index * size, (index + 1) * size),
    targets: rows(targets, index * size, (index + 1) * size),
  }));
  const step = await executor.load(trainStep(plan, size));
  const vector = [plan.layout.size];
  let state = { parameters: tensor(vector, initial), mean: zeros(vector), square: zeros(vector) };
  const losses: number[] = [];
  for (const [index, rate] of learningRates.entries()) {
    let sums = { lossSum: zeros([]), gradientSum: zeros(vector) };
    let next = state;
    for (const each of parts) {
      const inputs = { ...state, ...sums, ...each };
      const results = await readAll(
        await step.run({
          ...inputs,
          share: tensor([], [1 / parts.length]),
          learningRate: tensor([], [rate]),
          corrections: tensor([2], biasCorrections(index + 1)),
        }),
      );
      const output = (name: string): Tensor => required(results.get(name), name);
      sums = { lossSum: output('lossSumNext'), gradientSum: output('gradientSumNext') };
      next = {
        parameters: output('parametersNext'),
        mean: output('meanNext'),
        square: output('squareNext'),
      };
    }
    state = next;
    losses.push(sums.lossSum.data[0] ?? NaN);
  }
  await step.dispose();
  return { losses, adapters: state.parameters.data };
}

/** Rows [start, end) along the first axis. */
function rows({ shape, data }: Tensor, start: number, end: number): Tensor {
  const length = data.length / (shape[0] ?? 0);
  return tensor(shape.with(0, end - start), data.slice(start * length, end * length));
}
