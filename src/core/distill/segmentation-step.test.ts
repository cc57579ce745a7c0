import { describe, expect, it } from 'vitest';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { randomValues, required } from '../../../tests/support/values.ts';
import * as g from '../graph/build.ts';
import { evaluate } from '../graph/evaluate.ts';
import type { Graph } from '../graph/ops.ts';
import { decoderLayout, initialDecoder, patchGraph } from '../heads/segmentation-decoder.ts';
import { adapterLayout } from '../vit/adapters.ts';
import { Random } from '../random.ts';
import { biasCorrections } from './optimizer.ts';
import { segmentationLoss, segmentationParameters, segmentationStep } from './segmentation-step.ts';
import type { SegmentationPlan } from './segmentation-step.ts';

const encoder = tinyVit({ depth: 2 });
const { imageSize } = encoder.architecture;
const pixels = imageSize * imageSize;
const outputs = 3;
const decoder = decoderLayout(encoder.architecture, outputs);
const classWeights = { shape: [outputs], data: Float32Array.of(0.5, 1, 2) };
const frozen: SegmentationPlan = { encoder, decoder, classWeights };
const adapters = adapterLayout(encoder.architecture, 2);
const adapting: SegmentationPlan = { ...frozen, adapting: { layout: adapters, rate: 0.25 } };

const batch = 2;
const images = randomValues(batch * 3 * pixels, 3, 0, 1);
const patches = required(
  evaluate(patchGraph(encoder), new Map([['images', images]])).get('patches'),
  'patches',
).data;

/** Classes of pixels as zeros and ones; the last tenth is unknown. */
const truth = new Float64Array(batch * pixels * outputs);
const random = new Random(5);
let known = 0;
for (let pixel = 0; pixel < batch * pixels; pixel++) {
  if (pixel % pixels > 0.9 * pixels) continue;
  const value = random.integer(outputs);
  truth[pixel * outputs + value] = 1;
  known += classWeights.data[value] ?? NaN;
}

const startOf = (plan: SegmentationPlan): Float64Array => {
  const start = Float64Array.from(randomValues(segmentationParameters(plan), 8, -0.3, 0.3));
  start.set(initialDecoder(decoder, 1));
  return start;
};

type Inputs = Readonly<Record<string, ArrayLike<number>>>;

/** Values of the first images, or of the images from an index on. */
function ofPart<T extends Float32Array | Float64Array>(values: T, part: number, from = 0): T {
  const each = values.length / batch;
  return values.slice(from * each, (from + part) * each) as T;
}

/** Loss of a plan as a graph for the first images, and its inputs. */
function lossOf(plan: SegmentationPlan, part = batch): { graph: Graph; inputs: Inputs } {
  const parameters = g.input('parameters', [segmentationParameters(plan)]);
  const { loss, gradient } = segmentationLoss(plan, part, parameters);
  const outputsOf = new Map([
    ['loss', loss],
    ['gradient', gradient],
  ]);
  const inputs: Inputs = {
    images: ofPart(images, part),
    truth: ofPart(truth, part),
    scale: [1 / known],
    parameters: startOf(plan),
    ...(!plan.adapting && { patches: ofPart(patches, part) }),
  };
  return { graph: { name: 'loss', outputs: outputsOf }, inputs };
}

function run({ graph, inputs }: { graph: Graph; inputs: Inputs }): (name: string) => Float64Array {
  const values = Object.entries(inputs).map(
    ([name, data]) => [name, Float64Array.from(data)] as const,
  );
  const results = evaluate(graph, new Map(values));
  return (name) => required(results.get(name), name).data;
}

describe('segmentationLoss', () => {
  it('is cross-entropy by weights, and one minus the mean Dice without the background', () => {
    const { graph, inputs } = lossOf(frozen);
    // Only the classifier: with weights of 0 its biases are the logits of every pixel.
    const parameters = new Float64Array(decoder.size);
    const classify = decoder.tensors.find(({ name }) => name === 'classify.bias');
    const logits = [0.2, -0.5, 0.9];
    parameters.set(logits, classify?.offset ?? -1);
    const sum = logits.reduce((all, logit) => all + Math.exp(logit), 0);
    const likely = logits.map((logit) => Math.exp(logit) / sum);
    let entropy = 0;
    const dice: number[] = [];
    for (let image = 0; image < batch; image++) {
      const counts = new Array<number>(outputs).fill(0);
      for (let pixel = image * pixels; pixel < (image + 1) * pixels; pixel++) {
        for (let value = 0; value < outputs; value++) {
          if (truth[pixel * outputs + value] !== 1) continue;
          counts[value] = (counts[value] ?? 0) + 1;
          entropy -= (classWeights.data[value] ?? NaN) * Math.log(likely[value] ?? NaN);
        }
      }
      const all = counts.reduce((one, other) => one + other, 0);
      for (const value of [1, 2]) {
        const [share, count] = [likely[value] ?? NaN, counts[value] ?? NaN];
        dice.push((2 * share * count + 1) / (share * all + count + 1));
      }
    }
    const expected =
      entropy / known + 1 - dice.reduce((one, other) => one + other, 0) / dice.length;
    const got = run({ graph, inputs: { ...inputs, parameters } })('loss')[0];
    expect(got).toBeCloseTo(expected, 9);
  });

  it.each([
    ['a frozen encoder', frozen],
    ['one that learns on', adapting],
  ] as const)('has the gradient of central differences, with %s', (_, plan) => {
    const { graph, inputs } = lossOf(plan, 1);
    const gradient = run({ graph, inputs })('gradient');
    expect(gradient.length).toBe(segmentationParameters(plan));
    const loss: Graph = {
      name: 'loss',
      outputs: new Map([['loss', required(graph.outputs.get('loss'), 'loss')]]),
    };
    const start = Float64Array.from(inputs.parameters ?? []);
    const at = (position: number, shift: number): number => {
      const parameters = start.slice();
      parameters[position] = (parameters[position] ?? NaN) + shift;
      return run({ graph: loss, inputs: { ...inputs, parameters } })('loss')[0] ?? NaN;
    };
    const largest = Math.max(...gradient.map(Math.abs));
    const step = 1e-6;
    // One value of each tensor, and of the first and the last adapter.
    const pairs = plan.adapting?.layout.adapters ?? [];
    const places = [
      ...decoder.tensors.map(({ offset }) => offset + 1),
      ...[...pairs.slice(0, 1), ...pairs.slice(-1)].flatMap(({ offsetA, offsetB }) => [
        decoder.size + offsetA + 1,
        decoder.size + offsetB + 1,
      ]),
    ];
    for (const position of places) {
      const slope = (at(position, step) - at(position, -step)) / (2 * step);
      expect(Math.abs((gradient[position] ?? NaN) - slope)).toBeLessThan(1e-6 * largest);
    }
  });

  it('adds up over the parts of a batch', () => {
    const whole = run(lossOf(frozen));
    const part = lossOf(frozen, 1);
    const parts = [0, 1].map((index) =>
      run({
        graph: part.graph,
        inputs: {
          ...part.inputs,
          images: ofPart(images, 1, index),
          patches: ofPart(patches, 1, index),
          truth: ofPart(truth, 1, index),
          // Images in the batch, and in each of its parts: each part's loss is weighted by its share.
          scale: [2 / known],
        },
      }),
    );
    const mean = (name: string): number[] =>
      Array.from(
        parts[0]?.(name) ?? [],
        (value, at) => (value + (parts[1]?.(name)[at] ?? NaN)) / 2,
      );
    expect(mean('loss')[0]).toBeCloseTo(whole('loss')[0] ?? NaN, 9);
    mean('gradient').forEach((value, at) => {
      expect(value).toBeCloseTo(whole('gradient')[at] ?? NaN, 9);
    });
  });
});

describe('segmentationStep', () => {
  it('moves adapters by their own rate', () => {
    const size = segmentationParameters(adapting);
    const { inputs } = lossOf(adapting);
    const step = (plan: SegmentationPlan): Float64Array =>
      run({
        graph: segmentationStep(plan, batch),
        inputs: {
          ...inputs,
          mean: new Float64Array(size),
          square: new Float64Array(size),
          lossSum: [0],
          gradientSum: new Float64Array(size),
          share: [1],
          learningRate: [0.01],
          corrections: biasCorrections(1),
        },
      })('parametersNext');
    const start = startOf(adapting);
    const moves = step(adapting).map((value, at) => value - (start[at] ?? NaN));
    const full = step({ ...adapting, adapting: { layout: adapters, rate: 1 } }).map(
      (value, at) => value - (start[at] ?? NaN),
    );
    for (let at = 0; at < size; at++) {
      const rate = at < decoder.size ? 1 : 0.25;
      expect(moves[at]).toBeCloseTo(rate * (full[at] ?? NaN), 9);
    }
    expect(Math.max(...moves.subarray(decoder.size).map(Math.abs))).toBeGreaterThan(1e-4);
  });
});
