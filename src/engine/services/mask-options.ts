import { resolve } from 'node:path';
import type { Project } from '../../contract/app.ts';
import type {
  ClassTarget,
  MaskImport,
  MaskSourceContents,
  MaskSourcePlace,
  MaskValueUse,
  SourceClass,
} from '../../contract/mask-sources.ts';
import { UserError } from '../../core/errors.ts';
import { reservedWord } from '../../core/mask/class-names.ts';
import { foldName, proposeTargets, type ProposedTarget } from '../../core/mask/match-classes.ts';
import { ambiguousValue, shareText, valueName } from '../../core/mask/stored-values.ts';
import { ignoreValue } from '../../core/mask/tiles.ts';
import { findImages } from '../../formats/image-folder.ts';
import { namedValues, requireExplained } from '../mask-values.ts';
import { onlyClass } from '../segmentation/mask-classes.ts';
import type { MaskSources } from './mask-sources.ts';

/** What a command line says of masks; where the window asks, this must be said. */
export interface MaskOptions {
  /** A file of masks, or `found`: what lies in the folder, if that is one thing. */
  readonly masks: string;
  /** `what=class`: a name, number or colour of the file, and a class, `background` or `ignore`. */
  readonly classes: readonly string[];
  /** Whether classes that the project has not are made. */
  readonly makesClasses: boolean;
  readonly replaces: boolean;
  /** Of GeoJSON. */
  readonly property: string | null;
  /** Done where the source says all that there is, unless given. */
  readonly state: MaskImport['state'] | null;
}

/** The import that options ask for, and what it makes of every value that mask files store. */
export interface MaskDecision {
  readonly plan: MaskImport;
  readonly values: MaskValueUse[];
}

/**
 * The import that options ask for. Nothing is guessed: what the names do not decide is named in an error.
 *
 * @throws UserError 'invalid-option' with what is missing; as `MaskSources.look`
 */
export async function maskImportOf(
  sources: MaskSources,
  project: Project,
  folder: string,
  options: MaskOptions,
  signal: AbortSignal,
): Promise<MaskDecision> {
  const source = await placeOf(sources, folder, options, signal);
  const contents = await sources.look(project.id, folder, source, signal);
  requireProperty(contents);
  const given = namedValues(options.classes, contents.classes);
  const proposed = proposedTargets(contents, project, options);
  const classes = contents.classes.map((one, index) => {
    const name = given.get(one.value);
    const to = name === undefined ? (proposed[index] ?? null) : { create: name };
    // Two classes of the file whose names are alike would become one, which a person has to say.
    const isOther =
      typeof to === 'object' && to !== null && 'create' in to && to.create !== one.name;
    if (isOther && one.name !== null && !given.has(one.value)) throw sameNames(one.name, to.create);
    return { one, to: to === null ? null : targetOf(to, project, options) };
  });
  const undecided = classes.filter(({ to }) => to === null).map(({ one }) => one);
  if (undecided.length > 0) {
    if (undecided.some((one) => one === ambiguousValue(contents.classes))) {
      requireExplained(contents.classes, contents.values);
    }
    throw undecidedClasses(undecided, contents.values);
  }
  const decided = classes.flatMap(({ one, to }) => (to === null ? [] : [{ value: one.value, to }]));
  return {
    plan: {
      source,
      classes: decided,
      onConflict: options.replaces ? 'replace' : 'keep',
      state: options.state ?? (contents.isComplete ? 'done' : 'draft'),
    },
    values: usesOf(contents, decided, project),
  };
}

/**
 * By name; classes of masks that have numbers or colours alone get names from these where new classes may be made,
 * but for a 255 that may as well mean that nothing is known.
 */
function proposedTargets(
  { classes }: MaskSourceContents,
  project: Project,
  { makesClasses }: MaskOptions,
): ProposedTarget[] {
  const proposed = proposeTargets(classes, project.classes);
  if (!makesClasses || classes.some(({ name }) => name !== null)) return proposed;
  const [only, ...others] = classes;
  if (only !== undefined && others.length === 0) return [{ create: onlyClass }];
  const ambiguous = ambiguousValue(classes);
  return classes.map((one) => (one === ambiguous ? null : { create: `class ${valueName(one)}` }));
}

function usesOf(
  { values, classes }: MaskSourceContents,
  decided: MaskImport['classes'],
  project: Project,
): MaskValueUse[] {
  const becomes = (value: number): string => {
    const to = decided.find((one) => one.value === value)?.to;
    if (value === 0 || to === 'background') return 'background';
    if (value === ignoreValue || to === 'ignore' || to === undefined)
      return 'ignored: nothing known';
    if ('create' in to) return to.create;
    return project.classes.find(({ id }) => id === to.class)?.name ?? '?';
  };
  return values.map((one) => {
    const named = classes.find(({ value }) => value === one.value)?.name;
    const what = valueName(one);
    return {
      value: named == null ? what : `${what} (${named})`,
      share: one.share,
      becomes: becomes(one.value),
    };
  });
}

async function placeOf(
  sources: MaskSources,
  folder: string,
  { masks, property }: MaskOptions,
  signal: AbortSignal,
): Promise<MaskSourcePlace> {
  if (masks !== 'found') return { kind: 'file', path: resolve(masks), property };
  const whole = resolve(folder);
  const found = await sources.detect(whole, await findImages(whole, {}, signal), signal);
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) {
    return { kind: only.kind, path: only.path, property };
  }
  throw new UserError(
    'invalid-option',
    only === undefined
      ? `There are no masks in ${folder}. Name the file that has them with --masks.`
      : `There are masks from several places in ${folder}: ${found.map(({ path }) => path).join(', ')}. Name the file with --masks, or take the others out of the folder.`,
  );
}

function requireProperty({ properties, property }: MaskSourceContents): void {
  if (property !== null || properties.length === 0) return;
  const names = properties.map(({ name }) => name).join(', ');
  throw new UserError(
    'invalid-option',
    `It must be said which property of the polygons names the class: ${names}. Add --property.`,
  );
}

/** Null: the project has no such class, and none is to be made. */
function targetOf(
  target: ClassTarget,
  { classes }: Project,
  { makesClasses }: MaskOptions,
): ClassTarget | null {
  if (typeof target === 'string' || 'class' in target) return target;
  const { create } = target;
  const word = reservedWord(create);
  if (word !== null) return word;
  const known = classes.filter(({ name }) => foldName(name) === foldName(create));
  const one = known.find(({ name }) => name === create) ?? (known.length === 1 ? known[0] : null);
  if (one) return { class: one.id };
  return makesClasses && known.length === 0 ? target : null;
}

function sameNames(name: string, like: string): UserError {
  return new UserError(
    'invalid-option',
    `The masks have two classes whose names differ in case or spaces alone, “${like}” and “${name}”. If they are one class, say so with --class "${name.trim()}=${like}"; otherwise rename one in the file.`,
  );
}

/** Names, with the share of pixels of numbers and colours. */
function undecidedClasses(
  undecided: readonly SourceClass[],
  values: MaskSourceContents['values'],
): UserError {
  const spoken = (one: SourceClass): string => {
    const stored = values.filter(({ value }) => value === one.value);
    const share = stored.reduce((sum, value) => sum + value.share, 0);
    return stored.length === 0
      ? valueName(one)
      : `${valueName(one)} (${shareText(share)} of the pixels)`;
  };
  return new UserError(
    'invalid-option',
    `It is not clear what becomes of ${undecided.map(spoken).join(', ')}: the project has no class of that name. Say it with --class WHAT=CLASS,… (or =background, =ignore), or add --new-classes for those that have a name, or where no value has one.`,
  );
}
