import { elementCount } from '../tensor.ts';
import { describeShape, sameShape } from './ops.ts';
import type { OpAttributes, OpName, Shape, TensorType } from './ops.ts';

/** Rule that infers the types of an op's outputs from its inputs; throws with the op and the shapes in the message. */
export type ShapeRule<K extends OpName> = (
  inputs: readonly TensorType[],
  attributes: OpAttributes[K],
) => readonly TensorType[];

export const shapeRules: { readonly [K in OpName]: ShapeRule<K> } = {
  input: (_, { type }) => [type],
  constant: (_, { type, data }) => {
    if (data.length !== elementCount(type.shape)) {
      throw new Error(
        `constant: shape ${describeShape(type.shape)} needs ${elementCount(type.shape)} values, got ${data.length}`,
      );
    }
    return [type];
  },
  add: broadcastRule('add'),
  sub: broadcastRule('sub'),
  mul: broadcastRule('mul'),
  div: broadcastRule('div'),
  abs: elementwiseRule('abs'),
  erf: elementwiseRule('erf'),
  exp: elementwiseRule('exp'),
  relu: elementwiseRule('relu'),
  sigmoid: elementwiseRule('sigmoid'),
  sqrt: elementwiseRule('sqrt'),
  tanh: elementwiseRule('tanh'),
  gelu: elementwiseRule('gelu'),
  softmax: elementwiseRule('softmax'),
  logSoftmax: elementwiseRule('logSoftmax'),
  normalize: (inputs) => {
    const [x, ...affine] = inputs.length > 1 ? expectInputs('normalize', inputs, 3) : inputs;
    if (!x) throw new Error('normalize: expects 1 or 3 inputs, got 0');
    sizeOf('normalize', x, 0);
    for (const { shape } of affine) {
      if (sameShape(shape, x.shape.slice(-1))) continue;
      throw new Error(
        `normalize: scale or shift ${describeShape(shape)} does not fit ${describeShape(x.shape)}`,
      );
    }
    return [x, { dtype: x.dtype, shape: x.shape.with(-1, 1) }];
  },
  matmul: (inputs) => {
    const [left, right] = expectInputs('matmul', inputs, 2);
    if (left.dtype !== right.dtype) {
      throw new Error(`matmul: got ${left.dtype} and ${right.dtype}`);
    }
    return [{ dtype: left.dtype, shape: matmulShape('matmul', left.shape, right.shape) }];
  },
  quantizedMatmul: (inputs) => {
    const [x, weight, scale] = expectInputs('quantizedMatmul', inputs, 3);
    if (weight.dtype !== 'uint8' || weight.shape.length !== 2) {
      throw new Error(`quantizedMatmul: weight must be a uint8 matrix`);
    }
    if (!sameShape(scale.shape, weight.shape.slice(1))) {
      throw new Error(
        `quantizedMatmul: scale ${describeShape(scale.shape)} does not fit weight ${describeShape(weight.shape)}`,
      );
    }
    return [{ dtype: x.dtype, shape: matmulShape('quantizedMatmul', x.shape, weight.shape) }];
  },
  conv2d: (inputs, { padding }) => {
    const [image, weight, bias] = expectInputs('conv2d', inputs, 3);
    const [batch = 0, channels, height = 0, width = 0] = image.shape;
    const [outputs = 0, depth, down = 0, across = 0] = weight.shape;
    const ranks = image.shape.length === 4 && weight.shape.length === 4;
    if (!ranks || channels !== depth || !sameShape(bias.shape, [outputs])) {
      throw new Error(
        `conv2d: got image ${describeShape(image.shape)}, weight ${describeShape(weight.shape)}, bias ${describeShape(bias.shape)}`,
      );
    }
    const sizes = [height + 2 * padding - down + 1, width + 2 * padding - across + 1] as const;
    if (!Number.isSafeInteger(padding) || padding < 0 || sizes[0] < 1 || sizes[1] < 1) {
      throw new Error(
        `conv2d: weight ${describeShape(weight.shape)} does not fit ${describeShape(image.shape)} with padding ${padding}`,
      );
    }
    return [{ dtype: image.dtype, shape: [batch, outputs, ...sizes] }];
  },
  transpose: (inputs, { permutation }) => {
    const [x] = expectInputs('transpose', inputs, 1);
    const axes = [...permutation].sort((a, b) => a - b);
    if (axes.length !== x.shape.length || axes.some((axis, index) => axis !== index)) {
      throw new Error(
        `transpose: ${describeShape(permutation)} does not permute ${describeShape(x.shape)}`,
      );
    }
    return [{ dtype: x.dtype, shape: permutation.map((axis) => sizeOf('transpose', x, axis)) }];
  },
  reshape: (inputs, { shape }) => {
    const [x] = expectInputs('reshape', inputs, 1);
    const whole = shape.every((size) => Number.isSafeInteger(size) && size >= 0);
    if (!whole || elementCount(shape) !== elementCount(x.shape)) {
      throw new Error(`reshape: ${describeShape(x.shape)} does not fit ${describeShape(shape)}`);
    }
    return [{ dtype: x.dtype, shape }];
  },
  expand: (inputs, { shape }) => {
    const [x] = expectInputs('expand', inputs, 1);
    if (!sameShape(broadcastShapes('expand', x.shape, shape), shape)) {
      throw new Error(`expand: ${describeShape(x.shape)} does not fit ${describeShape(shape)}`);
    }
    return [{ dtype: x.dtype, shape }];
  },
  slice: (inputs, { axis, start, end }) => {
    const [x] = expectInputs('slice', inputs, 1);
    const size = sizeOf('slice', x, axis);
    if (start < 0 || end > size || start >= end) {
      throw new Error(
        `slice: [${start}, ${end}) is outside axis ${axis} of ${describeShape(x.shape)}`,
      );
    }
    return [{ dtype: x.dtype, shape: x.shape.with(axis, end - start) }];
  },
  concat: (inputs, { axis }) => {
    const [first] = inputs;
    if (!first) throw new Error('concat: needs at least one input');
    sizeOf('concat', first, axis);
    let total = 0;
    for (const input of inputs) {
      const fits = sameShape(input.shape.with(axis, 0), first.shape.with(axis, 0));
      if (!fits || input.dtype !== first.dtype) {
        throw new Error(
          `concat: ${describeShape(input.shape)} does not fit ${describeShape(first.shape)} along axis ${axis}`,
        );
      }
      total += sizeOf('concat', input, axis);
    }
    return [{ dtype: first.dtype, shape: first.shape.with(axis, total) }];
  },
  pad: (inputs, { axis, before, after }) => {
    const [x] = expectInputs('pad', inputs, 1);
    if (before < 0 || after < 0) throw new Error('pad: amounts must not be negative');
    return [{ dtype: x.dtype, shape: x.shape.with(axis, sizeOf('pad', x, axis) + before + after) }];
  },
  reduceSum: reductionRule('reduceSum'),
  reduceMean: reductionRule('reduceMean'),
  cast: (inputs, { dtype }) => {
    const [x] = expectInputs('cast', inputs, 1);
    return [{ dtype, shape: x.shape }];
  },
};

/** Infers the shape that two shapes broadcast to (NumPy's rule); throws if they do not. */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new Error(`${op}: got ${describeShape(a)} and ${describeShape(b)}`);
    }
    return left === 1 ? right : left;
  });
}

function broadcastRule(op: OpName): (inputs: readonly TensorType[]) => readonly TensorType[] {
  return (inputs) => {
    const [a, b] = expectInputs(op, inputs, 2);
    if (a.dtype !== b.dtype) throw new Error(`${op}: got ${a.dtype} and ${b.dtype}`);
    return [{ dtype: a.dtype, shape: broadcastShapes(op, a.shape, b.shape) }];
  };
}

function elementwiseRule(op: OpName): (inputs: readonly TensorType[]) => readonly TensorType[] {
  return (inputs) => expectInputs(op, inputs, 1);
}

function reductionRule(
  op: OpName,
): (
  inputs: readonly TensorType[],
  attributes: { readonly axes: readonly number[] },
) => readonly TensorType[] {
  return (inputs, { axes }) => {
    const [x] = expectInputs(op, inputs, 1);
    for (const axis of axes) sizeOf(op, x, axis);
    return [
      { dtype: x.dtype, shape: x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) },
    ];
  };
}

function matmulShape(op: OpName, left: Shape, right: Shape): Shape {
  const [leftBatch, rightBatch] = [left.slice(0, -2), right.slice(0, -2)];
  const batched = rightBatch.length === 0 || sameShape(leftBatch, rightBatch);
  if (left.length < 2 || right.length < 2 || !batched || left.at(-1) !== right.at(-2)) {
    throw new Error(`${op}: got ${describeShape(left)} and ${describeShape(right)}`);
  }
  return [...left.slice(0, -1), right.at(-1) ?? 0];
}

function sizeOf(op: OpName, { shape }: TensorType, axis: number): number {
  const size = shape[axis];
  if (size === undefined) throw new Error(`${op}: ${describeShape(shape)} has no axis ${axis}`);
  return size;
}

type Exactly<Count extends number> = Count extends 1
  ? readonly [TensorType]
  : Count extends 2
    ? readonly [TensorType, TensorType]
    : readonly [TensorType, TensorType, TensorType];

function expectInputs<Count extends 1 | 2 | 3>(
  op: OpName,
  inputs: readonly TensorType[],
  count: Count,
): Exactly<Count> {
  if (inputs.length !== count) {
    throw new Error(`${op}: expects ${count} inputs, got ${inputs.length}`);
  }
  return inputs as unknown as Exactly<Count>;
}
