import { className } from '../../contract/app.ts';
import type { ClassTarget, MaskImport, SourceClass } from '../../contract/mask-sources.ts';
import { nextColour } from '../../contract/palette.ts';
import { UserError } from '../../core/errors.ts';
import { whyReserved } from '../../core/mask/class-names.ts';
import { ignoreValue, lastClassValue } from '../../core/mask/tiles.ts';
import type { NamedClass } from '../../store/queries/classes.ts';
import type { Store } from '../../store/store.ts';
import { writtenName } from './import-checks.ts';

/** A value of a source for which nothing was chosen, and one whose class is no longer in the project. */
export const undecided = -1;
export const gone = -2;

/** What the values of a source are in the project, at some moment. */
export interface AssignedValues {
  /** By value of the source: value in masks of the project, `undecided` or `gone`. */
  readonly values: Int16Array;
  /** Names of classes that are gone, by value of the source. */
  readonly gone: ReadonlyMap<number, string>;
}

/** What was chosen for a class of the source. */
interface Assigned {
  readonly value: number;
  readonly to: { readonly class: number } | 'background' | 'ignore';
  /** For people, once the class is gone. */
  readonly name: string;
}

/** What becomes of the classes of a source in a project, whose classes may go while masks come in. */
export class AssignedClasses {
  readonly #store: Store;
  readonly #project: number;
  readonly #assigned: readonly Assigned[];
  #current: AssignedValues & { readonly key: string };

  /**
   * Makes the classes that are to be made.
   *
   * @param found the classes of the source, to which `plan.classes` may give other values
   * @param looked the classes that `plan.classes` speaks of
   * @param isKept whether the choice was made long ago: a class that is not there is gone
   * @throws UserError 'invalid-option' where a class is not the project's, 'too-large' for more than masks
   * hold, 'invalid-labels' for a name that none can have
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

  /** The choice, in values of the source, with the classes that were made. */
  get plan(): MaskImport['classes'] {
    return this.#assigned.map(({ value, to }) => ({ value, to }));
  }

  /** As it is now; the same object as long as nothing changes. */
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
    throw new UserError(
      'invalid-option',
      'A class that masks were assigned to is no longer in the project. Import the folder again.',
    );
  });
}

function isSame(one: SourceClass, other: SourceClass): boolean {
  return one.name === other.name && one.number === other.number && one.colour === other.colour;
}

/** Numbers of categories may change where a file is written anew. */
function namesake({ name }: SourceClass, looked: readonly SourceClass[]): SourceClass | undefined {
  return name === null ? undefined : looked.find((other) => other.name === name);
}

/** @throws UserError 'too-large' where the project's classes and those to be made are more than masks hold */
function requireRoom(store: Store, project: number, classes: MaskImport['classes']): void {
  const known = new Set(store.classes.list(project).map(({ name }) => name));
  const created = classes.flatMap(({ to }) =>
    typeof to === 'object' && 'create' in to ? [writtenName(to.create)] : [],
  );
  const fresh = new Set(created.filter((name) => !known.has(name)));
  if (fresh.size === 0 || known.size + fresh.size <= lastClassValue) return;
  throw new UserError(
    'too-large',
    `The masks bring ${fresh.size} new classes and the project has ${known.size}, but masks hold ${lastClassValue}. Choose classes of the project for some of them, or background or ignore.`,
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
    `The class ${wanted.name} is past the 254th, which masks cannot hold. Remove classes first.`,
  );
}

/** Where regions are drawn nothing can be seen of it. */
const black = '#000000';

/**
 * In the colour that it has where it comes from, unless another class has that.
 *
 * @throws UserError 'invalid-labels' for a name with which nothing could be shown of the project again
 */
function made(
  store: Store,
  project: number,
  name: string,
  wanted: string | null,
): NamedClass | undefined {
  if (!className.safeParse(name).success) {
    throw new UserError(
      'invalid-labels',
      `The masks have a class “${name.slice(0, 40)}${name.length > 40 ? '…' : ''}”, which cannot be the name of one: it must have 1 to 200 characters that can be seen. Choose a class of the project for it, or another name.`,
    );
  }
  const why = whyReserved(name);
  if (why !== null) {
    throw new UserError(
      'invalid-labels',
      `${why} Choose what becomes of it (background, ignore or a class of the project), or another name.`,
    );
  }
  const taken = store.classes.list(project).map(({ colour }) => colour);
  const isFree = wanted !== null && wanted !== black && !taken.includes(wanted);
  const colour = isFree ? wanted : nextColour(taken);
  const id = store.classes.add(project, { name: writtenName(name), colour });
  return store.classes.list(project).find((one) => one.id === id);
}
