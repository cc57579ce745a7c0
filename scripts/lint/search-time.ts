import { type CharSet, JS, type NoParent, type Node } from 'refa';

/**
 * Determines whether a regular expression can take more than linear time, by the shape of its automaton.
 *
 * A backtracking engine takes more than linear time on a text where it can walk the same stretch from many places.
 * With `p` and `q` positions in the expression and `w` a text, that is so where `w` leads from `p` to `p`, from `p`
 * to `q` and from `q` to `q`: each repetition of `w` is one more place to change from `p` to `q` (Weber and Seidl, On
 * the degree of ambiguity of finite automata, 1991). The search for a place to begin counts as a `p` that takes every
 * character, unless the expression is anchored. Two ways around one loop make it exponential.
 *
 * Errs on the side of "superlinear": long counts are treated as endless, and assertions inside an expression as true.
 */

/** Reason for superlinear time; null if the time is linear in the length of the text. */
export type SearchProblem = 'search' | 'polynomial' | 'exponential' | 'unknown';

/** Largest count that is followed exactly. */
const longestCount = 6;

type AnyNode = NoParent<Node>;
type Elements = readonly AnyNode[];

/** A part of an expression: its first and last positions, and whether it may match nothing. */
interface Part {
  readonly nullable: boolean;
  /** True if the part can match nothing wherever it is, without an assertion in the way. */
  readonly free: boolean;
  readonly first: readonly number[];
  /** Last positions; true if the part ends there without an assertion. */
  readonly last: ReadonlyMap<number, boolean>;
}

interface Automaton extends Part {
  readonly characters: readonly CharSet[];
  readonly next: readonly (readonly number[])[];
}

const nothing: Part = { nullable: true, free: true, first: [], last: new Map() };
const asserted: Part = { ...nothing, free: false };
const impossible: Part = { nullable: false, free: false, first: [], last: new Map() };

class NotAnalysable extends Error {}

/** Builds the position automaton (Glushkov). */
class Builder {
  readonly characters: CharSet[] = [];
  readonly next: number[][] = [];
  /** True if the match may begin at the very start of the text. */
  readonly #atBeginning: boolean;

  constructor(atBeginning: boolean) {
    this.#atBeginning = atBeginning;
  }

  /** @param leading whether no part of the expression comes before */
  alternatives(all: readonly { readonly elements: Elements }[], leading: boolean): Part {
    const parts = all.map(({ elements }) => this.#sequence(elements, leading));
    return {
      nullable: parts.some(({ nullable }) => nullable),
      free: parts.some(({ free }) => free),
      first: parts.flatMap(({ first }) => first),
      last: new Map(parts.flatMap(({ last }) => [...last])),
    };
  }

  #sequence(elements: Elements, leading: boolean): Part {
    let whole = nothing;
    let isLeading = leading;
    for (const element of elements) {
      whole = this.#joined(whole, this.#element(element, isLeading));
      isLeading = false;
    }
    return whole;
  }

  #element(node: AnyNode, leading: boolean): Part {
    switch (node.type) {
      case 'CharacterClass':
        return this.#position(node.characters);
      case 'Alternation':
        return this.alternatives(node.alternatives, leading);
      case 'Quantifier':
        return this.#repeated(node.min, node.max, () =>
          this.alternatives(node.alternatives, false),
        );
      case 'Assertion':
        return node.kind === 'behind'
          ? this.#behind(node.alternatives, node.negate, leading)
          : this.#ahead(node.alternatives);
      case 'Unknown':
        throw new NotAnalysable('A backreference.');
      case 'Concatenation':
      case 'Expression':
        throw new Error(`${node.type} is no element of an expression`);
    }
  }

  #position(characters: CharSet): Part {
    if (characters.isEmpty) return impossible;
    const position = this.characters.push(characters) - 1;
    this.next.push([]);
    const last = new Map([[position, true]]);
    return { nullable: false, free: false, first: [position], last };
  }

  #joined(before: Part, after: Part): Part {
    this.#connect(before, after);
    const kept = after.nullable
      ? [...before.last].map(([at, isFree]): [number, boolean] => [at, isFree && after.free])
      : [];
    return {
      nullable: before.nullable && after.nullable,
      free: before.free && after.free,
      first: before.nullable ? [...before.first, ...after.first] : before.first,
      last: new Map([...kept, ...after.last]),
    };
  }

  #connect(before: Part, after: Part): void {
    for (const from of before.last.keys()) this.next[from]?.push(...after.first);
  }

  #repeated(min: number, max: number, build: () => Part): Part {
    const isEndless = max > longestCount;
    const required = Math.min(min, longestCount);
    let whole = nothing;
    for (let i = 0; i < (isEndless ? required - 1 : required); i++) {
      whole = this.#joined(whole, build());
    }
    if (!isEndless) return this.#joined(whole, this.#upTo(max - required, build));
    const loop = build();
    this.#connect(loop, loop);
    return this.#joined(whole, required === 0 ? { ...loop, nullable: true, free: true } : loop);
  }

  /**
   * Repeats a part; each repetition follows only the previous one, so that a count is reached in one way.
   */
  #upTo(times: number, build: () => Part): Part {
    if (times <= 0) return nothing;
    const one = build();
    return { ...this.#joined(one, this.#upTo(times - 1, build)), nullable: true, free: true };
  }

  /** Adds a look behind. One of a single character counts as a character that the search has passed. */
  #behind(
    all: readonly { readonly elements: Elements }[],
    negate: boolean,
    leading: boolean,
  ): Part {
    const [only] = all;
    const [node] = only?.elements ?? [];
    const isOne = all.length === 1 && only?.elements.length === 1;
    if (!isOne || node?.type !== 'CharacterClass') {
      if (hasLoop(all)) throw new NotAnalysable('A look behind of any length.');
      return asserted;
    }
    if (!leading) return asserted;
    if (this.#atBeginning) return negate ? asserted : impossible;
    return this.#position(negate ? node.characters.negate() : node.characters);
  }

  /** Adds the positions of a lookahead, from which no position of the expression follows. */
  #ahead(all: readonly { readonly elements: Elements }[]): Part {
    if (!hasLoop(all)) return asserted;
    return { ...asserted, first: this.alternatives(all, false).first };
  }
}

function hasLoop(all: readonly { readonly elements: Elements }[]): boolean {
  return all.some(({ elements }) =>
    elements.some(
      (node) =>
        (node.type === 'Quantifier' && node.max > longestCount) ||
        ('alternatives' in node && hasLoop(node.alternatives)),
    ),
  );
}

function automatonOf(source: string, flags: string, atBeginning: boolean): Automaton {
  const { expression } = JS.Parser.fromLiteral({ source, flags }).parse({
    assertions: 'parse',
    backreferences: 'unknown',
    maxBackreferenceWords: 0,
  });
  const builder = new Builder(atBeginning);
  const whole = builder.alternatives(expression.alternatives, true);
  return { ...whole, characters: builder.characters, next: builder.next };
}

/**
 * @param source the source of a regular expression, without its slashes
 * @returns how it can take more than linear time, null if it cannot
 */
export function searchProblem(source: string, flags: string): SearchProblem | null {
  try {
    const fromBeginning = automatonOf(source, flags, true);
    if (isExponential(fromBeginning)) return 'exponential';
    if (isPolynomial(fromBeginning)) return 'polynomial';
    const isAnchored = flags.includes('y');
    return !isAnchored && searchesTwice(automatonOf(source, flags, false)) ? 'search' : null;
  } catch (error) {
    if (error instanceof NotAnalysable) return 'unknown';
    throw error;
  }
}

/** Positions that can be reached again from each position of a loop, the position itself among them. */
function loopsOf({ next }: Automaton): ReadonlySet<number>[] {
  const reached = next.map((_, from) => reachableFrom(from, next));
  return next.map((_, at) => {
    const own = reached[at] ?? new Set<number>();
    return own.has(at)
      ? new Set([...own].filter((to) => reached[to]?.has(at) === true))
      : new Set();
  });
}

function reachableFrom(from: number, next: Automaton['next']): ReadonlySet<number> {
  const seen = new Set<number>();
  const left = [...(next[from] ?? [])];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    left.push(...(next[at] ?? []));
  }
  return seen;
}

/**
 * Returns true if several walkers, reading the same text, can get from `start` to `goal` in at least one step.
 *
 * @param stepsOf returns the positions that a walker can reach from a position
 */
function canWalk(
  start: readonly number[],
  goal: readonly number[],
  characters: readonly CharSet[],
  stepsOf: readonly ((at: number) => readonly number[])[],
): boolean {
  const seen = new Set<string>();
  const left = [start];
  const wanted = goal.join();
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    for (const step of steps(at, characters, stepsOf)) {
      const key = step.join();
      if (key === wanted) return true;
      if (seen.has(key)) continue;
      seen.add(key);
      left.push(step);
    }
  }
  return false;
}

function steps(
  at: readonly number[],
  characters: readonly CharSet[],
  stepsOf: readonly ((at: number) => readonly number[])[],
): number[][] {
  let found: { readonly places: number[]; readonly common: CharSet | undefined }[] = [
    { places: [], common: undefined },
  ];
  at.forEach((place, walker) => {
    const targets = new Set(stepsOf[walker]?.(place) ?? []);
    found = found.flatMap(({ places, common }) =>
      [...targets].flatMap((target) => {
        const own = characters[target];
        const both = own === undefined ? common : (common?.intersect(own) ?? own);
        return both?.isEmpty === true ? [] : [{ places: [...places, target], common: both }];
      }),
    );
  });
  return found.map(({ places }) => places);
}

/** Position that represents the search for a beginning, which accepts every character. */
const searching = -1;

/** Returns true if many beginnings lead through the same stretch of a text that then does not match. */
function searchesTwice(automaton: Automaton): boolean {
  const { characters, next, first, last } = automaton;
  const loops = loopsOf(automaton);
  const searcher = (at: number): readonly number[] =>
    at === searching ? [searching, ...first] : (next[at] ?? []);
  return loops.some(
    (loop, q) =>
      loop.has(q) &&
      last.get(q) !== true &&
      canWalk([searching, q], [q, q], characters, [
        searcher,
        (at) => (next[at] ?? []).filter((to) => loop.has(to)),
      ]),
  );
}

function isPolynomial(automaton: Automaton): boolean {
  const { characters, next, last } = automaton;
  const loops = loopsOf(automaton);
  const within =
    (loop: ReadonlySet<number>) =>
    (at: number): readonly number[] =>
      (next[at] ?? []).filter((to) => loop.has(to));
  const anywhere = (at: number): readonly number[] => next[at] ?? [];
  return loops.some(
    (ofP, p) =>
      ofP.has(p) &&
      loops.some(
        (ofQ, q) =>
          q !== p &&
          ofQ.has(q) &&
          last.get(q) !== true &&
          canWalk([p, p, q], [p, q, q], characters, [within(ofP), anywhere, within(ofQ)]),
      ),
  );
}

function isExponential(automaton: Automaton): boolean {
  const { characters, next } = automaton;
  const loops = loopsOf(automaton);
  return loops.some((loop, p) => {
    if (!loop.has(p)) return false;
    const targets = (next[p] ?? []).filter((to) => loop.has(to));
    // Two quantifiers lead from one position to the same next one.
    if (new Set(targets).size < targets.length) return true;
    const inLoop = (at: number): readonly number[] => (next[at] ?? []).filter((to) => loop.has(to));
    // Both ways end at p again; a pair that separates once has taken two ways.
    return [...loop].some((a) =>
      [...loop].some(
        (b) =>
          a < b &&
          canWalk([p, p], [a, b], characters, [inLoop, inLoop]) &&
          canWalk([a, b], [p, p], characters, [inLoop, inLoop]),
      ),
    );
  });
}
