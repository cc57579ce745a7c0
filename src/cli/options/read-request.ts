import type { z } from 'zod';
import { UserError } from '../../engine/errors.ts';
import { listOf, printable, shortened } from '../text.ts';
import { flagOf, type Options, optionValueName } from './option-table.ts';
import { type PropertyFacts, propertyFacts } from './property-facts.ts';

/** Values found by commander: text, or true for a switch. */
export type OptionValues = Readonly<Record<string, unknown>>;

/**
 * Turns the options of a command into a request of the contract, which checks it and applies the
 * defaults. Throws `UserError` 'invalid-option' with a line for each invalid option.
 */
export function readRequest<Schema extends z.ZodType>(
  options: Options<Schema>,
  values: OptionValues,
): z.output<Schema> {
  const facts = propertyFacts(options.schema);
  const result = options.schema.safeParse(candidate(options, facts, values));
  if (result.success) return result.data;
  throw new UserError('invalid-option', sentences(options, facts, values, result.error.issues));
}

function candidate(
  { table }: Options<z.ZodType>,
  facts: ReadonlyMap<string, PropertyFacts>,
  values: OptionValues,
): Record<string, unknown> {
  const request: Record<string, unknown> = {};
  for (const [path, spec] of Object.entries(table)) {
    const raw = values[optionValueName(spec)];
    if (raw === undefined) continue;
    const parts = typeof raw === 'string' ? spec.composed?.read(raw) : undefined;
    for (const [name, part] of Object.entries(parts ?? { [path]: raw })) {
      const value = typeof part === 'string' ? convert(part, facts.get(name)?.kind) : part;
      const [outer = name, inner] = name.split('.');
      if (inner === undefined) request[outer] = value;
      else request[outer] = { ...(request[outer] as object | undefined), [inner]: value };
    }
  }
  return request;
}

function convert(raw: string, kind: PropertyFacts['kind'] | undefined): unknown {
  if (kind === 'number') return toNumber(raw);
  return kind === 'numbers' ? raw.split(',').flatMap(toNumbers) : raw;
}

/** Largest length of a list in an option. */
const mostOfRange = 4096;

/** `1-13` represents every number from 1 to 13. */
function toNumbers(raw: string): (number | string)[] {
  const [, from, to] = /^\s*(\d{1,6})-(\d{1,6})\s*$/.exec(raw) ?? [];
  const length = Number(to) - Number(from) + 1;
  if (!(length >= 1 && length <= mostOfRange)) return [toNumber(raw)];
  return Array.from({ length }, (_, at) => Number(from) + at);
}

/** Returns a number, or the text itself if it is not a number: the schema then refuses it. */
function toNumber(raw: string): number | string {
  const text = raw.trim();
  // `Number` also accepts '', '0x10' and 'Infinity'.
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : raw;
}

function sentences(
  { table }: Options<z.ZodType>,
  facts: ReadonlyMap<string, PropertyFacts>,
  values: OptionValues,
  issues: readonly z.core.$ZodIssue[],
): string {
  const missing: string[] = [];
  const wrong = new Set<string>();
  for (const issue of issues) {
    const path = Object.keys(table).find((key) => `${issue.path.join('.')}.`.startsWith(`${key}.`));
    const spec = path === undefined ? undefined : table[path];
    if (path === undefined || spec === undefined) {
      wrong.add(`${issue.message}.`);
      continue;
    }
    const raw = values[optionValueName(spec)];
    if (raw === undefined) missing.push(spec.flags);
    else {
      const wanted = spec.composed?.wanted ?? facts.get(path)?.wanted ?? '';
      wrong.add(`${flagOf(spec)} must be ${wanted}; it was ${quote(raw)}.`);
    }
  }
  const missed =
    missing.length === 0
      ? []
      : [`${listOf(missing, 'and')} ${missing.length > 1 ? 'are' : 'is'} missing.`];
  return [...missed, ...wrong].join('\n');
}

function quote(raw: unknown): string {
  return `"${shortened(printable(String(raw)), 60)}"`;
}
