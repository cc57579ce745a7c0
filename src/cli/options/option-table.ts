import { type Command, Option } from 'commander';
import type { z } from 'zod';
import { listOf } from '../text.ts';
import { type PropertyFacts, propertyFacts } from './property-facts.ts';

/** How one property of a request is given on the command line. */
export interface OptionSpec {
  /** `--rank <k>`; a switch names no value. */
  readonly flags: string;
  readonly help: string;
  /** A heading in the help. */
  readonly group?: string;
  /** Of a value that tells several properties at once. */
  readonly composed?: ComposedValue;
}

interface ComposedValue {
  /** The properties as text, by their names; what will not do is left to the schema to refuse. */
  read(raw: string): Readonly<Record<string, string>>;
  /** To go after "must be". */
  readonly wanted: string;
}

type OptionPath<Request> = {
  [Name in keyof Request & string]-?: NonNullable<Request[Name]> extends readonly unknown[]
    ? Name
    : NonNullable<Request[Name]> extends object
      ? `${Name}.${keyof NonNullable<Request[Name]> & string}`
      : Name;
}[keyof Request & string];

/**
 * Exhaustive: a property that is added to the contract does not compile until it has an option, its own or one that
 * is composed.
 */
export type OptionTable<Request, Composed extends OptionPath<Request> = never> = Readonly<
  Record<Exclude<OptionPath<Request>, Composed>, OptionSpec>
>;

/** What reading the options of a command needs. */
export interface Options<Schema extends z.ZodType> {
  readonly schema: Schema;
  readonly table: Readonly<Record<string, OptionSpec>>;
}

/** Gives `command` the options of a table; their defaults and choices come from the schema. */
export function addOptions(command: Command, { schema, table }: Options<z.ZodType>): Command {
  const facts = propertyFacts(schema);
  for (const [path, spec] of Object.entries(table)) {
    const option = new Option(spec.flags, describe(spec.help, facts.get(path)));
    command.addOption(spec.group === undefined ? option : option.helpGroup(`${spec.group}:`));
  }
  return command;
}

function describe(help: string, facts: PropertyFacts | undefined): string {
  if (facts === undefined || facts.kind === 'switch') return help;
  const notes = [
    ...(facts.choices.length > 1 ? [listOf(facts.choices, 'or')] : []),
    ...(facts.default === undefined ? [] : [`default ${facts.default}`]),
  ];
  return notes.length === 0 ? help : `${help} (${notes.join('; ')})`;
}

/** `--rank` of `--rank <k>`. */
export function flagOf(spec: OptionSpec): string {
  return new Option(spec.flags).long ?? spec.flags;
}

/** The name under which commander keeps the value. */
export function valueName(spec: OptionSpec): string {
  return new Option(spec.flags).attributeName();
}
