import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { meanCrossEntropy, probeLoss, type ProbeData } from './logistic-loss.ts';

const tasks = ['single', 'several'] as const;

/** Seven images, width 6 (not a multiple of four), three classes; two labels per image if allowed. */
function randomData(task: ProbeData['task']): ProbeData {
  const random = new Random(8);
  const features = Float64Array.from({ length: 42 }, () => random.normal());
  const isTrue = new Uint8Array(21);
  for (let image = 0; image < 7; image++) {
    isTrue[image * 3 + (image % 3)] = 1;
    if (task === 'several' && image % 2) isTrue[image * 3 + ((image + 1) % 3)] = 1;
  }
  return { features, isTrue, width: 6, classes: 3, task };
}

function randomParameters(): Float64Array {
  const random = new Random(9);
  return Float64Array.from({ length: 21 }, () => random.normal());
}

describe('probeLoss', () => {
  it.each(tasks)('has the gradient of its finite differences (%s)', (task) => {
    const objective = probeLoss(randomData(task), Uint32Array.of(0, 1, 2, 4, 6), 0.7);
    const parameters = randomParameters();
    const gradient = new Float64Array(21);
    objective(parameters, gradient);
    const ignored = new Float64Array(21);
    for (const [at, slope] of gradient.entries()) {
      const shifted = (by: number) =>
        objective(parameters.with(at, (parameters[at] ?? 0) + by), ignored);
      expect((shifted(1e-5) - shifted(-1e-5)) / 2e-5).toBeCloseTo(slope, 8);
    }
  });

  it.each([
    ['single', Math.log(3)],
    ['several', 3 * Math.log(2)],
  ] as const)('is that of a uniform guess before training (%s)', (task, expected) => {
    const data = randomData(task);
    const rows = Uint32Array.of(0, 3, 5);
    const nothing = new Float64Array(21);
    expect(probeLoss(data, rows, 5)(nothing, new Float64Array(21))).toBeCloseTo(expected, 12);
    expect(meanCrossEntropy(data, rows, nothing)).toBeCloseTo(expected, 12);
  });

  it.each(tasks)('is the cross-entropy and a penalty on only the weights (%s)', (task) => {
    const data = randomData(task);
    const rows = Uint32Array.of(1, 2);
    const parameters = randomParameters();
    const squares = parameters.subarray(0, 18).reduce((sum, weight) => sum + weight ** 2, 0);
    const loss = probeLoss(data, rows, 3)(parameters, new Float64Array(21));
    expect(loss - meanCrossEntropy(data, rows, parameters)).toBeCloseTo((1.5 * squares) / 2, 12);
  });

  it('is finite for enormous logits', () => {
    const huge = randomParameters().map((value) => 1e5 * value);
    for (const task of tasks) {
      const loss = probeLoss(randomData(task), Uint32Array.of(0, 1), 0)(huge, new Float64Array(21));
      expect(loss).toBeGreaterThan(1e3);
      expect(loss).toBeLessThan(1e7);
    }
  });
});
