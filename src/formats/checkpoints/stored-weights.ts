import { UserError } from '../../core/errors.ts';
import type { Shape } from '../../core/graph/ops.ts';
import { elementCount, zeros } from '../../core/tensor.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { FoundEncoder } from './find-encoder.ts';
import { storedName, weightName } from './name-rules.ts';
import { printableName } from './problems.ts';
import { unsupported } from './refusals.ts';
import type { TensorFile } from './tensor-file.ts';
import { refusedModelText, teacherFileText } from '../../text/index.ts';

/** Storage of a weight in timm's naming. */
export interface StoredWeight {
  /**
   * Names in the file of the parts that are joined along the output; undefined for a part that is replaced by zeros.
   */
  readonly parts: readonly (string | undefined)[];
  /** Shape of the joined weight. */
  readonly shape: Shape;
}

/**
 * Returns the encoder's weights by timm name, if all of their parts are in the file.
 *
 * @throws UserError 'unsupported' if two tensors are the same weight, or patches span several dates
 */
export function storedWeights(
  file: TensorFile,
  { naming, inside }: FoundEncoder,
): Map<string, StoredWeight> {
  const found = new Map<string, (string | undefined)[]>();
  for (const [name, stored] of inside) {
    const named = weightName(naming, name);
    if (named === undefined) continue;
    const { weight, part, parts } = named;
    const places = found.get(weight) ?? Array.from({ length: parts }, () => undefined);
    const other = places[part];
    if (other !== undefined) {
      const [first, second] = [printableName(other), printableName(stored)];
      throw new UserError(
        'unsupported',
        refusedModelText.message(file.path, teacherFileText.twoModels({ first, second, weight })),
      );
    }
    found.set(weight, places.with(part, stored));
  }
  const weights = new Map<string, StoredWeight>();
  for (const [weight, parts] of found) {
    const shape = shapeOf(file, weight, parts);
    if (shape !== undefined) weights.set(weight, { parts, shape });
  }
  return weights;
}

/** Returns the shape of the joined parts; undefined if one is missing or they do not fit together. */
function shapeOf(
  file: TensorFile,
  weight: string,
  parts: readonly (string | undefined)[],
): Shape | undefined {
  const shapes = parts.flatMap((part) =>
    part === undefined ? [] : [file.tensors.get(part)?.shape ?? []],
  );
  const [first = []] = shapes;
  if (parts.length === 1) return squeezed(file, weight, first);
  // A bias of k changes nothing, so some models have none: see `attention` in core/vit/forward.
  const [query, , value] = parts;
  const isWhole = weight.endsWith('.bias')
    ? query !== undefined && value !== undefined
    : !parts.includes(undefined);
  const alike = shapes.every((shape) => shape.join() === first.join());
  if (!isWhole || !alike) return undefined;
  return first.with(0, (first[0] ?? 0) * parts.length);
}

/** Tokens and positions are stored with and without the batch axis, patch embeddings with a time axis of length one. */
function squeezed(file: TensorFile, weight: string, shape: Shape): Shape {
  if (['cls_token', 'dist_token'].includes(weight)) return [1, 1, elementCount(shape)];
  if (['pos_embed', 'reg_token'].includes(weight) && shape.length === 2) return [1, ...shape];
  if (weight !== 'patch_embed.proj.weight') return shape;
  if (shape.length === 5) {
    const [width = 0, channels = 0, dates = 0, ...patch] = shape;
    if (dates === 1) return [width, channels, ...patch];
    throw unsupported(file.path, teacherFileText.severalDates(dates), [...file.tensors.keys()]);
  }
  if (shape.length === 2) {
    throw unsupported(file.path, teacherFileText.cutPatches, [...file.tensors.keys()]);
  }
  return shape;
}

/** Returns the name of a weight in the file, for messages. */
export function nameInFile({ naming, prefix }: FoundEncoder, weight: string): string {
  // A norm after pooling may have the name of a norm before it: see `normAfterPooling` in configuration-facts.ts.
  const stored = storedName(naming, weight);
  const names = stored.length > 0 ? stored : storedName(naming, weight.replace(/^fc_/, ''));
  return names.map((name) => printableName(prefix + name)).join(' + ');
}

/** Reads a weight into its final place, part by part. */
export async function readWeight(
  file: TensorFile,
  { parts, shape }: StoredWeight,
): Promise<Tensor> {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) {
    return { shape, data: (await file.read(only)).data };
  }
  const whole = zeros(shape);
  const length = whole.data.length / parts.length;
  for (const [index, part] of parts.entries()) {
    if (part === undefined) continue;
    whole.data.set((await file.read(part)).data, index * length);
  }
  return whole;
}
