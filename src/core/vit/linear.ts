import * as g from '../graph/build.ts';
import type { Value } from '../graph/ops.ts';

/**
 * A linear layer x → x·weight + bias + (x·down + shift)·up: weight (in, out), bias (out), and where the
 * layer has an adapter of rank r, down (in, r), shift (1, r) and up (r, out). Scales go to the factors one by
 * one, so that the sum stays a sum of a matrix and a product: what keeps the adapters' gradients cheap.
 */
export interface Linear {
  readonly weight: Value;
  readonly bias: Value | undefined;
  readonly adapter?: LinearAdapter | undefined;
}

export interface LinearAdapter {
  readonly form: AdapterForm;
  readonly down: Value;
  /** What the shift of a norm before the layer comes to. */
  readonly shift?: Value | undefined;
  readonly up: Value;
}

/** Whether an adapter is added to the weight or to what the weight gives; see docs/adr/0003. */
export type AdapterForm = 'merged' | 'beside';

/** Tokens for each unit of width up to which adapters stay beside their layers. */
const tokensBeside = 3;

/**
 * The form that takes less time. W + B·A costs passes over a matrix, of the runtime too, which can pack a weight
 * once that stays as it is; an adapter beside its layer costs passes over all tokens.
 */
export function adapterForm(tokens: number, width: number): AdapterForm {
  return tokens <= tokensBeside * width ? 'beside' : 'merged';
}

/** (B, N, in) → (B, N, out) */
export function applyLinear(x: Value, layer: Linear): Value {
  const [y = x] = applyLinears(x, [layer]);
  return y;
}

/** Several layers on the same tokens: what adapters beside them take from these is one product. */
export function applyLinears(x: Value, layers: readonly Linear[]): readonly Value[] {
  const adapters = layers.flatMap(({ adapter }) => (adapter?.form === 'beside' ? [adapter] : []));
  const inner = adapters.length > 0 && g.matmul(x, concat(adapters.map(({ down }) => down)));
  let start = 0;
  return layers.map((layer) => {
    const { adapter } = layer;
    if (!inner || adapter?.form !== 'beside') return applyMerged(x, layer);
    const end = start + (adapter.down.type.shape[1] ?? 0);
    const own = adapters.length === 1 ? inner : g.slice(inner, 2, start, end);
    start = end;
    const shifted = adapter.shift ? g.add(own, adapter.shift) : own;
    return g.add(withBias(g.matmul(x, layer.weight), layer.bias), g.matmul(shifted, adapter.up));
  });
}

function applyMerged(x: Value, { weight, bias, adapter }: Linear): Value {
  if (!adapter) return withBias(g.matmul(x, weight), bias);
  const { down, shift, up } = adapter;
  const shifted = shift && g.reshape(g.matmul(shift, up), [up.type.shape[1] ?? 0]);
  const whole = bias && shifted ? g.add(bias, shifted) : (bias ?? shifted);
  return withBias(g.matmul(x, g.add(weight, g.matmul(down, up))), whole);
}

function withBias(y: Value, bias: Value | undefined): Value {
  return bias ? g.add(y, bias) : y;
}

function concat(downs: readonly Value[]): Value {
  const [only] = downs;
  return only && downs.length === 1 ? only : g.concat(downs, 1);
}

/** The layer with its outputs multiplied by `factor`, a scalar or (out). */
export function scaled({ weight, bias, adapter }: Linear, factor: Value): Linear {
  return {
    weight: g.mul(weight, factor),
    bias: bias && g.mul(bias, factor),
    adapter: adapter && { ...adapter, up: g.mul(adapter.up, factor) },
  };
}

/** The layer without anything that is the same for all tokens. */
export function withoutBias({ weight, adapter }: Linear): Linear {
  return { weight, bias: undefined, adapter: adapter && { ...adapter, shift: undefined } };
}

/** The layer for an input before layer norm's affine part: (x·γ + β)·W + b = x·(γ·W) + (β·W + b). */
export function afterNorm({ weight, bias, adapter }: Linear, scale: Value, shift: Value): Linear {
  const [inputs = 0, outputs = 0] = weight.type.shape;
  const column = g.reshape(scale, [inputs, 1]);
  const row = g.reshape(shift, [1, inputs]);
  const shifted = g.reshape(g.matmul(row, weight), [outputs]);
  return {
    weight: g.mul(weight, column),
    bias: bias ? g.add(bias, shifted) : shifted,
    adapter: adapter && {
      ...adapter,
      down: g.mul(adapter.down, column),
      shift: g.matmul(row, adapter.down),
    },
  };
}
