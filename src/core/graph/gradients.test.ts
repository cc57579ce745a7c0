import { describe, expect, it } from 'vitest';
import {
  allOpCases,
  caseInputs,
  caseValues,
  opCases,
  scalarOf,
} from '../../../tests/conformance/op-cases.ts';
import * as g from './build.ts';
import { differentiate } from './differentiate.ts';
import { evaluate } from './evaluate.ts';
import { gradientRules } from './gradients.ts';
import type { OpName, Value } from './ops.ts';

describe('gradient rules against central differences', () => {
  const step = 1e-5;
  for (const item of allOpCases.filter((each) => each.differentiable !== false)) {
    it(item.title, () => {
      const values = caseValues(item);
      const loss = scalarOf(item.build(values));
      const outputs = new Map(
        differentiate(loss, values).map((gradient, index) => [`d${index}`, gradient]),
      );
      const inputs = new Map(
        [...caseInputs(item)].map(([name, data]) => [name, Float64Array.from(data)]),
      );
      const gradients = evaluate({ name: 'gradients', outputs }, inputs);
      const lossAt = (name: string, position: number, shift: number): number => {
        const moved = Float64Array.from(inputs.get(name) ?? []);
        moved[position] = (moved[position] ?? 0) + shift;
        const graph = { name: 'loss', outputs: new Map([['loss', loss]]) };
        return evaluate(graph, new Map([...inputs, [name, moved]])).get('loss')?.data[0] ?? NaN;
      };
      values.forEach((value, index) => {
        const gradient = gradients.get(`d${index}`);
        expect(gradient?.shape).toEqual(value.type.shape);
        const differences = Array.from(gradient?.data ?? [], (_, position) => {
          const name = `x${index}`;
          return (lossAt(name, position, step) - lossAt(name, position, -step)) / (2 * step);
        });
        differences.forEach((difference, position) => {
          const got = gradient?.data[position] ?? NaN;
          expect(Math.abs(got - difference)).toBeLessThan(2e-7 * (1 + Math.abs(difference)));
        });
      });
    });
  }

  it('covers every op that has a gradient', () => {
    const without = Object.keys(gradientRules).filter((op) => {
      const cases = opCases[op as OpName];
      return !cases.some((item) => item.differentiable !== false);
    });
    // A cast rounds; its gradient is a cast and is tested below.
    expect(without).toEqual(['quantizedMatmul', 'cast']);
  });
});

describe('differentiate', () => {
  it('is 0 at the kink of the absolute value', () => {
    const x = g.input('x', [1]);
    const [gradient] = differentiate(g.abs(x), [x]);
    const outputs = new Map([['d', gradient ?? x]]);
    const result = evaluate({ name: 'kink', outputs }, new Map([['x', [0]]]));
    expect(result.get('d')?.data[0]).toBe(0);
  });

  it('casts the gradient of a cast back', () => {
    const x = g.input('x', [1], 'float16');
    const [gradient] = differentiate(g.cast(x, 'float32'), [x]);
    expect(gradient?.type.dtype).toBe('float16');
  });

  it('sums over all uses of a value', () => {
    const x = g.input('x', [1]);
    const [gradient] = differentiate(g.add(g.mul(x, x), g.mul(x, g.scalar(3))), [x]);
    const outputs = new Map([['d', gradient ?? x]]);
    const result = evaluate({ name: 'uses', outputs }, new Map([['x', [5]]]));
    expect(result.get('d')?.data[0]).toBe(13);
  });

  it.each([
    ['a loss that is no scalar', (x: Value) => differentiate(x, [x]), /must be a scalar.*\(2\)/],
    [
      'a value that the loss does not use',
      (x: Value) => differentiate(g.scalar(1), [x]),
      /does not depend/,
    ],
    [
      'an output that has no gradient',
      (x: Value) => {
        const [, inverse] = g.apply('normalize', [x], { epsilon: 1 });
        return differentiate(inverse ?? x, [x]);
      },
      /normalize: output 1 has no gradient/,
    ],
  ])('refuses %s', (_, attempt, message) => {
    expect(() => attempt(g.input('x', [2]))).toThrow(message);
  });
});
