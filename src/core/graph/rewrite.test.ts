import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { difference, randomTensor, required } from '../../../tests/support/values.ts';
import * as g from './build.ts';
import { evaluate } from './evaluate.ts';
import type { Graph, OpName, Shape, Value } from './ops.ts';
import { graphInputs, reachableNodes } from './ops.ts';
import { printGraph } from './print.ts';
import { foldConstants, rewrite, simplify } from './rewrite.ts';
import type { RewriteRule } from './rewrite.ts';

const graphOf = (y: Value): Graph => ({ name: 'case', outputs: new Map([['y', y]]) });
const outputOf = (graph: Graph): Value => required(graph.outputs.get('y'), 'y');
const ops = (graph: Graph): readonly OpName[] =>
  reachableNodes(graph.outputs.values()).map(({ op }) => op);

/** Number of multiplications in all matrix products. */
function multiplications(graph: Graph): number {
  let total = 0;
  for (const { op, inputs } of reachableNodes(graph.outputs.values())) {
    const [left, right] = inputs.map(({ type }) => type.shape);
    if (op === 'matmul') total += (left ?? []).reduce((a, b) => a * b, 1) * (right?.at(-1) ?? 0);
  }
  return total;
}

/** Compares both graphs' y on the same random inputs; only rounding may differ, if the order of sums changes. */
function expectSameValues(before: Graph, after: Graph, limit = 0): void {
  const inputs = new Map(
    graphInputs(before).map(({ attributes: { name, type } }, index) => [
      name,
      randomTensor(type.shape, 40 + index).data,
    ]),
  );
  const expected = required(evaluate(before, inputs).get('y'), 'y');
  const got = required(evaluate(after, inputs).get('y'), 'y');
  expect(got.shape).toEqual(expected.shape);
  expect(difference(got.data, expected.data)).toBeLessThanOrEqual(limit);
}

const x = g.input('x', [2, 3, 4]);
const ones = (shape: Shape): Value =>
  g.constant({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1) });

describe('simplify', () => {
  it.each<[string, Value, readonly OpName[]]>([
    ['a reshape to the same shape', g.abs(g.reshape(x, [2, 3, 4])), ['input', 'abs']],
    ['an expand to the same shape', g.abs(g.expand(x, [2, 3, 4])), ['input', 'abs']],
    ['a transpose that moves nothing', g.abs(g.transpose(x, [0, 1, 2])), ['input', 'abs']],
    ['a transpose and its inverse', g.abs(g.swapLast(g.swapLast(x))), ['input', 'abs']],
    [
      'a turn of the axes and the turn back',
      g.abs(g.transpose(g.transpose(x, [1, 2, 0]), [2, 0, 1])),
      ['input', 'abs'],
    ],
    ['a factor of 1', g.abs(g.mul(x, g.scalar(1))), ['input', 'abs']],
    ['a factor of 1 in front', g.abs(g.mul(g.scalar(1), x)), ['input', 'abs']],
    ['a factor of ones that fits', g.abs(g.mul(x, ones([3, 1]))), ['input', 'abs']],
  ])('removes %s', (_, y, remaining) => {
    const graph = graphOf(y);
    const simple = simplify(graph);
    expect(ops(simple)).toEqual(remaining);
    expectSameValues(graph, simple);
  });

  it('computes repeated expressions once', () => {
    const twice = (): Value => g.exp(g.slice(x, 1, 0, 2));
    const graph = graphOf(g.add(twice(), g.mul(twice(), g.exp(g.slice(x, 1, 1, 3)))));
    const simple = simplify(graph);
    expect(ops(simple)).toEqual(['input', 'slice', 'exp', 'slice', 'exp', 'mul', 'add']);
    expectSameValues(graph, simple);
  });

  it('leaves each output a result of its own', () => {
    const outputs = new Map([
      ['y', g.abs(x)],
      ['z', g.abs(x)],
    ]);
    const simple = simplify({ name: 'two', outputs });
    expect(simple.outputs.get('y')?.node).not.toBe(simple.outputs.get('z')?.node);
  });

  const swapped = g.swapLast(g.input('a', [2, 4, 3]));
  const right = g.input('b', [2, 4, 5]);
  const square = g.input('s', [3, 3]);
  const matrices = [g.swapLast(g.input('c', [4, 3])), g.input('d', [4, 5])] as const;

  it.each([
    ['matrices', g.swapLast(g.matmul(...matrices)), [5, 3]],
    ['batches', g.swapLast(g.matmul(swapped, right)), [2, 5, 3]],
  ])('moves the transpose of a product of %s to the operand without one', (_, y, shape) => {
    const graph = graphOf(y);
    const simple = simplify(graph);
    // (Aᵀ·B)ᵀ = Bᵀ·A
    const product = outputOf(simple);
    expect(product.node.op).toBe('matmul');
    expect(product.type.shape).toEqual(shape);
    expect(product.node.inputs.map(({ node }) => node.op)).toEqual(['transpose', 'input']);
    expectSameValues(graph, simple, 1e-12);
  });

  it.each([
    ['a reshape that changes the shape', g.reshape(x, [6, 4])],
    ['an expand that repeats', g.expand(g.slice(x, 0, 0, 1), [2, 3, 4])],
    ['a transpose that moves an axis', g.swapLast(x)],
    ['two transposes that do not undo each other', g.swapLast(g.transpose(x, [2, 0, 1]))],
    ['the transpose of a product of plain operands', g.swapLast(g.matmul(x, g.input('w', [4, 5])))],
    [
      'the transpose of a product of a square of another op',
      g.swapLast(g.matmul(g.abs(square), square)),
    ],
    ['another transpose of a product', g.transpose(g.matmul(swapped, right), [1, 0, 2])],
    ['the transpose of rows by one matrix', g.swapLast(g.matmul(swapped, g.input('w', [4, 5])))],
    ['a factor that is not 1 everywhere', g.mul(x, g.scalar(2))],
    ['ones that enlarge the other factor', g.mul(g.slice(x, 2, 0, 1), ones([4]))],
    ['ones that add an axis', g.mul(x, ones([5, 1, 1, 1]))],
    ['a quotient by 1', g.div(x, g.scalar(1))],
  ])('keeps %s', (_, y) => {
    const graph = graphOf(y);
    expect(printGraph(simplify(graph))).toBe(printGraph(graph));
  });

  const rows = g.input('rows', [9, 4]);
  const weight = g.input('weight', [4, 2]);
  const padded = (value: Value, before: number, after: number): Value =>
    g.pad(value, 1, before, after);

  it.each<[string, Value, readonly OpName[]]>([
    [
      'a scale of the columns to the smaller factor',
      g.mul(g.matmul(rows, weight), g.input('scale', [2])),
      ['input', 'input', 'input', 'mul', 'matmul'],
    ],
    [
      'stretches that meet between zeros beside each other',
      g.add(g.add(padded(g.abs(x), 3, 6), padded(g.exp(x), 0, 9)), padded(g.gelu(x), 6, 3)),
      ['input', 'exp', 'abs', 'gelu', 'concat', 'pad'],
    ],
    [
      'what is repeated for a sum as it is',
      g.sub(x, g.expand(g.slice(x, 0, 0, 1), [2, 3, 4])),
      ['input', 'slice', 'sub'],
    ],
    [
      'two numbers to each other',
      g.mul(g.mul(x, g.input('s', [])), g.input('t', [])),
      ['input', 'input', 'input', 'mul', 'mul'],
    ],
    [
      'concatenations into one',
      g.concat([g.concat([x, x], 0), g.abs(x)], 0),
      ['input', 'abs', 'concat'],
    ],
  ])('moves %s', (_, y, remaining) => {
    const graph = graphOf(y);
    const simple = simplify(graph);
    expect(ops(simple).toSorted()).toEqual(remaining.toSorted());
    expectSameValues(graph, simple, 1e-12);
  });

  it.each([
    [
      'a scale of a product that is smaller',
      g.mul(g.matmul(g.slice(rows, 0, 0, 1), weight), g.scalar(2)),
    ],
    ['a scale of rows', g.mul(g.matmul(rows, weight), g.input('scale', [9, 1]))],
    ['stretches with a gap', g.add(padded(x, 0, 6), padded(x, 5, 1))],
    ['stretches that overlap', g.add(padded(x, 0, 3), padded(x, 2, 1))],
    [
      'what is repeated for more',
      g.add(g.slice(x, 0, 0, 1), g.expand(g.slice(x, 0, 1, 2), [2, 3, 4])),
    ],
    [
      'concatenations along two axes',
      g.concat([g.concat([x, x], 1), g.concat([x, g.exp(x)], 1)], 0),
    ],
  ])('does not change %s', (_, y) => {
    const graph = graphOf(y);
    expect(printGraph(simplify(graph))).toBe(printGraph(graph));
  });

  it('keeps everything else about the graph', () => {
    const graph = { ...graphOf(g.abs(g.reshape(x, [2, 3, 4]))), batch: 2 };
    expect(simplify(graph)).toMatchObject({ name: 'case', batch: 2 });
  });

  it('rewrites nodes after the second output of a node', () => {
    const [, inverse] = g.apply('normalize', [g.mul(x, g.scalar(1))], { epsilon: 0.1 });
    const graph = graphOf(g.abs(required(inverse, 'inverse')));
    const simple = simplify(graph);
    expect(ops(simple)).toEqual(['input', 'normalize', 'abs']);
    expectSameValues(graph, simple);
  });
});

describe('chains of matrix products', () => {
  const size = fc.integer({ min: 1, max: 9 });

  it.each(['left', 'right'])(
    'of three, written %s first, are bracketed the cheaper way',
    (side) => {
      const chain = fc.tuple(size, size, size, size);
      fc.assert(
        fc.property(chain, ([m, k, l, n]) => {
          const [p, q, r] = [g.input('p', [m, k]), g.input('q', [k, l]), g.input('r', [l, n])];
          const y = side === 'left' ? g.matmul(g.matmul(p, q), r) : g.matmul(p, g.matmul(q, r));
          const simple = simplify(graphOf(y));
          const [leftFirst, rightFirst] = [m * k * l + m * l * n, k * l * n + m * k * n];
          expect(multiplications(simple)).toBe(Math.min(leftFirst, rightFirst));
          expectSameValues(graphOf(y), simple, 1e-9);
        }),
        { numRuns: 60 },
      );
    },
  );

  it('of any length and bracketing never become slower, and keep their values', () => {
    const sizes = fc.array(size, { minLength: 4, maxLength: 7 });
    fc.assert(
      fc.property(sizes, fc.array(fc.nat(99), { minLength: 6, maxLength: 6 }), (edges, order) => {
        let factors = edges
          .slice(1)
          .map((columns, index) => g.input(`x${index}`, [edges[index] ?? 0, columns]));
        for (let turn = 0; factors.length > 1; turn++) {
          const at = (order[turn] ?? 0) % (factors.length - 1);
          const [left, right] = factors.slice(at, at + 2);
          const product = g.matmul(required(left, 'left'), required(right, 'right'));
          factors = [...factors.slice(0, at), product, ...factors.slice(at + 2)];
        }
        const graph = graphOf(required(factors[0], 'product'));
        const simple = simplify(graph);
        expect(multiplications(simple)).toBeLessThanOrEqual(multiplications(graph));
        expectSameValues(graph, simple, 1e-9);
      }),
      { numRuns: 60 },
    );
  });

  it('keep the thin matrix of an adapter on the right', () => {
    const [inputs, inner] = [g.input('x', [9, 16]), g.input('i', [9, 2])];
    const graph = graphOf(g.swapLast(g.matmul(g.swapLast(inputs), inner)));
    expect(printGraph(simplify(graph))).toBe(printGraph(graph));
  });

  it('leave products of batches unchanged', () => {
    const [p, q, r] = [g.input('p', [2, 9, 9]), g.input('q', [9, 9]), g.input('r', [9, 1])];
    const graph = graphOf(g.matmul(g.matmul(p, q), r));
    expect(printGraph(simplify(graph))).toBe(printGraph(graph));
  });

  it("never form a weight's whole gradient on the way to its adapter's", () => {
    // T tokens, D inputs and outputs, rank r: (xᵀ·dy)·B takes D·T·D, xᵀ·(dy·B) only 2·T·D·r.
    const [tokens, width, rank] = [50, 20, 2];
    const [inputs, gradient] = [g.input('x', [tokens, width]), g.input('dy', [tokens, width])];
    const plain = g.matmul(g.matmul(g.swapLast(inputs), gradient), g.input('b', [width, rank]));
    const simple = simplify(graphOf(plain));
    expect(multiplications(simple)).toBe(2 * tokens * width * rank);
    expectSameValues(graphOf(plain), simple, 1e-9);
  });
});

describe('rewrite', () => {
  it('offers nodes with inputs that were already rewritten', () => {
    const y = g.add(g.abs(x), g.abs(x));
    const result = rewrite(graphOf(y), (node) =>
      node.op === 'abs' ? g.exp(required(node.inputs[0], 'x')) : undefined,
    );
    expect(ops(result)).toEqual(['input', 'exp', 'exp', 'add']);
  });

  it('refuses a rule that changes a shape where it matters', () => {
    const graph = graphOf(g.reshape(g.abs(x), [24]));
    const rule: RewriteRule = (node) => (node.op === 'abs' ? g.scalar(1) : undefined);
    expect(() => rewrite(graph, rule)).toThrow('reshape: () does not fit (24)');
  });
});

describe('foldConstants', () => {
  const weight = g.constant(randomTensor([4, 5], 1));
  const scale = g.constant(randomTensor([5], 2));

  it('computes nodes that depend on no input in advance', () => {
    const folded = g.matmul(x, g.mul(weight, g.exp(scale)));
    const graph = graphOf(folded);
    const result = foldConstants(graph);
    expect(ops(result)).toEqual(['input', 'constant', 'matmul']);
    expectSameValues(graph, result, 2 ** -24 * 4);
  });

  it('sums in double precision', () => {
    // 1 + 2⁻²⁴ + 2⁻²⁴ - 1 is 2⁻²³, but 0 when each sum is rounded to float32.
    const row = g.constant({ shape: [1, 4], data: Float32Array.of(1, 2 ** -24, 2 ** -24, -1) });
    const result = foldConstants(graphOf(g.add(x, g.matmul(row, ones([4, 1])))));
    const constants = reachableNodes(result.outputs.values()).filter(({ op }) => op === 'constant');
    expect(constants).toHaveLength(1);
    expect(constants[0]).toMatchObject({ attributes: { data: Float32Array.of(2 ** -23) } });
  });

  it.each([
    ['what depends on an input', g.matmul(x, weight)],
    [
      'constants that are not float32',
      g.cast(g.typedConstant({ dtype: 'uint8', shape: [2] }, Uint8Array.of(1, 2)), 'float32'),
    ],
    ['what would not be float32', g.cast(scale, 'float16')],
  ])('keeps %s', (_, y) => {
    const graph = graphOf(y);
    expect(printGraph(foldConstants(graph))).toBe(printGraph(graph));
  });
});
