import type { ProjectClass } from '../../../../contract/app.ts';
import type { ClassTarget, SourceClass } from '../../../../contract/mask-sources.ts';
import { proposeTargets } from '../../../../core/mask/match-classes.ts';

/** What was chosen for a class of a source. */
export interface Assignment {
  /** `class:<id>` of the project, or what else may become of it; '' until it is chosen. */
  readonly choice: string;
  /** Of a new class. */
  readonly name: string;
}

/**
 * What is proposed: a class of the same name, else a new one. What has no name is asked, unless it is one value for
 * one class; where the project has none, its name is asked.
 */
export function proposedAssignments(
  classes: readonly SourceClass[],
  project: readonly ProjectClass[],
): Assignment[] {
  const [only, ...others] = project.filter(({ maskValue }) => maskValue !== null);
  if (classes.length === 1 && classes[0]?.name === null && others.length === 0) {
    return [{ choice: only === undefined ? 'new' : `class:${only.id}`, name: '' }];
  }
  return proposeTargets(classes, project).map((target, index) => {
    const name = classes[index]?.name ?? '';
    if (target === null) return { choice: '', name };
    if (target === 'ignore' || target === 'background') return { choice: target, name };
    if ('class' in target) return { choice: `class:${target.class}`, name };
    return { choice: 'new', name: target.create };
  });
}

/** A new class that has no name yet. */
export function isUnnamed({ choice, name }: Assignment): boolean {
  return choice === 'new' && name.trim() === '';
}

/** Undefined where something is still to be chosen. */
export function targetOf({ choice, name }: Assignment): ClassTarget | undefined {
  if (choice === 'background' || choice === 'ignore') return choice;
  if (choice === 'new') return name.trim() === '' ? undefined : { create: name.trim() };
  const id = /^class:(\d+)$/.exec(choice)?.[1];
  return id === undefined ? undefined : { class: Number(id) };
}
