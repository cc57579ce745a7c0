import * as g from '../graph/build.ts';
import type { Value } from '../graph/ops.ts';

/** AdamW (Loshchilov and Hutter, arXiv 1711.05101, algorithm 2); the defaults are WeCoLoRA's settings. */
export interface AdamWSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

export const weCoLoRaAdamW: AdamWSettings = {
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0.05,
};

/** Parameters and moments, three vectors of one shape. */
export interface OptimizerState {
  readonly parameters: Value;
  readonly mean: Value;
  readonly square: Value;
}

/**
 * Builds one update as graph nodes.
 *
 * @param learningRate scalar
 * @param corrections (2): 1/(1-β₁ᵗ) and 1/√(1-β₂ᵗ) of step t, from `biasCorrections`
 */
export function adamW(
  state: OptimizerState,
  gradient: Value,
  learningRate: Value,
  corrections: Value,
  { beta1, beta2, epsilon, weightDecay }: AdamWSettings = weCoLoRaAdamW,
): OptimizerState {
  const mean = blend(state.mean, gradient, beta1);
  const square = blend(state.square, g.mul(gradient, gradient), beta2);
  const [first, second] = [g.slice(corrections, 0, 0, 1), g.slice(corrections, 0, 1, 2)];
  // first·mean/(second·√square + ε), with the scalars combined first: two passes over all values fewer.
  const deviation = g.add(g.sqrt(square), g.div(g.scalar(epsilon), second));
  const change = g.div(g.mul(mean, g.mul(g.div(first, second), learningRate)), deviation);
  const decay = g.sub(g.scalar(1), g.mul(learningRate, g.scalar(weightDecay)));
  const parameters = g.sub(g.mul(state.parameters, decay), change);
  return { parameters, mean, square };
}

/** Bias corrections 1/(1-β₁ᵗ) and 1/√(1-β₂ᵗ) for step t, counted from 1. */
export function biasCorrections(
  step: number,
  { beta1, beta2 }: AdamWSettings = weCoLoRaAdamW,
): Float32Array {
  return Float32Array.of(1 / (1 - beta1 ** step), 1 / Math.sqrt(1 - beta2 ** step));
}

function blend(old: Value, fresh: Value, beta: number): Value {
  return g.add(g.mul(old, g.scalar(beta)), g.mul(fresh, g.scalar(1 - beta)));
}
