import { join } from 'node:path';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { modelCard } from '../../../src/contract/model-card.ts';
import { cardFacts } from '../../../src/contract/testing/model-cards.ts';
import { intervalOf } from '../../../src/contract/testing/results.ts';
import {
  decoderLayout,
  initialDecoder,
  segmentationGraph,
} from '../../../src/core/heads/segmentation-decoder.ts';
import type { Graph } from '../../../src/core/graph/ops.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import { emitOnnx, type OnnxModel } from '../../../src/core/onnx/emit.ts';
import { ModelProtoSchema } from '../../../src/core/onnx/onnx_pb.js';
import { halfWeights, quantizedWeights } from '../../../src/core/onnx/precision.ts';
import { classifierGraph } from '../../../src/core/vit/classifier.ts';
import { cardKey, openModel } from '../../../src/engine/models/model-file.ts';
import { onnxRuntime } from '../../../src/runtime/onnxruntime.ts';
import { tinyVit } from '../../support/tiny-vit.ts';
import { randomTensor } from '../../support/values.ts';
import type { Case } from './case.ts';

/** Exported students as ONNX files, with their model cards. */

const executor = onnxRuntime('cpu', { threads: 1 });
/** Weights with few different values, so that stored mutants compress well. */
const coarse = ({ shape, data }: Tensor): Tensor => ({
  shape,
  data: data.map((value) => Math.round(4 * value) / 4),
});
const drawn = tinyVit({ width: 16, mlpWidth: 16 });
const weightsOf = [...drawn.weights].map(([name, weight]) => [name, coarse(weight)] as const);
const vit = { ...drawn, weights: new Map(weightsOf) };
const head = { weight: coarse(randomTensor([3, 16], 1)), bias: coarse(randomTensor([3], 2)) };
const classifier = classifierGraph(vit, { ...head, task: 'single' });
const layout = decoderLayout(vit.architecture, 3);
const decoder = initialDecoder(layout, 1);
const outliner = segmentationGraph(vit, layout, coarse({ shape: [decoder.length], data: decoder }));

const common = { ...cardFacts, classes: ['a', 'b', 'c'] };
const quality = { teacher: intervalOf(0.5), copy: intervalOf(0.5), student: intervalOf(0.5) };
const classes = modelCard.parse({ ...common, task: 'single', metrics: { ...quality, images: 3 } });
const none = { dice: null, iou: null };
const outlines = modelCard.parse({
  ...common,
  task: 'segmentation',
  masks: {
    colours: ['#ff0000', '#00ff00'],
    overlap: 0.5,
    patchSize: 4,
    decoderSteps: 1,
    adapted: false,
  },
  metrics: { teacher: none, copy: none, student: none, images: 3 },
});

const weightsFile = 'model.onnx.data';

function written(graph: Graph, card: string, external = false): OnnxModel {
  return emitOnnx(graph, {
    metadata: new Map([[cardKey, card]]),
    ...(external && { external: { file: weightsFile, threshold: 100 } }),
  });
}

export function modelCases(): Case[] {
  const [ofClasses, ofOutlines] = [JSON.stringify(classes), JSON.stringify(outlines)];
  const { model: apart, weights } = written(classifier, ofClasses, true);
  const data = Buffer.concat(weights);
  const beside = { [weightsFile]: data };
  const cards = [
    ['a card of classes', ofClasses, (card: string) => written(classifier, card)],
    ['a card of outlines', ofOutlines, (card: string) => written(outliner, card)],
  ] as const;
  return [
    modelCase('float32', written(classifier, ofClasses).model),
    modelCase('float16', written(halfWeights(classifier), ofClasses).model),
    modelCase('int8', written(quantizedWeights(classifier), ofClasses).model),
    modelCase('outliner', written(outliner, ofOutlines).model),
    { ...modelCase('with its weights apart', apart), beside },
    {
      ...modelCase('weights apart', data),
      path: weightsFile,
      beside: { 'model.onnx': apart },
    },
    ...cards.map(([name, card, write]) => ({
      ...modelCase(name, Buffer.from(card)),
      form: 'text' as const,
      pack: (content: Buffer) => Buffer.from(write(content.toString('utf8')).model),
    })),
    {
      // Location of the weights, which may be another file.
      ...modelCase('the name of the weights', Buffer.from(weightsFile)),
      ...{ form: 'text', beside },
      pack: (content) => renamedWeights(apart, content.toString('utf8')),
    },
  ];
}

function modelCase(name: string, content: Uint8Array): Case {
  return {
    name,
    ...{ path: 'model.onnx', form: 'bytes', content: Buffer.from(content) },
    read: async (folder) => {
      const { graph } = await openModel(join(folder, 'model.onnx'), executor);
      await graph.dispose();
    },
  };
}

function renamedWeights(model: Uint8Array, name: string): Buffer {
  const parsed = fromBinary(ModelProtoSchema, model);
  for (const { externalData } of parsed.graph?.initializer ?? []) {
    for (const entry of externalData) if (entry.key === 'location') entry.value = name;
  }
  return Buffer.from(toBinary(ModelProtoSchema, parsed));
}
