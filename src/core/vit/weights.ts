import { UserError } from '../errors.ts';
import { sameShape } from '../graph/ops.ts';
import type { Shape } from '../graph/ops.ts';
import type { Tensor } from '../tensor.ts';
import { weightShapes } from './architecture.ts';
import type { Normalization, VitArchitecture } from './architecture.ts';

/** An encoder's weights in timm's naming, float32. */
export type VitWeights = ReadonlyMap<string, Tensor>;

/** Everything that defines a teacher or student encoder. */
export interface VitModel {
  readonly architecture: VitArchitecture;
  readonly weights: VitWeights;
  readonly normalization: Normalization;
}

/** The linear layers of a block, which can carry adapters. */
export const linearNames = [
  'attn.q',
  'attn.k',
  'attn.v',
  'attn.proj',
  'mlp.fc1',
  'mlp.fc2',
] as const;
export type LinearName = (typeof linearNames)[number];

/** (out, in) of a linear layer. */
export function linearShape(
  { width, mlpWidth }: VitArchitecture,
  name: LinearName,
): readonly [number, number] {
  if (name === 'mlp.fc1') return [mlpWidth, width];
  if (name === 'mlp.fc2') return [width, mlpWidth];
  return [width, width];
}

/** Where a linear layer lies in timm's weights: q, k and v are rows of one matrix, in that order. */
export function linearLocation(
  { width }: VitArchitecture,
  block: number,
  name: LinearName,
): { readonly name: string; readonly firstRow: number } {
  const part = ['attn.q', 'attn.k', 'attn.v'].indexOf(name);
  const layer = part >= 0 ? 'attn.qkv' : name;
  return { name: `blocks.${block}.${layer}`, firstRow: Math.max(part, 0) * width };
}

/** A weight that must be there; `checkWeights` has said so. */
export function weightOf(weights: VitWeights, name: string): Tensor {
  const weight = weights.get(name);
  if (!weight) throw new Error(`weight ${name} is missing`);
  return weight;
}

/**
 * Checks that the weights are those of the architecture.
 *
 * @param source what to call them in messages, usually the file
 * @throws UserError naming weights that are missing, of another shape, or not finite
 */
export function checkWeights(
  architecture: VitArchitecture,
  weights: VitWeights,
  source: string,
): void {
  const shapes = new Map([...weights].map(([name, { shape }]) => [name, shape]));
  checkWeightShapes(architecture, shapes, source);
  requireFinite(weights, source);
}

/** @throws UserError naming the first weight with values that are not finite */
export function requireFinite(weights: VitWeights, source: string): void {
  for (const [name, { data }] of weights) {
    if (data.every((value) => Number.isFinite(value))) continue;
    throw new UserError(
      'invalid-file',
      `${source}: the weight ${name} holds numbers that are not finite. The file may be damaged, or its training diverged.`,
    );
  }
}

/**
 * The part of `checkWeights` that needs no values.
 *
 * @param nameInSource what a weight is called there
 */
export function checkWeightShapes(
  architecture: VitArchitecture,
  shapes: ReadonlyMap<string, Shape>,
  source: string,
  nameInSource: (name: string) => string = (name) => name,
): void {
  const missing: string[] = [];
  for (const [name, wanted] of weightShapes(architecture)) {
    const shape = shapes.get(name);
    if (!shape) {
      missing.push(nameInSource(name));
    } else if (!sameShape(shape, wanted)) {
      throw new UserError(
        'invalid-file',
        `${source}: the weight ${nameInSource(name)} is (${shape.join(', ')}) where the rest of the file asks for (${wanted.join(', ')}). The file may be damaged or of an architecture that is not supported.`,
      );
    }
  }
  if (missing.length > 0) {
    throw new UserError(
      'invalid-file',
      `${source}: not a complete vision transformer; ${missing.length === 1 ? `the weight ${missing.join()} is missing` : `${missing.length} weights are missing, among them ${missing.slice(0, 5).join(', ')}`}.`,
      missing.join('\n'),
    );
  }
}
