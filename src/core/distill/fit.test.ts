import { describe, expect, it } from 'vitest';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { randomValues } from '../../../tests/support/values.ts';
import { evaluate } from '../graph/evaluate.ts';
import { elementCount } from '../tensor.ts';
import { copyBlocks } from '../vit/copy.ts';
import { weightOf } from '../vit/weights.ts';
import { fitGraph, fittedBlock, segmentEnds, solvePositive } from './fit.ts';
import type { NormalEquations } from './fit.ts';
import { imageShape } from './train-step.ts';

const part = 8;

function equations(
  teacher: ReturnType<typeof tinyVit>,
  student: ReturnType<typeof tinyVit>,
  block: number,
  end: number,
): NormalEquations {
  const graph = fitGraph(teacher, student, block, end, part);
  const images = randomValues(elementCount(imageShape(teacher, part)), 3, 0, 1);
  const results = evaluate(graph, new Map([['images', images]]));
  const values = (name: string): Float64Array => results.get(name)?.data ?? new Float64Array();
  return { gram: values('gram'), cross: values('cross') };
}

describe('segmentEnds', () => {
  it.each([
    [[0, 2, 4], 6, [1, 3, 5]],
    [[0, 3, 6, 9], 12, [2, 5, 8, 11]],
    [[0, 1, 2], 3, [0, 1, 2]],
    [[1, 4], 5, [3, 4]],
  ])('%j of %i blocks end at %j', (blocks, depth, ends) => {
    expect(segmentEnds(blocks, depth)).toEqual(ends);
  });
});

describe('fittedBlock', () => {
  it.each([
    ['plain', {}],
    ['with layer scale', { layerScale: true }],
  ])('solves the normal equations, %s', (_, changes) => {
    const teacher = tinyVit({ depth: 4, ...changes });
    const copy = copyBlocks(teacher, [0, 2]);
    const before = equations(teacher, copy, 0, 1);
    const fitted = fittedBlock(copy, 0, before);
    const after = equations(teacher, fitted, 0, 1);
    const { width, mlpWidth } = copy.architecture;
    const size = mlpWidth + 1;
    // At the minimum HᵀR equals λ·ΔW for the weights and 0 for the bias.
    let trace = 0;
    for (let i = 0; i < mlpWidth; i++) trace += before.gram[i * size + i] ?? 0;
    const penalty = (1e-3 * trace) / mlpWidth;
    const name = 'blocks.0.mlp.fc2.weight';
    const [was, is] = [copy, fitted].map(({ weights }) => weightOf(weights, name).data);
    const gamma = copy.weights.get('blocks.0.ls2.gamma')?.data;
    for (let output = 0; output < width; output++) {
      const scale = gamma?.[output] ?? 1;
      for (let i = 0; i < mlpWidth; i++) {
        const position = output * mlpWidth + i;
        const change = ((is?.[position] ?? NaN) - (was?.[position] ?? NaN)) * scale;
        expect(after.cross[i * width + output]).toBeCloseTo(penalty * change, 3);
      }
      expect(after.cross[mlpWidth * width + output]).toBeCloseTo(0, 3);
    }
    const size2 = (values: Float64Array): number => values.reduce((sum, v) => sum + v * v, 0);
    expect(size2(after.cross)).toBeLessThan(1e-3 * size2(before.cross));
  });

  it('changes fc2 of one block and nothing else, and not the copy itself', () => {
    const teacher = tinyVit({ depth: 4 });
    const copy = copyBlocks(teacher, [0, 2]);
    const original = weightOf(copy.weights, 'blocks.1.mlp.fc2.weight').data.slice();
    const fitted = fittedBlock(copy, 1, equations(teacher, copy, 1, 3));
    const changed = [...fitted.weights].filter(
      ([name, weight]) => weight !== copy.weights.get(name),
    );
    expect(changed.map(([name]) => name).sort()).toEqual([
      'blocks.1.mlp.fc2.bias',
      'blocks.1.mlp.fc2.weight',
    ]);
    expect(weightOf(copy.weights, 'blocks.1.mlp.fc2.weight').data).toEqual(original);
  });

  it('does not change a block that already has the target output', () => {
    const teacher = tinyVit({ depth: 2 });
    const fitted = fittedBlock(teacher, 0, equations(teacher, teacher, 0, 0));
    const name = 'blocks.0.mlp.fc2.weight';
    expect(weightOf(fitted.weights, name).data).toEqual(weightOf(teacher.weights, name).data);
  });

  it('does not divide by a layer scale of 0', () => {
    const teacher = tinyVit({ depth: 4, layerScale: true });
    const copy = copyBlocks(teacher, [0, 2]);
    const gamma = { shape: [6], data: Float32Array.of(0, 1, 1, 1, 1, 1) };
    const student = { ...copy, weights: new Map([...copy.weights, ['blocks.0.ls2.gamma', gamma]]) };
    const fitted = fittedBlock(student, 0, equations(teacher, student, 0, 1));
    const { data } = weightOf(fitted.weights, 'blocks.0.mlp.fc2.weight');
    expect(data.every(Number.isFinite)).toBe(true);
    expect(data.subarray(0, 8)).toEqual(
      weightOf(copy.weights, 'blocks.0.mlp.fc2.weight').data.subarray(0, 8),
    );
  });
});

describe('solvePositive', () => {
  it('solves a system that was solved by hand', () => {
    // [[4, 2], [2, 3]] · [1, -1]ᵀ = [2, -1]ᵀ
    const x = solvePositive(Float64Array.of(4, 2, 2, 3), Float64Array.of(2, -1), 2, 1);
    expect(x[0]).toBeCloseTo(1, 14);
    expect(x[1]).toBeCloseTo(-1, 14);
  });

  it('solves random systems with several right sides', () => {
    const [n, m] = [9, 3];
    const root = Float64Array.from(randomValues(n * n, 5, -1, 1));
    const truth = Float64Array.from(randomValues(n * m, 6, -1, 1));
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        for (let k = 0; k < n; k++)
          a[i * n + j] = (a[i * n + j] ?? 0) + (root[i * n + k] ?? 0) * (root[j * n + k] ?? 0);
        if (i === j) a[i * n + j] = (a[i * n + j] ?? 0) + 0.5;
      }
    const b = new Float64Array(n * m);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < m; j++)
        for (let k = 0; k < n; k++)
          b[i * m + j] = (b[i * m + j] ?? 0) + (a[i * n + k] ?? 0) * (truth[k * m + j] ?? 0);
    const x = solvePositive(a, b, n, m);
    expect(x).toHaveLength(n * m);
    x.forEach((value, index) => {
      expect(value).toBeCloseTo(truth[index] ?? NaN, 10);
    });
  });

  it('refuses a matrix that is not positive definite', () => {
    const singular = Float64Array.of(1, 1, 1, 1);
    expect(() => solvePositive(singular, Float64Array.of(1, 1), 2, 1)).toThrow(/pivot 1/);
  });
});
