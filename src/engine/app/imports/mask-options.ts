import { resolve } from 'node:path';
import type { Project } from '../../../contract/app.ts';
import type {
  ClassTarget,
  MaskImport,
  MaskSourceContents,
  MaskSourcePlace,
  MaskValueUse,
  SourceClass,
} from '../../../contract/mask-sources.ts';
import { UserError } from '../../../core/errors.ts';
import { reservedWord } from '../../../core/mask/class-names.ts';
import { foldName, proposeTargets, type ProposedTarget } from '../../../core/mask/match-classes.ts';
import { ambiguousValue, shareText, valueName } from '../../../core/mask/stored-values.ts';
import { ignoreValue } from '../../../core/mask/tiles.ts';
import { findImages } from '../../../formats/image-folder.ts';
import { namedValues, requireExplained } from '../../tasks/segmentation/data/mask-values.ts';
import { onlyClass } from '../../tasks/segmentation/data/mask-classes.ts';
import type { MaskSources } from './mask-sources.ts';
import { maskOptionsText } from '../../../text/index.ts';

/** Mask options of a command line. Whatever the app would ask must be specified. */
export interface MaskOptions {
  /** Mask file, or `found`: the masks in the folder, if they are of one source. */
  readonly masks: string;
  /**
   * Pairs `what=class`: a name, number or colour in the file, and a class, `background` or `ignore`.
   */
  readonly classes: readonly string[];
  /** True to create classes that the project does not have. */
  readonly makesClasses: boolean;
  readonly replaces: boolean;
  /** Property of polygons that names the class. */
  readonly property: string | null;
  /** State of the masks; by default done if the source is complete. */
  readonly state: MaskImport['state'] | null;
}

/** Resulting mask import, and the use of every value in the mask files. */
export interface MaskDecision {
  readonly plan: MaskImport;
  readonly values: MaskValueUse[];
}

/**
 * Builds the mask import from options. Nothing is guessed: the error names what the options leave open.
 *
 * @throws UserError 'invalid-option' with what is missing; as `MaskSources.survey`
 */
export async function maskImportOf(
  sources: MaskSources,
  project: Project,
  folder: string,
  options: MaskOptions,
  signal: AbortSignal,
): Promise<MaskDecision> {
  const source = await placeOf(sources, folder, options, signal);
  const contents = await sources.survey(project.id, folder, source, signal);
  requireProperty(contents);
  const given = namedValues(options.classes, contents.classes);
  const proposed = proposedTargets(contents, project, options);
  const classes = contents.classes.map((one, index) => {
    const name = given.get(one.value);
    const to = name === undefined ? (proposed[index] ?? null) : { create: name };
    // Two classes of the file with similar names would be merged, which only the user can decide.
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
      source: { ...source, property: contents.property },
      classes: decided,
      onConflict: options.replaces ? 'replace' : 'keep',
      state: options.state ?? (contents.isComplete ? 'done' : 'draft'),
    },
    values: usesOf(contents, decided, project),
  };
}

/**
 * Proposes targets by name. Unnamed classes get names from their numbers or colours if new classes may be created,
 * except for a 255 that may also mean unknown.
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
  return classes.map((one) =>
    one === ambiguous ? null : { create: maskOptionsText.newClass(valueName(one)) },
  );
}

function usesOf(
  { values, classes }: MaskSourceContents,
  decided: MaskImport['classes'],
  project: Project,
): MaskValueUse[] {
  const becomes = (value: number): string => {
    const to = decided.find((one) => one.value === value)?.to;
    if (value === 0 || to === 'background') return maskOptionsText.becomesBackground;
    if (value === ignoreValue || to === 'ignore' || to === undefined)
      return maskOptionsText.becomesIgnored;
    if ('create' in to) return to.create;
    return project.classes.find(({ id }) => id === to.class)?.name ?? '?';
  };
  return values.map((one) => {
    const named = classes.find(({ value }) => value === one.value)?.name;
    const what = valueName(one);
    return {
      value: named == null ? what : maskOptionsText.namedValue({ value: what, name: named }),
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
      ? maskOptionsText.noMasks(folder)
      : maskOptionsText.severalSources(
          folder,
          found.map(({ path }) => path),
        ),
  );
}

function requireProperty({ properties, property }: MaskSourceContents): void {
  if (property !== null || properties.length === 0) return;
  const names = properties.map(({ name }) => name);
  throw new UserError('invalid-option', maskOptionsText.propertyOpen(names));
}

/** Returns the existing or new class for a target; null if it does not exist and may not be created. */
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
  return new UserError('invalid-option', maskOptionsText.similarNames({ name, like }));
}

/** Returns an error that lists the undecided classes; numbers and colours with their share of the pixels. */
function undecidedClasses(
  undecided: readonly SourceClass[],
  values: MaskSourceContents['values'],
): UserError {
  const text = (one: SourceClass): string => {
    const stored = values.filter(({ value }) => value === one.value);
    const share = stored.reduce((sum, value) => sum + value.share, 0);
    return stored.length === 0
      ? valueName(one)
      : maskOptionsText.valueWithShare({ value: valueName(one), share: shareText(share) });
  };
  return new UserError('invalid-option', maskOptionsText.undecided(undecided.map(text)));
}
