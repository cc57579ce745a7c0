import { fromBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { randomTensor, required } from '../../../tests/support/values.ts';
import * as g from '../graph/build.ts';
import type { Graph, Value } from '../graph/ops.ts';
import { classifierGraph } from '../vit/classifier.ts';
import { emitOnnx } from './emit.ts';
import type { EmitOptions } from './emit.ts';
import { ModelProtoSchema, TensorProto_DataLocation as DataLocation } from './onnx_pb.js';
import type { GraphProto, ModelProto, TensorProto, ValueInfoProto } from './onnx_pb.js';

const parse = (bytes: Uint8Array): ModelProto => fromBinary(ModelProtoSchema, bytes);
const graphOf = (y: Value): Graph => ({ name: 'case', outputs: new Map([['y', y]]) });

function emitted(graph: Graph, options?: EmitOptions): GraphProto {
  return required(parse(emitOnnx(graph, options).model).graph, 'graph');
}

/** Formats a declared input or output as `image: float32 (batch, 3, 8, 8)`. */
function describeInfo({ name, type }: ValueInfoProto): string {
  const tensor = type?.value.case === 'tensorType' ? type.value.value : undefined;
  const sizes = tensor?.shape?.dim.map(({ value }) => String(value.value)) ?? [];
  return `${name}: ${tensor?.elemType ?? '?'} (${sizes.join(', ')})`;
}

const float32Of = ({ rawData }: TensorProto): number[] => [
  ...new Float32Array(rawData.slice().buffer),
];

describe('emitOnnx', () => {
  const head = { weight: randomTensor([3, 6], 1), bias: randomTensor([3], 2) };
  const student = classifierGraph(tinyVit(), { ...head, task: 'single' });

  it('states the version, the producer and the kind of model', () => {
    const model = parse(
      emitOnnx(student, {
        producer: { name: 'understudy', version: '1.2.3' },
        documentation: 'A student.',
      }).model,
    );
    expect(model).toMatchObject({
      irVersion: 9n,
      producerName: 'understudy',
      producerVersion: '1.2.3',
      docString: 'A student.',
      opsetImport: [{ domain: '', version: 20n }],
      graph: { name: 'student' },
    });
  });

  it('declares inputs and outputs, their leading size as any batch', () => {
    const { input, output } = emitted(student);
    expect(input.map(describeInfo)).toEqual(['image: 1 (batch, 3, 8, 8)']);
    expect(output.map(describeInfo)).toEqual([
      'logits: 1 (batch, 3)',
      'probabilities: 1 (batch, 3)',
      'features: 1 (batch, 6)',
    ]);
  });

  it('uses no other axis as the batch, even if it has the same size', () => {
    const graph = { ...graphOf(g.abs(g.input('x', [2, 2]))), batch: 2 };
    expect(emitted(graph).input.map(describeInfo)).toEqual(['x: 1 (batch, 2)']);
  });

  it('declares fixed sizes and other types if the graph has no batch', () => {
    const y = g.cast(g.input('x', [2, 2]), 'float16');
    const { input, output } = emitted(graphOf(y));
    expect(input.map(describeInfo)).toEqual(['x: 1 (2, 2)']);
    expect(output.map(describeInfo)).toEqual(['y: 10 (2, 2)']);
  });

  it('uses every name after its definition, and writes each once', () => {
    const { input, initializer, node } = emitted(student);
    const known = new Set(['', ...input.map(({ name }) => name)]);
    for (const { name } of initializer) known.add(name);
    expect(known.size).toBe(1 + input.length + initializer.length);
    for (const operator of node) {
      for (const name of operator.input) expect(known.has(name), name).toBe(true);
      for (const name of operator.output.filter((each) => each !== '')) {
        expect(known.has(name), name).toBe(false);
        known.add(name);
      }
    }
    expect(new Set(node.map(({ name }) => name)).size).toBe(node.length);
    expect(new Set(node.map(({ domain }) => domain))).toEqual(new Set(['']));
  });

  it('writes constants as little-endian bytes, and repeated shapes once', () => {
    const weight = g.constant({ shape: [2, 2], data: Float32Array.of(1, -2, 0.5, 3) });
    const x = g.input('x', [2, 2]);
    const y = g.add(g.reshape(g.matmul(x, weight), [4]), g.reshape(g.abs(x), [4]));
    const { initializer } = emitted(graphOf(y));
    expect(initializer).toHaveLength(2);
    const [first, second] = initializer;
    expect(first).toMatchObject({ dims: [2n, 2n], dataType: 1 });
    expect(float32Of(required(first, 'weight'))).toEqual([1, -2, 0.5, 3]);
    expect(second).toMatchObject({ dims: [1n], dataType: 7 });
    // Shape (4) is written as -1: the batch size at run time may differ from that of the build.
    const shape = new BigInt64Array(required(second, 'shape').rawData.slice().buffer);
    expect([...shape]).toEqual([-1n]);
  });

  it('writes only the part of a buffer that a constant views', () => {
    const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    const { initializer } = emitted(
      graphOf(g.add(g.input('x', [2]), g.constant({ shape: [2], data }))),
    );
    expect(initializer.map(float32Of)).toEqual([[1, 2]]);
  });

  it.each<[string, Graph, string]>([
    [
      'an input as an output',
      graphOf(g.input('x', [2])),
      'output y must not be an input, a constant or another output',
    ],
    [
      'a constant as an output',
      graphOf(g.scalar(1)),
      'output y must not be an input, a constant or another output',
    ],
    [
      'a graph that does not pass its check',
      { name: 'none', outputs: new Map() },
      'has no outputs',
    ],
  ])('refuses %s', (_, graph, message) => {
    expect(() => emitOnnx(graph)).toThrow(message);
  });

  it('refuses two names for one result', () => {
    const y = g.abs(g.input('x', [2]));
    const outputs = new Map([
      ['y', y],
      ['z', y],
    ]);
    expect(() => emitOnnx({ name: 'two', outputs })).toThrow(
      'output z must not be an input, a constant or another output',
    );
  });
});

describe('weights in a file of their own', () => {
  const large = [1, 2].map((seed) => randomTensor([16, 16], seed));
  const bias = randomTensor([16], 3);
  const x = g.input('x', [2, 16]);
  const [first, second] = large.map((each) => g.constant(each));
  const product = g.matmul(g.matmul(x, required(first, 'first')), required(second, 'second'));
  const graph = graphOf(g.add(product, g.constant(bias)));
  const bytes = 2 * 16 * 16 * 4 + 16 * 4;

  it('stay in the message up to the threshold', () => {
    const { model, weights } = emitOnnx(graph, { external: { file: 'w', threshold: bytes } });
    expect(weights).toEqual([]);
    expect(model).toEqual(emitOnnx(graph).model);
  });

  it('are stored outside past the threshold, except for small ones', () => {
    const { model, weights } = emitOnnx(graph, {
      external: { file: 'student.weights', threshold: bytes - 1 },
    });
    expect(weights.map((piece) => [...new Float32Array(piece.slice().buffer)])).toEqual(
      large.map(({ data }) => [...data]),
    );
    const { initializer } = required(parse(model).graph, 'graph');
    const external = initializer.filter(
      ({ dataLocation }) => dataLocation === DataLocation.EXTERNAL,
    );
    const entries = external.map(({ externalData, rawData }) => {
      expect(rawData).toHaveLength(0);
      return Object.fromEntries(externalData.map(({ key, value }) => [key, value]));
    });
    expect(entries).toEqual([
      { location: 'student.weights', offset: '0', length: '1024' },
      { location: 'student.weights', offset: '1024', length: '1024' },
    ]);
    const inline = initializer.filter(({ dataLocation }) => dataLocation !== DataLocation.EXTERNAL);
    expect(inline.map(float32Of)).toEqual([[...bias.data]]);
  });

  it('must have a file when one message cannot hold them', () => {
    // More than 2 GB by size, although all are the same array, which is never filled.
    const data = new BigInt64Array(2 ** 26);
    const parts = Array.from({ length: 4 }, () =>
      g.typedConstant({ dtype: 'int64', shape: [data.length] }, data),
    );
    const casts = parts.map((part) => g.cast(part, 'float32'));
    const total = casts.reduce((sum, part) => g.add(sum, part));
    expect(() => emitOnnx(graphOf(total))).toThrow(
      `${4 * data.byteLength} bytes of weights need a separate file`,
    );
  });
});
