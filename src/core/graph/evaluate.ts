import { must } from '../must.ts';
import { elementCount } from '../tensor.ts';
import { describeShape, reachableNodes } from './ops.ts';
import type { Graph, Node, NodeOf, OpName, Shape, Value } from './ops.ts';

/** Values in double precision, row-major. */
export interface Evaluated {
  readonly shape: Shape;
  readonly data: Float64Array;
}

type Kernel<K extends OpName> = (
  inputs: readonly Evaluated[],
  node: NodeOf<K>,
) => readonly Evaluated[];

/**
 * Evaluates a graph's outputs plainly, in double precision: the meaning of each op, written a second time
 * and independently of any runtime. Far too slow to train with; gradients (by finite differences) and
 * executors are checked against it.
 *
 * @throws if an input is missing or has the wrong number of values
 */
export function evaluate(
  graph: Graph,
  inputs: ReadonlyMap<string, Iterable<number>>,
): ReadonlyMap<string, Evaluated> {
  const results = new Map<Node, readonly Evaluated[]>();
  const result = ({ node, output }: Value): Evaluated => operand(results.get(node)?.[output]);
  for (const node of reachableNodes(graph.outputs.values())) {
    if (node.op === 'input') {
      results.set(node, [readInput(node, inputs)]);
    } else {
      results.set(node, evaluateNode(node, node.inputs.map(result)));
    }
  }
  return new Map([...graph.outputs].map(([name, value]) => [name, result(value)]));
}

/** Evaluates one node's outputs from its inputs. */
export function evaluateNode<K extends OpName>(
  node: NodeOf<K>,
  inputs: readonly Evaluated[],
): readonly Evaluated[] {
  const kernel: Kernel<K> = kernels[node.op];
  return kernel(inputs, node);
}

function readInput(
  { attributes: { name, type } }: NodeOf<'input'>,
  inputs: ReadonlyMap<string, Iterable<number>>,
): Evaluated {
  const data = Float64Array.from(inputs.get(name) ?? []);
  if (data.length !== elementCount(type.shape)) {
    throw new Error(`input ${name}: needs ${describeShape(type.shape)}, got ${data.length} values`);
  }
  return { shape: type.shape, data };
}

const kernels: { readonly [K in OpName]: Kernel<K> } = {
  input: () => {
    throw new Error('input: is fed, not computed');
  },
  constant: (_, { attributes: { type, data } }) => [
    { shape: type.shape, data: Float64Array.from(data, Number) },
  ],
  add: binary((a, b) => a + b),
  sub: binary((a, b) => a - b),
  mul: binary((a, b) => a * b),
  div: binary((a, b) => a / b),
  abs: unary(Math.abs),
  erf: unary(erf),
  exp: unary(Math.exp),
  relu: unary((x) => Math.max(x, 0)),
  sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  sqrt: unary(Math.sqrt),
  tanh: unary(Math.tanh),
  gelu: ([x], { attributes: { approximation } }) => [
    map(
      operand(x),
      approximation === 'none'
        ? (value) => 0.5 * value * (1 + erf(value * Math.SQRT1_2))
        : (value) =>
            0.5 * value * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3))),
    ),
  ],
  softmax: ([x]) => [
    mapRows(operand(x), (row) => {
      const largest = Math.max(...row);
      const powers = row.map((value) => Math.exp(value - largest));
      const total = powers.reduce((sum, value) => sum + value, 0);
      return powers.map((value) => value / total);
    }),
  ],
  logSoftmax: ([x]) => [
    mapRows(operand(x), (row) => {
      const largest = Math.max(...row);
      const total = row.reduce((sum, value) => sum + Math.exp(value - largest), 0);
      return row.map((value) => value - largest - Math.log(total));
    }),
  ],
  normalize: ([x, scale, shift], { attributes: { epsilon } }) => {
    const statistics = (row: Float64Array): { mean: number; inverse: number } => {
      const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
      const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
      return { mean, inverse: 1 / Math.sqrt(variance + epsilon) };
    };
    return [
      mapRows(operand(x), (row) => {
        const { mean, inverse } = statistics(row);
        return row.map(
          (value, i) => (value - mean) * inverse * (scale?.data[i] ?? 1) + (shift?.data[i] ?? 0),
        );
      }),
      mapRows(operand(x), (row) => Float64Array.of(statistics(row).inverse)),
    ];
  },
  matmul: ([a, b]) => [multiply(operand(a), operand(b))],
  quantizedMatmul: ([x, weight, scale]) => {
    const { values, step, zero } = quantizeDynamically(operand(x));
    const centred = map(operand(weight), (value) => value - 128);
    const whole = multiply(
      map(values, (value) => value - zero),
      centred,
    );
    return [mapRows(whole, (row) => row.map((value, i) => value * step * at(operand(scale), i)))];
  },
  conv2d: ([image, weight, bias], { attributes: { padding }, types: [type] }) => [
    convolve(operand(image), operand(weight), operand(bias), padding, operand(type).shape),
  ],
  transpose: ([x], { attributes: { permutation }, types: [type] }) => {
    const strides = stridesOf(operand(x).shape);
    return [
      gather(
        operand(x),
        operand(type).shape,
        permutation.map((axis) => at(strides, axis)),
      ),
    ];
  },
  reshape: ([x], { attributes: { shape } }) => [{ shape, data: operand(x).data }],
  expand: ([x], { attributes: { shape } }) => [broadcast(operand(x), shape)],
  slice: ([x], { attributes: { axis, start }, types: [type] }) => {
    const strides = stridesOf(operand(x).shape);
    return [gather(operand(x), operand(type).shape, strides, start * at(strides, axis))];
  },
  concat: (inputs, { attributes: { axis }, types: [type] }) => {
    const result = zeros(operand(type).shape);
    let start = 0;
    for (const input of inputs) {
      place(input, result, axis, start);
      start += at(input.shape, axis);
    }
    return [result];
  },
  pad: ([x], { attributes: { axis, before }, types: [type] }) => {
    const result = zeros(operand(type).shape);
    place(operand(x), result, axis, before);
    return [result];
  },
  reduceSum: ([x], { attributes: { axes } }) => [reduce(operand(x), axes)],
  reduceMean: ([x], { attributes: { axes } }) => {
    const count = axes.reduce((product, axis) => product * at(operand(x).shape, axis), 1);
    return [map(reduce(operand(x), axes), (value) => value / count)];
  },
  cast: ([x], { attributes: { dtype } }) => [
    map(
      operand(x),
      dtype === 'float16' ? Math.f16round : dtype === 'float32' ? (v) => v : Math.trunc,
    ),
  ],
};

/**
 * Error function: series 7.1.5 of Abramowitz and Stegun up to 3, beyond it the continued fraction
 * 7.1.14 of its complement; both to double precision.
 */
function erf(x: number): number {
  const size = Math.abs(x);
  if (size < 3) {
    let term = size;
    let total = size;
    for (let n = 1; Math.abs(term) > 1e-17 * total; n++) {
      term *= -(size * size) / n;
      total += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * total) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (size + fraction);
  const complement = Math.exp(-size * size) / (Math.sqrt(Math.PI) * (size + fraction));
  return Math.sign(x) * (1 - complement);
}

/** ONNX DynamicQuantizeLinear: 8 bits over the whole tensor's range, which always includes 0. */
function quantizeDynamically(x: Evaluated): { values: Evaluated; step: number; zero: number } {
  const low = x.data.reduce((a, b) => Math.min(a, b), 0);
  const high = x.data.reduce((a, b) => Math.max(a, b), 0);
  const step = high === low ? 1 : (high - low) / 255;
  const clip = (value: number): number => Math.min(255, Math.max(0, value));
  const zero = clip(roundHalfEven(-low / step));
  return { values: map(x, (value) => clip(roundHalfEven(value / step) + zero)), step, zero };
}

function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function unary(f: (x: number) => number): (inputs: readonly Evaluated[]) => readonly Evaluated[] {
  return ([x]) => [map(operand(x), f)];
}

function binary(f: (a: number, b: number) => number): Kernel<'add' | 'sub' | 'mul' | 'div'> {
  return ([a, b], { types: [type] }) => {
    const { shape } = operand(type);
    const left = broadcast(operand(a), shape);
    const right = broadcast(operand(b), shape);
    return [map(left, (value, index) => f(value, at(right, index)))];
  };
}

function map(x: Evaluated, f: (value: number, index: number) => number): Evaluated {
  return { shape: x.shape, data: x.data.map(f) };
}

/** Applies `f` to each row along the last axis; the length of its result becomes the last size. */
function mapRows({ shape, data }: Evaluated, f: (row: Float64Array) => Float64Array): Evaluated {
  const width = shape.at(-1) ?? 1;
  const rows: number[] = [];
  for (let start = 0; start < data.length; start += width) {
    rows.push(...f(data.subarray(start, start + width)));
  }
  const last = rows.length / (data.length / width);
  return { shape: [...shape.slice(0, -1), last], data: Float64Array.from(rows) };
}

function multiply(a: Evaluated, b: Evaluated): Evaluated {
  const [m, k, n] = [a.shape.at(-2) ?? 0, a.shape.at(-1) ?? 0, b.shape.at(-1) ?? 0];
  const batches = a.data.length / (m * k);
  const data = new Float64Array(batches * m * n);
  for (let batch = 0; batch < batches; batch++) {
    const offset = b.shape.length === 2 ? 0 : batch * k * n;
    for (let row = 0; row < m; row++) {
      for (let inner = 0; inner < k; inner++) {
        const factor = at(a, (batch * m + row) * k + inner);
        for (let column = 0; column < n; column++) {
          const target = (batch * m + row) * n + column;
          data[target] = at(data, target) + factor * at(b, offset + inner * n + column);
        }
      }
    }
  }
  return { shape: [...a.shape.slice(0, -1), n], data };
}

function convolve(
  image: Evaluated,
  weight: Evaluated,
  bias: Evaluated,
  padding: number,
  shape: Shape,
): Evaluated {
  const [, channels = 0, height = 0, width = 0] = image.shape;
  const [, , down = 0, across = 0] = weight.shape;
  const result = zeros(shape);
  eachIndex(shape, ([b = 0, o = 0, y = 0, x = 0], position) => {
    let sum = at(bias, o);
    eachIndex([channels, down, across], ([c = 0, i = 0, j = 0], tap) => {
      const [row, column] = [y + i - padding, x + j - padding];
      if (row < 0 || row >= height || column < 0 || column >= width) return;
      const pixel = ((b * channels + c) * height + row) * width + column;
      sum += at(image, pixel) * at(weight, o * channels * down * across + tap);
    });
    result.data[position] = sum;
  });
  return result;
}

function eachIndex(
  shape: Shape,
  visit: (index: readonly number[], position: number) => void,
): void {
  const strides = stridesOf(shape);
  for (let position = 0; position < elementCount(shape); position++) {
    visit(
      shape.map((size, axis) => Math.floor(position / at(strides, axis)) % size),
      position,
    );
  }
}

function reduce(x: Evaluated, axes: readonly number[]): Evaluated {
  const shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const result = zeros(shape);
  const strides = broadcastStrides(shape, x.shape);
  eachRun(x.shape, strides, (from, stride, position, length) => {
    for (let i = 0; i < length; i++) {
      const target = from + i * stride;
      result.data[target] = at(result, target) + at(x, position + i);
    }
  });
  return result;
}

function broadcast(x: Evaluated, shape: Shape): Evaluated {
  return gather(x, shape, broadcastStrides(x.shape, shape));
}

/** Strides that read `from` broadcast to `to`: 0 along repeated axes. */
function broadcastStrides(from: Shape, to: Shape): number[] {
  const strides = stridesOf(from);
  const offset = to.length - from.length;
  return to.map((_, axis) => (at1(from, axis - offset) === 1 ? 0 : (strides[axis - offset] ?? 0)));
}

function at1(shape: Shape, axis: number): number {
  return shape[axis] ?? 1;
}

/** Reads a tensor of `shape` from `x` with the given strides. */
function gather(x: Evaluated, shape: Shape, strides: readonly number[], offset = 0): Evaluated {
  const result = zeros(shape);
  eachRun(shape, strides, (from, stride, position, length) => {
    for (let i = 0; i < length; i++) result.data[position + i] = at(x, offset + from + i * stride);
  });
  return result;
}

/** Writes `part` into `whole`, beginning at `start` along an axis. */
function place(part: Evaluated, whole: Evaluated, axis: number, start: number): void {
  const strides = stridesOf(whole.shape);
  const offset = start * at(strides, axis);
  eachRun(part.shape, strides, (to, stride, position, length) => {
    for (let i = 0; i < length; i++) whole.data[offset + to + i * stride] = at(part, position + i);
  });
}

/** Visits the rows of a shape along its last axis: the offset of each by `strides`, and in row-major order. */
function eachRun(
  shape: Shape,
  strides: readonly number[],
  visit: (start: number, stride: number, position: number, length: number) => void,
): void {
  const outer = shape.slice(0, -1);
  const length = shape.at(-1) ?? 1;
  const index = outer.map(() => 0);
  const runs = elementCount(outer);
  for (let run = 0; run < runs; run++) {
    const start = index.reduce((sum, value, axis) => sum + value * at(strides, axis), 0);
    visit(start, strides.at(-1) ?? 0, run * length, length);
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      index[axis] = at(index, axis) + 1;
      if (at(index, axis) < at(outer, axis)) break;
      index[axis] = 0;
    }
  }
}

function stridesOf(shape: Shape): number[] {
  return shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
}

function zeros(shape: Shape): Evaluated {
  return { shape, data: new Float64Array(elementCount(shape)) };
}

function at(values: Evaluated | ArrayLike<number>, index: number): number {
  return operand(('data' in values ? values.data : values)[index]);
}

function operand<T>(value: T | undefined): T {
  return must(value, 'evaluate: a value');
}
