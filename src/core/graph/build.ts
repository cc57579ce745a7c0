import { elementCount } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { shapeRules } from './shapes.ts';
import type { ShapeRule } from './shapes.ts';
import type {
  ConstantData,
  DType,
  Node,
  NodeOf,
  OpAttributes,
  OpName,
  Shape,
  TensorType,
  Value,
} from './ops.ts';

/** Applies an op: checks its inputs by the op's shape rule and returns its outputs. */
export function apply<K extends OpName>(
  op: K,
  inputs: readonly Value[],
  attributes: OpAttributes[K],
): readonly Value[] {
  const rule: ShapeRule<K> = shapeRules[op];
  const types = rule(
    inputs.map((input) => input.type),
    attributes,
  );
  const node: NodeOf<K> = { op, inputs, attributes, types };
  // NodeOf<K> for a single op K is a member of the union; TypeScript cannot see it for a variable K.
  return types.map((type, output) => ({ node: node as Node, output, type }));
}

function single<K extends OpName>(
  op: K,
  inputs: readonly Value[],
  attributes: OpAttributes[K],
): Value {
  const [value] = apply(op, inputs, attributes);
  if (!value) throw new Error(`${op}: has no output`);
  return value;
}

export const input = (name: string, shape: Shape, dtype: DType = 'float32'): Value =>
  single('input', [], { name, type: { dtype, shape } });

/** Creates a float32 constant. */
export const constant = ({ shape, data }: Tensor): Value =>
  single('constant', [], { type: { dtype: 'float32', shape }, data });

export const typedConstant = (type: TensorType, data: ConstantData): Value =>
  single('constant', [], { type, data });

export const scalar = (value: number): Value =>
  constant({ shape: [], data: Float32Array.of(value) });

export const add = (a: Value, b: Value): Value => single('add', [a, b], {});
export const sub = (a: Value, b: Value): Value => single('sub', [a, b], {});
export const mul = (a: Value, b: Value): Value => single('mul', [a, b], {});
export const div = (a: Value, b: Value): Value => single('div', [a, b], {});
export const abs = (x: Value): Value => single('abs', [x], {});
export const erf = (x: Value): Value => single('erf', [x], {});
export const exp = (x: Value): Value => single('exp', [x], {});
export const relu = (x: Value): Value => single('relu', [x], {});
export const sigmoid = (x: Value): Value => single('sigmoid', [x], {});
export const sqrt = (x: Value): Value => single('sqrt', [x], {});
export const tanh = (x: Value): Value => single('tanh', [x], {});
export const softmax = (x: Value): Value => single('softmax', [x], {});
export const logSoftmax = (x: Value): Value => single('logSoftmax', [x], {});
export const matmul = (a: Value, b: Value): Value => single('matmul', [a, b], {});

export const gelu = (x: Value, approximation: 'none' | 'tanh' = 'none'): Value =>
  single('gelu', [x], { approximation });

/** @param affine scale and shift, both (D), of the normalised values */
export const normalize = (
  x: Value,
  epsilon: number,
  affine: readonly [] | readonly [scale: Value, shift: Value] = [],
): Value => single('normalize', [x, ...affine], { epsilon });

export const quantizedMatmul = (x: Value, weight: Value, scale: Value): Value =>
  single('quantizedMatmul', [x, weight, scale], {});

/** Builds a convolution; padding is half the kernel by default, so that an odd kernel keeps the image's size. */
export const conv2d = (
  image: Value,
  weight: Value,
  bias: Value,
  padding = ((weight.type.shape[2] ?? 1) - 1) / 2,
): Value => single('conv2d', [image, weight, bias], { padding });

export const transpose = (x: Value, permutation: readonly number[]): Value =>
  single('transpose', [x], { permutation });

/** Swaps the last two axes. */
export function swapLast(x: Value): Value {
  const rank = x.type.shape.length;
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), rank - 1, rank - 2]);
}

/** Reshapes a value; one size may be -1, which is computed from the others. */
export function reshape(x: Value, shape: Shape): Value {
  const known = elementCount(shape.filter((size) => size !== -1));
  const rest = elementCount(x.type.shape) / known;
  return single('reshape', [x], { shape: shape.map((size) => (size === -1 ? rest : size)) });
}

export const expand = (x: Value, shape: Shape): Value => single('expand', [x], { shape });

export const slice = (x: Value, axis: number, start: number, end: number): Value =>
  single('slice', [x], { axis, start, end });

export const concat = (values: readonly Value[], axis: number): Value =>
  single('concat', values, { axis });

export const pad = (x: Value, axis: number, before: number, after: number): Value =>
  single('pad', [x], { axis, before, after });

export const reduceSum = (x: Value, axes: readonly number[]): Value =>
  single('reduceSum', [x], { axes });

export const reduceMean = (x: Value, axes: readonly number[]): Value =>
  single('reduceMean', [x], { axes });

export const cast = (x: Value, dtype: DType): Value => single('cast', [x], { dtype });
