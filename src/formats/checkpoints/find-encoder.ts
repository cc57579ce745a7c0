import { UserError } from '../../core/errors.ts';
import { conventions } from './conventions/all.ts';
import type { Convention, Naming } from './conventions/convention.ts';
import { storedName } from './name-rules.ts';
import { printableName } from './problems.ts';
import { refuseEncoder, refuseFile, unsupported } from './refusals.ts';
import type { TensorFile } from './tensor-file.ts';
import { refusedModelText, teacherFileText, teacherNotes } from '../../text/index.ts';

/** Location of an encoder in a checkpoint. */
export interface FoundEncoder {
  readonly convention: Convention;
  /** Naming of the convention that the encoder uses. */
  readonly naming: Naming;
  /** Prefix of the encoder's names: `teacher.backbone.`. */
  readonly prefix: string;
  /** Stored names of the encoder's tensors by their names in its convention. */
  readonly inside: ReadonlyMap<string, string>;
  /** Stored names of everything else except other encoders. */
  readonly outside: readonly string[];
  /** Reason for choosing this encoder, if there are several. */
  readonly notes: readonly string[];
}

/** Largest number of encoders in one file; student, teacher and the like are two or three. */
const mostEncoders = 16;

/** Preferred encoders if a file contains several, and the notes about them; the first match is used. */
const preferences: readonly (readonly [RegExp, SeveralEncoders])[] = [
  [/(^|\.)teacher\./, teacherNotes.teacherOfSeveral],
  [/(^|\.)target_encoder\./, teacherNotes.targetOfSeveral],
  [/(^|\.)(state_dict_ema|model_ema|ema|ema_model|module_ema)\./, teacherNotes.meanOfSeveral],
  [/(^|\.)(base_encoder|encoder_q)\./, teacherNotes.trainedOfSeveral],
];

type SeveralEncoders = (encoders: number, prefixes: readonly string[]) => string;

/** Candidate for an encoder in one of the namings. */
interface Candidate {
  readonly naming: Naming;
  readonly prefix: string;
  /** Stored names by the names that the rules match. */
  readonly tidied: ReadonlyMap<string, string>;
}

/**
 * Finds the vision transformer in a checkpoint from only the names of its tensors.
 *
 * @throws UserError 'unsupported' if there is none (the message says what was found instead) or more than one
 */
export function findEncoder(file: TensorFile): FoundEncoder {
  const names = [...file.tensors.keys()];
  const namings = new Set(conventions.flatMap((convention) => convention.namings));
  const candidates = [...namings].flatMap((naming): readonly Candidate[] => {
    const tidied = tidiedNames(naming, names);
    return prefixesOf(naming, tidied).map((prefix) => ({ naming, prefix, tidied }));
  });
  if (candidates.length === 0) return refuseFile(file);
  const { chosen, notes } = choose(candidates, file.path);
  const { naming, prefix, tidied } = chosen;
  const others = candidates.flatMap((other) => (other.prefix === prefix ? [] : [other.prefix]));
  const inside = new Map<string, string>();
  const outside: string[] = [];
  for (const [name, stored] of tidied) {
    if (name.startsWith(prefix)) inside.set(name.slice(prefix.length), stored);
    else if (!others.some((other) => name.startsWith(other))) outside.push(stored);
  }
  refuseEncoder(file, naming, inside);
  requireOwnNames(file, chosen, names);
  const convention = conventionOf(naming, file, inside, outside);
  if (convention === undefined) return refuseFile(file);
  return { convention, naming, prefix, inside, outside, notes };
}

function tidiedNames({ tidy }: Naming, names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(names.map((name) => [tidy?.(name) ?? name, name]));
}

/** @throws UserError 'unsupported' if two tensors of the encoder have the same name once their names are normalised */
function requireOwnNames(
  { path }: TensorFile,
  { naming, prefix, tidied }: Candidate,
  names: readonly string[],
): void {
  if (naming.tidy === undefined || tidied.size === names.length) return;
  for (const name of names) {
    const tidy = naming.tidy(name);
    const other = tidied.get(tidy);
    if (other === undefined || other === name || !tidy.startsWith(prefix)) continue;
    throw unsupported(
      path,
      teacherFileText.blocksNumberedTwice(printableName(name), printableName(other)),
      names,
    );
  }
}

/** Finds the prefixes of patch embeddings that also have a first block. */
function prefixesOf(naming: Naming, names: ReadonlyMap<string, string>): string[] {
  const [anchor = ''] = storedName(naming, 'patch_embed.proj.weight');
  const [block = ''] = storedName(naming, 'blocks.0.norm1.weight');
  return [...names.keys()]
    .filter((name) => name === anchor || name.endsWith(`.${anchor}`))
    .map((name) => name.slice(0, name.length - anchor.length))
    .filter((prefix) => names.has(prefix + block));
}

function choose(
  candidates: readonly Candidate[],
  path: string,
): { chosen: Candidate; notes: readonly string[] } {
  const [first, second] = candidates;
  if (first !== undefined && second === undefined) return { chosen: first, notes: [] };
  const prefixes = candidates.slice(0, 4).map(({ prefix }) => printableName(prefix));
  const wanted = candidates.length > mostEncoders ? [] : preferences;
  for (const [pattern, note] of wanted) {
    const [chosen, ...others] = candidates.filter(({ prefix }) => pattern.test(prefix));
    if (chosen === undefined || others.length > 0) continue;
    return { chosen, notes: [note(candidates.length, prefixes)] };
  }
  throw new UserError(
    'unsupported',
    refusedModelText.message(path, teacherFileText.severalModels(candidates.length, prefixes)),
  );
}

function conventionOf(
  naming: Naming,
  file: TensorFile,
  inside: ReadonlyMap<string, string>,
  outside: readonly string[],
): Convention | undefined {
  const [anchor = ''] = storedName(naming, 'patch_embed.proj.weight');
  const axes = file.tensors.get(inside.get(anchor) ?? '')?.shape.length;
  const names = [...inside.keys(), ...outside];
  return conventions.find(
    (convention) =>
      convention.namings.includes(naming) &&
      (convention.patchAxes === undefined || convention.patchAxes === axes) &&
      convention.marks.every((mark) => names.some((name) => mark.test(name))),
  );
}
