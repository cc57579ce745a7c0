import { elementCount } from '../tensor.ts';
import { apply, concat, constant, matmul, mul, pad, swapLast } from './build.ts';
import { checkGraph } from './check.ts';
import { evaluateNode } from './evaluate.ts';
import { broadcastShapes } from './shapes.ts';
import { reachableNodes, sameShape } from './ops.ts';
import type { Graph, Node, NodeOf, OpName, Shape, Value } from './ops.ts';

/** Rule that returns an equal, cheaper value for a node's only output, or `undefined` to keep the node. */
export type RewriteRule = (node: Node) => Value | undefined;

/**
 * Simplifies a graph to fewer or cheaper nodes: removes transposes that undo each other, reshapes without effect
 * and products with 1, brackets chains of matrix products the cheaper way, and computes equal nodes
 * once.
 */
export function simplify(graph: Graph): Graph {
  const improved = rewrite(graph, improve);
  const shared = rewrite(improved, mergeEqualNodes());
  // Each output needs a separate node.
  return resultNodes(shared) === resultNodes(improved) ? shared : improved;
}

function resultNodes({ outputs }: Graph): number {
  return new Set([...outputs.values()].map(({ node }) => node)).size;
}

/** Rule for one graph that merges nodes with the same op, attributes and inputs. */
function mergeEqualNodes(): RewriteRule {
  const numbers = new Map<Node, number>();
  const known = new Map<string, Value>();
  return (node) => {
    const numberOf = ({ node: source, output }: Value): string => {
      const number = numbers.get(source) ?? numbers.size;
      numbers.set(source, number);
      return `${number}.${output}`;
    };
    // Inputs and constants differ only by their attributes, which may be large.
    const [type] = node.types;
    if (node.inputs.length === 0 || !type) return undefined;
    const key = `${node.op} ${node.inputs.map(numberOf).join()} ${JSON.stringify(node.attributes)}`;
    const same = known.get(key);
    if (!same) known.set(key, { node, output: 0, type });
    return same;
  };
}

/**
 * Applies a rule to every node, inputs before users, and checks the result.
 *
 * @throws if the rewritten graph does not pass its check
 */
export function rewrite(graph: Graph, rule: RewriteRule): Graph {
  const replaced = new Map<Node, readonly Value[]>();
  const current = (value: Value): Value => replaced.get(value.node)?.[value.output] ?? value;
  for (const node of reachableNodes(graph.outputs.values())) {
    const outputs = rebuild(node, node.inputs.map(current));
    const [only, ...more] = outputs;
    const better = only && more.length === 0 ? rule(only.node) : undefined;
    replaced.set(node, better ? [better] : outputs);
  }
  const outputs = new Map([...graph.outputs].map(([name, value]) => [name, current(value)]));
  const result = { ...graph, outputs };
  checkGraph(result);
  return result;
}

/**
 * Computes nodes that do not depend on any input, in double precision rounded once to float32. The runtime
 * would fold them too; this lets later passes see the result, such as storing weights in fewer bits.
 */
export function foldConstants(graph: Graph): Graph {
  return rewrite(graph, (node) => {
    const foldable = node.inputs.length > 0 && node.types[0]?.dtype === 'float32';
    const inputs = node.inputs.map(({ node: source }) =>
      source.op === 'constant' && source.attributes.data instanceof Float32Array
        ? { shape: source.attributes.type.shape, data: Float64Array.from(source.attributes.data) }
        : undefined,
    );
    if (!foldable || !inputs.every((value) => value !== undefined)) return undefined;
    const [result] = evaluateNode(node, inputs);
    return result && constant({ shape: result.shape, data: Float32Array.from(result.data) });
  });
}

const rules: readonly RewriteRule[] = [
  withoutIdentity,
  withoutDoubleTranspose,
  withoutTransposedProduct,
  withoutUnitFactor,
  rebracketed,
  withScaledMatrix,
  withJoinedPads,
  withJoinedConcats,
  withoutExpand,
  withJoinedScalars,
];

function improve(node: Node): Value | undefined {
  for (const rule of rules) {
    const better = rule(node);
    if (better) return improve(better.node) ?? better;
  }
  return undefined;
}

function rebuild<K extends OpName>(node: NodeOf<K>, inputs: readonly Value[]): readonly Value[] {
  if (inputs.every((input, index) => input === node.inputs[index])) {
    return node.types.map((type, output) => ({ node: node as Node, output, type }));
  }
  return apply(node.op, inputs, node.attributes);
}

function withoutIdentity(node: Node): Value | undefined {
  const [x] = node.inputs;
  const same = x && sameShape(x.type.shape, node.types[0]?.shape ?? []);
  if (node.op === 'reshape' && same) return x;
  if (node.op === 'expand' && same) return x;
  if (node.op === 'slice' && same) return x;
  if (node.op === 'pad' && same) return x;
  if (node.op === 'concat' && same && node.inputs.length === 1) return x;
  if (node.op === 'transpose' && node.attributes.permutation.every((axis, index) => axis === index))
    return x;
  return undefined;
}

/**
 * Removes two transposes that undo each other. Others are not merged: products read a swap of the last two axes
 * at no cost, but not a general transpose that the swap was merged into.
 */
function withoutDoubleTranspose(node: Node): Value | undefined {
  const [inner] = node.inputs;
  if (node.op !== 'transpose' || inner?.node.op !== 'transpose') return undefined;
  const first = inner.node.attributes.permutation;
  const undone = node.attributes.permutation.every((axis, index) => first[axis] === index);
  return undone ? inner.node.inputs[0] : undefined;
}

/**
 * Ratio of widths from which a matrix counts as thin compared with another: more than between any two layers of a
 * model.
 */
const thinBeside = 8;

/**
 * (Aᵀ·B)ᵀ → Bᵀ·A: the swap moves to an operand, where the product reads it at no cost. Not if B is thin compared with
 * A, as in an adapter's gradient: runtimes are slower with the thin matrix on the left, and the result is small.
 */
function withoutTransposedProduct(node: Node): Value | undefined {
  const [product] = node.inputs;
  if (!swapsLast(node) || product?.node.op !== 'matmul') return undefined;
  const [left, right] = product.node.inputs;
  const original = left && swapsLast(left.node) ? left.node.inputs[0] : undefined;
  if (!original || !right || right.type.shape.length !== left?.type.shape.length) return undefined;
  const [wide = 0, narrow = 0] = [original, right].map(({ type }) => type.shape.at(-1));
  if (wide >= thinBeside * narrow) return undefined;
  return matmul(swapLast(right), original);
}

/** True if a node exchanges the last two axes and does nothing else. */
export function swapsLast(node: Node): boolean {
  if (node.op !== 'transpose') return false;
  const { permutation } = node.attributes;
  const rank = permutation.length;
  return permutation.every(
    (axis, index) => axis === (index < rank - 2 ? index : 2 * rank - 3 - index),
  );
}

/** x·1 → x, if the ones do not enlarge x. */
function withoutUnitFactor(node: Node): Value | undefined {
  if (node.op !== 'mul') return undefined;
  const [a, b] = node.inputs;
  if (!a || !b) return undefined;
  for (const [x, factor] of [
    [a, b],
    [b, a],
  ] as const) {
    if (!isOnes(factor)) continue;
    if (sameShape(broadcastShapes('mul', x.type.shape, factor.type.shape), x.type.shape)) return x;
  }
  return undefined;
}

function isOnes({ node }: Value): boolean {
  return (
    node.op === 'constant' &&
    node.attributes.data instanceof Float32Array &&
    node.attributes.data.every((value) => value === 1)
  );
}

/**
 * (P·Q)·R ↔ P·(Q·R), whichever needs fewer multiplications.
 *
 * This makes adapters cheap. A weight W + B·A (rank r, D inputs and outputs) is one matrix
 * in the forward pass; its plain gradient is (xᵀ·dy)·B, with a D×D product over all
 * T tokens. Bracketed as xᵀ·(dy·B), both products have one side r: D/r times less work.
 */
function rebracketed(node: Node): Value | undefined {
  if (node.op !== 'matmul') return undefined;
  const [left, right] = node.inputs;
  if (!left || !right || left.type.shape.length !== 2) return undefined;
  const asWritten = (inner: Value): number => productCost(inner) + productCostOf(node);
  if (left.node.op === 'matmul') {
    const [p, q] = left.node.inputs;
    if (p && q) {
      const inner = cost(q.type.shape, right.type.shape);
      const outer = cost(p.type.shape, [q.type.shape[0] ?? 0, right.type.shape[1] ?? 0]);
      if (inner + outer < asWritten(left)) return matmul(p, matmul(q, right));
    }
  }
  if (right.node.op === 'matmul') {
    const [q, r] = right.node.inputs;
    if (q && r) {
      const inner = cost(left.type.shape, q.type.shape);
      const outer = cost([left.type.shape[0] ?? 0, q.type.shape[1] ?? 0], r.type.shape);
      if (inner + outer < asWritten(right)) return matmul(matmul(left, q), r);
    }
  }
  return undefined;
}

/**
 * (x·W)·s → x·(W·s), for a scale s of the columns or a scalar, if W is smaller than the product: a pass over a matrix
 * instead of one over all tokens.
 */
function withScaledMatrix(node: Node): Value | undefined {
  const [product, scale] = node.inputs;
  if (node.op !== 'mul' || product?.node.op !== 'matmul' || !scale) return undefined;
  const [x, weight] = product.node.inputs;
  if (!x || weight?.type.shape.length !== 2 || scale.type.shape.length > 1) return undefined;
  if (elementCount(weight.type.shape) >= elementCount(product.type.shape)) return undefined;
  return matmul(x, mul(weight, scale));
}

/** Merges the sum of two padded values that adjoin into one pad of their concatenation, as in gradients of slices. */
function withJoinedPads(node: Node): Value | undefined {
  const pads = node.inputs.flatMap(({ node: pad }) => (pad.op === 'pad' ? [pad] : []));
  const [first, second] = pads.toSorted((a, b) => a.attributes.before - b.attributes.before);
  if (node.op !== 'add' || pads.length !== 2 || !first || !second) return undefined;
  const [values, { axis, before }] = [[...first.inputs, ...second.inputs], first.attributes];
  const end = before + (first.inputs[0]?.type.shape[axis] ?? 0);
  const meet = second.attributes.axis === axis && second.attributes.before === end;
  if (!meet || !sameShape(first.types[0]?.shape ?? [], second.types[0]?.shape ?? []))
    return undefined;
  const joined = concat(values, axis);
  return pad(withJoinedConcats(joined.node) ?? joined, axis, before, second.attributes.after);
}

/** Merges concatenations of concatenations along one axis. */
function withJoinedConcats(node: Node): Value | undefined {
  if (node.op !== 'concat') return undefined;
  const { axis } = node.attributes;
  const parts = node.inputs.map((value) => {
    const { node: inner } = value;
    return inner.op === 'concat' && inner.attributes.axis === axis ? inner.inputs : [value];
  });
  return parts.every(({ length }) => length === 1) ? undefined : concat(parts.flat(), axis);
}

/** Removes an expand whose result is only broadcast against an operand of that shape: the op broadcasts it itself. */
function withoutExpand(node: Node): Value | undefined {
  if (node.op !== 'add' && node.op !== 'sub' && node.op !== 'mul' && node.op !== 'div')
    return undefined;
  const plain = node.inputs.map((value) =>
    value.node.op === 'expand' ? (value.node.inputs[0] ?? value) : value,
  );
  const [a, b] = plain;
  if (!a || !b || plain.every((value, index) => value === node.inputs[index])) return undefined;
  const shape = broadcastShapes(node.op, a.type.shape, b.type.shape);
  if (!sameShape(shape, node.types[0]?.shape ?? [])) return undefined;
  return apply(node.op, plain, {})[0];
}

/** (x·s)·t → x·(s·t) for scalars s and t. */
function withJoinedScalars(node: Node): Value | undefined {
  const [inner, outer] = node.inputs;
  if (node.op !== 'mul' || inner?.node.op !== 'mul' || outer?.type.shape.length !== 0)
    return undefined;
  const [x, scalar] = inner.node.inputs;
  if (!x || scalar?.type.shape.length !== 0 || x.type.shape.length === 0) return undefined;
  return mul(x, mul(scalar, outer));
}

function productCost(value: Value): number {
  return productCostOf(value.node);
}

function productCostOf({ inputs: [a, b] }: Node): number {
  return a && b ? cost(a.type.shape, b.type.shape) : 0;
}

/** Number of multiplications in a matrix product. */
function cost(a: Shape, b: Shape): number {
  return elementCount(a) * (b.at(-1) ?? 0);
}
