import { resolve } from 'node:path';
import type { Project } from '../../contract/app.ts';
import type {
  ClassTarget,
  MaskImport,
  MaskSourceContents,
  MaskSourcePlace,
  SourceClass,
} from '../../contract/mask-sources.ts';
import { UserError } from '../../core/errors.ts';
import { reservedWord } from '../../core/mask/class-names.ts';
import { foldName, proposeTargets } from '../../core/mask/match-classes.ts';
import { findImages } from '../../formats/image-folder.ts';
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
): Promise<MaskImport> {
  const source = await placeOf(sources, folder, options, signal);
  const contents = await sources.look(project.id, folder, source, signal);
  requireProperty(contents);
  const given = givenClasses(options.classes, contents.classes);
  const proposed = proposeTargets(contents.classes, project.classes);
  const classes = contents.classes.map((one, index) => {
    const to = given.get(one.value) ?? proposed[index] ?? null;
    // Two classes of the file whose names are alike would become one, which a person has to say.
    const isOther =
      typeof to === 'object' && to !== null && 'create' in to && to.create !== one.name;
    if (isOther && !given.has(one.value)) return { one, to: null };
    return { one, to: to === null ? null : targetOf(to, project, options) };
  });
  const undecided = classes.filter(({ to }) => to === null).map(({ one }) => nameOf(one));
  if (undecided.length > 0) throw undecidedClasses(undecided);
  return {
    source,
    classes: classes.flatMap(({ one, to }) => (to === null ? [] : [{ value: one.value, to }])),
    onConflict: options.replaces ? 'replace' : 'keep',
    state: options.state ?? (contents.isComplete ? 'done' : 'draft'),
  };
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

/** By value of the source. */
function givenClasses(
  options: readonly string[],
  classes: readonly SourceClass[],
): Map<number, { readonly create: string }> {
  const given = new Map<number, { readonly create: string }>();
  for (const option of options) {
    const at = option.lastIndexOf('=');
    const [what, to] = [option.slice(0, at).trim(), option.slice(at + 1).trim()];
    const found = classes.filter(
      ({ name, number, colour }) =>
        name === what || (number !== null && String(number) === what) || colour === what,
    );
    const [only, another] = found;
    if (at < 1 || to === '' || only === undefined || another !== undefined) {
      const all = classes.map(nameOf).join(', ');
      throw new UserError(
        'invalid-option',
        `--class ${option} names none or several of the classes in the file (${all}). Write WHAT=CLASS, several with commas between.`,
      );
    }
    given.set(only.value, { create: to });
  }
  return given;
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

function nameOf({ name, number, colour }: SourceClass): string {
  return name ?? (number === null ? (colour ?? '?') : String(number));
}

function undecidedClasses(names: readonly string[]): UserError {
  return new UserError(
    'invalid-option',
    `It is not clear what becomes of ${names.join(', ')}: the project has no class of that name. Say it with --class WHAT=CLASS,… (or =background, =ignore), or add --new-classes for those that have a name.`,
  );
}
