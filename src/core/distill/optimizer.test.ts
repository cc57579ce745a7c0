import { describe, expect, it } from 'vitest';
import { required } from '../../../tests/support/values.ts';
import * as g from '../graph/build.ts';
import { evaluate } from '../graph/evaluate.ts';
import { adamW, biasCorrections, weCoLoRaAdamW } from './optimizer.ts';
import type { AdamWSettings } from './optimizer.ts';

interface State {
  readonly parameters: readonly number[];
  readonly mean: readonly number[];
  readonly square: readonly number[];
}

/** Computes one update in double precision, except for the settings, which the graph holds as float32. */
function update(
  state: State,
  gradient: readonly number[],
  rate: number,
  step: number,
  settings?: AdamWSettings,
): State {
  const shape = [gradient.length];
  const next = adamW(
    {
      parameters: g.input('parameters', shape),
      mean: g.input('mean', shape),
      square: g.input('square', shape),
    },
    g.input('gradient', shape),
    g.input('rate', []),
    g.input('corrections', [2]),
    settings,
  );
  const inputs = new Map<string, Iterable<number>>([
    ['parameters', state.parameters],
    ['mean', state.mean],
    ['square', state.square],
    ['gradient', gradient],
    ['rate', [rate]],
    ['corrections', biasCorrections(step, settings)],
  ]);
  const results = evaluate({ name: 'adamW', outputs: new Map(Object.entries(next)) }, inputs);
  const output = (name: string): number[] => [...required(results.get(name), name).data];
  return { parameters: output('parameters'), mean: output('mean'), square: output('square') };
}

function expectClose(got: readonly number[], expected: readonly number[]): void {
  expect(got).toHaveLength(expected.length);
  expected.forEach((value, index) => {
    expect(got[index]).toBeCloseTo(value, 6);
  });
}

const fresh = (parameters: readonly number[]): State => ({
  parameters,
  mean: parameters.map(() => 0),
  square: parameters.map(() => 0),
});

describe('adamW', () => {
  it('has the settings of WeCoLoRA', () => {
    expect(weCoLoRaAdamW).toEqual({ beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.05 });
  });

  it('takes two steps as calculated by hand', () => {
    // Rate 0.1. Step 1, gradients 0.5 and -2: mean 0.1·g, square 0.05·g²; corrected they are g and g²,
    // so the direction is ±1 and the parameters are p·(1 - 0.1·0.05) ∓ 0.1.
    const first = update(fresh([1, -3]), [0.5, -2], 0.1, 1);
    expectClose(first.mean, [0.05, -0.2]);
    expectClose(first.square, [0.0125, 0.2]);
    expectClose(first.parameters, [0.895, -2.885]);
    // Step 2, gradients -0.25 and 0: means 0.02 and -0.18, over 1 - 0.9² = 0.19; squares 0.015 and
    // 0.19, over 1 - 0.95² = 0.0975; directions 0.105263/√0.153846 and -0.947368/√1.948718.
    const second = update(first, [-0.25, 0], 0.1, 2);
    expectClose(second.mean, [0.02, -0.18]);
    expectClose(second.square, [0.015, 0.19]);
    expectClose(second.parameters, [
      0.895 * 0.995 - 0.1 * 0.268371,
      -2.885 * 0.995 + 0.1 * 0.678652,
    ]);
  });

  it('decays apart from the gradient, in proportion to the rate', () => {
    const { parameters } = update(fresh([2, -4]), [0, 0], 0.5, 1);
    expectClose(parameters, [2 * 0.975, -4 * 0.975]);
  });

  it('changes nothing but the moments at rate 0', () => {
    const { parameters, mean } = update(fresh([2, -4]), [1, 3], 0, 1);
    expect(parameters).toEqual([2, -4]);
    expectClose(mean, [0.1, 0.3]);
  });

  it('adds ε to the deviation, not to the variance', () => {
    const settings = { beta1: 0.5, beta2: 0.5, epsilon: 1, weightDecay: 0 };
    // Corrected mean 3 and deviation 3: 3/(3 + 1).
    expectClose(update(fresh([0]), [3], 1, 1, settings).parameters, [-0.75]);
  });
});

it.each([
  [1, 1 / 0.1, 1 / Math.sqrt(0.05)],
  [2, 1 / 0.19, 1 / Math.sqrt(0.0975)],
  [1000, 1, 1],
])('corrects the bias of step %i', (step, first, second) => {
  const corrections = biasCorrections(step);
  expect(corrections[0]).toBeCloseTo(first, 5);
  expect(corrections[1]).toBeCloseTo(second, 5);
});
