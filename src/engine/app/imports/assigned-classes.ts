import { className } from '../../../contract/app.ts';
import type { ClassTarget, MaskImport, SourceClass } from '../../../contract/mask-sources.ts';
import { nextColour } from '../../../contract/palette.ts';
import { UserError } from '../../../core/errors.ts';
import { reservedNameProblem } from '../../../core/mask/class-names.ts';
import { ignoreValue, lastClassValue } from '../../../core/mask/tiles.ts';
import type { NamedClass } from '../../../store/queries/classes.ts';
import type { Store } from '../../../store/store.ts';
import { writtenName } from './import-checks.ts';
import { maskImportText } from '../../../text/index.ts';

/**
 * Markers for a source value without an assignment, and for one whose class is no longer in the project.
 */
export const undecided = -1;
export const gone = -2;

/** Assignment of a source's values at some moment. */
export interface AssignedValues {
  /** Mask value in the project by source value; or `undecided` or `gone`. */
  readonly values: Int16Array;
  /** Names of classes that no longer exist, by source value. */
  readonly gone: ReadonlyMap<number, string>;
}

/** Assignment of one class of the source. */
interface Assigned {
  readonly value: number;
  readonly to: { readonly class: number } | 'background' | 'ignore';
  /** Displayed name, after the class was removed. */
  readonly name: string;
}

/**
 * Assignment of a source's classes to a project, whose classes may be removed while masks are imported.
 */
export class AssignedClasses {
  readonly #store: Store;
  readonly #project: number;
  readonly #assigned: readonly Assigned[];
  #current: AssignedValues & { readonly key: string };

  /**
   * Creates the new classes of the plan.
   *
   * @param found classes of the source; `plan.classes` may use other values for them
   * @param looked classes of the survey that `plan.classes` refers to
   * @param isKept true for a stored plan: a missing class counts as gone
   * @throws UserError 'invalid-option' if a class is not the project's, 'too-large' for more classes than masks hold,
   * 'invalid-labels' for an invalid name
   */
  constructor(
    store: Store,
    project: number,
    plan: MaskImport,
    { found, looked, isKept }: FoundClasses,
  ) {
    this.#store = store;
    this.#project = project;
    this.#assigned = store.transaction(() => {
      requireRoom(store, project, plan.classes);
      return assign(store, project, plan, { found, looked, isKept });
    });
    this.#current = this.#read();
  }

  /** Assignment by source value, including the created classes. */
  get plan(): MaskImport['classes'] {
    return this.#assigned.map(({ value, to }) => ({ value, to }));
  }

  /** Returns the current assignment; the same object as long as nothing changes. */
  current(): AssignedValues {
    const read = this.#read();
    if (read.key !== this.#current.key) this.#current = read;
    return this.#current;
  }

  #read(): AssignedValues & { readonly key: string } {
    const known = new Map(this.#store.classes.list(this.#project).map((one) => [one.id, one]));
    const values = new Int16Array(256).fill(undecided);
    values[0] = 0;
    values[ignoreValue] = ignoreValue;
    const lost = new Map<number, string>();
    for (const { value, to, name } of this.#assigned) {
      if (to === 'background') values[value] = 0;
      else if (to === 'ignore') values[value] = ignoreValue;
      else values[value] = known.get(to.class)?.maskValue ?? gone;
      if (values[value] === gone) lost.set(value, name);
    }
    return { values, gone: lost, key: values.join() };
  }
}

interface FoundClasses {
  readonly found: readonly SourceClass[];
  readonly looked: readonly SourceClass[];
  readonly isKept: boolean;
}

function assign(
  store: Store,
  project: number,
  { classes }: MaskImport,
  { found, looked, isKept }: FoundClasses,
): Assigned[] {
  const targets = new Map(classes.map(({ value, to }) => [value, to]));
  return found.flatMap((one): Assigned[] => {
    const seen = looked.find((other) => isSame(one, other)) ?? namesake(one, looked);
    const to = seen && targets.get(seen.value);
    if (to === undefined) return [];
    const name = one.name ?? String(one.number ?? one.colour);
    if (to === 'background' || to === 'ignore') return [{ value: one.value, to, name }];
    const wanted = classFor(store, project, to, one.colour);
    if (wanted !== undefined) {
      return [{ value: one.value, to: { class: wanted.id }, name: wanted.name }];
    }
    if (isKept && 'class' in to) return [{ value: one.value, to, name }];
    throw new UserError('invalid-option', maskImportText.classRemoved);
  });
}

function isSame(one: SourceClass, other: SourceClass): boolean {
  return one.name === other.name && one.number === other.number && one.colour === other.colour;
}

/** Finds a class by its name, because category numbers may change when a file is rewritten. */
function namesake({ name }: SourceClass, looked: readonly SourceClass[]): SourceClass | undefined {
  return name === null ? undefined : looked.find((other) => other.name === name);
}

/** @throws UserError 'too-large' if existing and new classes are more than masks hold */
function requireRoom(store: Store, project: number, classes: MaskImport['classes']): void {
  const known = new Set(store.classes.list(project).map(({ name }) => name));
  const created = classes.flatMap(({ to }) =>
    typeof to === 'object' && 'create' in to ? [writtenName(to.create)] : [],
  );
  const fresh = new Set(created.filter((name) => !known.has(name)));
  if (fresh.size === 0 || known.size + fresh.size <= lastClassValue) return;
  throw new UserError(
    'too-large',
    maskImportText.tooManyClasses({
      added: fresh.size,
      existing: known.size,
      limit: lastClassValue,
    }),
  );
}

function classFor(
  store: Store,
  project: number,
  to: Exclude<ClassTarget, string>,
  colour: string | null,
): NamedClass | undefined {
  const known = store.classes.list(project);
  const wanted =
    'class' in to
      ? known.find(({ id }) => id === to.class)
      : (known.find(({ name }) => name === writtenName(to.create)) ??
        made(store, project, to.create, colour));
  if (wanted?.maskValue !== null) return wanted;
  throw new UserError(
    'invalid-option',
    maskImportText.classWithoutValue(wanted.name, lastClassValue),
  );
}

/** True if a colour is too dark: black regions would be invisible on the image. */
const black = '#000000';

/**
 * Creates a class with the source's colour, unless another class has it.
 *
 * @throws UserError 'invalid-labels' for a name that would make the project unreadable
 */
function made(
  store: Store,
  project: number,
  name: string,
  wanted: string | null,
): NamedClass | undefined {
  if (!className.safeParse(name).success) {
    throw new UserError('invalid-labels', maskImportText.invalidClassName(name));
  }
  const why = reservedNameProblem(name);
  if (why !== null) {
    throw new UserError('invalid-labels', maskImportText.reservedClassName(why));
  }
  const taken = store.classes.list(project).map(({ colour }) => colour);
  const isFree = wanted !== null && wanted !== black && !taken.includes(wanted);
  const colour = isFree ? wanted : nextColour(taken);
  const id = store.classes.add(project, { name: writtenName(name), colour });
  return store.classes.list(project).find((one) => one.id === id);
}
