import { studentLoss } from '../../src/core/distill/train-step.ts';
import type { StudentPlan } from '../../src/core/distill/train-step.ts';
import * as g from '../../src/core/graph/build.ts';
import type { Graph } from '../../src/core/graph/ops.ts';
import { simplify } from '../../src/core/graph/rewrite.ts';

/**
 * Returns a graph of a training step before its update: from `images`, `targets` and `adapters` to `loss` and
 * `gradient`.
 */
export function lossAndGradient(plan: StudentPlan, batch: number): Graph {
  const { loss, gradient } = studentLoss(plan, batch, g.input('adapters', [plan.layout.size]));
  const outputs = new Map([
    ['loss', loss],
    ['gradient', gradient],
  ]);
  return simplify({ name: 'gradient', outputs });
}
