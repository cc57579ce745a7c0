import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { segmentationLoss } from '../../src/core/distill/segmentation-step.ts';
import type { SegmentationPlan } from '../../src/core/distill/segmentation-step.ts';
import * as g from '../../src/core/graph/build.ts';
import { evaluate } from '../../src/core/graph/evaluate.ts';
import { graphInputs } from '../../src/core/graph/ops.ts';
import type { Graph } from '../../src/core/graph/ops.ts';
import { simplify } from '../../src/core/graph/rewrite.ts';
import { decode, decoderLayout, unpackDecoder } from '../../src/core/heads/segmentation-decoder.ts';
import { ignoreValue } from '../../src/core/mask/tiles.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { readSafetensors } from '../../src/formats/safetensors/safetensors.ts';
import { describeExecutors } from '../conformance/executors.ts';
import { tinyVit } from '../support/tiny-vit.ts';
import { difference, required } from '../support/values.ts';

// Computed by make_decoder_goldens.py with PyTorch in double precision, rounded to float32 at the end.
const encoder = tinyVit({ imageSize: 12 });
const [batch, pixels, outputs] = [2, 144, 3];
const layout = decoderLayout(encoder.architecture, outputs);

describe('the segmentation decoder against PyTorch', () => {
  let golden: ReadonlyMap<string, Tensor>;
  let inputs: Map<string, Tensor>;
  let graphs: readonly Graph[];
  const value = (name: string): Tensor => required(golden.get(name), name);

  beforeAll(async () => {
    const path = fileURLToPath(new URL('decoder.safetensors', import.meta.url));
    golden = (await readSafetensors(path)).tensors;
    const labels = value('labels').data;
    const classWeights = value('class_weights');
    const truth = { shape: [batch, pixels, outputs], data: new Float32Array(labels.length * 3) };
    let weight = 0;
    labels.forEach((label, pixel) => {
      if (label === ignoreValue) return;
      truth.data[pixel * outputs + label] = 1;
      weight += classWeights.data[label] ?? NaN;
    });
    const scale = { shape: [], data: Float32Array.of(1 / weight) };
    const given = ['parameters', 'patches', 'images'].map((name) => [name, value(name)] as const);
    inputs = new Map([...given, ['truth', truth], ['scale', scale]]);
    const parameters = g.input('parameters', [layout.size]);
    const plan: SegmentationPlan = { encoder, decoder: layout, classWeights };
    const { loss, gradient } = segmentationLoss(plan, batch, parameters);
    const logits = decode(
      encoder,
      unpackDecoder(layout, parameters),
      g.input('patches', value('patches').shape),
      g.input('images', value('images').shape),
    );
    graphs = [
      {
        name: 'loss',
        outputs: new Map([
          ['loss', g.reshape(loss, [1])],
          ['gradient', gradient],
        ]),
      },
      { name: 'logits', outputs: new Map([['logits', logits]]) },
    ];
  });

  it('agrees in double precision', () => {
    for (const graph of graphs) {
      const values = [...inputs].map(([name, { data }]) => [name, data] as const);
      const results = evaluate(graph, new Map(values));
      expect([...results.keys()]).toEqual([...graph.outputs.keys()]);
      for (const [name, { data }] of results) {
        // The remaining difference is the golden's rounding to float32.
        expect(difference(data, value(name).data)).toBeLessThan(2e-7);
      }
    }
  });

  describeExecutors('computed', (executor) => {
    it('agrees in single precision', async () => {
      for (const graph of graphs) {
        const loaded = await executor.load(simplify(graph));
        const given = graphInputs(graph).map(({ attributes: { name } }) => [
          name,
          required(inputs.get(name), name),
        ]);
        const results = await loaded.run(Object.fromEntries(given) as Record<string, Tensor>);
        expect([...results.keys()]).toEqual([...graph.outputs.keys()]);
        for (const [name, result] of results) {
          const { data } = await result.read();
          result.dispose();
          expect(difference(data, value(name).data)).toBeLessThan(2e-6);
        }
        await loaded.dispose();
      }
    });
  });
});
