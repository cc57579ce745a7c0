import * as g from '../graph/build.ts';
import type { Graph, Node, Value } from '../graph/ops.ts';
import { foldConstants, rewrite } from '../graph/rewrite.ts';
import { elementCount } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';

/** Constants with fewer values stay float32: they weigh nothing and biases are worth their digits. */
const smallest = 4096;

/**
 * Weights stored as float16 and widened when the model is loaded: half the size, float32 arithmetic, the
 * same speed. Values beyond float16's range (65,504) keep their tensor in float32.
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
 * Matrix products of float16 operands, whatever their size; all else stays float32, and weights that are operands as
 * they are become float16 constants. What a product sums in is the runtime's choice.
 */
export function halfProducts(graph: Graph): Graph {
  return rewrite(graph, (node) => {
    const [left, right] = node.inputs;
    if (node.op !== 'matmul' || !left || !right || left.type.dtype !== 'float32') return undefined;
    return g.cast(g.matmul(half(left), half(right)), 'float32');
  });
}

/** A value as float16; transposes are done afterwards, of half as many bytes. */
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
 * Products with 8-bit weights, one scale an output, and inputs quantised as they come ("dynamic").
 *
 * Weights are unsigned around 128 rather than signed: on processors with AVX2 but without VNNI the
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
 * (y·γ + β)·W = y·(γ·W) + β·W for a normalised y: its numbers are all of one size, so that they lose least when they
 * are quantised by one range.
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

/** Symmetric 8-bit columns of (in, out): value ≈ (byte - 128)·scale[out], byte in [1, 255]. */
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
