import type { DType, NodeOf, OpName, Shape } from '../graph/ops.ts';

/** What an ONNX attribute may hold here. */
export type AttributeValue =
  number | { readonly float: number } | { readonly text: string } | readonly number[];

/** Receives the ONNX operators of one graph node. */
export interface OperatorSink {
  /**
   * Adds an operator.
   *
   * @param type ONNX operator name
   * @param inputs value names
   * @param outputs how many new outputs, or the names they must have
   * @returns the output names
   */
  operator(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[] | number,
    attributes?: Readonly<Record<string, AttributeValue>>,
  ): readonly string[];
  /** The name of an int64 vector constant. */
  integers(values: readonly number[]): string;
  /** The name of a float32 vector of ones. */
  ones(length: number): string;
  /** The name of a constant that holds one uint8. */
  byte(value: number): string;
  /** The name of a constant tensor: the node's data. */
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
  add: plain('Add'),
  sub: plain('Sub'),
  mul: plain('Mul'),
  div: plain('Div'),
  abs: plain('Abs'),
  erf: plain('Erf'),
  exp: plain('Exp'),
  relu: plain('Relu'),
  sigmoid: plain('Sigmoid'),
  sqrt: plain('Sqrt'),
  tanh: plain('Tanh'),
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
    // The second output is the mean, which nothing needs.
    sink.operator('LayerNormalization', [...inputs, ...affine], [y, '', inverse], {
      axis: -1,
      epsilon: { float: epsilon },
    });
  },
  matmul: plain('MatMul'),
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
    // Of every axis: an optimiser of ONNX Runtime that moves transposes spoils amounts for some axes alone.
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

/** The same ops by operators that every runtime has kernels for. */
export const spelled: { readonly [K in OpName]?: Lowering<K> } = {
  logSoftmax: ({ inputs: [x] }, inputs, outputs, sink) => {
    const last = sink.integers([(x?.type.shape.length ?? 0) - 1]);
    const over = (type: string, value: string): string =>
      one(sink.operator(type, [value, last], 1, { keepdims: 1 }));
    // The largest comes off first, so that no exponential overflows.
    const shifted = one(sink.operator('Sub', [...inputs, over('ReduceMax', inputs[0] ?? '')], 1));
    const sum = over('ReduceSum', one(sink.operator('Exp', [shifted], 1)));
    sink.operator('Sub', [shifted, one(sink.operator('Log', [sum], 1))], outputs);
  },
};

function one([name = '']: readonly string[]): string {
  return name;
}

function plain(type: string): Lowering<OpName> {
  return (_, inputs, outputs, sink) => {
    sink.operator(type, inputs, outputs);
  };
}

/**
 * A target shape that holds for any batch: the leading size is copied (0) where it stays and left to the
 * runtime (-1) where it changes. With it a graph that was built for one batch size runs with every.
 */
function anyBatch(from: Shape, to: Shape): readonly number[] {
  if (to.length === 0) return to;
  return to.with(0, from[0] === to[0] ? 0 : -1);
}
