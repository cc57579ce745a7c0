import type { Naming } from './conventions/convention.ts';

/** Meaning of a stored name. */
export interface NamedWeight {
  /** Name of the weight in timm's naming. */
  readonly weight: string;
  /** Number of the part, and of all parts. */
  readonly part: number;
  readonly parts: number;
}

interface CompiledRule extends NamedWeight {
  readonly pattern: string;
}

const compiled = new WeakMap<Naming, readonly CompiledRule[]>();

function compile(naming: Naming): readonly CompiledRule[] {
  const known = compiled.get(naming);
  if (known !== undefined) return known;
  const rules = naming.rules.flatMap(([weight, stored]) => {
    const names = typeof stored === 'string' ? [stored] : stored;
    return names.map((name, part) => ({
      pattern: name,
      weight,
      part,
      parts: names.length,
    }));
  });
  compiled.set(naming, rules);
  return rules;
}

/** Returns the weight that a stored name without its prefix belongs to; undefined if no rule matches. */
export function weightName(naming: Naming, name: string): NamedWeight | undefined {
  for (const { pattern, weight, part, parts } of compile(naming)) {
    const found = matched(pattern, name);
    if (found !== undefined) return { weight: filled(weight, found), part, parts };
  }
  return undefined;
}

/** Returns the stored names of a weight, without the prefix; empty if the naming has none. */
export function storedName({ rules }: Naming, weight: string): readonly string[] {
  for (const [name, stored] of rules) {
    const found = matched(name, weight);
    if (found === undefined) continue;
    const names = typeof stored === 'string' ? [stored] : stored;
    return names.map((each) => filled(each, found));
  }
  return [];
}

/** Values for the wildcards in a pattern. */
interface Filling {
  readonly block: string;
  readonly kind: string;
}

/** Matches a name with a pattern, in which `#` stands for a number and `*` for `weight` or `bias`. */
function matched(pattern: string, name: string): Filling | undefined {
  let block = '';
  let kind = '';
  let at = 0;
  for (const mark of pattern) {
    if (mark === '#') {
      const start = at;
      while (isDigit(name.charAt(at))) at++;
      block = name.slice(start, at);
      if (block === '') return undefined;
    } else if (mark === '*') {
      kind = ['weight', 'bias'].find((each) => name.startsWith(each, at)) ?? '';
      if (kind === '') return undefined;
      at += kind.length;
    } else if (name.charAt(at) === mark) {
      at++;
    } else {
      return undefined;
    }
  }
  return at === name.length ? { block, kind } : undefined;
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}

function filled(name: string, { block, kind }: Filling): string {
  return name.replace('#', block).replace('*', kind);
}
