import type { Tensor } from '@tensorflow/tfjs-core';
import type { NodeOf, OpName, Shape } from '../core/graph/ops.ts';
import { sameShape } from '../core/graph/ops.ts';
import { broadcastShapes } from '../core/graph/shapes.ts';
import { must } from '../core/must.ts';
import type { TensorFlow } from './tensorflow-library.ts';

/**
 * Lowering that computes an op's outputs; it disposes intermediate tensors, or leaves them to the `tidy` around it.
 *
 * @param transposed inputs whose last two axes have yet to be exchanged; only products get any
 */
export type TensorFlowLowering<K extends OpName> = (
  tf: TensorFlow,
  inputs: readonly Tensor[],
  node: NodeOf<K>,
  transposed: readonly boolean[],
) => readonly Tensor[];

/**
 * Lowerings of each op to TensorFlow.js' functional ops (https://js.tensorflow.org/api/4.22.0). Sizes are those of the
 * tensors, not of the graph, which may have been built for another batch size.
 */
export const tensorflowLowerings: { readonly [K in OpName]: TensorFlowLowering<K> | 'none' } = {
  // Inputs and constants exist before the graph runs.
  input: 'none',
  constant: 'none',
  // TensorFlow.js has no 8-bit tensors, and only exported files use this op.
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
    const x = operand(inputs[0]);
    return [approximation === 'none' ? gelu(tf, x) : geluByTanh(tf, x)];
  },
  softmax: unary('softmax'),
  logSoftmax: unary('logSoftmax'),
  normalize: (tf, [x, scale, shift], { attributes: { epsilon } }) => {
    const centred = tf.sub(operand(x), tf.mean(operand(x), -1, true));
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
  matmul: (tf, [left, right], _, [transposeLeft = false, transposeRight = false]) => {
    const [a, b] = [operand(left), operand(right)];
    if (b.rank > 2 || a.rank === 2) return [tf.matMul(a, b, transposeLeft, transposeRight)];
    // One product of all rows: a GPU would compute a small one for each image.
    const columns = b.shape[transposeRight ? 0 : 1] ?? 0;
    return [
      then(
        tf.reshape(a, [-1, a.shape.at(-1) ?? 0]),
        (rows) => tf.matMul(rows, b, false, transposeRight),
        (product) => tf.reshape(product, a.shape.with(-1, columns)),
      ),
    ];
  },
  // TensorFlow has kernels with channels in second place for GPUs only.
  conv2d: (tf, [image, weight, bias], { attributes: { padding } }) => {
    const sides: [number, number] = [padding, padding];
    const kernel = tf.transpose(operand(weight), [2, 3, 1, 0]);
    return [
      then(
        tf.transpose(operand(image), [0, 2, 3, 1]),
        (x) => tf.conv2d(x as Tensor4D, kernel as Tensor4D, 1, [[0, 0], sides, sides, [0, 0]]),
        (sums) => tf.add(sums, operand(bias)),
        (y) => tf.transpose(y, [0, 3, 1, 2]),
      ),
    ];
  },
  transpose: (tf, [x], { attributes: { permutation } }) => [
    tf.transpose(operand(x), [...permutation]),
  ],
  reshape: (tf, [x], { inputs: [declared], attributes: { shape } }) => [
    tf.reshape(operand(x), anyBatch(operand(x).shape, operand(declared).type.shape, shape)),
  ],
  expand: (tf, [x], { attributes: { shape } }) => [tf.broadcastTo(operand(x), [...shape])],
  slice: (tf, [x], { attributes: { axis, start, end } }) => {
    const { shape } = operand(x);
    const begin = shape.map(() => 0).with(axis, start);
    return [tf.slice(operand(x), begin, shape.with(axis, end - start))];
  },
  concat: (tf, inputs, { attributes: { axis } }) => [tf.concat([...inputs], axis)],
  // Reshaped to three axes: the kernels support at most six.
  pad: (tf, [x], { attributes: { axis, before, after } }) => {
    const { shape } = operand(x);
    const size = shape[axis] ?? 0;
    const inner = shape.slice(axis + 1).reduce((product, each) => product * each, 1);
    return [
      then(
        tf.reshape(operand(x), [-1, size, inner]),
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
  reduceSum: (tf, [x], { attributes: { axes } }) => [tf.sum(operand(x), [...axes], true)],
  reduceMean: (tf, [x], { attributes: { axes } }) => [tf.mean(operand(x), [...axes], true)],
  // Only from float32 to itself: graphs with other types are refused when loaded.
  cast: (tf, [x]) => [tf.clone(operand(x))],
};

type Tensor4D = Parameters<TensorFlow['conv2d']>[1] & Tensor;

type Unary =
  | 'abs'
  | 'erf'
  | 'exp'
  | 'relu'
  | 'sigmoid'
  | 'sqrt'
  | 'tanh'
  | 'softmax'
  | 'logSoftmax';

function unary(op: Unary): TensorFlowLowering<OpName> {
  return (tf, [x]) => [tf[op](operand(x))];
}

/** Largest rank for which TensorFlow's kernels support every broadcast. */
const broadcastRank = 5;

function binary(op: 'add' | 'sub' | 'mul' | 'div'): TensorFlowLowering<OpName> {
  return (tf, [left, right]) => {
    const [a, b] = [operand(left), operand(right)];
    if (Math.max(a.rank, b.rank) <= broadcastRank || sameShape(a.shape, b.shape)) {
      return [tf[op](a, b)];
    }
    const shape = [...broadcastShapes(op, a.shape, b.shape)];
    return [tf[op](tf.broadcastTo(a, shape), tf.broadcastTo(b, shape))];
  };
}

/** GELU: ½x(1 + erf(x/√2)). */
function gelu(tf: TensorFlow, x: Tensor): Tensor {
  return then(
    tf.mul(x, Math.SQRT1_2),
    (t) => tf.erf(t),
    (t) => tf.add(t, 1),
    (t) => tf.mul(t, x),
    (t) => tf.mul(t, 0.5),
  );
}

/** GELU by tanh: ½x(1 + tanh(x(k + 0.044715k·x²))), k = √(2/π). */
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

/** Applies steps in order and disposes the input of each at once, so that at most two results exist. */
function then(first: Tensor, ...steps: readonly ((x: Tensor) => Tensor)[]): Tensor {
  return steps.reduce((x, step) => {
    const next = step(x);
    x.dispose();
    return next;
  }, first);
}

/** Target shape for any batch size: the leading size is the tensor's if it stays in the graph, otherwise computed. */
function anyBatch(actual: Shape, from: Shape, to: Shape): number[] {
  if (to.length === 0) return [];
  return to.with(0, from[0] === to[0] ? (actual[0] ?? 0) : -1);
}

function operand<T>(value: T | undefined): T {
  return must(value, 'an input');
}
