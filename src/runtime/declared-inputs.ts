import { graphInputs } from '../core/graph/ops.ts';
import type { Graph } from '../core/graph/ops.ts';
import type { Tensor } from '../core/tensor.ts';
import type { DeviceTensor, Inputs } from './executor.ts';

/** Inputs that a loaded graph declares. */
export interface DeclaredInputs {
  /** Name of the graph, for messages. */
  readonly graph: string;
  readonly names: readonly string[];
  /** Shapes by input; an axis of undefined size accepts any, and so does an input without a shape. */
  readonly shapes: ReadonlyMap<string, DeclaredShape>;
}

type DeclaredShape = readonly (number | undefined)[];

export function declaredShapes(graph: Graph): ReadonlyMap<string, DeclaredShape> {
  return new Map(
    graphInputs(graph).map(({ attributes: { name, type } }) => {
      const any = type.shape[0] === graph.batch;
      return [name, type.shape.map((size, axis) => (any && axis === 0 ? undefined : size))];
    }),
  );
}

/**
 * Lists the values of every input, in the order of their names.
 *
 * @throws if an input is missing, unknown or of another shape
 */
export function matchInputs(
  { graph, names, shapes }: DeclaredInputs,
  inputs: Inputs,
): readonly (readonly [string, Tensor | DeviceTensor])[] {
  const matched = names.map((name) => {
    const value = inputs[name];
    if (!value) throw new Error(`${graph}: input ${name} is missing`);
    const shape = shapes.get(name);
    if (shape && !accepts(shape, value.shape)) {
      throw new Error(
        `${graph}: input ${name} must be (${shape.map((size) => size ?? 'any').join(', ')}), got (${value.shape.join(', ')})`,
      );
    }
    return [name, value] as const;
  });
  const unknown = Object.keys(inputs).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`${graph}: has no input ${unknown}`);
  return matched;
}

/** Requires values that are not on a device yet. */
export function requireValues(value: Tensor | DeviceTensor): Tensor {
  if (!('data' in value)) throw new Error('a tensor of another executor cannot be used here');
  return value;
}

function accepts(declared: DeclaredShape, shape: readonly number[]): boolean {
  return (
    declared.length === shape.length &&
    declared.every((size, axis) => size === undefined || size === shape[axis])
  );
}
