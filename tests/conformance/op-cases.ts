import * as g from '../../src/core/graph/build.ts';
import type { DType, OpName, Shape, Value } from '../../src/core/graph/ops.ts';
import { Random } from '../../src/core/random.ts';
import { elementCount } from '../../src/core/tensor.ts';

/** A use of an op. `build` receives one float32 input per shape. */
export interface OpCase {
  readonly title: string;
  readonly shapes: readonly Shape[];
  readonly build: (inputs: readonly Value[]) => Value;
  /** Range of the uniform random values, away from poles and kinks. */
  readonly range?: readonly [number, number];
  /** False if the op has no gradient, or rounds. */
  readonly differentiable?: false;
  /** A number type that some devices do not support. */
  readonly needs?: DType;
  /** Largest accepted difference from double precision, relative to the largest value. */
  readonly tolerance?: number;
}

type Build1 = (x: Value) => Value;
type Build2 = (a: Value, b: Value) => Value;

const one = (title: string, shape: Shape, build: Build1, rest: Partial<OpCase> = {}): OpCase => ({
  title,
  shapes: [shape],
  build: ([x]) => build(must(x)),
  ...rest,
});

const two = (
  title: string,
  a: Shape,
  b: Shape,
  build: Build2,
  rest: Partial<OpCase> = {},
): OpCase => ({
  title,
  shapes: [a, b],
  build: ([x, y]) => build(must(x), must(y)),
  ...rest,
});

const three = (
  title: string,
  a: Shape,
  b: Shape,
  c: Shape,
  build: (a: Value, b: Value, c: Value) => Value,
): OpCase => ({
  title,
  shapes: [a, b, c],
  build: ([x, y, z]) => build(must(x), must(y), must(z)),
});

const broadcasting = (build: Build2, rest: Partial<OpCase> = {}): OpCase[] => [
  two('same shapes', [2, 3, 4], [2, 3, 4], build, rest),
  two('a vector to rows', [2, 3, 4], [4], build, rest),
  two('a column to rows', [2, 3, 1], [2, 3, 4], build, rest),
  two('a scalar', [], [3, 2], build, rest),
  two('both ways', [3, 1], [1, 4], build, rest),
];

/** Broadcasting along more axes than some kernels support, alternating between both operands. */
const manyAxes = two('along many axes', [2, 1, 3, 1, 2, 1, 3], [1, 2, 1, 3, 1, 2, 1], g.add);

const positive = { range: [0.5, 2] } as const;

/** Cases for every op; every executor and every gradient is tried on all of them. */
export const opCases: Readonly<Record<OpName, readonly OpCase[]>> = {
  input: [one('passes through an op', [3], (x) => g.add(x, x))],
  constant: [
    one('beside an input', [2, 2], (x) =>
      g.add(x, g.constant({ shape: [2, 2], data: Float32Array.of(1, -2, 3, 0.5) })),
    ),
  ],
  add: [...broadcasting(g.add), manyAxes],
  sub: broadcasting(g.sub),
  mul: broadcasting(g.mul),
  div: broadcasting(g.div, positive),
  abs: [one('positive', [5], g.abs, positive), one('negative', [5], g.abs, { range: [-2, -0.5] })],
  erf: [one('both signs', [4, 9], g.erf, { range: [-4, 4] })],
  exp: [one('both signs', [4, 5], g.exp)],
  relu: [one('passes', [5], g.relu, positive), one('stops', [5], g.relu, { range: [-2, -0.5] })],
  sigmoid: [one('both signs', [4, 5], g.sigmoid, { range: [-6, 6] })],
  sqrt: [one('positive', [4, 5], g.sqrt, positive)],
  tanh: [one('both signs', [4, 5], g.tanh)],
  gelu: [
    one('exact', [4, 9], (x) => g.gelu(x), { range: [-5, 5] }),
    one('by tanh', [4, 9], (x) => g.gelu(x, 'tanh'), { range: [-5, 5] }),
    // Half of its gradient is computed before the products.
    two('before two products', [4, 5], [5, 3], (x, w) => {
      const y = g.gelu(x);
      return g.concat([g.matmul(y, w), g.matmul(g.matmul(y, w), g.swapLast(w))], 1);
    }),
  ],
  softmax: [
    one('rows', [2, 3, 7], g.softmax, { range: [-4, 4] }),
    // Its gradient is a product of narrower matrices, from which the sums over its rows can be computed.
    two('rows of attention', [2, 5, 5], [2, 5, 3], (x, v) => g.matmul(g.softmax(x), v)),
    two('rows of a product as wide', [2, 3, 3], [2, 3, 4], (x, v) => g.matmul(g.softmax(x), v)),
  ],
  logSoftmax: [one('rows', [2, 3, 7], g.logSoftmax, { range: [-4, 4] })],
  normalize: [
    one('rows', [2, 3, 8], (x) => g.normalize(x, 1e-6)),
    one('with an epsilon that counts', [4, 6], (x) => g.normalize(x, 0.3)),
    three('scaled and shifted', [2, 3, 8], [8], [8], (x, scale, shift) =>
      g.normalize(x, 1e-6, [scale, shift]),
    ),
  ],
  matmul: [
    two('matrices', [3, 4], [4, 5], g.matmul),
    two('rows of a batch by one matrix', [2, 3, 4], [4, 5], g.matmul),
    two('rows of two batches by one matrix', [2, 2, 3, 4], [4, 5], g.matmul),
    two('batch by batch', [2, 2, 3, 4], [2, 2, 4, 5], g.matmul),
    two('a transposed operand', [2, 3, 4], [2, 5, 4], (a, b) => g.matmul(a, g.swapLast(b))),
    two('a transposed matrix', [4, 3], [4, 5], (a, b) => g.matmul(g.swapLast(a), b)),
    two('both transposed', [2, 4, 3], [2, 5, 4], (a, b) => g.matmul(g.swapLast(a), g.swapLast(b))),
    two('rows of a transposed batch', [2, 4, 3], [5, 4], (a, b) =>
      g.matmul(g.swapLast(a), g.swapLast(b)),
    ),
  ],
  quantizedMatmul: [
    one(
      'weights around 128',
      [2, 3, 4],
      (x) =>
        g.quantizedMatmul(
          x,
          g.typedConstant(
            { dtype: 'uint8', shape: [4, 2] },
            Uint8Array.of(0, 255, 128, 1, 200, 60, 130, 127),
          ),
          g.constant({ shape: [2], data: Float32Array.of(0.02, 0.005) }),
        ),
      { differentiable: false, needs: 'uint8', tolerance: 1e-4 },
    ),
  ],
  conv2d: [
    three('3 × 3, same size', [2, 3, 5, 4], [4, 3, 3, 3], [4], (x, w, b) => g.conv2d(x, w, b)),
    three('1 × 1', [2, 3, 4, 4], [2, 3, 1, 1], [2], (x, w, b) => g.conv2d(x, w, b)),
    three('5 × 5, smaller', [1, 2, 7, 6], [3, 2, 5, 5], [3], (x, w, b) => g.conv2d(x, w, b, 1)),
  ],
  transpose: [one('three axes', [2, 3, 4], (x) => g.transpose(x, [2, 0, 1]))],
  reshape: [
    one('rows together', [2, 3, 4], (x) => g.reshape(x, [-1, 4])),
    one('rows apart', [2, 3, 4], (x) => g.reshape(x, [2, 3, 2, 2])),
  ],
  expand: [one('new and old axes', [3, 1], (x) => g.expand(x, [2, 3, 4]))],
  slice: [one('inside an axis', [3, 5, 2], (x) => g.slice(x, 1, 1, 4))],
  concat: [two('along an inner axis', [2, 3, 2], [2, 1, 2], (a, b) => g.concat([a, b], 1))],
  pad: [
    one('both ends', [2, 3, 2], (x) => g.pad(x, 1, 2, 1)),
    one('of many axes', [1, 2, 1, 3, 1, 2, 2], (x) => g.pad(x, 3, 0, 2)),
  ],
  reduceSum: [
    one('last axis', [2, 3, 4], (x) => g.reduceSum(x, [2])),
    one('several axes', [2, 3, 4], (x) => g.reduceSum(x, [0, 2])),
  ],
  reduceMean: [
    one('last axis', [2, 3, 4], (x) => g.reduceMean(x, [2])),
    one('all axes', [2, 3, 4], (x) => g.reduceMean(x, [0, 1, 2])),
  ],
  cast: [
    one('to float16 and back', [3, 3], (x) => g.cast(g.cast(x, 'float16'), 'float32'), {
      differentiable: false,
      needs: 'float16',
      tolerance: 1e-6,
    }),
  ],
};

/** Every case with its op's name in front. */
export const allOpCases: readonly (OpCase & { readonly title: string })[] = Object.entries(
  opCases,
).flatMap(([op, cases]) => cases.map((item) => ({ ...item, title: `${op}: ${item.title}` })));

/** Returns random float32 inputs for a case, by name. */
export function caseInputs(item: OpCase): Map<string, Float32Array> {
  const random = new Random(11);
  const [low, high] = item.range ?? [-2, 2];
  return new Map(
    item.shapes.map((shape, index) => [
      `x${index}`,
      Float32Array.from({ length: elementCount(shape) }, () => random.uniform(low, high)),
    ]),
  );
}

/** Returns the case's inputs as graph inputs. */
export function caseValues(item: OpCase): readonly Value[] {
  return item.shapes.map((shape, index) => g.input(`x${index}`, shape));
}

export /** A scalar that weighs every element differently, so that no error in a gradient cancels. */
function scalarOf(value: Value): Value {
  const random = new Random(5);
  const { shape } = value.type;
  const weights = Float32Array.from({ length: elementCount(shape) }, () => random.uniform(-1, 1));
  const weighted = g.mul(value, g.constant({ shape, data: weights }));
  const flat = g.reshape(weighted, [elementCount(shape)]);
  return g.reshape(g.reduceSum(flat, [0]), []);
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a case has too few inputs');
  return value;
}
