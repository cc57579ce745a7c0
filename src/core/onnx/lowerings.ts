import type { DType, NodeOf, OpName, Shape } from '../graph/ops.ts';

/** Value of an ONNX attribute. */
export type AttributeValue =
  | number
  | { readonly float: number }
  | { readonly text: string }
  | readonly number[];

/** Receiver of the ONNX operators of one graph node. */
export interface OperatorSink {
  /**
   * Adds an operator.
   *
   * @param type ONNX operator name
   * @param inputs value names
   * @param outputs number of new outputs, or the names that they must have
   * @returns names of the outputs
   */
  operator(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[] | number,
    attributes?: Readonly<Record<string, AttributeValue>>,
  ): readonly string[];
  /** Adds an int64 vector constant and returns its name. */
  integers(values: readonly number[]): string;
  /** Adds a float32 vector of ones and returns its name. */
  ones(length: number): string;
  /** Adds a constant of one uint8 and returns its name. */
  byte(value: number): string;
  /** Adds a constant node's data as a tensor of the given name. */
  weights(node: NodeOf<'constant'>, name: string): void;
}

type Lowering<K extends OpName> = (
  node: NodeOf<K>,
  inputs: readonly string[],
  outputs: readonly string[],
  sink: OperatorSink,
) => void;

/** ONNX `TensorProto.DataType` of each type. */
export const onnxTypes: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int64: 7,
  float16: 10,
};

/** Operators of the ONNX domain, opset 20, for each op (https://onnx.ai/onnx/operators). */
export const lowerings: { readonly [K in OpName]: Lowering<K> } = {
  // Inputs are declared by the graph, not computed.
  input: () => undefined,
  constant: (node, _inputs, [name], sink) => {
    sink.weights(node, name ?? '');
  },
  add: direct('Add'),
  sub: direct('Sub'),
  mul: direct('Mul'),
  div: direct('Div'),
  abs: direct('Abs'),
  erf: direct('Erf'),
  exp: direct('Exp'),
  relu: direct('Relu'),
  sigmoid: direct('Sigmoid'),
  sqrt: direct('Sqrt'),
  tanh: direct('Tanh'),
  gelu: ({ attributes: { approximation } }, inputs, outputs, sink) => {
    sink.operator('Gelu', inputs, outputs, { approximate: { text: approximation } });
  },
  softmax: (_, inputs, outputs, sink) => {
    sink.operator('Softmax', inputs, outputs, { axis: -1 });
  },
  logSoftmax: (_, inputs, outputs, sink) => {
    sink.operator('LogSoftmax', inputs, outputs, { axis: -1 });
  },
  normalize: ({ attributes: { epsilon }, inputs: [x] }, inputs, [y = '', inverse = ''], sink) => {
    const affine = inputs.length > 1 ? [] : [sink.ones(x?.type.shape.at(-1) ?? 0)];
    // The second output is the mean, which is not used.
    sink.operator('LayerNormalization', [...inputs, ...affine], [y, '', inverse], {
      axis: -1,
      epsilon: { float: epsilon },
    });
  },
  matmul: direct('MatMul'),
  quantizedMatmul: (_, inputs, outputs, sink) => {
    const [x = '', weight = '', scale = ''] = inputs;
    const [bytes = '', step = '', zero = ''] = sink.operator('DynamicQuantizeLinear', [x], 3);
    const product = sink.operator('MatMulInteger', [bytes, weight, zero, sink.byte(128)], 1);
    const real = sink.operator('Cast', product, 1, { to: onnxTypes.float32 });
    const scales = sink.operator('Mul', [scale, step], 1);
    sink.operator('Mul', [...real, ...scales], outputs);
  },
  conv2d: ({ attributes: { padding } }, inputs, outputs, sink) => {
    sink.operator('Conv', inputs, outputs, { pads: [padding, padding, padding, padding] });
  },
  transpose: ({ attributes: { permutation } }, inputs, outputs, sink) => {
    sink.operator('Transpose', inputs, outputs, { perm: permutation });
  },
  reshape: ({ attributes: { shape }, inputs: [x] }, inputs, outputs, sink) => {
    const target = sink.integers(anyBatch(x?.type.shape ?? [], shape));
    sink.operator('Reshape', [...inputs, target], outputs);
  },
  expand: ({ attributes: { shape } }, inputs, outputs, sink) => {
    sink.operator('Expand', [...inputs, sink.integers(shape)], outputs);
  },
  slice: ({ attributes: { axis, start, end } }, inputs, outputs, sink) => {
    const bounds = [[start], [end], [axis]].map((values) => sink.integers(values));
    sink.operator('Slice', [...inputs, ...bounds], outputs);
  },
  concat: ({ attributes: { axis } }, inputs, outputs, sink) => {
    sink.operator('Concat', inputs, outputs, { axis });
  },
  pad: ({ attributes: { axis, before, after }, inputs: [x] }, inputs, outputs, sink) => {
    // Amounts for every axis: an ONNX Runtime optimiser that moves transposes breaks amounts for only some axes.
    const none = Array<number>(x?.type.shape.length ?? 0).fill(0);
    const amounts = sink.integers([...none.with(axis, before), ...none.with(axis, after)]);
    sink.operator('Pad', [...inputs, amounts], outputs);
  },
  reduceSum: ({ attributes: { axes } }, inputs, outputs, sink) => {
    sink.operator('ReduceSum', [...inputs, sink.integers(axes)], outputs, { keepdims: 1 });
  },
  reduceMean: ({ attributes: { axes } }, inputs, outputs, sink) => {
    sink.operator('ReduceMean', [...inputs, sink.integers(axes)], outputs, { keepdims: 1 });
  },
  cast: ({ attributes: { dtype } }, inputs, outputs, sink) => {
    sink.operator('Cast', inputs, outputs, { to: onnxTypes[dtype] });
  },
};

/** Lowerings of some ops to basic operators that every runtime has kernels for. */
export const decomposedLowerings: { readonly [K in OpName]?: Lowering<K> } = {
  logSoftmax: ({ inputs: [x] }, inputs, outputs, sink) => {
    const last = sink.integers([(x?.type.shape.length ?? 0) - 1]);
    const over = (type: string, value: string): string =>
      one(sink.operator(type, [value, last], 1, { keepdims: 1 }));
    // The largest is subtracted first, so that no exponential overflows.
    const shifted = one(sink.operator('Sub', [...inputs, over('ReduceMax', inputs[0] ?? '')], 1));
    const sum = over('ReduceSum', one(sink.operator('Exp', [shifted], 1)));
    sink.operator('Sub', [shifted, one(sink.operator('Log', [sum], 1))], outputs);
  },
};

function one([name = '']: readonly string[]): string {
  return name;
}

function direct(type: string): Lowering<OpName> {
  return (_, inputs, outputs, sink) => {
    sink.operator(type, inputs, outputs);
  };
}

/**
 * Converts a target shape to one for any batch size: the leading size is copied (0) if it stays, and left to the
 * runtime (-1) if it changes. A graph that was built for one batch size then runs with every other.
 */
function anyBatch(from: Shape, to: Shape): readonly number[] {
  if (to.length === 0) return to;
  return to.with(0, from[0] === to[0] ? 0 : -1);
}
