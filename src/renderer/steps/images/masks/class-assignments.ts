import type { ProjectClass } from '../../../../contract/app.ts';
import type { ClassTarget, SourceClass } from '../../../../contract/mask-sources.ts';
import { proposeTargets } from '../../../../core/mask/match-classes.ts';

/** Choice for a class of a mask source. */
export interface Assignment {
  /** `class:<id>` for a class of the project, `new`, `background` or `ignore`; '' until chosen. */
  readonly choice: string;
  /** Name of a new class. */
  readonly name: string;
}

/**
 * Proposed choices: the class of the same name, otherwise a new one. Nothing is proposed for a value without a name,
 * unless it is the only value: then the project's only class, or a new one without a name if the project has none.
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

/** True for a new class without a name. */
export function isUnnamed({ choice, name }: Assignment): boolean {
  return choice === 'new' && name.trim() === '';
}

/** Target of a choice; undefined while a choice or a name is missing. */
export function targetOf({ choice, name }: Assignment): ClassTarget | undefined {
  if (choice === 'background' || choice === 'ignore') return choice;
  if (choice === 'new') return name.trim() === '' ? undefined : { create: name.trim() };
  const id = /^class:(\d+)$/.exec(choice)?.[1];
  return id === undefined ? undefined : { class: Number(id) };
}
