import * as g from '../graph/build.ts';
import type { Value } from '../graph/ops.ts';
import { Random } from '../random.ts';
import { linearLocation, linearNames, linearShape, weightOf } from '../vit/weights.ts';
import type { LinearName, VitModel } from '../vit/weights.ts';
import type { VitArchitecture } from '../vit/architecture.ts';
import type { LinearSource } from '../vit/forward.ts';
import type { AdapterForm } from '../vit/linear.ts';
import type { Tensor } from '../tensor.ts';

/**
 * Low-rank adapters (Hu et al., arXiv 2106.09685) as WeCoLoRA uses them: on q, k, v, proj, fc1 and fc2
 * of every block, h = W·x + b + B·A·x, without scaling. All of them live in one flat vector, so that
 * the optimiser is a handful of nodes and the state three tensors.
 */
export interface AdapterLayout {
  readonly rank: number;
  readonly adapters: readonly Adapter[];
  /** Length of the flat vector. */
  readonly size: number;
}

/** A is (rank, in), then B (out, rank), row-major, one after the other. */
export interface Adapter {
  readonly block: number;
  readonly layer: LinearName;
  readonly inputs: number;
  readonly outputs: number;
  /** Where A begins in the flat vector. */
  readonly offsetA: number;
  /** Where B begins in the flat vector. */
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
 * A uniform in ±1/√in (Kaiming uniform with a = √5; He et al., arXiv 1502.01852), B zero: the student
 * begins as the plain copy.
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

/** A (rank, in) and B (out, rank) of every adapter, in the layout's order, taken from the flat vector. */
export function unpackAdapters(
  { rank, adapters }: AdapterLayout,
  flat: Value,
): readonly (readonly [a: Value, b: Value])[] {
  return adapters.map(({ inputs, outputs, offsetA, offsetB }) => [
    g.reshape(g.slice(flat, 0, offsetA, offsetB), [rank, inputs]),
    g.reshape(g.slice(flat, 0, offsetB, offsetB + outputs * rank), [outputs, rank]),
  ]);
}

/** The flat vector again: of gradients, say. */
export function packAdapters(pairs: readonly (readonly [a: Value, b: Value])[]): Value {
  return g.concat(
    pairs.flat().map((matrix) => g.reshape(matrix, [-1])),
    0,
  );
}

/**
 * The model's linear layers with their adapters. What the adapters' gradients cost is decided when the graph is
 * simplified (graph/rewrite.ts).
 */
export function adaptedLinears(
  base: LinearSource,
  { adapters }: AdapterLayout,
  pairs: readonly (readonly [a: Value, b: Value])[],
  form: AdapterForm = 'merged',
): LinearSource {
  const positions = new Map(
    adapters.map(({ block, layer }, index) => [`${block}.${layer}`, index]),
  );
  return (block, name) => {
    const linear = base(block, name);
    const pair = pairs[positions.get(`${block}.${name}`) ?? -1];
    if (!pair) return linear;
    const [a, b] = pair;
    return { ...linear, adapter: { form, down: g.swapLast(a), up: g.swapLast(b) } };
  };
}

/** The model with W ← W + B·A: a plain vision transformer again. */
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

/** target (out, in) += B·A, each element summed in double precision. */
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
