import type { Naming } from './conventions/convention.ts';

/** What a stored name is of. */
export interface NamedWeight {
  /** In timm's naming. */
  readonly weight: string;
  /** Which part of it, and of how many. */
  readonly part: number;
  readonly parts: number;
}

interface CompiledRule extends NamedWeight {
  readonly pattern: RegExp;
}

const compiled = new WeakMap<Naming, readonly CompiledRule[]>();

function compile(naming: Naming): readonly CompiledRule[] {
  const known = compiled.get(naming);
  if (known !== undefined) return known;
  const rules = naming.rules.flatMap(([weight, stored]) => {
    const names = typeof stored === 'string' ? [stored] : stored;
    return names.map((name, part) => ({
      pattern: patternOf(name),
      ...{ weight, part, parts: names.length },
    }));
  });
  compiled.set(naming, rules);
  return rules;
}

/** Of which weight a stored name, without the prefix, is: undefined where no rule is for it. */
export function weightName(naming: Naming, name: string): NamedWeight | undefined {
  for (const { pattern, weight, part, parts } of compile(naming)) {
    const found = pattern.exec(name);
    if (found !== null) return { weight: filled(weight, found), part, parts };
  }
  return undefined;
}

/** What a weight is stored as, without the prefix; empty where the naming has no name for it. */
export function storedName({ rules }: Naming, weight: string): readonly string[] {
  for (const [name, stored] of rules) {
    const found = patternOf(name).exec(weight);
    if (found === null) continue;
    const names = typeof stored === 'string' ? [stored] : stored;
    return names.map((each) => filled(each, found));
  }
  return [];
}

function patternOf(name: string): RegExp {
  const escaped = name.replaceAll('.', '\\.');
  const source = escaped.replace('#', '(?<block>\\d+)').replace('*', '(?<kind>weight|bias)');
  return new RegExp(`^${source}$`);
}

function filled(name: string, { groups }: RegExpExecArray): string {
  return name.replace('#', groups?.block ?? '').replace('*', groups?.kind ?? '');
}
