import { describe, expect, it } from 'vitest';
import * as g from '../../src/core/graph/build.ts';
import { differentiate } from '../../src/core/graph/differentiate.ts';
import { evaluate } from '../../src/core/graph/evaluate.ts';
import type { Graph } from '../../src/core/graph/ops.ts';
import { readAll } from '../support/distillation.ts';
import { required } from '../support/values.ts';
import { describeExecutors } from './executors.ts';
import { allOpCases, caseInputs, caseValues, scalarOf } from './op-cases.ts';
import type { OpCase } from './op-cases.ts';

/** Computes the op's result, and the gradient of its inputs if it has one. */
function graphsOf(item: OpCase): { forward: Graph; backward: Graph | undefined } {
  const values = caseValues(item);
  const y = item.build(values);
  const forward = { name: 'forward', outputs: new Map([['y', y]]) };
  if (item.differentiable === false) return { forward, backward: undefined };
  // Multiplied by one: a gradient that is a constant or an input needs a node of its own.
  const gradients = differentiate(scalarOf(y), values).map(
    (gradient, index) => [`d${index}`, g.mul(gradient, g.scalar(1))] as const,
  );
  return { forward, backward: { name: 'backward', outputs: new Map(gradients) } };
}

describeExecutors('every op', (executor, { lacks }) => {
  for (const item of allOpCases) {
    const { forward, backward } = graphsOf(item);
    const compare = async (graph: Graph): Promise<void> => {
      const inputs = caseInputs(item);
      const expected = evaluate(graph, inputs);
      const loaded = await executor.load(graph);
      const feeds = Object.fromEntries(
        item.shapes.flatMap((shape, index) => {
          const name = `x${index}`;
          const data = required(inputs.get(name), name);
          // A gradient does not need inputs that it does not depend on.
          return loaded.inputs.includes(name) ? [[name, { shape, data }]] : [];
        }),
      );
      const got = await readAll(await loaded.run(feeds));
      await loaded.dispose();
      for (const [name, { shape, data }] of expected) {
        const values = required(got.get(name), name);
        expect(values.shape, name).toEqual(shape);
        const largest = Math.max(...data.map(Math.abs));
        values.data.forEach((value, index) => {
          const difference = Math.abs(value - (data[index] ?? NaN));
          expect(difference, name).toBeLessThanOrEqual((item.tolerance ?? 1e-6) * largest);
        });
      }
    };
    describe(item.title, () => {
      if (item.needs && lacks?.includes(item.needs)) {
        it(`is refused without ${item.needs}`, () =>
          expect(compare(forward)).rejects.toThrow(
            item.needs === 'float16' ? /f16|float16/ : /uint8|webgpu does not support a part/,
          ));
        return;
      }
      it('agrees in the forward pass', () => compare(forward));
      if (backward) it('agrees in the backward pass', () => compare(backward));
    });
  }
});
