import * as g from '../graph/build.ts';
import type { Value } from '../graph/ops.ts';

/**
 * Linear layer x → x·(weight + b·a)ᵀ + bias: weight (out, in), bias (out), and with an
 * adapter of rank r, a (r, in) and b (out, r). Scales are applied to weight and b separately, so that the sum stays the
 * sum of a matrix and a product, which keeps the adapters' gradients cheap.
 */
export interface Linear {
  readonly weight: Value;
  readonly bias: Value | undefined;
  readonly adapter?: LinearAdapter | undefined;
}

interface LinearAdapter {
  readonly form: AdapterForm;
  readonly a: Value;
  readonly b: Value;
}

/** Way to add an adapter: merged into the weight, or next to it, to the layer's output; see docs/adr/0003. */
export type AdapterForm = 'merged' | 'beside';

/** Tokens per unit of width up to which adapters stay separate from their layers. */
const tokensBeside = 3;
/** Units of width per unit of rank from which adapters stay separate: a larger rank takes too much time per token. */
const widthBeside = 16;

/**
 * Chooses the faster form. W + B·A costs passes over a matrix, also in the runtime, which packs a constant weight only
 * once; a separate adapter costs passes over all tokens.
 */
export function adapterForm(tokens: number, width: number, rank: number): AdapterForm {
  const isThin = widthBeside * rank <= width;
  return isThin && tokens <= tokensBeside * width ? 'beside' : 'merged';
}

/** Applies a layer: (T, in) → (T, out). */
export function applyLinear(x: Value, { weight, bias, adapter }: Linear): Value {
  const isMerged = adapter?.form === 'merged';
  const whole = isMerged ? g.add(weight, g.matmul(adapter.b, adapter.a)) : weight;
  const product = g.matmul(x, g.swapLast(whole));
  const y = bias ? g.add(product, bias) : product;
  if (!adapter || isMerged) return y;
  return g.add(y, g.matmul(g.matmul(x, g.swapLast(adapter.a)), g.swapLast(adapter.b)));
}

/** Multiplies the outputs of a layer by `factor`, (out). */
export function scaled({ weight, bias, adapter }: Linear, factor: Value): Linear {
  const column = g.reshape(factor, [-1, 1]);
  return {
    weight: g.mul(weight, column),
    bias: bias && g.mul(bias, factor),
    adapter: adapter && { ...adapter, b: g.mul(adapter.b, column) },
  };
}
