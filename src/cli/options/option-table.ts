import { type Command, Option } from 'commander';
import type { z } from 'zod';
import { listOf } from '../text.ts';
import { type PropertyFacts, propertyFacts } from './property-facts.ts';

/** Command-line form of one property of a request. */
export interface OptionSpec {
  /** `--rank <k>`; a switch has no `<value>`. */
  readonly flags: string;
  readonly help: string;
  /** A heading in the help. */
  readonly group?: string;
  /** Parser of a value that sets several properties at once. */
  readonly composed?: ComposedValue;
}

interface ComposedValue {
  /** Returns the properties as text, by name; the schema refuses invalid ones. */
  read(raw: string): Readonly<Record<string, string>>;
  /** Words that follow "must be". */
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
 * Exhaustive: the code does not compile until each property of the contract has an option of its own or is part of a
 * composed one.
 */
export type OptionTable<Request, Composed extends OptionPath<Request> = never> = Readonly<
  Record<Exclude<OptionPath<Request>, Composed>, OptionSpec>
>;

/** Everything needed to read the options of a command. */
export interface Options<Schema extends z.ZodType> {
  readonly schema: Schema;
  readonly table: Readonly<Record<string, OptionSpec>>;
}

/** Adds the options of a table to `command`; their defaults and choices come from the schema. */
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
    ...(facts.default === undefined ? [] : [`default: ${facts.default}`]),
  ];
  return notes.length === 0 ? help : `${help} (${notes.join('; ')})`;
}

/** `--rank` of `--rank <k>`. */
export function flagOf(spec: OptionSpec): string {
  return new Option(spec.flags).long ?? spec.flags;
}

/** Name under which commander stores the value. */
export function optionValueName(spec: OptionSpec): string {
  return new Option(spec.flags).attributeName();
}
