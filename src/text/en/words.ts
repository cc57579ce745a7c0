/** A file with the reason why it was left out. */
export interface Problem {
  readonly path: string;
  readonly reason: string;
}

/** Sentence about the first of several problems, with a space before it; empty without one. */
export function firstProblem(first: Problem | undefined): string {
  return first === undefined ? '' : ` The first: ${first.path}: ${first.reason}`;
}

/** Name in quotation marks, cut to 40 characters: `“A very long…”`. */
export function shortQuote(name: string): string {
  return `“${name.slice(0, 40)}${name.length > 40 ? '…' : ''}”`;
}

/** Names in quotation marks: `“a”, “b”`. */
export function quotedNames(names: readonly string[]): string {
  return names.map((name) => `“${name}”`).join(', ');
}

/** `6 bands` */
export function bandCount(bands: number): string {
  return bands === 1 ? '1 band' : `${bands} bands`;
}

/** Prefixes of some of the models in a file: `teacher. and student. and more`. */
export function listOfPrefixes(models: number, prefixes: readonly string[]): string {
  const named = prefixes.map((prefix) => prefix || '(no prefix)').join(' and ');
  return models > prefixes.length ? `${named} and more` : named;
}
