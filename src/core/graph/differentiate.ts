import * as g from './build.ts';
import { gradientRules } from './gradients.ts';
import type { GradientRule } from './gradients.ts';
import { describeShape, reachableNodes } from './ops.ts';
import type { Node, NodeOf, OpName, Value } from './ops.ts';

/**
 * Builds gradients of a scalar with respect to chosen values, by reverse accumulation (Linnainmaa, 1976).
 *
 * @param loss a scalar, shape () or all sizes 1
 * @param values values to differentiate by, usually graph inputs
 * @returns one gradient for each of `values`, of the same shape
 * @throws if the loss is not a scalar, does not depend on a value, or depends on it through an op without a gradient
 */
export function differentiate(loss: Value, values: readonly Value[]): readonly Value[] {
  if (loss.type.shape.some((size) => size !== 1)) {
    throw new Error(
      `differentiate: the loss must be a scalar, got ${describeShape(loss.type.shape)}`,
    );
  }
  if (loss.output !== 0) throw new Error(`${loss.node.op}: output ${loss.output} has no gradient`);
  const order = reachableNodes([loss]);
  const active = dependents(order, values);
  const ends = new Set(values.map((value) => value.node));
  const gradients = new Map<Node, Value>();
  const ones = new Float32Array(1).fill(1);
  gradients.set(loss.node, g.constant({ shape: loss.type.shape, data: ones }));
  for (const node of order.toReversed()) {
    const gradient = gradients.get(node);
    if (!gradient || !active.has(node) || ends.has(node)) continue;
    const inputGradients = applyRule(node, gradient);
    node.inputs.forEach((input, index) => {
      const part = inputGradients[index];
      if (!part || !active.has(input.node)) return;
      if (input.output !== 0)
        throw new Error(`${input.node.op}: output ${input.output} has no gradient`);
      const sofar = gradients.get(input.node);
      gradients.set(input.node, sofar ? g.add(sofar, part) : part);
    });
  }
  return values.map((value, index) => {
    const gradient = gradients.get(value.node);
    if (value.output !== 0)
      throw new Error(`${value.node.op}: output ${value.output} has no gradient`);
    if (!gradient) throw new Error(`differentiate: the loss does not depend on value ${index}`);
    return gradient;
  });
}

/** Finds the nodes whose result depends on one of the values. */
function dependents(order: readonly Node[], values: readonly Value[]): ReadonlySet<Node> {
  const active = new Set<Node>(values.map((value) => value.node));
  for (const node of order) {
    if (node.inputs.some((input) => active.has(input.node))) active.add(node);
  }
  return active;
}

function applyRule<K extends OpName>(
  node: NodeOf<K>,
  gradient: Value,
): readonly (Value | undefined)[] {
  const rule: GradientRule<K> | 'none' = gradientRules[node.op];
  if (rule === 'none') throw new Error(`differentiate: ${node.op} has no gradient`);
  return rule(node, gradient);
}
