/**
 * Typed op graph in which every forward pass and every training step is written.
 *
 * Nodes are immutable and refer to their inputs, so a graph is the set of nodes that its outputs reach: nothing
 * unreachable can be emitted or run, and a cycle cannot be built. `OpAttributes` lists every op. Each
 * table over it (shape rules, gradients, evaluation, ONNX lowerings) is exhaustive, so a new op does
 * not compile until it is defined everywhere.
 */

export type DType = 'float32' | 'float16' | 'uint8' | 'int64';
export type Shape = readonly number[];

export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

export type ConstantData = Float32Array | Float16Array | Uint8Array | BigInt64Array;

type None = Readonly<Record<string, never>>;

/** Table of all ops with their attributes. Axes count from 0 and are never negative. */
export interface OpAttributes {
  /** Tensor passed in at run time. */
  input: { readonly name: string; readonly type: TensorType };
  /** Tensor fixed when the graph is built. */
  constant: { readonly type: TensorType; readonly data: ConstantData };
  /** Elementwise sum, with NumPy broadcasting, as the three ops below. */
  add: None;
  sub: None;
  mul: None;
  div: None;
  /** Elementwise absolute value. */
  abs: None;
  erf: None;
  exp: None;
  /** max(x, 0). */
  relu: None;
  sigmoid: None;
  sqrt: None;
  tanh: None;
  /** x·Φ(x), exactly or by the tanh formula (Hendrycks and Gimpel, arXiv 1606.08415). */
  gelu: { readonly approximation: 'none' | 'tanh' };
  /** Softmax over the last axis. */
  softmax: None;
  /** Logarithm of softmax, which keeps values that softmax rounds to 0. */
  logSoftmax: None;
  /**
   * x → (y, inverse deviation): normalises each row along the last axis to mean 0 and variance 1, with ε added to
   * the variance (layer normalisation, Ba et al., arXiv 1607.06450). The inverse deviation keeps the last
   * axis with size 1. With two more inputs, scale (D) and shift (D), y is multiplied by scale and shifted.
   */
  normalize: { readonly epsilon: number };
  /** (…, M, K) · (…, K, N); the right operand has the same leading axes or none. */
  matmul: None;
  /**
   * (…, M, K) · (K, N) with 8-bit weights: the left operand is quantised at run time, from its
   * own range. Inputs: x float32, weight uint8 with zero point 128, scale float32 (N).
   */
  quantizedMatmul: None;
  /**
   * Cross-correlation (convolution in neural networks) of stride 1: image (B, C, H, W), weight
   * (O, C, h, w), bias (O) → (B, O, H + 2p - h + 1, W + 2p - w + 1), with p = `padding` zeros on every side.
   */
  conv2d: { readonly padding: number };
  transpose: { readonly permutation: readonly number[] };
  reshape: { readonly shape: Shape };
  /** Repeats axes of size 1 (and adds leading axes) up to a shape. */
  expand: { readonly shape: Shape };
  /** Half-open range along one axis. */
  slice: { readonly axis: number; readonly start: number; readonly end: number };
  concat: { readonly axis: number };
  /** Adds zeros before and after along one axis. */
  pad: { readonly axis: number; readonly before: number; readonly after: number };
  /** Sum over axes, which are kept with size 1. */
  reduceSum: { readonly axes: readonly number[] };
  reduceMean: { readonly axes: readonly number[] };
  cast: { readonly dtype: DType };
}

export type OpName = keyof OpAttributes;

/** Application of an op; a discriminated union over `op`. */
export type Node = { [K in OpName]: NodeOf<K> }[OpName];

export interface NodeOf<K extends OpName> {
  readonly op: K;
  readonly inputs: readonly Value[];
  readonly attributes: OpAttributes[K];
  readonly types: readonly TensorType[];
}

/** Output of a node. */
export interface Value {
  readonly node: Node;
  readonly output: number;
  readonly type: TensorType;
}

/** Named outputs and all nodes they depend on. */
export interface Graph {
  readonly name: string;
  readonly outputs: ReadonlyMap<string, Value>;
  /** Leading size of inputs and outputs that may vary at run time (number of images); see core/onnx. */
  readonly batch?: number;
}

/** Lists the nodes that the values depend on, inputs before their users; the order depends only on the graph. */
export function reachableNodes(values: Iterable<Value>): readonly Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  // An explicit stack: a training step is thousands of nodes deep.
  const stack: { node: Node; next: number }[] = [];
  for (const { node: root } of values) {
    if (seen.has(root)) continue;
    seen.add(root);
    stack.push({ node: root, next: 0 });
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const input = top.node.inputs[top.next];
      top.next += 1;
      if (!input) {
        order.push(top.node);
        stack.pop();
      } else if (!seen.has(input.node)) {
        seen.add(input.node);
        stack.push({ node: input.node, next: 0 });
      }
    }
  }
  return order;
}

/** Lists the graph's inputs in the order in which they are first reached. */
export function graphInputs(graph: Graph): readonly NodeOf<'input'>[] {
  return reachableNodes(graph.outputs.values()).filter((node) => node.op === 'input');
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** Formats a type as `float32 (8, 65, 192)`. */
export function describeType(type: TensorType): string {
  return `${type.dtype} ${describeShape(type.shape)}`;
}

export function describeShape(shape: Shape): string {
  return `(${shape.join(', ')})`;
}
