import * as g from '../graph/build.ts';
import type { Value } from '../graph/ops.ts';
import { Random } from '../random.ts';
import { linearLocation, linearNames, linearShape, weightOf } from './weights.ts';
import type { LinearName, VitModel } from './weights.ts';
import type { VitArchitecture } from './architecture.ts';
import type { LinearSource, ProjectionName } from './forward.ts';
import type { AdapterForm } from './linear.ts';
import type { Tensor } from '../tensor.ts';

/**
 * Low-rank adapters (Hu et al., arXiv 2106.09685) as in WeCoLoRA: on q, k, v, proj, fc1 and fc2
 * of every block, h = W·x + b + B·A·x, without scaling. All of them are stored in one flat vector, so that
 * the optimiser is a handful of nodes and its state three tensors.
 */
export interface AdapterLayout {
  readonly rank: number;
  readonly adapters: readonly Adapter[];
  /** Length of the flat vector. */
  readonly size: number;
}

/** Adapter: A is (rank, in), then B (out, rank), row-major, one after the other. */
interface Adapter {
  readonly block: number;
  readonly layer: LinearName;
  readonly inputs: number;
  readonly outputs: number;
  /** Start of A in the flat vector. */
  readonly offsetA: number;
  /** Start of B in the flat vector. */
  readonly offsetB: number;
}

export function adapterLayout(architecture: VitArchitecture, rank: number): AdapterLayout {
  const adapters: Adapter[] = [];
  let size = 0;
  for (let block = 0; block < architecture.depth; block++) {
    for (const layer of linearNames) {
      const [outputs, inputs] = linearShape(architecture, layer);
      const offsetB = size + rank * inputs;
      adapters.push({ block, layer, inputs, outputs, offsetA: size, offsetB });
      size = offsetB + outputs * rank;
    }
  }
  return { rank, adapters, size };
}

/**
 * Draws A uniformly in ±1/√in (Kaiming uniform with a = √5; He et al., arXiv 1502.01852) and sets B to zero: the
 * student starts as the untrained copy.
 */
export function initialAdapters(
  { rank, adapters, size }: AdapterLayout,
  seed: number,
): Float32Array {
  const flat = new Float32Array(size);
  adapters.forEach(({ inputs, offsetA }, index) => {
    const random = new Random(seed, 0x10a, index);
    const bound = 1 / Math.sqrt(inputs);
    for (let i = 0; i < rank * inputs; i++) flat[offsetA + i] = random.uniform(-bound, bound);
  });
  return flat;
}

/** Adapter of one product: A (r, in) and B (out, r), or those of q, k and v: A (3, r, D), B (3, D, r). */
export interface AdapterPair {
  readonly block: number;
  readonly name: ProjectionName;
  readonly a: Value;
  readonly b: Value;
}

/** Reads A and B of every product from the flat vector, in its order. */
export function unpackAdapters(
  { rank, adapters }: AdapterLayout,
  flat: Value,
): readonly AdapterPair[] {
  return adapters.flatMap(({ block, layer, inputs, outputs, offsetA, offsetB }): AdapterPair[] => {
    if (layer === 'attn.k' || layer === 'attn.v') return [];
    const end = offsetB + outputs * rank;
    if (layer !== 'attn.q') {
      const a = g.reshape(g.slice(flat, 0, offsetA, offsetB), [rank, inputs]);
      const b = g.reshape(g.slice(flat, 0, offsetB, end), [outputs, rank]);
      return [{ block, name: layer, a, b }];
    }
    // A and B of q, then those of k and of v: six matrices of one size.
    const length = end - offsetA;
    const six = g.reshape(g.slice(flat, 0, offsetA, offsetA + 3 * length), [3, 2, length / 2]);
    const a = g.reshape(g.slice(six, 1, 0, 1), [3, rank, inputs]);
    const b = g.reshape(g.slice(six, 1, 1, 2), [3, outputs, rank]);
    return [{ block, name: 'attn.qkv', a, b }];
  });
}

/** Values to differentiate a loss by in order to train the adapters. */
export function adapterValues(pairs: readonly AdapterPair[]): readonly Value[] {
  return pairs.flatMap(({ a, b }) => [a, b]);
}

/** Packs matrices in the order of `adapterValues`, for example gradients, into the flat vector. */
export function packAdapters(values: readonly Value[]): Value {
  const pieces: Value[] = [];
  values.forEach((a, index) => {
    const b = values[index + 1];
    if (index % 2 === 1 || !b) return;
    const [count = 0] = a.type.shape;
    const isStack = a.type.shape.length === 3;
    const rows = [a, b].map((value) => g.reshape(value, isStack ? [count, -1] : [-1]));
    pieces.push(...(isStack ? [g.reshape(g.concat(rows, 1), [-1])] : rows));
  });
  return g.concat(pieces, 0);
}

/**
 * Model's linear layers with their adapters. Simplifying the graph (graph/rewrite.ts) decides the cost of the
 * adapters' gradients.
 */
export function adaptedLinears(
  base: LinearSource,
  pairs: readonly AdapterPair[],
  form: AdapterForm = 'merged',
): LinearSource {
  return (block, name) => {
    const pair = pairs.find((each) => each.block === block && each.name === name);
    const linear = base(block, name);
    return pair ? { ...linear, adapter: { form, ...asMatrices(pair) } } : linear;
  };
}

/**
 * Matrices for one product. In A, those of q, k and v are stacked by rows; in B each has separate columns, so
 * that B·A is the three products stacked. Two thirds of the multiplications with B are with zeros: little work, as
 * ranks are small, and one product instead of three.
 */
function asMatrices({ a, b }: AdapterPair): { a: Value; b: Value } {
  const [count = 0, outputs = 0, rank = 0] = b.type.shape;
  if (b.type.shape.length === 2) return { a, b };
  const own = new Float32Array(count * count);
  for (let i = 0; i < count; i++) own[i * count + i] = 1;
  const columns = g.constant({ shape: [count, 1, count, 1], data: own });
  const spread = g.mul(g.reshape(b, [count, outputs, 1, rank]), columns);
  return {
    a: g.reshape(a, [count * rank, -1]),
    b: g.reshape(spread, [count * outputs, count * rank]),
  };
}

/** Merges adapters into the weights, W ← W + B·A, which gives a plain vision transformer again. */
export function mergeAdapters(
  model: VitModel,
  layout: AdapterLayout,
  flat: Float32Array,
): VitModel {
  const weights = new Map<string, Tensor>(model.weights);
  for (const adapter of layout.adapters) {
    const { name, firstRow } = linearLocation(model.architecture, adapter.block, adapter.layer);
    const key = `${name}.weight`;
    const original = weightOf(model.weights, key);
    const current = weightOf(weights, key);
    // q, k and v share a tensor: copy it once, then add to each part.
    const merged = current === original ? { ...original, data: original.data.slice() } : current;
    addProduct(merged.data.subarray(firstRow * adapter.inputs), adapter, layout.rank, flat);
    weights.set(key, merged);
  }
  return { ...model, weights };
}

/** Computes target (out, in) += B·A, each element summed in double precision. */
function addProduct(
  target: Float32Array,
  { inputs, outputs, offsetA, offsetB }: Adapter,
  rank: number,
  flat: Float32Array,
): void {
  const row = new Float64Array(inputs);
  for (let output = 0; output < outputs; output++) {
    row.fill(0);
    for (let k = 0; k < rank; k++) {
      const factor = flat[offsetB + output * rank + k] ?? 0;
      const start = offsetA + k * inputs;
      for (let i = 0; i < inputs; i++) row[i] = (row[i] ?? 0) + factor * (flat[start + i] ?? 0);
    }
    for (let i = 0; i < inputs; i++) {
      const position = output * inputs + i;
      target[position] = (target[position] ?? 0) + (row[i] ?? 0);
    }
  }
}
