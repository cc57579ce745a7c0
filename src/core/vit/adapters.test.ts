import { describe, expect, it } from 'vitest';
import { tinyArchitecture, tinyVit } from '../../../tests/support/tiny-vit.ts';
import { difference, randomValues, required } from '../../../tests/support/values.ts';
import * as g from '../graph/build.ts';
import { evaluate } from '../graph/evaluate.ts';
import { parameterCount } from './architecture.ts';
import { featureGraph } from './classifier.ts';
import { frozenLinears, projectionNames } from './forward.ts';
import type { ProjectionName } from './forward.ts';
import { linearLocation, linearNames, linearShape } from './weights.ts';
import type { LinearName, VitModel } from './weights.ts';
import {
  adaptedLinears,
  adapterLayout,
  adapterValues,
  initialAdapters,
  mergeAdapters,
  packAdapters,
  unpackAdapters,
} from './adapters.ts';

const [width, mlpWidth] = [tinyArchitecture.width, tinyArchitecture.mlpWidth];

describe('adapterLayout', () => {
  it.each([1, 2, 5])('has A and B for six layers of every block, rank %i', (rank) => {
    const { adapters, size } = adapterLayout(tinyArchitecture, rank);
    expect(adapters.map(({ block, layer }) => [block, layer])).toEqual(
      [0, 1].flatMap((block) => linearNames.map((layer) => [block, layer])),
    );
    // q, k, v and proj are (D, D), fc1 and fc2 (M, D) and (D, M).
    expect(size).toBe(2 * rank * (4 * (width + width) + 2 * (mlpWidth + width)));
  });

  it('leaves no gap and no overlap', () => {
    const { rank, adapters, size } = adapterLayout(tinyArchitecture, 3);
    let end = 0;
    for (const { inputs, outputs, offsetA, offsetB } of adapters) {
      expect(offsetA).toBe(end);
      expect(offsetB).toBe(offsetA + rank * inputs);
      end = offsetB + outputs * rank;
    }
    expect(end).toBe(size);
  });
});

describe('initialAdapters', () => {
  const layout = adapterLayout({ ...tinyArchitecture, width: 16, mlpWidth: 64 }, 8);
  const flat = initialAdapters(layout, 4);

  it('fills A uniformly from ±1/√in, and B with zeros', () => {
    for (const { inputs, outputs, offsetA, offsetB, layer } of layout.adapters) {
      const bound = 1 / Math.sqrt(inputs);
      const a = flat.subarray(offsetA, offsetB);
      expect(a.every((value) => Math.abs(value) <= Math.fround(bound))).toBe(true);
      const [low, high] = [Math.min(...a), Math.max(...a)];
      expect(low, layer).toBeLessThan(-0.9 * bound);
      expect(high, layer).toBeGreaterThan(0.9 * bound);
      const variance = a.reduce((sum, value) => sum + value * value, 0) / a.length;
      expect(variance / (bound * bound * (1 / 3))).toBeGreaterThan(0.7);
      expect(variance / (bound * bound * (1 / 3))).toBeLessThan(1.3);
      const b = flat.subarray(offsetB, offsetB + outputs * layout.rank);
      expect(b.every((value) => value === 0)).toBe(true);
    }
  });

  it('depends on the seed, and no two adapters are alike', () => {
    expect(initialAdapters(layout, 4)).toEqual(flat);
    expect(initialAdapters(layout, 5)).not.toEqual(flat);
    const beginnings = layout.adapters.map(({ offsetA }) => flat[offsetA]);
    expect(new Set(beginnings).size).toBe(beginnings.length);
  });
});

it('packs what it unpacks, in order', () => {
  const layout = adapterLayout(tinyArchitecture, 2);
  const pairs = unpackAdapters(layout, g.input('flat', [layout.size]));
  expect(pairs.map(({ a, b }) => [a.type.shape, b.type.shape]).slice(0, 4)).toEqual([
    [
      [3, 2, width],
      [3, width, 2],
    ],
    [
      [2, width],
      [width, 2],
    ],
    [
      [2, width],
      [mlpWidth, 2],
    ],
    [
      [2, mlpWidth],
      [width, 2],
    ],
  ]);
  const flat = randomValues(layout.size, 1);
  const outputs = new Map([['flat', packAdapters(adapterValues(pairs))]]);
  const got = evaluate({ name: 'pack', outputs }, new Map([['flat', flat]])).get('flat');
  expect([...required(got, 'flat').data]).toEqual([...flat]);
});

/** Reads a linear layer's part of the weights, and the bias that it may share. */
function weightsOf(
  { architecture, weights }: VitModel,
  block: number,
  layer: LinearName,
): { weight: Float32Array; bias: Float32Array | undefined } {
  const { name, firstRow } = linearLocation(architecture, block, layer);
  const [rows, columns] = linearShape(architecture, layer);
  const { data } = required(weights.get(`${name}.weight`), name);
  return {
    weight: data.subarray(firstRow * columns, (firstRow + rows) * columns),
    bias: weights.get(`${name}.bias`)?.data,
  };
}

describe('mergeAdapters', () => {
  const rank = 2;

  it.each([
    {},
    { layerScale: true, qkvBias: false, preNorm: true, activation: 'quick-gelu' },
  ] as const)('gives the adapted forward pass: %j', (changes) => {
    const model = tinyVit(changes);
    const layout = adapterLayout(model.architecture, rank);
    const flat = randomValues(layout.size, 7);
    const pairs = unpackAdapters(layout, g.input('adapters', [layout.size]));
    const linears = adaptedLinears(frozenLinears(model), pairs);
    const image = randomValues(2 * 3 * 64, 8, 0, 1);
    const features = (graph: ReturnType<typeof featureGraph>): Float64Array => {
      const inputs = new Map([
        ['image', image],
        ['adapters', flat],
      ]);
      return required(evaluate(graph, inputs).get('features'), 'features').data;
    };
    const adapted = features(featureGraph(model, linears));
    const merged = features(featureGraph(mergeAdapters(model, layout, flat)));
    expect(difference(merged, adapted)).toBeLessThan(1e-6);
    // The adapters have an effect.
    expect(difference(features(featureGraph(model)), adapted)).toBeGreaterThan(0.01);
  });

  it('adds B·A to the layer it belongs to, and to nothing else', () => {
    const model = tinyVit();
    const layout = adapterLayout(model.architecture, rank);
    for (const adapter of layout.adapters) {
      // One entry of A and one of B: their product is one element of the weight.
      const [row, column, k] = [3, 4, 1];
      const flat = new Float32Array(layout.size);
      flat[adapter.offsetA + k * adapter.inputs + column] = 0.5;
      flat[adapter.offsetB + row * rank + k] = 4;
      const merged = mergeAdapters(model, layout, flat);
      for (let block = 0; block < 2; block++) {
        for (const layer of linearNames) {
          const [before, after] = [weightsOf(model, block, layer), weightsOf(merged, block, layer)];
          const expected = before.weight.slice();
          if (block === adapter.block && layer === adapter.layer) {
            const at = row * adapter.inputs + column;
            expected[at] = (expected[at] ?? 0) + 2;
          }
          expect(after.weight, `${adapter.layer} on ${layer}`).toEqual(expected);
          expect(after.bias).toEqual(before.bias);
        }
      }
    }
  });

  it('does not change the model it is given, and gives a plain model of the same size', () => {
    const model = tinyVit();
    const before = new Map([...model.weights].map(([name, { data }]) => [name, data.slice()]));
    const layout = adapterLayout(model.architecture, rank);
    const merged = mergeAdapters(model, layout, randomValues(layout.size, 3));
    for (const [name, data] of before) expect(model.weights.get(name)?.data, name).toEqual(data);
    expect([...merged.weights.keys()]).toEqual([...model.weights.keys()]);
    const total = [...merged.weights.values()].reduce((sum, { data }) => sum + data.length, 0);
    expect(total).toBe(parameterCount(model.architecture));
  });

  it('with B zero is the untrained copy', () => {
    const model = tinyVit();
    const layout = adapterLayout(model.architecture, rank);
    expect(mergeAdapters(model, layout, initialAdapters(layout, 1)).weights).toEqual(model.weights);
  });
});

it('adaptedLinears leaves layers without an adapter as they are', () => {
  const base = frozenLinears(tinyVit());
  const layout = adapterLayout({ ...tinyArchitecture, depth: 1 }, 1);
  const pairs = unpackAdapters(layout, g.input('flat', [layout.size]));
  const linears = adaptedLinears(base, pairs);
  const adapted = (block: number, name: ProjectionName): boolean =>
    linears(block, name).adapter !== undefined;
  expect(projectionNames.map((name) => adapted(0, name))).toEqual([true, true, true, true]);
  expect(projectionNames.map((name) => adapted(1, name))).toEqual([false, false, false, false]);
});
