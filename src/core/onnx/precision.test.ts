import { describe, expect, it } from 'vitest';
import { difference, randomTensor, required } from '../../../tests/support/values.ts';
import * as g from '../graph/build.ts';
import { evaluate } from '../graph/evaluate.ts';
import type { ConstantData, Graph, Shape, Value } from '../graph/ops.ts';
import { reachableNodes } from '../graph/ops.ts';
import { printGraph } from '../graph/print.ts';
import type { Tensor } from '../tensor.ts';
import { emitOnnx } from './emit.ts';
import { halfProducts, halfWeights, quantizedWeights } from './precision.ts';

const x = g.input('x', [4, 64]);
const input = randomTensor([4, 64], 1).data;
const weight = randomTensor([64, 64], 2);
const bias = randomTensor([64], 3);
const graphOf = (y: Value): Graph => ({ name: 'case', outputs: new Map([['y', y]]) });
const layer = (values: Tensor): Graph =>
  graphOf(g.add(g.matmul(x, g.constant(values)), g.constant(bias)));

const run = (graph: Graph): Float64Array =>
  required(evaluate(graph, new Map([['x', input]])).get('y'), 'y').data;

/** Lists every constant: its type as text, and its data. */
function constants(graph: Graph): { type: string; data: ConstantData }[] {
  return reachableNodes(graph.outputs.values()).flatMap((node) =>
    node.op === 'constant'
      ? [
          {
            type: `${node.attributes.type.dtype} ${node.attributes.type.shape.join('×')}`,
            data: node.attributes.data,
          },
        ]
      : [],
  );
}

const types = (graph: Graph): string[] => constants(graph).map(({ type }) => type);
const filled = (shape: Shape, value: number): Tensor => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
});

describe('halfWeights', () => {
  const graph = layer(weight);
  const half = halfWeights(graph);

  it('stores large weights in half the bytes, and biases as they were', () => {
    expect(types(half)).toEqual(['float16 64×64', 'float32 64']);
    const [before, after] = [graph, half].map((each) => emitOnnx(each).model.length);
    const saved = required(before, 'before') - required(after, 'after');
    // 2 of 4 bytes per weight, minus the operator that widens it.
    expect(saved).toBeGreaterThan(64 * 64 * 2 - 100);
    expect(saved).toBeLessThanOrEqual(64 * 64 * 2);
  });

  it('rounds each weight to the nearest float16', () => {
    const [stored] = constants(half);
    expect(Array.from(required(stored, 'weight').data, Number)).toEqual(
      Array.from(weight.data, Math.f16round),
    );
  });

  it('changes results by no more than half precision', () => {
    const change = difference(run(half), run(graph));
    expect(change).toBeGreaterThan(0);
    expect(change).toBeLessThan(2 ** -11);
  });

  it('rounds after folding constants', () => {
    const scaled = graphOf(g.matmul(x, g.mul(g.constant(weight), g.scalar(3))));
    expect(types(halfWeights(scaled))).toEqual(['float16 64×64']);
    expect(difference(run(halfWeights(scaled)), run(scaled))).toBeLessThan(2 ** -11);
  });

  it.each<[string, Graph]>([
    ['beyond the range of float16', layer(filled([64, 64], 70_000))],
    ['of few values', graphOf(g.matmul(x, g.constant(filled([64, 63], 1))))],
    [
      'of one axis',
      graphOf(
        g.add(g.reshape(g.expand(x, [16, 4, 64]), [4096]), g.constant(randomTensor([4096], 4))),
      ),
    ],
  ])('does not change weights %s', (_, before) => {
    expect(printGraph(halfWeights(before))).toBe(printGraph(before));
  });
});

describe('quantizedWeights', () => {
  const graph = layer(weight);
  const quantized = quantizedWeights(graph);

  it('stores large matrices as bytes with one scale per output', () => {
    expect(types(quantized)).toEqual(['uint8 64×64', 'float32 64', 'float32 64']);
  });

  it('restores every weight to within half a step, and the largest of each output exactly', () => {
    const [bytes, scales] = constants(quantized).map(({ data }) => Array.from(data, Number));
    for (let column = 0; column < 64; column++) {
      const scale = scales?.[column] ?? NaN;
      let largest = 0;
      for (let row = 0; row < 64; row++) {
        const at = row * 64 + column;
        const [byte, value] = [bytes?.[at] ?? NaN, weight.data[at] ?? NaN];
        expect(Math.abs((byte - 128) * scale - value)).toBeLessThanOrEqual(scale * 0.5001);
        largest = Math.max(largest, Math.abs(byte - 128));
      }
      expect(largest).toBe(127);
    }
  });

  it('is close to float', () => {
    const change = difference(run(quantized), run(graph));
    expect(change).toBeGreaterThan(0);
    expect(change).toBeLessThan(0.02);
  });

  it('accepts an output whose weights are all zero', () => {
    const values = weight.data.slice();
    for (let row = 0; row < 64; row++) values[row * 64 + 5] = 0;
    const some = quantizedWeights(layer({ shape: [64, 64], data: values }));
    const [bytes] = constants(some);
    const column = Array.from(required(bytes, 'bytes').data, Number).filter(
      (_, at) => at % 64 === 5,
    );
    expect(new Set(column)).toEqual(new Set([128]));
    const result = run(some);
    for (let row = 0; row < 4; row++) {
      expect(result[row * 64 + 5]).toBeCloseTo(bias.data[5] ?? NaN, 6);
    }
  });

  it.each<[string, Value]>([
    ['of two inputs', g.matmul(x, g.input('w', [64, 64]))],
    ['with few weights', g.matmul(x, g.constant(filled([64, 63], 1)))],
    ['with the weight on the left', g.matmul(g.constant(weight), g.swapLast(x))],
    ['of batches', g.matmul(g.reshape(x, [2, 2, 64]), g.constant(randomTensor([2, 64, 64], 5)))],
  ])('does not change a product %s', (_, y) => {
    const before = graphOf(y);
    expect(printGraph(quantizedWeights(before))).toBe(printGraph(before));
  });
});

describe('halfProducts', () => {
  const other = g.input('other', [4, 64]);
  const product = g.matmul(x, g.constant(weight));
  const half = halfProducts(graphOf(g.add(g.matmul(g.swapLast(product), other), g.constant(bias))));
  const nodes = reachableNodes(half.outputs.values());

  it('uses float16 only for products, and computes all else in float32', () => {
    const dtypes = (op: string): string[] =>
      nodes.flatMap((node) => (node.op === op ? [node.types[0]?.dtype ?? ''] : []));
    expect(dtypes('matmul')).toEqual(['float16', 'float16']);
    expect(dtypes('add')).toEqual(['float32']);
    expect(types(half)).toEqual(['float16 64×64', 'float32 64']);
  });

  it('transposes operands as float16, which is half the bytes', () => {
    const [transpose] = nodes.filter(({ op }) => op === 'transpose');
    expect(transpose?.types[0]?.dtype).toBe('float16');
  });

  it('does not change a graph without products, or products of other types', () => {
    const bytes = g.cast(x, 'float16');
    for (const value of [g.abs(x), g.matmul(bytes, g.swapLast(bytes))]) {
      expect(printGraph(halfProducts(graphOf(value)))).toBe(printGraph(graphOf(value)));
    }
  });
});
