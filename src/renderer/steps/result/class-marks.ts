import type { ProjectClass } from '../../../contract/app.ts';

/** A class as it is shown: its name, and beside it its colour. */
export interface ClassMark {
  readonly name: string;
  /** Null for one that the project no longer has, by this name. */
  readonly colour: string | null;
}

/** A run keeps the names that the classes had; colours are the project's. */
export function classMarks(
  names: readonly string[],
  classes: readonly ProjectClass[],
): readonly ClassMark[] {
  const colours = new Map(classes.map(({ name, colour }) => [name, colour]));
  return names.map((name) => ({ name, colour: colours.get(name) ?? null }));
}

/** Classes of a run that the project no longer has: masks of the run show them no more, its figures do. */
export function goneClasses(marks: readonly ClassMark[]): readonly string[] {
  return marks.flatMap(({ name, colour }) => (colour === null ? [name] : []));
}
