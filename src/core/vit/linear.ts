import * as g from '../graph/build.ts';
import type { Value } from '../graph/ops.ts';

/**
 * A linear layer x → x·(weight + b·a)ᵀ + bias: weight (out, in), bias (out), and where the layer has an
 * adapter of rank r, a (r, in) and b (out, r). Scales go to the factors one by one, so that the sum stays a
 * sum of a matrix and a product: what keeps the adapters' gradients cheap.
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

/** Whether an adapter is added to the weight or to what the weight gives; see docs/adr/0003. */
export type AdapterForm = 'merged' | 'beside';

/** Tokens for each unit of width up to which adapters stay beside their layers. */
const tokensBeside = 3;
/** Units of width for each unit of rank from which on they do: a thicker one costs too much for every token. */
const widthBeside = 16;

/**
 * The form that takes less time. W + B·A costs passes over a matrix, of the runtime too, which can pack a weight
 * once that stays as it is; an adapter beside its layer costs passes over all tokens.
 */
export function adapterForm(tokens: number, width: number, rank: number): AdapterForm {
  const isThin = widthBeside * rank <= width;
  return isThin && tokens <= tokensBeside * width ? 'beside' : 'merged';
}

/** (T, in) → (T, out) */
export function applyLinear(x: Value, { weight, bias, adapter }: Linear): Value {
  const isMerged = adapter?.form === 'merged';
  const whole = isMerged ? g.add(weight, g.matmul(adapter.b, adapter.a)) : weight;
  const product = g.matmul(x, g.swapLast(whole));
  const y = bias ? g.add(product, bias) : product;
  if (!adapter || isMerged) return y;
  return g.add(y, g.matmul(g.matmul(x, g.swapLast(adapter.a)), g.swapLast(adapter.b)));
}

/** The layer with its outputs multiplied by `factor`, (out). */
export function scaled({ weight, bias, adapter }: Linear, factor: Value): Linear {
  const column = g.reshape(factor, [-1, 1]);
  return {
    weight: g.mul(weight, column),
    bias: bias && g.mul(bias, factor),
    adapter: adapter && { ...adapter, b: g.mul(adapter.b, column) },
  };
}
