import type { Tensor } from '@tensorflow/tfjs-core';
import type { NodeOf, OpName, Shape } from '../core/graph/ops.ts';
import { sameShape } from '../core/graph/ops.ts';
import { broadcastShapes } from '../core/graph/shapes.ts';
import type { TensorFlow } from './tensorflow-library.ts';

/**
 * Computes an op's outputs; what it makes besides them it disposes, or leaves to the `tidy` around it.
 *
 * @param turned inputs whose last two axes have yet to be exchanged; only a product gets such
 */
export type TensorFlowLowering<K extends OpName> = (
  tf: TensorFlow,
  inputs: readonly Tensor[],
  node: NodeOf<K>,
  turned: readonly boolean[],
) => readonly Tensor[];

/**
 * TensorFlow.js' functional ops for each op (https://js.tensorflow.org/api/4.22.0). Sizes are those of the tensors, not
 * of the graph, which may have been built for another number of images.
 */
export const tensorflowLowerings: { readonly [K in OpName]: TensorFlowLowering<K> | 'none' } = {
  // These are there before the graph runs.
  input: 'none',
  constant: 'none',
  // TensorFlow.js has no 8-bit tensors; nothing but exported files asks for them.
  quantizedMatmul: 'none',
  add: binary('add'),
  sub: binary('sub'),
  mul: binary('mul'),
  div: binary('div'),
  abs: unary('abs'),
  erf: unary('erf'),
  exp: unary('exp'),
  relu: unary('relu'),
  sigmoid: unary('sigmoid'),
  sqrt: unary('sqrt'),
  tanh: unary('tanh'),
  gelu: (tf, inputs, { attributes: { approximation } }) => {
    const x = must(inputs[0]);
    return [approximation === 'none' ? gelu(tf, x) : geluByTanh(tf, x)];
  },
  softmax: unary('softmax'),
  logSoftmax: unary('logSoftmax'),
  normalize: (tf, [x, scale, shift], { attributes: { epsilon } }) => {
    const centred = tf.sub(must(x), tf.mean(must(x), -1, true));
    const inverse = then(
      tf.square(centred),
      (square) => tf.mean(square, -1, true),
      (variance) => tf.add(variance, epsilon),
      (sum) => tf.sqrt(sum),
      (deviation) => tf.div(1, deviation),
    );
    const y = tf.mul(centred, inverse);
    return [scale && shift ? tf.add(tf.mul(y, scale), shift) : y, inverse];
  },
  matmul: (tf, [left, right], _, [turnsLeft = false, turnsRight = false]) => {
    const [a, b] = [must(left), must(right)];
    if (b.rank > 2 || a.rank === 2) return [tf.matMul(a, b, turnsLeft, turnsRight)];
    // One product of all rows: a card would do a small one for each image.
    const columns = b.shape[turnsRight ? 0 : 1] ?? 0;
    return [
      then(
        tf.reshape(a, [-1, a.shape.at(-1) ?? 0]),
        (rows) => tf.matMul(rows, b, false, turnsRight),
        (product) => tf.reshape(product, a.shape.with(-1, columns)),
      ),
    ];
  },
  // TensorFlow has kernels with channels in the middle for cards alone.
  conv2d: (tf, [image, weight, bias], { attributes: { padding } }) => {
    const sides: [number, number] = [padding, padding];
    const kernel = tf.transpose(must(weight), [2, 3, 1, 0]);
    return [
      then(
        tf.transpose(must(image), [0, 2, 3, 1]),
        (x) => tf.conv2d(x as Tensor4D, kernel as Tensor4D, 1, [[0, 0], sides, sides, [0, 0]]),
        (sums) => tf.add(sums, must(bias)),
        (y) => tf.transpose(y, [0, 3, 1, 2]),
      ),
    ];
  },
  transpose: (tf, [x], { attributes: { permutation } }) => [
    tf.transpose(must(x), [...permutation]),
  ],
  reshape: (tf, [x], { inputs: [declared], attributes: { shape } }) => [
    tf.reshape(must(x), anyBatch(must(x).shape, must(declared).type.shape, shape)),
  ],
  expand: (tf, [x], { attributes: { shape } }) => [tf.broadcastTo(must(x), [...shape])],
  slice: (tf, [x], { attributes: { axis, start, end } }) => {
    const { shape } = must(x);
    const begin = shape.map(() => 0).with(axis, start);
    return [tf.slice(must(x), begin, shape.with(axis, end - start))];
  },
  concat: (tf, inputs, { attributes: { axis } }) => [tf.concat([...inputs], axis)],
  // Of three axes: the kernels end at six.
  pad: (tf, [x], { attributes: { axis, before, after } }) => {
    const { shape } = must(x);
    const size = shape[axis] ?? 0;
    const inner = shape.slice(axis + 1).reduce((product, each) => product * each, 1);
    return [
      then(
        tf.reshape(must(x), [-1, size, inner]),
        (flat) =>
          tf.pad(flat, [
            [0, 0],
            [before, after],
            [0, 0],
          ]),
        (padded) => tf.reshape(padded, shape.with(axis, before + size + after)),
      ),
    ];
  },
  reduceSum: (tf, [x], { attributes: { axes } }) => [tf.sum(must(x), [...axes], true)],
  reduceMean: (tf, [x], { attributes: { axes } }) => [tf.mean(must(x), [...axes], true)],
  // From float32 to itself: a graph with other types is refused when it is loaded.
  cast: (tf, [x]) => [tf.clone(must(x))],
};

type Tensor4D = Parameters<TensorFlow['conv2d']>[1] & Tensor;

type Unary =
  'abs' | 'erf' | 'exp' | 'relu' | 'sigmoid' | 'sqrt' | 'tanh' | 'softmax' | 'logSoftmax';

function unary(op: Unary): TensorFlowLowering<OpName> {
  return (tf, [x]) => [tf[op](must(x))];
}

/** Beyond this rank TensorFlow's kernels do not know every way to broadcast. */
const broadcastRank = 5;

function binary(op: 'add' | 'sub' | 'mul' | 'div'): TensorFlowLowering<OpName> {
  return (tf, [left, right]) => {
    const [a, b] = [must(left), must(right)];
    if (Math.max(a.rank, b.rank) <= broadcastRank || sameShape(a.shape, b.shape)) {
      return [tf[op](a, b)];
    }
    const shape = [...broadcastShapes(op, a.shape, b.shape)];
    return [tf[op](tf.broadcastTo(a, shape), tf.broadcastTo(b, shape))];
  };
}

/** ½x(1 + erf(x/√2)) */
function gelu(tf: TensorFlow, x: Tensor): Tensor {
  return then(
    tf.mul(x, Math.SQRT1_2),
    (t) => tf.erf(t),
    (t) => tf.add(t, 1),
    (t) => tf.mul(t, x),
    (t) => tf.mul(t, 0.5),
  );
}

/** ½x(1 + tanh(x(k + 0.044715k·x²))), k = √(2/π) */
function geluByTanh(tf: TensorFlow, x: Tensor): Tensor {
  const k = Math.sqrt(2 / Math.PI);
  return then(
    tf.square(x),
    (t) => tf.mul(t, 0.044715 * k),
    (t) => tf.add(t, k),
    (t) => tf.mul(t, x),
    (t) => tf.tanh(t),
    (t) => tf.add(t, 1),
    (t) => tf.mul(t, x),
    (t) => tf.mul(t, 0.5),
  );
}

/** One step after the other; what a step has taken is disposed at once, so that two results are alive at most. */
function then(first: Tensor, ...steps: readonly ((x: Tensor) => Tensor)[]): Tensor {
  return steps.reduce((x, step) => {
    const next = step(x);
    x.dispose();
    return next;
  }, first);
}

/** A target shape for any batch: the leading size stays the tensor's where it stays in the graph, else it is what is left. */
function anyBatch(actual: Shape, from: Shape, to: Shape): number[] {
  if (to.length === 0) return [];
  return to.with(0, from[0] === to[0] ? (actual[0] ?? 0) : -1);
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('an input is missing');
  return value;
}
