import { describe, expect, it } from 'vitest';
import { difference, randomValues } from '../../../tests/support/values.ts';
import * as g from '../graph/build.ts';
import { differentiate } from '../graph/differentiate.ts';
import { evaluate } from '../graph/evaluate.ts';
import type { Value } from '../graph/ops.ts';
import { reachableNodes } from '../graph/ops.ts';
import { simplify } from '../graph/rewrite.ts';
import { elementCount } from '../tensor.ts';
import {
  adapterForm,
  afterNorm,
  applyLinear,
  applyLinears,
  scaled,
  withoutBias,
} from './linear.ts';
import type { AdapterForm, Linear } from './linear.ts';

const [batch, tokens, inputs, outputs, rank] = [2, 3, 4, 5, 2];
const x = g.input('x', [batch, tokens, inputs]);

const random = (shape: readonly number[], seed: number): Value =>
  g.constant({ shape, data: randomValues(elementCount(shape), seed) });

/** A layer whose adapter comes from two inputs. */
function layer(form: AdapterForm, name = ''): Linear {
  return {
    weight: random([inputs, outputs], 1),
    bias: random([outputs], 2),
    adapter: {
      form,
      down: g.input(`down${name}`, [inputs, rank]),
      up: g.input(`up${name}`, [rank, outputs]),
    },
  };
}

/** What a graph of `y` gives, and the gradients of Σ y·r by all its inputs. */
function valuesAndGradients(y: Value): ReadonlyMap<string, ArrayLike<number>> {
  const every = y.type.shape.map((_, axis) => axis);
  const loss = g.reshape(g.reduceSum(g.mul(y, random(y.type.shape, 3)), every), []);
  const named = new Map(
    reachableNodes([y]).flatMap((node) =>
      node.op === 'input'
        ? [[node.attributes.name, { node, output: 0, type: node.attributes.type }] as const]
        : [],
    ),
  );
  const gradients = differentiate(loss, [...named.values()]);
  const entries = [...named.keys()].map(
    (name, index) => [`d${name}`, gradients[index] ?? loss] as const,
  );
  const graph = simplify({ name: 'layer', outputs: new Map([['y', y], ...entries]) });
  const feeds = new Map(
    [...named.keys()].toSorted().map((name, index) => {
      const size = elementCount(named.get(name)?.type.shape ?? []);
      return [name, randomValues(size, 10 + index)] as const;
    }),
  );
  return new Map([...evaluate(graph, feeds)].map(([name, { data }]) => [name, data]));
}

const changes: Readonly<Record<string, (layer: Linear) => Linear>> = {
  'as it is': (each) => each,
  scaled: (each) => scaled(each, random([outputs], 4)),
  'after a norm': (each) => afterNorm(each, random([inputs], 6), random([inputs], 7)),
  'after a norm, scaled': (each) =>
    scaled(afterNorm(each, random([inputs], 6), random([inputs], 7)), g.scalar(0.3)),
  'after a norm, without bias': (each) =>
    withoutBias(afterNorm(each, random([inputs], 6), random([inputs], 7))),
};

describe('an adapter beside its layer', () => {
  it.each(Object.entries(changes))('gives what it gives merged: %s', (_, change) => {
    const merged = valuesAndGradients(applyLinear(x, change(layer('merged'))));
    const beside = valuesAndGradients(applyLinear(x, change(layer('beside'))));
    expect([...beside.keys()].toSorted()).toEqual(['ddown', 'dup', 'dx', 'y']);
    for (const [name, values] of merged) {
      expect(difference([...(beside.get(name) ?? [])], [...values]), name).toBeLessThan(1e-12);
    }
  });

  it('shares its product with those of other layers on the same tokens', () => {
    const three = (['q', 'k', 'v'] as const).map((name) => layer('beside', name));
    const together = valuesAndGradients(g.concat(applyLinears(x, three), 2));
    const apart = valuesAndGradients(
      g.concat(
        three.map((each) => applyLinear(x, each)),
        2,
      ),
    );
    for (const [name, values] of apart) {
      expect(difference([...(together.get(name) ?? [])], [...values]), name).toBeLessThan(1e-12);
    }
    const products = reachableNodes(applyLinears(x, three)).filter(
      ({ op, inputs: [left] }) => op === 'matmul' && left === x,
    );
    expect(products.map(({ types }) => types[0]?.shape.at(-1))).toEqual([
      outputs,
      3 * rank,
      outputs,
      outputs,
    ]);
  });
});

it.each([
  ['eight images of ViT-B/16', 1576, 768, 'beside'],
  ['32 images of a small ViT-Ti', 2080, 192, 'merged'],
  ['32 images of ViT-B/16, as on a GPU', 6304, 768, 'merged'],
] as const)('adapterForm: %s', (_, count, width, form) => {
  expect(adapterForm(count, width)).toBe(form);
});
