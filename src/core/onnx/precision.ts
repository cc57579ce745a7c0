import * as g from '../graph/build.ts';
import type { Graph, Node, Value } from '../graph/ops.ts';
import { foldConstants, rewrite } from '../graph/rewrite.ts';
import { elementCount } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';

/** Size below which constants stay float32: they take little space, and biases need the precision. */
const smallest = 4096;

/**
 * Stores weights as float16, which are widened when the model is loaded: half the size, float32 arithmetic, the
 * same speed. A tensor with values beyond float16's range (65,504) stays float32.
 */
export function halfWeights(graph: Graph): Graph {
  return rewrite(foldConstants(graph), (node) => {
    const weight = largeConstant(node);
    if (!weight) return undefined;
    const data = Float16Array.from(weight.data);
    if (!data.every(Number.isFinite)) return undefined;
    return g.cast(g.typedConstant({ dtype: 'float16', shape: weight.shape }, data), 'float32');
  });
}

/**
 * Computes all matrix products from float16 operands. All other ops stay float32; weights that are direct operands
 * become float16 constants. The precision of the sums is the runtime's choice.
 */
export function halfProducts(graph: Graph): Graph {
  return rewrite(graph, (node) => {
    const [left, right] = node.inputs;
    if (node.op !== 'matmul' || !left || !right || left.type.dtype !== 'float32') return undefined;
    return g.cast(g.matmul(half(left), half(right)), 'float32');
  });
}

/** Converts a value to float16, before any transposes, which then move half as many bytes. */
function half(value: Value): Value {
  const { node } = value;
  if (node.op === 'transpose') {
    return g.transpose(half(node.inputs[0] ?? value), node.attributes.permutation);
  }
  if (node.op === 'constant' && node.attributes.data instanceof Float32Array) {
    const data = Float16Array.from(node.attributes.data);
    return g.typedConstant({ dtype: 'float16', shape: value.type.shape }, data);
  }
  return g.cast(value, 'float16');
}

/**
 * Quantises products to 8-bit weights with one scale per output, and inputs at run time ("dynamic").
 *
 * Weights are unsigned with zero point 128 rather than signed: on processors with AVX2 but without VNNI the
 * product of unsigned by signed bytes saturates, and results would differ between machines.
 */
export function quantizedWeights(graph: Graph): Graph {
  return rewrite(foldConstants(rewrite(graph, behindPlainNorm)), (node) => {
    const [x, right] = node.inputs;
    if (node.op !== 'matmul' || !x || !right) return undefined;
    const weight = largeConstant(right.node);
    if (weight?.shape.length !== 2) return undefined;
    const { bytes, scales } = quantize(weight);
    return g.quantizedMatmul(
      x,
      g.typedConstant({ dtype: 'uint8', shape: weight.shape }, bytes),
      g.constant(scales),
    );
  });
}

/**
 * (y·γ + β)·W = y·(γ·W) + β·W for a normalised y, whose values have similar size, so that quantising them
 * with one range loses least.
 */
function behindPlainNorm({ op, inputs: [left, weight] }: Node): Value | undefined {
  if (op !== 'matmul' || left?.node.op !== 'normalize' || !weight) return undefined;
  const [x, scale, shift] = left.node.inputs;
  if (!x || !scale || !shift || weight.type.shape.length !== 2) return undefined;
  const y = g.normalize(x, left.node.attributes.epsilon);
  const bias = g.reshape(g.matmul(g.reshape(shift, [1, -1]), weight), [-1]);
  return g.add(g.matmul(y, g.mul(weight, g.reshape(scale, [-1, 1]))), bias);
}

function largeConstant(node: Node): Tensor | undefined {
  if (node.op !== 'constant' || !(node.attributes.data instanceof Float32Array)) return undefined;
  const { shape } = node.attributes.type;
  const large = shape.length >= 2 && elementCount(shape) >= smallest;
  return large ? { shape, data: node.attributes.data } : undefined;
}

/** Quantises columns of (in, out) symmetrically to 8 bits: value ≈ (byte - 128)·scale[out], byte in [1, 255]. */
function quantize({ shape, data }: Tensor): { bytes: Uint8Array; scales: Tensor } {
  const outputs = shape[1] ?? 0;
  const largest = new Float64Array(outputs);
  data.forEach((value, index) => {
    const output = index % outputs;
    largest[output] = Math.max(largest[output] ?? 0, Math.abs(value));
  });
  const scales = Float32Array.from(largest, (value) => (value === 0 ? 1 : value / 127));
  const bytes = Uint8Array.from(
    data,
    (value, index) => 128 + Math.round(value / (scales[index % outputs] ?? 1)),
  );
  return { bytes, scales: { shape: [outputs], data: scales } };
}
