import { describe, expect, it } from 'vitest';
import { tensor } from '../tensor.ts';
import { probabilitiesOf, sigmoid, softmax, softplus } from './probabilities.ts';

describe('probabilitiesOf', () => {
  const logits = tensor([2, 3], [0, Math.log(2), Math.log(5), 1e4, -1e4, 1e4]);

  it('is the softmax of each row, even of large logits', () => {
    const { shape, data } = probabilitiesOf(logits, 'single');
    expect(shape).toEqual([2, 3]);
    for (const [at, expected] of [1 / 8, 2 / 8, 5 / 8, 0.5, 0, 0.5].entries()) {
      expect(data[at]).toBeCloseTo(expected, 6);
    }
  });

  it('is the sigmoid of each logit with several labels', () => {
    const { data } = probabilitiesOf(logits, 'several');
    for (const [at, expected] of [1 / 2, 2 / 3, 5 / 6, 1, 0, 1].entries()) {
      expect(data[at]).toBeCloseTo(expected, 6);
    }
  });
});

describe('sigmoid, softplus and softmax', () => {
  it.each([-800, -30, -1, 0, 2, 40, 800])('agree with one another at %d', (logit) => {
    expect(sigmoid(logit) + sigmoid(-logit)).toBeCloseTo(1, 15);
    // softplus(z) − softplus(−z) = z, and e^−softplus(z) = 1 − sigmoid(z) = sigmoid(−z).
    expect(softplus(logit) - softplus(-logit)).toBeCloseTo(logit, 10);
    expect(Math.exp(-softplus(logit))).toBeCloseTo(sigmoid(-logit), 14);
    // Two classes with logits z and 0 are one sigmoid.
    const pair = Float64Array.of(logit, 0);
    expect(softmax(pair)).toBeCloseTo(softplus(logit), 10);
    expect(pair[0]).toBeCloseTo(sigmoid(logit), 15);
  });
});
