import { describe, expect, it } from 'vitest';
import { lossAndGradient } from '../../../tests/support/loss-and-gradient.ts';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { difference, randomValues, required } from '../../../tests/support/values.ts';
import * as g from '../graph/build.ts';
import { evaluate } from '../graph/evaluate.ts';
import { graphInputs, reachableNodes } from '../graph/ops.ts';
import type { Graph } from '../graph/ops.ts';
import { printGraph } from '../graph/print.ts';
import { adapterLayout, initialAdapters } from '../vit/adapters.ts';
import { emitOnnx } from '../onnx/emit.ts';
import { tokenCount } from '../vit/architecture.ts';
import { copyBlocks, keptBlocks } from '../vit/copy.ts';
import { adapterForm } from '../vit/linear.ts';
import { biasCorrections } from './optimizer.ts';
import { distillationLoss, partSizes, targetGraph, trainStep } from './train-step.ts';
import type { StudentPlan } from './train-step.ts';

const teacher = tinyVit({ depth: 3, layerScale: true });
const plan = (rank = 2): StudentPlan => {
  const copy = copyBlocks(teacher, keptBlocks(3, 2));
  return { copy, layout: adapterLayout(copy.architecture, rank) };
};
const images = randomValues(2 * 3 * 64, 2, 0, 1);

type Inputs = Readonly<Record<string, Iterable<number>>>;
function run(graph: Graph, inputs: Inputs): (name: string) => Float64Array {
  const results = evaluate(graph, new Map(Object.entries(inputs)));
  return (name) => required(results.get(name), name).data;
}

const targets = run(targetGraph(teacher), { images })('targets');

it('distillationLoss is the mean absolute difference', () => {
  const loss = distillationLoss(g.input('a', [2, 1, 3]), g.input('b', [2, 1, 3]));
  expect(loss.type.shape).toEqual([]);
  const graph = { name: 'loss', outputs: new Map([['loss', loss]]) };
  const got = run(graph, { a: [1, 2, 3, 4, 5, 6], b: [1, 0, 6, 4, 5, 5.5] })('loss');
  expect(got[0]).toBeCloseTo((2 + 3 + 0.5) / 6, 12);
});

describe('lossAndGradient', () => {
  const { layout } = plan();
  const adapters = Float64Array.from(randomValues(layout.size, 3, -0.4, 0.4));
  const graph = lossAndGradient(plan(), 2);
  const gradient = run(graph, { images, targets, adapters })('gradient');

  // An entry of A and one of B for every layer of both blocks.
  const entries = layout.adapters.flatMap(({ block, layer, inputs, offsetA, offsetB }) => [
    { title: `A of ${block}.${layer}`, position: offsetA + inputs + 1 },
    { title: `B of ${block}.${layer}`, position: offsetB + 3 },
  ]);

  it.each(entries)('agrees with central differences in $title', ({ position }) => {
    const step = 1e-6;
    const loss = {
      name: 'loss',
      outputs: new Map([['loss', required(graph.outputs.get('loss'), 'loss')]]),
    };
    const at = (shift: number): number => {
      const moved = adapters.slice();
      moved[position] = (moved[position] ?? NaN) + shift;
      return run(loss, { images, targets, adapters: moved })('loss')[0] ?? NaN;
    };
    const slope = (at(step) - at(-step)) / (2 * step);
    const got = gradient[position] ?? NaN;
    expect(Math.abs(got - slope)).toBeLessThan(1e-6 * Math.max(...gradient.map(Math.abs)));
  });

  it('is the same with separate adapters as with merged ones, if the rank is small', () => {
    const wide = tinyVit({ width: 32, heads: 2, mlpWidth: 40 });
    const student = { copy: wide, layout: adapterLayout(wide.architecture, 2) };
    const flat = Float64Array.from(randomValues(student.layout.size, 3, -0.4, 0.4));
    const tokens = tokenCount(wide.architecture);
    const goal = randomValues(2 * tokens * 32, 4);
    const twice = <T extends number>(values: Iterable<T>): T[] => [...values, ...values];
    // Ten tokens are few for a width of 32, 160 are many.
    expect([2, 32].map((count) => adapterForm(count * tokens, 32, 2))).toEqual([
      'beside',
      'merged',
    ]);
    const two = run(lossAndGradient(student, 2), { images, targets: goal, adapters: flat });
    let [many, goals]: [number[], number[]] = [[...images], [...goal]];
    for (let times = 0; times < 4; times++) [many, goals] = [twice(many), twice(goals)];
    const all = run(lossAndGradient(student, 32), { images: many, targets: goals, adapters: flat });
    expect(difference(all('gradient'), two('gradient'))).toBeLessThan(1e-12);
  });

  it('has a loss of 0 if the student is the teacher', () => {
    const same = { copy: teacher, layout: adapterLayout(teacher.architecture, 1) };
    const flat = initialAdapters(same.layout, 1);
    const got = run(lossAndGradient(same, 2), { images, targets, adapters: flat });
    expect(got('loss')[0]).toBe(0);
  });
});

describe('trainStep', () => {
  const { layout } = plan();
  const none = new Float64Array(layout.size);

  interface State {
    readonly parameters: Iterable<number>;
    readonly mean: Iterable<number>;
    readonly square: Iterable<number>;
  }
  const begin: State = { parameters: initialAdapters(layout, 5), mean: none, square: none };

  /** Runs one step over the batch of two, in parts of equal size. */
  function step(state: State, index: number, part: number): { loss: number; next: State } {
    const graph = trainStep(plan(), part);
    let sums: Inputs = { lossSum: [0], gradientSum: none };
    let next = state;
    for (let first = 0; first < 2; first += part) {
      const share = (values: ArrayLike<number>): number[] =>
        Array.from(values).slice((first * values.length) / 2, ((first + part) * values.length) / 2);
      const got = run(graph, {
        ...state,
        ...sums,
        images: share(images),
        targets: share(targets),
        share: [part / 2],
        learningRate: [0.02],
        corrections: biasCorrections(index + 1),
      });
      sums = { lossSum: got('lossSumNext'), gradientSum: got('gradientSumNext') };
      next = {
        parameters: got('parametersNext'),
        mean: got('meanNext'),
        square: got('squareNext'),
      };
    }
    const [loss = NaN] = sums.lossSum ?? [];
    return { loss, next };
  }

  it('lowers the loss', () => {
    const losses: number[] = [];
    let state = begin;
    for (let index = 0; index < 12; index++) {
      const { loss, next } = step(state, index, 2);
      losses.push(loss);
      state = next;
    }
    expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] ?? NaN));
  });

  it('does the same in parts', () => {
    const whole = step(begin, 0, 2);
    const halves = step(begin, 0, 1);
    expect(difference([halves.loss], [whole.loss])).toBeLessThan(1e-12);
    for (const name of ['parameters', 'mean', 'square'] as const) {
      const [got, expected] = [[...halves.next[name]], [...whole.next[name]]];
      expect(difference(got, expected), name).toBeLessThan(1e-6);
    }
  });

  it('is built the same each time, to the byte', () => {
    const [first, second] = [trainStep(plan(), 2), trainStep(plan(), 2)];
    expect(printGraph(second)).toBe(printGraph(first));
    expect(emitOnnx(second).model).toEqual(emitOnnx(first).model);
  });

  it('has the inputs and outputs that it declares', () => {
    const graph = trainStep(plan(), 2);
    const inputs = graphInputs(graph).map(({ attributes }) => attributes.name);
    expect(inputs.toSorted()).toEqual(
      'corrections gradientSum images learningRate lossSum mean parameters share square targets'.split(
        ' ',
      ),
    );
    expect([...graph.outputs.keys()]).toEqual(
      'lossSumNext gradientSumNext parametersNext meanNext squareNext'.split(' '),
    );
  });

  it('never multiplies two whole matrices to reach an adapter', () => {
    // xᵀ·dy over all tokens is (D, D) or (D, M): with adapters of rank 1, three on the same tokens, no product
    // with more rows and columns may have the tokens, here 2·5 = 10, as its inner size.
    const shapes = reachableNodes(trainStep(plan(1), 2).outputs.values())
      .filter(({ op, types }) => op === 'matmul' && types[0]?.shape.length === 2)
      .map(({ inputs, types }) => [inputs[0]?.type.shape.at(-1), ...(types[0]?.shape ?? [])]);
    const overTokens = shapes.filter(([inner]) => inner === 10);
    expect(overTokens.length).toBeGreaterThan(0);
    expect(overTokens.filter(([, rows = 0, columns = 0]) => Math.min(rows, columns) > 3)).toEqual(
      [],
    );
  });
});

it.each([
  [128, 32, [32, 32, 32, 32]],
  [100, 32, [25, 25, 25, 25]],
  [62, 32, [31, 31]],
  [16, 32, [16]],
  [1, 32, [1]],
  [33, 32, [11, 11, 11]],
  [37, 32, [19, 18]],
  [131, 32, [27, 26, 26, 26, 26]],
  [3, 1, [1, 1, 1]],
])('partSizes: a batch of %i in parts up to %i is cut into %j', (batch, largest, sizes) => {
  expect(partSizes(batch, largest)).toEqual(sizes);
});
