import { describe, expect, it } from 'vitest';
import * as g from './build.ts';
import { checkGraph } from './check.ts';
import type { Graph, NodeOf, OpName, TensorType, Value } from './ops.ts';

const float = (...shape: number[]): TensorType => ({ dtype: 'float32', shape });
const x = g.input('x', [2, 3]);

/** Assembles a node by hand, with errors that no builder would make. */
function forged<K extends OpName>(node: NodeOf<K>, type: TensorType, output = 0): Value {
  return { node: node as Value['node'], output, type };
}

const wrongType = forged(
  { op: 'abs', inputs: [x], attributes: {}, types: [float(3, 2)] },
  float(3, 2),
);
const missingOutput = forged({ op: 'abs', inputs: [x], attributes: {}, types: [] }, float(2, 3));
const wrongClaim: Value = { ...x, type: { dtype: 'float16', shape: [2, 3] } };

describe('checkGraph', () => {
  it('accepts a sound graph, in which an input is used twice', () => {
    const outputs = new Map([
      ['y', g.add(x, g.abs(x))],
      ['z', g.matmul(g.swapLast(x), x)],
    ]);
    expect(() => {
      checkGraph({ name: 'sound', outputs });
    }).not.toThrow();
  });

  it.each<[string, [string, Value][], string]>([
    ['no outputs', [], 'graph g: has no outputs'],
    [
      'two inputs of one name',
      [['y', g.add(x, g.input('x', [2, 3]))]],
      'graph g: two inputs are called "x"',
    ],
    ['an input without a name', [['y', g.abs(g.input('', [1]))]], 'or one has no name'],
    ['an output without a name', [['', g.abs(x)]], 'output name "" is empty'],
    ['an output called as an input', [['x', g.abs(x)]], `output name "x" is empty or an input's`],
    [
      'a type that does not follow from the inputs',
      [['y', wrongType]],
      'abs: is float32 (3, 2), should be float32 (2, 3)',
    ],
    [
      'a node without the output it should have',
      [['y', missingOutput]],
      'abs: is , should be float32 (2, 3)',
    ],
    [
      'a value of another type than its node says',
      [['y', g.abs(wrongClaim)]],
      'input: output 0 is float32 (2, 3), not float16 (2, 3)',
    ],
    [
      'a graph output of another type than its node says',
      [['y', { ...g.abs(x), type: float(6) }]],
      'abs: output 0 is float32 (2, 3), not float32 (6)',
    ],
    [
      'an output that the node does not have',
      [['y', { ...g.abs(x), output: 1 }]],
      'abs: output 1 is missing, not float32 (2, 3)',
    ],
    [
      'shapes that no longer fit the op',
      [
        [
          'y',
          forged(
            { op: 'matmul', inputs: [x, x], attributes: {}, types: [float(2, 3)] },
            float(2, 3),
          ),
        ],
      ],
      'matmul: got (2, 3) and (2, 3)',
    ],
  ])('refuses %s', (_, outputs, message) => {
    const graph: Graph = { name: 'g', outputs: new Map(outputs) };
    expect(() => {
      checkGraph(graph);
    }).toThrow(message);
  });

  it.each([NaN, Infinity, -Infinity])('refuses a constant that contains %d', (value) => {
    const constant = g.constant({ shape: [3], data: Float32Array.of(1, value, 2) });
    expect(() => {
      checkGraph({ name: 'g', outputs: new Map([['y', g.abs(constant)]]) });
    }).toThrow(`constant float32 (3): value 1 is ${value}`);
  });

  it('accepts integers of any size', () => {
    const type: TensorType = { dtype: 'int64', shape: [1] };
    const constant = g.typedConstant(type, BigInt64Array.of(2n ** 62n));
    expect(() => {
      checkGraph({ name: 'g', outputs: new Map([['y', g.cast(constant, 'float32')]]) });
    }).not.toThrow();
  });
});
