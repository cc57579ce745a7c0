import { create, toBinary } from '@bufbuild/protobuf';
import { checkGraph } from '../graph/check.ts';
import { graphInputs, reachableNodes } from '../graph/ops.ts';
import type {
  ConstantData,
  DType,
  Graph,
  Node,
  NodeOf,
  OpName,
  TensorType,
  Value,
} from '../graph/ops.ts';
import { lowerings, onnxTypes, decomposedLowerings } from './lowerings.ts';
import type { AttributeValue, OperatorSink } from './lowerings.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataLocation as DataLocation,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from './onnx_pb.js';
import type { AttributeProto, NodeProto, TensorProto, ValueInfoProto } from './onnx_pb.js';

/** Bytes of weights beyond which they leave the message: protocol buffers are limited to 2 GiB. */
const largestMessage = 2_000_000_000;

export interface EmitOptions {
  /** Entries of `metadata_props`. */
  readonly metadata?: ReadonlyMap<string, string>;
  readonly producer?: { readonly name: string; readonly version: string };
  readonly documentation?: string;
  /** Weights file (a name next to the model) to use if the weights exceed `threshold` bytes. */
  readonly external?: {
    readonly file: string;
    readonly threshold?: number;
    /** True to write each weight to a separate file (`weightFile`), for a runtime that reads them without a copy. */
    readonly hasSeparateFiles?: boolean;
  };
  /** Ops to write as several smaller operators, for a runtime without a kernel for them. */
  readonly decomposedOps?: ReadonlySet<OpName>;
}

export interface OnnxModel {
  /** Serialised `ModelProto`. */
  readonly model: Uint8Array;
  /** Content of the weights file, in pieces, if the weights left the message; otherwise empty. */
  readonly weights: readonly Uint8Array[];
}

/**
 * Oldest version of the format that has everything we write, and the one that opset 20 came with (onnx,
 * docs/Versioning.md). A runtime refuses files of a version that it does not know: ONNX Runtime 1.17.0, which the QGIS
 * plugin Deepness installs, knows 9 and not 10.
 */
const irVersion = 9n;
const opset = 20n;

/**
 * Converts a graph to an ONNX model: IR version 9, opset 20, standard operators only.
 *
 * @throws if the graph does not pass its check, or is too large for one message and no weights file is named
 */
export function emitOnnx(graph: Graph, options: EmitOptions = {}): OnnxModel {
  checkGraph(graph);
  const nodes = reachableNodes(graph.outputs.values());
  const writer = new ModelWriter(graph, nodes, options);
  for (const node of nodes) writer.lower(node);
  const declare = (name: string, type: TensorType): ValueInfoProto =>
    describeValue(name, type, graph.batch);
  const model = create(ModelProtoSchema, {
    irVersion,
    producerName: options.producer?.name ?? 'understudy',
    producerVersion: options.producer?.version ?? '',
    docString: options.documentation ?? '',
    opsetImport: [{ domain: '', version: opset }],
    metadataProps: [...(options.metadata ?? [])].map(([key, value]) => ({ key, value })),
    graph: {
      name: graph.name,
      node: writer.operators,
      initializer: writer.initializers,
      input: graphInputs(graph).map(({ attributes }) => declare(attributes.name, attributes.type)),
      output: [...graph.outputs].map(([name, value]) => declare(name, value.type)),
    },
  });
  return { model: toBinary(ModelProtoSchema, model), weights: writer.externalWeights };
}

/** Name of the separate file of a weight, by its index in `OnnxModel.weights`. */
export function weightFile(file: string, index: number): string {
  return `${file}.${index}`;
}

/** Creates a model that outputs its float32 input of any shape unchanged. */
export function identityModel(input: string, output: string): Uint8Array {
  const describe = (name: string): ValueInfoProto =>
    create(ValueInfoProtoSchema, {
      name,
      type: { value: { case: 'tensorType', value: { elemType: onnxTypes.float32 } } },
    });
  const model = create(ModelProtoSchema, {
    irVersion,
    opsetImport: [{ domain: '', version: opset }],
    graph: {
      name: 'identity',
      node: [{ opType: 'Identity', name: 'identity', input: [input], output: [output] }],
      input: [describe(input)],
      output: [describe(output)],
    },
  });
  return toBinary(ModelProtoSchema, model);
}

class ModelWriter implements OperatorSink {
  readonly operators: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly externalWeights: Uint8Array[] = [];
  readonly #names = new Map<Node, readonly string[]>();
  readonly #outputs: ReadonlyMap<Node, ReadonlyMap<number, string>>;
  readonly #file: string | undefined;
  readonly #hasSeparateFiles: boolean;
  readonly #decomposedOps: ReadonlySet<OpName>;
  readonly #constants = new Map<string, string>();
  /** Names already used by inputs and outputs. */
  readonly #reserved: ReadonlySet<string>;
  #offset = 0;
  #count = 0;

  constructor(
    graph: Graph,
    nodes: readonly Node[],
    { external, decomposedOps = new Set() }: EmitOptions,
  ) {
    const total = nodes.reduce(
      (bytes, node) => bytes + (node.op === 'constant' ? node.attributes.data.byteLength : 0),
      0,
    );
    const large = total > (external?.threshold ?? largestMessage);
    if (large && !external) {
      throw new Error(`graph ${graph.name}: ${total} bytes of weights need a separate file`);
    }
    this.#file = large ? external?.file : undefined;
    this.#hasSeparateFiles = external?.hasSeparateFiles === true;
    this.#decomposedOps = decomposedOps;
    this.#outputs = outputNames(graph);
    const inputs = graphInputs(graph).map(({ attributes }) => attributes.name);
    this.#reserved = new Set([...inputs, ...graph.outputs.keys()]);
  }

  lower(node: Node): void {
    const inputs = node.inputs.map((value) => this.#name(value));
    const wanted = this.#outputs.get(node);
    const names = node.types.map((_, index) => {
      if (node.op === 'input') return node.attributes.name;
      return wanted?.get(index) ?? this.#fresh();
    });
    this.#names.set(node, names);
    lowerNode(node, inputs, names, this, this.#decomposedOps.has(node.op));
  }

  operator(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[] | number,
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): readonly string[] {
    const names =
      typeof outputs === 'number' ? Array.from({ length: outputs }, () => this.#fresh()) : outputs;
    this.operators.push(
      create(NodeProtoSchema, {
        opType: type,
        name: `${type}_${this.operators.length}`,
        input: [...inputs],
        output: [...names],
        attribute: Object.entries(attributes).map(describeAttribute),
      }),
    );
    return names;
  }

  integers(values: readonly number[]): string {
    return this.#shared(`integers ${values.join()}`, (name) => {
      this.#inline(name, 'int64', [values.length], BigInt64Array.from(values, BigInt));
    });
  }

  ones(length: number): string {
    return this.#shared(`ones ${length}`, (name) => {
      this.#inline(name, 'float32', [length], new Float32Array(length).fill(1));
    });
  }

  byte(value: number): string {
    return this.#shared(`byte ${value}`, (name) => {
      this.#inline(name, 'uint8', [], Uint8Array.of(value));
    });
  }

  weights({ attributes: { type, data } }: NodeOf<'constant'>, name: string): void {
    // Small constants (scalars, shapes) stay in the model, where every reader can fold them.
    if (this.#file === undefined || data.byteLength < 1024) {
      this.#inline(name, type.dtype, type.shape, data);
      return;
    }
    this.initializers.push(
      create(TensorProtoSchema, {
        name,
        dims: type.shape.map(BigInt),
        dataType: onnxTypes[type.dtype],
        dataLocation: DataLocation.EXTERNAL,
        externalData: [
          {
            key: 'location',
            value: this.#hasSeparateFiles
              ? weightFile(this.#file, this.externalWeights.length)
              : this.#file,
          },
          { key: 'offset', value: String(this.#hasSeparateFiles ? 0 : this.#offset) },
          { key: 'length', value: String(data.byteLength) },
        ],
      }),
    );
    this.externalWeights.push(bytesOf(data));
    this.#offset += data.byteLength;
  }

  /** Creates a constant once for all uses of the same key. */
  #shared(key: string, write: (name: string) => void): string {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.#fresh();
    this.#constants.set(key, name);
    write(name);
    return name;
  }

  #inline(name: string, dtype: DType, shape: readonly number[], data: ConstantData): void {
    this.initializers.push(
      create(TensorProtoSchema, {
        name,
        dims: shape.map(BigInt),
        dataType: onnxTypes[dtype],
        rawData: bytesOf(data),
      }),
    );
  }

  #name(value: Value): string {
    const name = this.#names.get(value.node)?.[value.output];
    if (name === undefined) throw new Error(`${value.node.op}: used before it was lowered`);
    return name;
  }

  #fresh(): string {
    const name = `v${this.#count++}`;
    return this.#reserved.has(name) ? this.#fresh() : name;
  }
}

/** Names of the graph's outputs by node and output index. */
function outputNames(graph: Graph): ReadonlyMap<Node, ReadonlyMap<number, string>> {
  const names = new Map<Node, Map<number, string>>();
  for (const [name, { node, output }] of graph.outputs) {
    const taken = names.get(node) ?? new Map<number, string>();
    if (node.op === 'input' || node.op === 'constant' || taken.has(output)) {
      throw new Error(
        `graph ${graph.name}: output ${name} must not be an input, a constant or another output`,
      );
    }
    names.set(node, taken.set(output, name));
  }
  return names;
}

function lowerNode<K extends OpName>(
  node: NodeOf<K>,
  inputs: readonly string[],
  outputs: readonly string[],
  sink: OperatorSink,
  isDecomposed: boolean,
): void {
  const lowering = (isDecomposed && decomposedLowerings[node.op]) || lowerings[node.op];
  lowering(node, inputs, outputs, sink);
}

/** Bytes of a constant; ONNX stores raw data little-endian, as all supported machines do in memory. */
function bytesOf(data: ConstantData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function describeAttribute([name, value]: [string, AttributeValue]): AttributeProto {
  if (typeof value === 'number') {
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
  }
  if ('float' in value) {
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  }
  if ('text' in value) {
    // Mode names are ASCII.
    const s = Uint8Array.from(value.text, (letter) => letter.charCodeAt(0));
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s });
  }
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
}

function describeValue(
  name: string,
  { dtype, shape }: TensorType,
  batch: number | undefined,
): ValueInfoProto {
  const dim = shape.map((size, axis) =>
    axis === 0 && size === batch
      ? { value: { case: 'dimParam' as const, value: 'batch' } }
      : { value: { case: 'dimValue' as const, value: BigInt(size) } },
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: { case: 'tensorType', value: { elemType: onnxTypes[dtype], shape: { dim } } },
    },
  });
}
