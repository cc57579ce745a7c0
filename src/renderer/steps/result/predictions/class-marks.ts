import type { ProjectClass } from '../../../../contract/app.ts';

/** Name of a class and its colour. */
export interface ClassMark {
  readonly name: string;
  /** Null if the project no longer has a class of this name. */
  readonly colour: string | null;
}

/** Marks of a run's classes: with the names at the time of the run, and the project's colours. */
export function classMarks(
  names: readonly string[],
  classes: readonly ProjectClass[],
): readonly ClassMark[] {
  const colours = new Map(classes.map(({ name, colour }) => [name, colour]));
  return names.map((name) => ({ name, colour: colours.get(name) ?? null }));
}

/** Names of classes that the project no longer has: the run's figures include them, its masks no longer show them. */
export function removedClasses(marks: readonly ClassMark[]): readonly string[] {
  return marks.flatMap(({ name, colour }) => (colour === null ? [name] : []));
}
