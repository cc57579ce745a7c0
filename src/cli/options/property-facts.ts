import { z } from 'zod';
import { listOf } from '../text.ts';

/** Facts of the contract about one property of a request. */
export interface PropertyFacts {
  readonly kind: 'text' | 'number' | 'numbers' | 'switch';
  /** Default value as text; undefined if there is none. */
  readonly default: string | undefined;
  readonly choices: readonly string[];
  /** Words that follow "must be": `a whole number from 1 to 1024`. */
  readonly wanted: string;
}

type Schema = z.core.JSONSchema.BaseSchema;

/**
 * Reads the facts of every property from the contract's own schema, so that help and error messages
 * cannot differ from what is checked. Properties of nested objects are named `outer.inner`.
 */
export function propertyFacts(schema: z.ZodType): Map<string, PropertyFacts> {
  return new Map(entries(z.toJSONSchema(schema, { io: 'input' }), ''));
}

function* entries(schema: Schema, prefix: string): Generator<[string, PropertyFacts]> {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (typeof property === 'boolean') continue;
    if (property.type === 'object') {
      yield* entries(property, `${prefix}${name}.`);
    } else {
      yield [`${prefix}${name}`, describe(property)];
    }
  }
}

function describe(property: Schema): PropertyFacts {
  const choices = (property.enum ?? []).map(String);
  const { kind, wanted } = kindAndWanted(property, choices);
  return {
    kind,
    // A description in the contract takes precedence over one derived from its rules.
    wanted: property.description ?? wanted,
    default: text(property.default),
    choices,
  };
}

function text(value: unknown): string | undefined {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

function kindAndWanted(
  property: Schema,
  choices: readonly string[],
): Pick<PropertyFacts, 'kind' | 'wanted'> {
  if (property.type === 'boolean') return { kind: 'switch', wanted: 'given without a value' };
  if (property.type === 'integer' || property.type === 'number') {
    return { kind: 'number', wanted: `a ${noun(property)}${range(property)}` };
  }
  if (property.type === 'array') {
    const item = property.items as Schema;
    return { kind: 'numbers', wanted: `${noun(item)}s${range(item)}, separated by commas` };
  }
  return { kind: 'text', wanted: choices.length > 0 ? listOf(choices, 'or') : length(property) };
}

function noun({ type }: Schema): string {
  return type === 'integer' ? 'whole number' : 'number';
}

function range({ minimum, maximum, exclusiveMinimum }: Schema): string {
  if (minimum !== undefined && maximum !== undefined) {
    return ` from ${figure(minimum)} to ${figure(maximum)}`;
  }
  const bounds = [
    ...(typeof exclusiveMinimum !== 'number' ? [] : [`above ${figure(exclusiveMinimum)}`]),
    ...(minimum === undefined ? [] : [`at least ${figure(minimum)}`]),
    ...(maximum === undefined ? [] : [`at most ${figure(maximum)}`]),
  ];
  return bounds.length === 0 ? '' : ` ${bounds.join(' and ')}`;
}

function length({ minLength, maxLength }: Schema): string {
  return `text of ${figure(minLength ?? 0)} to ${figure(maxLength ?? Infinity)} characters`;
}

function figure(value: number): string {
  return value < 10_000 ? String(value) : value.toLocaleString('en-US');
}
