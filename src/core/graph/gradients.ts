import { must } from '../must.ts';
import * as g from './build.ts';
import { sameShape } from './ops.ts';
import type { NodeOf, OpName, Value } from './ops.ts';

/**
 * Reverse-mode rule of an op: from the gradient of the loss with respect to the node's first output
 * to the gradients with respect to its inputs, in order; `undefined` for inputs without one. Gradients that
 * the caller does not use are never reached and so never computed.
 */
export type GradientRule<K extends OpName> = (
  node: NodeOf<K>,
  gradient: Value,
) => readonly (Value | undefined)[];

export const gradientRules: { readonly [K in OpName]: GradientRule<K> | 'none' } = {
  input: 'none',
  constant: 'none',
  quantizedMatmul: 'none',
  add: ({ inputs: [a, b] }, gradient) => [sumTo(gradient, a), sumTo(gradient, b)],
  sub: ({ inputs: [a, b] }, gradient) => [
    sumTo(gradient, a),
    sumTo(g.mul(gradient, g.scalar(-1)), b),
  ],
  mul: ({ inputs: [a, b] }, gradient) => [
    sumTo(g.mul(gradient, operand(b)), a),
    sumTo(g.mul(gradient, operand(a)), b),
  ],
  div: (node, gradient) => {
    const [a, b] = node.inputs;
    // d(a/b)/db = -(a/b)/b, so the quotient is not computed twice.
    const overB = g.div(gradient, operand(b));
    return [sumTo(overB, a), sumTo(g.mul(g.mul(overB, output(node)), g.scalar(-1)), b)];
  },
  // The sign as d/(|d| + tiny): WebGPU has no Sign op, and 0 stays 0 as in PyTorch.
  abs: (node, gradient) => {
    const sign = g.div(operand(node.inputs[0]), g.add(output(node), g.scalar(1e-30)));
    return [g.mul(gradient, sign)];
  },
  erf: ({ inputs: [x] }, gradient) => [g.mul(gradient, erfSlope(operand(x)))],
  exp: (node, gradient) => [g.mul(gradient, output(node))],
  // y/(y + tiny) is 1 for positive inputs and 0 elsewhere.
  relu: (node, gradient) => {
    const y = output(node);
    return [g.mul(gradient, g.div(y, g.add(y, g.scalar(1e-30))))];
  },
  sigmoid: (node, gradient) => {
    const y = output(node);
    return [g.mul(gradient, g.mul(y, g.sub(g.scalar(1), y)))];
  },
  sqrt: (node, gradient) => [g.div(g.mul(gradient, g.scalar(0.5)), output(node))],
  tanh: (node, gradient) => {
    const y = output(node);
    return [g.mul(gradient, g.sub(g.scalar(1), g.mul(y, y)))];
  },
  gelu: ({ inputs: [x], attributes }, gradient) => [
    attributes.approximation === 'none'
      ? geluGradient(operand(x), gradient)
      : geluTanhGradient(operand(x), gradient),
  ],
  softmax: (node, gradient) => {
    const y = output(node);
    return [g.mul(y, g.sub(gradient, rowProducts(gradient, y)))];
  },
  logSoftmax: (node, gradient) => {
    const y = output(node);
    const total = g.reduceSum(gradient, [y.type.shape.length - 1]);
    return [g.sub(gradient, g.mul(g.exp(y), total))];
  },
  // dx = (dy - mean(dy) - y·mean(dy·y)) / deviation
  normalize: (node, gradient) => {
    const [x, scale, shift] = node.inputs;
    // With scale and shift, y is computed again, since it cannot be recovered from the output.
    const y = scale ? g.normalize(operand(x), node.attributes.epsilon) : output(node);
    const dy = scale ? g.mul(gradient, scale) : gradient;
    const axis = [y.type.shape.length - 1];
    const along = g.mul(y, g.reduceMean(g.mul(dy, y), axis));
    const across = g.sub(g.sub(dy, along), g.reduceMean(dy, axis));
    return [
      g.mul(across, output(node, 1)),
      sumTo(g.mul(gradient, y), scale),
      sumTo(gradient, shift),
    ];
  },
  matmul: ({ inputs: [left, right] }, gradient) => {
    const [a, b] = [operand(left), operand(right)];
    if (b.type.shape.length > 2 || a.type.shape.length === 2) {
      return [g.matmul(gradient, g.swapLast(b)), g.matmul(g.swapLast(a), gradient)];
    }
    // One matrix for the whole batch: its gradient sums over all rows of all leading axes.
    const rows = g.reshape(a, [-1, a.type.shape.at(-1) ?? 0]);
    const rowGradients = g.reshape(gradient, [-1, gradient.type.shape.at(-1) ?? 0]);
    return [g.matmul(gradient, g.swapLast(b)), g.matmul(g.swapLast(rows), rowGradients)];
  },
  conv2d: ({ inputs: [image, weight], attributes: { padding } }, gradient) => [
    convImageGradient(operand(image), operand(weight), padding, gradient),
    convWeightGradient(operand(image), operand(weight), padding, gradient),
    g.reshape(g.reduceSum(gradient, [0, 2, 3]), [gradient.type.shape[1] ?? 0]),
  ],
  transpose: ({ attributes: { permutation } }, gradient) => [
    g.transpose(gradient, inverse(permutation)),
  ],
  reshape: ({ inputs: [x] }, gradient) => [g.reshape(gradient, operand(x).type.shape)],
  expand: ({ inputs: [x] }, gradient) => [sumTo(gradient, x)],
  slice: ({ inputs: [x], attributes: { axis, start, end } }, gradient) => [
    g.pad(gradient, axis, start, (operand(x).type.shape[axis] ?? 0) - end),
  ],
  concat: ({ inputs, attributes: { axis } }, gradient) => {
    let start = 0;
    return inputs.map(({ type }) => {
      const end = start + (type.shape[axis] ?? 0);
      const part = g.slice(gradient, axis, start, end);
      start = end;
      return part;
    });
  },
  pad: ({ inputs: [x], attributes: { axis, before } }, gradient) => [
    g.slice(gradient, axis, before, before + (operand(x).type.shape[axis] ?? 0)),
  ],
  reduceSum: ({ inputs: [x] }, gradient) => [g.expand(gradient, operand(x).type.shape)],
  reduceMean: ({ inputs: [x], attributes: { axes } }, gradient) => {
    const { shape } = operand(x).type;
    const count = axes.reduce((product, axis) => product * (shape[axis] ?? 1), 1);
    return [g.expand(g.mul(gradient, g.scalar(1 / count)), shape)];
  },
  cast: ({ inputs: [x] }, gradient) => {
    const { dtype } = operand(x).type;
    return [dtype === 'float32' || dtype === 'float16' ? g.cast(gradient, dtype) : undefined];
  },
};

/**
 * d GELU/dx = Φ(x) + x·φ(x), with t = x/√2 it is ½(1 + erf t) + t·exp(-t²)/√π.
 */
function geluGradient(x: Value, gradient: Value): Value {
  const t = g.mul(x, g.scalar(Math.SQRT1_2));
  const twice = g.add(g.add(g.erf(t), g.mul(t, erfSlope(t))), g.scalar(1));
  return g.mul(scaledProduct(gradient, g.scalar(0.5)), twice);
}

/**
 * Builds x·factor, with the operands of products scaled in place of the product if that is less work. Use it only for
 * an x that nothing else needs, so that the unscaled x is not computed.
 */
function scaledProduct(x: Value, factor: Value): Value {
  const [a, b] = x.node.inputs;
  if (x.node.op === 'add' && a?.node.op === 'matmul' && b?.node.op === 'matmul') {
    return g.add(scaledProduct(a, factor), scaledProduct(b, factor));
  }
  if (x.node.op !== 'matmul' || !a || !b) return g.mul(x, factor);
  return g.matmul(a, g.mul(b, factor));
}

/**
 * Sums gradient·y over the last axis, as softmax's gradient needs. In attention the gradient is dO·Vᵀ, and
 * Σⱼ (dO·Vᵀ)ᵢⱼ·yᵢⱼ = Σₖ dOᵢₖ·(y·V)ᵢₖ: sums over a head's width instead of all tokens (Dao et al., arXiv 2205.14135,
 * appendix B.2), using the y·V that the forward pass has computed.
 */
function rowProducts(gradient: Value, y: Value): Value {
  const last = [y.type.shape.length - 1];
  const [left, right] = gradient.node.inputs;
  const values = right?.node.op === 'transpose' ? g.swapLast(right) : undefined;
  const isShorter = (left?.type.shape.at(-1) ?? Infinity) < (y.type.shape.at(-1) ?? 0);
  if (gradient.node.op !== 'matmul' || !left || !values || !isShorter) {
    return g.reduceSum(g.mul(gradient, y), last);
  }
  return g.reduceSum(g.mul(left, g.matmul(y, values)), last);
}

/** Derivative of erf: 2/√π·exp(-t²), with the factor in the exponent, which saves one pass. */
function erfSlope(t: Value): Value {
  return g.exp(g.sub(g.scalar(Math.log(2 / Math.sqrt(Math.PI))), g.mul(t, t)));
}

/** Gradient of tanh GELU: ½x(1 + tanh u), u = k(x + 0.044715x³), k = √(2/π) (arXiv 1606.08415, section 2). */
function geluTanhGradient(x: Value, gradient: Value): Value {
  const k = Math.sqrt(2 / Math.PI);
  const square = g.mul(x, x);
  const u = g.mul(x, g.add(g.mul(square, g.scalar(0.044715 * k)), g.scalar(k)));
  const slopeOfU = g.add(g.mul(square, g.scalar(3 * 0.044715 * k)), g.scalar(k));
  const bend = g.tanh(u);
  const slopeOfTanh = g.sub(g.scalar(1), g.mul(bend, bend));
  const twice = g.add(g.add(bend, g.scalar(1)), g.mul(x, g.mul(slopeOfTanh, slopeOfU)));
  return g.mul(g.mul(gradient, g.scalar(0.5)), twice);
}

/** Gradient of a convolution's image: the output gradient convolved with the rotated kernel, its channels exchanged. */
function convImageGradient(image: Value, weight: Value, padding: number, gradient: Value): Value {
  const [outputs = 0, channels = 0, down = 0, across = 0] = weight.type.shape;
  const taps = down * across;
  const turned = g.matmul(g.reshape(weight, [outputs * channels, taps]), reversal(taps));
  const exchanged = g.transpose(g.reshape(turned, [outputs, channels, down, across]), [1, 0, 2, 3]);
  if (down !== across) throw new Error('conv2d: the gradient supports square kernels only');
  return g.conv2d(gradient, exchanged, zeroBias(channels), down - 1 - padding);
}

/**
 * Gradient of a convolution's kernel. Entry (i, j) of a k × k kernel is the product of the image shifted by (i, j)
 * with the output gradient, summed over images and pixels. The image is shifted sideways and the gradient up and down,
 * k copies of each, so that one product per image gives all k² entries: (k·C, P)·(P, k·O) with P = (H + k - 1)·W.
 */
function convWeightGradient(image: Value, weight: Value, padding: number, gradient: Value): Value {
  const [outputs = 0, channels = 0, down = 0, across = 0] = weight.type.shape;
  const [batch = 0, , height = 0, width = 0] = gradient.type.shape;
  const pixels = (height + down - 1) * width;
  const flat = (x: Value): Value => g.reshape(x, [batch, -1, pixels]);
  const padded = g.pad(g.pad(image, 2, padding, padding), 3, padding, padding);
  const sideways = range(across).map((j) => flat(g.slice(padded, 3, j, j + width)));
  const upright = range(down).map((i) => flat(g.pad(gradient, 2, i, down - 1 - i)));
  const products = g.matmul(g.concat(sideways, 1), g.swapLast(g.concat(upright, 1)));
  const sum = g.reshape(g.reduceSum(products, [0]), [across, channels, down, outputs]);
  return g.transpose(sum, [3, 1, 2, 0]);
}

/** Matrix R that reverses the order of the last axis in x·R. */
function reversal(size: number): Value {
  const data = new Float32Array(size * size);
  for (let i = 0; i < size; i++) data[i * size + size - 1 - i] = 1;
  return g.constant({ shape: [size, size], data });
}

function range(size: number): number[] {
  return Array.from({ length: size }, (_, index) => index);
}

function zeroBias(size: number): Value {
  return g.constant({ shape: [size], data: new Float32Array(size) });
}

/** Undoes broadcasting: sums the gradient over the axes along which `target` was repeated. */
function sumTo(gradient: Value, target: Value | undefined): Value | undefined {
  if (!target) return undefined;
  const from = gradient.type.shape;
  const to = target.type.shape;
  const offset = from.length - to.length;
  const axes = from.flatMap((size, axis) => ((to[axis - offset] ?? 1) === size ? [] : [axis]));
  const summed = axes.length === 0 ? gradient : g.reduceSum(gradient, axes);
  return sameShape(summed.type.shape, to) ? summed : g.reshape(summed, to);
}

function inverse(permutation: readonly number[]): number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis));
}

function output(node: NodeOf<OpName>, index = 0): Value {
  const type = node.types[index];
  if (!type) throw new Error(`${node.op}: has no output ${index}`);
  return { node: node as Value['node'], output: index, type };
}

function operand<T>(value: T | undefined): T {
  return must(value, 'an input');
}
