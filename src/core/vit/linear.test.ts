import { describe, expect, it } from 'vitest';
import { difference, randomValues } from '../../../tests/support/values.ts';
import * as g from '../graph/build.ts';
import { differentiate } from '../graph/differentiate.ts';
import { evaluate } from '../graph/evaluate.ts';
import type { Value } from '../graph/ops.ts';
import { simplify } from '../graph/rewrite.ts';
import { elementCount } from '../tensor.ts';
import { adapterForm, applyLinear, scaled } from './linear.ts';
import type { AdapterForm, Linear } from './linear.ts';

const [tokens, inputs, outputs, rank] = [6, 4, 5, 2];
const x = g.input('x', [tokens, inputs]);
const a = g.input('a', [rank, inputs]);
const b = g.input('b', [outputs, rank]);

const random = (shape: readonly number[], seed: number): Value =>
  g.constant({ shape, data: randomValues(elementCount(shape), seed) });

function layer(form: AdapterForm): Linear {
  return {
    weight: random([outputs, inputs], 1),
    bias: random([outputs], 2),
    adapter: { form, a, b },
  };
}

/** Evaluates a layer, and the gradients of Σ y·r by its inputs. */
function valuesAndGradients(linear: Linear): ReadonlyMap<string, Float64Array> {
  const y = applyLinear(x, linear);
  const loss = g.reshape(g.reduceSum(g.mul(y, random(y.type.shape, 3)), [0, 1]), []);
  const gradients = differentiate(loss, [x, a, b]);
  const entries = gradients.map((gradient, index) => [`d${index}`, gradient] as const);
  const graph = simplify({ name: 'layer', outputs: new Map([['y', y], ...entries]) });
  const feeds = new Map([
    ['x', randomValues(tokens * inputs, 10)],
    ['a', randomValues(rank * inputs, 11)],
    ['b', randomValues(outputs * rank, 12)],
  ]);
  return new Map([...evaluate(graph, feeds)].map(([name, { data }]) => [name, data]));
}

const changes: Readonly<Record<string, (layer: Linear) => Linear>> = {
  'as it is': (each) => each,
  scaled: (each) => scaled(each, random([outputs], 4)),
  'without bias': (each) => ({ ...each, bias: undefined }),
};

describe('an adapter next to its layer', () => {
  it.each(Object.entries(changes))('computes the same as merged: %s', (_, change) => {
    const merged = valuesAndGradients(change(layer('merged')));
    const beside = valuesAndGradients(change(layer('beside')));
    expect([...beside.keys()].toSorted()).toEqual(['d0', 'd1', 'd2', 'y']);
    for (const [name, values] of merged) {
      expect(difference([...(beside.get(name) ?? [])], [...values]), name).toBeLessThan(1e-12);
    }
  });
});

it.each([
  ['eight images of ViT-B/16', 1576, 768, 16, 'beside'],
  ['of a rank that is no small part of the width', 1576, 768, 128, 'merged'],
  ['32 images of a small ViT-Ti', 2080, 192, 12, 'merged'],
  ['32 images of ViT-B/16, as on a GPU', 6304, 768, 16, 'merged'],
] as const)('adapterForm: %s', (_, count, width, ofRank, form) => {
  expect(adapterForm(count, width, ofRank)).toBe(form);
});
