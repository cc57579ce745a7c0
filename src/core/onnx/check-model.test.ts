import { fromBinary } from '@bufbuild/protobuf';
import { WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, it } from 'vitest';
import * as g from '../graph/build.ts';
import { checkModelNumbers } from './check-model.ts';
import { emitOnnx } from './emit.ts';
import { ModelProtoSchema } from './onnx_pb.js';
import type { GraphProto, ModelProto, NodeProto } from './onnx_pb.js';

/** Model that normalises, pads and reshapes an image, with its weights in a file next to it. */
function model(): ModelProto {
  const image = g.input('image', [2, 4, 8]);
  const padded = g.pad(g.normalize(image, 1e-6), 1, 1, 1);
  const joined = g.concat(
    [padded, g.expand(g.constant({ shape: [1, 1, 8], data: new Float32Array(8) }), [2, 1, 8])],
    1,
  );
  const weight = g.constant({ shape: [8, 64], data: new Float32Array(512) });
  const y = g.reshape(g.matmul(joined, weight), [2, 7 * 64]);
  const external = { file: 'weights.bin', threshold: 100 };
  const { model: bytes } = emitOnnx({ name: 'm', outputs: new Map([['y', y]]) }, { external });
  return fromBinary(ModelProtoSchema, bytes);
}

function changed(change: (graph: GraphProto) => void): () => void {
  const made = model();
  if (made.graph) change(made.graph);
  return () => {
    checkModelNumbers(made);
  };
}

const node = ({ node: nodes }: GraphProto, type: string): NodeProto | undefined =>
  nodes.find(({ opType }) => opType === type);

/** Changes a number of the constant that is an operator's second input. */
const constant = (type: string, at: number, value: bigint) => (graph: GraphProto) => {
  const name = node(graph, type)?.input[1];
  const found = graph.initializer.find((weight) => weight.name === name);
  if (found === undefined) throw new Error(`${type} has no constant`);
  found.rawData = Uint8Array.from(found.rawData);
  new DataView(found.rawData.buffer).setBigInt64(8 * at, value, true);
};
const axis = (type: string, value: bigint) => (graph: GraphProto) => {
  for (const one of node(graph, type)?.attribute ?? []) if (one.name === 'axis') one.i = value;
};
const located = (place: string) => (graph: GraphProto) => {
  for (const { externalData } of graph.initializer) {
    for (const entry of externalData) if (entry.key === 'location') entry.value = place;
  }
};

describe('checkModelNumbers', () => {
  it('refuses loops and functions, which no student has and which could not be stopped', () => {
    // The content of functions is not checked.
    const field = (no: number) => ({
      no,
      wireType: WireType.LengthDelimited,
      data: Uint8Array.of(0),
    });
    const looping = (no: number) =>
      changed((graph) => {
        const [attribute] = node(graph, 'LayerNormalization')?.attribute ?? [];
        if (attribute === undefined) throw new Error('there is no attribute');
        attribute.$unknown = [field(no)];
      });
    expect(looping(6)).toThrow('nested graphs');
    expect(looping(11)).toThrow('nested graphs');
    const made = model();
    made.$unknown = [field(25)];
    expect(() => {
      checkModelNumbers(made);
    }).toThrow('functions');
  });

  it('accepts models that Understudy writes', () => {
    expect(changed(() => undefined)).not.toThrow();
  });

  it.each<[string, (graph: GraphProto) => void, RegExp]>([
    // ONNX Runtime reads the lower 32 bits, −1, and crashes the process.
    ['an axis past 32 bits', axis('LayerNormalization', 2n ** 56n - 1n), /axis is 7205759/],
    ['an axis that no tensor has', axis('Concat', 9n), /Concat.*outside of -8 to 7/],
    ['copies beyond all memory', constant('Expand', 0, 2n ** 30n), /Expand.*values/],
    ['a size past 32 bits', constant('Reshape', 1, 2n ** 33n), /Reshape.*outside/],
    ['copies without end', constant('Expand', 0, 2n ** 33n), /Expand.*outside/],
    ['an endless border', constant('Pad', 1, 2n ** 20n), /Pad.*1048576/],
    ['weights in a folder above', located('../weights.bin'), /outside of the model's folder/],
    ['weights at an absolute path', located('/etc/passwd'), /outside of the model's folder/],
    ['weights on another drive', located('C:weights.bin'), /outside of the model's folder/],
    ['weights in no file', located('..'), /outside of the model's folder/],
    [
      'whole numbers without their bytes',
      ({ initializer }) => {
        for (const weight of initializer)
          if (weight.dataType === 7) weight.rawData = new Uint8Array(3);
      },
      /3 bytes for/,
    ],
  ])('refuses %s', (_, change, words) => {
    expect(changed(change)).toThrow(words);
  });
});
