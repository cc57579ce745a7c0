import { UserError } from '../errors.ts';
import { sameShape } from '../graph/ops.ts';
import type { Shape } from '../graph/ops.ts';
import type { Tensor } from '../tensor.ts';
import { weightShapes } from './architecture.ts';
import type { Normalization, VitArchitecture } from './architecture.ts';
import { encoderText } from '../../text/index.ts';

/** Weights of an encoder, named as in timm, float32. */
export type VitWeights = ReadonlyMap<string, Tensor>;

/** Complete definition of a teacher or student encoder. */
export interface VitModel {
  readonly architecture: VitArchitecture;
  readonly weights: VitWeights;
  readonly normalization: Normalization;
}

/** Linear layers of a block, which can have adapters. */
export const linearNames = [
  'attn.q',
  'attn.k',
  'attn.v',
  'attn.proj',
  'mlp.fc1',
  'mlp.fc2',
] as const;
export type LinearName = (typeof linearNames)[number];

/** Shape (out, in) of a linear layer. */
export function linearShape(
  { width, mlpWidth }: VitArchitecture,
  name: LinearName,
): readonly [number, number] {
  if (name === 'mlp.fc1') return [mlpWidth, width];
  if (name === 'mlp.fc2') return [width, mlpWidth];
  return [width, width];
}

/** Location of a linear layer in timm's weights: q, k and v are rows of one matrix, in that order. */
export function linearLocation(
  { width }: VitArchitecture,
  block: number,
  name: LinearName,
): { readonly name: string; readonly firstRow: number } {
  const part = ['attn.q', 'attn.k', 'attn.v'].indexOf(name);
  const layer = part >= 0 ? 'attn.qkv' : name;
  return { name: `blocks.${block}.${layer}`, firstRow: Math.max(part, 0) * width };
}

/** Returns a weight that must exist, as ensured by `checkWeights`. */
export function weightOf(weights: VitWeights, name: string): Tensor {
  const weight = weights.get(name);
  if (!weight) throw new Error(`weight ${name} is missing`);
  return weight;
}

/**
 * Checks that the weights fit the architecture.
 *
 * @param source name used in messages, usually the file
 * @throws UserError naming weights that are missing, of another shape, or not finite
 */
export function checkWeights(
  architecture: VitArchitecture,
  weights: VitWeights,
  source: string,
): void {
  const shapes = new Map([...weights].map(([name, { shape }]) => [name, shape]));
  checkWeightShapes(architecture, shapes, source);
  requireFiniteWeights(weights, source);
}

/** No trained weight comes near it, and the product of two weights is still finite in float32. */
const largestWeight = 1e15;

/** @throws UserError naming the first weight with values that are not finite, or too large to compute with */
export function requireFiniteWeights(weights: VitWeights, source: string): void {
  for (const [name, { data }] of weights) {
    if (data.every((value) => Math.abs(value) <= largestWeight)) continue;
    const isFinite = data.every((value) => Number.isFinite(value));
    const message = isFinite ? encoderText.weightTooLarge : encoderText.weightNotFinite;
    throw new UserError('invalid-file', message(source, name));
  }
}

/**
 * Checks names and shapes of weights, the part of `checkWeights` that needs no values.
 *
 * @param nameInSource name of a weight in the source
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
        encoderText.weightOfOtherShape(source, nameInSource(name), {
          found: shape,
          required: wanted,
        }),
      );
    }
  }
  if (missing.length > 0) {
    throw new UserError(
      'invalid-file',
      encoderText.weightsMissing(source, missing),
      missing.join('\n'),
    );
  }
}
