import { describe, expect, it } from 'vitest';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { difference, randomTensor, required } from '../../../tests/support/values.ts';
import { trainStep } from '../distill/train-step.ts';
import { adapterLayout } from '../vit/adapters.ts';
import { copyBlocks } from '../vit/copy.ts';
import * as g from './build.ts';
import { evaluate } from './evaluate.ts';
import { graphInputs, reachableNodes } from './ops.ts';
import type { Graph, Shape, Value } from './ops.ts';
import { forUntransposedProducts } from './untransposed-products.ts';
import { printGraph } from './print.ts';

const graphOf = (y: Value): Graph => ({ name: 'case', outputs: new Map([['y', y]]) });

/** Shapes of transposed values, in their order. */
function transposedShapes(graph: Graph): Shape[] {
  return reachableNodes(graph.outputs.values()).flatMap(({ op, inputs: [x] }) =>
    op === 'transpose' && x ? [x.type.shape] : [],
  );
}

function expectSameValues(graph: Graph, changed: Graph): void {
  const inputs = new Map(
    graphInputs(graph).map(({ attributes: { name, type } }, index) => [
      name,
      randomTensor(type.shape, index, 0.1, 1).data,
    ]),
  );
  const [expected, got] = [evaluate(graph, inputs), evaluate(changed, inputs)];
  for (const [name, { shape, data }] of expected) {
    const value = required(got.get(name), name);
    expect(value.shape).toEqual(shape);
    expect(difference(value.data, data), name).toBeLessThan(1e-10);
  }
}

const [wide, thin] = [g.input('wide', [20, 30]), g.input('thin', [20, 3])];
const batches = [g.input('p', [2, 9, 30]), g.input('q', [2, 9, 3])] as const;

describe('forUntransposedProducts', () => {
  it.each<[string, Value, readonly Shape[]]>([
    ['two transposes', g.transpose(g.transpose(batches[0], [1, 0, 2]), [0, 2, 1]), [[2, 9, 30]]],
    ['a transpose and its inverse', g.add(g.swapLast(g.swapLast(wide)), wide), []],
    [
      'the smaller operand and the result',
      g.matmul(g.swapLast(wide), thin),
      [
        [20, 3],
        [3, 30],
      ],
    ],
    [
      'the same of batches',
      g.matmul(g.swapLast(batches[0]), batches[1]),
      [
        [2, 9, 3],
        [2, 3, 30],
      ],
    ],
    ['the operand that is the smaller already', g.matmul(g.swapLast(thin), wide), [[20, 3]]],
    [
      'the product of two transposed operands',
      g.matmul(g.swapLast(thin), g.swapLast(g.input('r', [50, 20]))),
      [[50, 3]],
    ],
  ])('converts %s', (_, y, shapes) => {
    const graph = graphOf(y);
    const plain = forUntransposedProducts(graph);
    expect(transposedShapes(plain)).toEqual(shapes);
    expectSameValues(graph, plain);
  });

  const long = (rows: number, columns: number): Value => g.input(`x${columns}`, [rows, columns]);
  const gradient = (rows: number): Value => g.matmul(g.swapLast(long(rows, 2)), long(rows, 5));

  it.each([
    [2047, undefined],
    [2048, 4],
    [6304, 8],
    [50_000, 16],
    [2053, undefined],
  ])('sums over %i rows in %s pieces', (rows, pieces) => {
    const graph = graphOf(gradient(rows));
    const plain = forUntransposedProducts(graph);
    const product = reachableNodes(plain.outputs.values()).find(({ op }) => op === 'matmul');
    expect(product?.types[0]?.shape).toEqual([...(pieces ? [pieces] : []), 2, 5]);
    expectSameValues(graph, plain);
  });

  it('makes no more pieces than have room for their products', () => {
    const [p, q] = [long(8192, 1500), long(8192, 1501)];
    const plain = forUntransposedProducts(graphOf(g.matmul(g.swapLast(p), q)));
    const product = reachableNodes(plain.outputs.values()).find(({ op }) => op === 'matmul');
    expect(product?.types[0]?.shape).toEqual([2, 1500, 1501]);
  });

  it('splits nothing of variable length', () => {
    const graph = { ...graphOf(gradient(4096)), batch: 4096 };
    expect(printGraph(forUntransposedProducts(graph))).toBe(printGraph(graph));
  });

  it('keeps the results of a training step, with only attention transposed for all tokens', () => {
    const copy = copyBlocks(tinyVit({ depth: 4 }), [0, 2]);
    const graph = trainStep({ copy, layout: adapterLayout(copy.architecture, 1) }, 4);
    const plain = forUntransposedProducts(graph);
    expectSameValues(graph, plain);
    // 4 images of 5 tokens; thin operands have one column per adapter.
    const wholes = (shapes: readonly Shape[]): readonly Shape[] =>
      shapes.filter(([rows, columns = 0]) => rows === 20 && columns > 3);
    expect(wholes(transposedShapes(graph))).not.toEqual([]);
    expect(wholes(transposedShapes(plain))).toEqual([]);
  });
});
