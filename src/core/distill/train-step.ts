import * as g from '../graph/build.ts';
import { differentiate } from '../graph/differentiate.ts';
import type { Graph, Value } from '../graph/ops.ts';
import { simplify } from '../graph/rewrite.ts';
import { adaptedLinears, adapterValues, packAdapters, unpackAdapters } from '../vit/adapters.ts';
import type { AdapterLayout } from '../vit/adapters.ts';
import { elementCount } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { tokenCount } from '../vit/architecture.ts';
import { embed, frozenLinears, runBlocks } from '../vit/forward.ts';
import { adapterForm } from '../vit/linear.ts';
import type { VitModel } from '../vit/weights.ts';
import { adamW } from './optimizer.ts';

/** Feature distillation loss: the mean absolute difference of two tensors (WeCoLoRA, arXiv 2404.09326, eq. 4). */
export function distillationLoss(student: Value, target: Value): Value {
  const every = student.type.shape.map((_, axis) => axis);
  return g.reshape(g.reduceMean(g.abs(g.sub(student, target)), every), []);
}

/** Parts of a student that its training step needs. */
export interface StudentPlan {
  /** The untrained copy of the teacher's blocks. */
  readonly copy: VitModel;
  readonly layout: AdapterLayout;
}

/**
 * Training step of the distillation (see `updateGraph`): its parameters are the adapters, and its inputs `images`
 * (B, C, S, S) in [0, 1] and `targets` (B, N, D).
 *
 * @param part images in one part, B
 */
export function trainStep(plan: StudentPlan, part: number): Graph {
  const parameters = g.input('parameters', [plan.layout.size]);
  return updateGraph(parameters, studentLoss(plan, part, parameters));
}

/**
 * Builds a whole training step as one graph that can also run part by part: a batch of n parts keeps its
 * intermediate results in the cache, or in a small device's memory, and gives the same update. Every part
 * adds its share to the sums. The last part outputs the next state; the state outputs of the earlier
 * parts are not used.
 *
 * Inputs in addition to those of the loss: the state `parameters`, `mean`, `square` (size); the sums so far, `lossSum`
 * () and `gradientSum` (size), zeros for the first part; `share` (), the part's share of the batch; `learningRate` ();
 * `corrections` (2). Outputs: `lossSumNext`, the loss before the update; `gradientSumNext`; `parametersNext`,
 * `meanNext`, `squareNext`.
 *
 * @param parameters the input of that name
 * @param rates factor of each parameter's learning rate, (size); ones by default
 */
export function updateGraph(
  parameters: Value,
  { loss, gradient }: { readonly loss: Value; readonly gradient: Value },
  rates?: Tensor,
): Graph {
  const size = elementCount(parameters.type.shape);
  const share = g.input('share', []);
  const lossSum = g.add(g.input('lossSum', []), g.mul(loss, share));
  const gradientSum = g.add(g.input('gradientSum', [size]), g.mul(gradient, share));
  const rate = g.input('learningRate', []);
  const next = adamW(
    { parameters, mean: g.input('mean', [size]), square: g.input('square', [size]) },
    gradientSum,
    rates ? g.mul(g.constant(rates), rate) : rate,
    g.input('corrections', [2]),
  );
  return simplify({
    name: 'step',
    outputs: new Map([
      ['lossSumNext', lossSum],
      ['gradientSumNext', gradientSum],
      ['parametersNext', next.parameters],
      ['meanNext', next.mean],
      ['squareNext', next.square],
    ]),
  });
}

/**
 * Divides a batch into parts: equal parts of the largest size that divides it or, if that size is small, as few parts
 * as possible that differ by one image.
 */
export function partSizes(batch: number, largest: number): number[] {
  for (let size = Math.min(batch, largest); size >= largest / 4; size--) {
    if (batch % size === 0) return Array<number>(batch / size).fill(size);
  }
  const count = Math.ceil(batch / largest);
  const larger = batch % count;
  return Array.from({ length: count }, (_, index) =>
    index < larger ? Math.ceil(batch / count) : Math.floor(batch / count),
  );
}

/**
 * Graph of the teacher's targets: `images` (B, C, S, S) → `targets` (B, N, D), its last block's output. Runs
 * with any batch size.
 */
export function targetGraph(teacher: VitModel): Graph {
  const { architecture } = teacher;
  const batch = 2;
  const images = g.input('images', imageShape(teacher, batch));
  const last = runBlocks(teacher, embed(teacher, images)).at(-1);
  if (!last) throw new Error(`a teacher of ${architecture.depth} blocks has no output`);
  return simplify({ name: 'teacher', outputs: new Map([['targets', last]]), batch });
}

export function imageShape({ architecture }: VitModel, batch: number): readonly number[] {
  const { channels, imageSize } = architecture;
  return [batch, channels, imageSize, imageSize];
}

/**
 * Builds the student's loss and its gradient with respect to the adapters, in a graph with the inputs `images`
 * (B, C, S, S) in [0, 1] and `targets` (B, N, D), the output of the teacher's last block before its final norm.
 *
 * @param adapters all adapters, (size)
 * @returns `loss` (), `gradient` (size)
 */
export function studentLoss(
  { copy, layout }: StudentPlan,
  batch: number,
  adapters: Value,
): { loss: Value; gradient: Value } {
  const { architecture } = copy;
  const images = g.input('images', imageShape(copy, batch));
  const targets = g.input('targets', [batch, tokenCount(architecture), architecture.width]);
  const pairs = unpackAdapters(layout, adapters);
  const form = adapterForm(batch * tokenCount(architecture), architecture.width, layout.rank);
  const linears = adaptedLinears(frozenLinears(copy), pairs, form);
  const last = runBlocks(copy, embed(copy, images), linears).at(-1);
  if (!last) throw new Error('a student without blocks has no output');
  const loss = distillationLoss(last, targets);
  // The mean's gradients would be around 1e-6, zero in float16; scaling by a power of two is exact in float32.
  const scale = 2 ** Math.floor(Math.log2(elementCount(targets.type.shape)) - 4);
  const gradients = differentiate(g.mul(loss, g.scalar(scale)), adapterValues(pairs));
  return { loss, gradient: g.mul(packAdapters(gradients), g.scalar(1 / scale)) };
}
