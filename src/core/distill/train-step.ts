import * as g from '../graph/build.ts';
import { differentiate } from '../graph/differentiate.ts';
import type { Graph, Value } from '../graph/ops.ts';
import { simplify } from '../graph/rewrite.ts';
import { adaptedLinears, packAdapters, unpackAdapters } from '../lora/adapters.ts';
import type { AdapterLayout } from '../lora/adapters.ts';
import { tokenCount } from '../vit/architecture.ts';
import { embed, frozenLinears, runBlocks } from '../vit/forward.ts';
import type { VitModel } from '../vit/weights.ts';
import { adamW } from './optimizer.ts';

/** Feature distillation: the mean absolute difference of two tensors (WeCoLoRA, arXiv 2404.09326, eq. 4). */
export function distillationLoss(student: Value, target: Value): Value {
  const every = student.type.shape.map((_, axis) => axis);
  return g.reshape(g.reduceMean(g.abs(g.sub(student, target)), every), []);
}

/** What the student's step needs to know about the student. */
export interface StudentPlan {
  /** The plain copy of the teacher's blocks. */
  readonly copy: VitModel;
  readonly layout: AdapterLayout;
}

/**
 * The student's loss and its gradient with respect to the adapters.
 *
 * Inputs: `images` (B, C, S, S) in [0, 1], `targets` (B, N, D), the teacher's last block before its
 * final norm, `adapters` (size). Outputs: `loss` (), `gradient` (size).
 */
export function lossAndGradient({ copy, layout }: StudentPlan, batch: number): Graph {
  const adapters = g.input('adapters', [layout.size]);
  const { loss, gradient } = studentLoss({ copy, layout }, batch, adapters);
  return simplify({
    name: 'gradient',
    outputs: new Map([
      ['loss', loss],
      ['gradient', gradient],
    ]),
  });
}

/**
 * A whole training step as one graph.
 *
 * Inputs: those of `lossAndGradient`, and `mean`, `square` (size), `learningRate` (), `corrections` (2).
 * Outputs: `loss` () before the update, and the new state: `adaptersNext`, `meanNext`, `squareNext`.
 */
export function trainStep({ copy, layout }: StudentPlan, batch: number): Graph {
  const adapters = g.input('adapters', [layout.size]);
  const mean = g.input('mean', [layout.size]);
  const square = g.input('square', [layout.size]);
  const { loss, gradient } = studentLoss({ copy, layout }, batch, adapters);
  const next = adamW(
    { parameters: adapters, mean, square },
    gradient,
    g.input('learningRate', []),
    g.input('corrections', [2]),
  );
  return simplify({
    name: 'step',
    outputs: new Map([
      ['loss', loss],
      ['adaptersNext', next.parameters],
      ['meanNext', next.mean],
      ['squareNext', next.square],
    ]),
  });
}

/**
 * The teacher's targets: `images` (B, C, S, S) → `targets` (B, N, D), its last block's output. Runs
 * with any batch.
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

function studentLoss(
  { copy, layout }: StudentPlan,
  batch: number,
  adapters: Value,
): { loss: Value; gradient: Value } {
  const { architecture } = copy;
  const images = g.input('images', imageShape(copy, batch));
  const targets = g.input('targets', [batch, tokenCount(architecture), architecture.width]);
  const pairs = unpackAdapters(layout, adapters);
  const linears = adaptedLinears(frozenLinears(copy), layout, pairs);
  const last = runBlocks(copy, embed(copy, images), linears).at(-1);
  if (!last) throw new Error('a student without blocks has no output');
  const loss = distillationLoss(last, targets);
  const gradients = differentiate(loss, pairs.flat());
  const gradientPairs = pairs.map(
    ([a, b], index) => [gradients[2 * index] ?? a, gradients[2 * index + 1] ?? b] as const,
  );
  return { loss, gradient: packAdapters(gradientPairs) };
}
