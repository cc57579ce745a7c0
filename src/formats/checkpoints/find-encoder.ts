import { UserError } from '../../core/errors.ts';
import { conventions } from './conventions/all.ts';
import type { Convention, Naming } from './conventions/convention.ts';
import { storedName, weightName } from './name-rules.ts';
import { refuseEncoder, refuseFile } from './refusals.ts';
import type { TensorFile } from './tensor-file.ts';

/** Where in a checkpoint an encoder lies. */
export interface FoundEncoder {
  readonly convention: Convention;
  /** That one of the convention's. */
  readonly naming: Naming;
  /** What stands before the encoder's names: `teacher.backbone.`. */
  readonly prefix: string;
  /** Stored names of the encoder's tensors by the names that its convention has for them. */
  readonly inside: ReadonlyMap<string, string>;
  /** Stored names of everything else, other encoders not among them. */
  readonly outside: readonly string[];
  /** Why this encoder, where there are several. */
  readonly notes: readonly string[];
}

/** In one file; student, teacher and their like are two or three. */
const mostEncoders = 16;

/** Which encoder is meant where a file holds several, the first that is there; and why. */
const preferences: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)teacher\./, 'the teacher is taken, as it is the one to use'],
  [/(^|\.)target_encoder\./, 'the target encoder is taken, as it is the one to use'],
  [
    /(^|\.)(state_dict_ema|model_ema|ema|ema_model|module_ema)\./,
    'the running mean of its weights is taken',
  ],
  [/(^|\.)(base_encoder|encoder_q)\./, 'the one that is trained itself is taken'],
];

/**
 * Finds the vision transformer in a checkpoint by the names of its tensors alone.
 *
 * @throws UserError 'unsupported' where there is none, saying what is there instead, or more than one
 */
export function findEncoder(file: TensorFile): FoundEncoder {
  const names = [...file.tensors.keys()];
  for (const naming of new Set(conventions.flatMap(({ namings }) => namings))) {
    const tidy = naming.tidy ?? ((name: string) => name);
    const tidied = new Map(names.map((name) => [tidy(name), name]));
    const prefixes = prefixesOf(naming, tidied);
    if (prefixes.length === 0) continue;
    const { prefix, notes } = choosePrefix(prefixes, file.path);
    const others = prefixes.filter((other) => other !== prefix);
    const inside = new Map<string, string>();
    const outside: string[] = [];
    for (const [name, stored] of tidied) {
      if (name.startsWith(prefix)) inside.set(name.slice(prefix.length), stored);
      else if (!others.some((other) => name.startsWith(other))) outside.push(stored);
    }
    refuseEncoder(file, naming, inside);
    const convention = conventionOf(naming, file, inside, outside);
    if (convention !== undefined) return { convention, naming, prefix, inside, outside, notes };
  }
  return refuseFile(file);
}

/** What stands before a patch embedding that has a first block beside it. */
function prefixesOf(naming: Naming, names: ReadonlyMap<string, string>): string[] {
  const [anchor = ''] = storedName(naming, 'patch_embed.proj.weight');
  const [block = ''] = storedName(naming, 'blocks.0.norm1.weight');
  return [...names.keys()]
    .filter((name) => name === anchor || name.endsWith(`.${anchor}`))
    .map((name) => name.slice(0, name.length - anchor.length))
    .filter((prefix) => names.has(prefix + block));
}

function choosePrefix(
  prefixes: readonly string[],
  path: string,
): { prefix: string; notes: readonly string[] } {
  const [first = ''] = prefixes;
  if (prefixes.length === 1) return { prefix: first, notes: [] };
  const named = prefixes.slice(0, 4).map((prefix) => prefix || '(nothing before its names)');
  const listed = `${named.join(' and ')}${prefixes.length > named.length ? ' and more' : ''}`;
  const wanted = prefixes.length > mostEncoders ? [] : preferences;
  for (const [pattern, reason] of wanted) {
    const [chosen, ...others] = prefixes.filter((prefix) => pattern.test(prefix));
    if (chosen === undefined || others.length > 0) continue;
    return {
      prefix: chosen,
      notes: [`The file holds ${prefixes.length} encoders (${listed}): ${reason}.`],
    };
  }
  throw new UserError(
    'unsupported',
    `${path}: it holds ${prefixes.length} models, under ${listed}. Keep one of them in a file of its own.`,
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

/** Names inside the blocks that no rule is for: parts that a plain vision transformer does not have. */
export function strangeParts({ naming, inside }: FoundEncoder): readonly string[] {
  const [block = ''] = storedName(naming, 'blocks.0.norm1.weight');
  const stem = block.slice(0, block.indexOf('0'));
  return [...inside].flatMap(([name, stored]) =>
    name.startsWith(stem) && weightName(naming, name) === undefined ? [stored] : [],
  );
}

/** What is done with the rest of a file, as sentences. */
export function notesOnTheRest({ convention, naming, inside, outside }: FoundEncoder): string[] {
  const { leftOut = [] } = convention;
  const rest = [...outside];
  for (const name of inside.keys()) {
    if (weightName(naming, name) === undefined) rest.push(name);
  }
  const notes = new Set<string>();
  const unknown = new Set<string>();
  for (const name of rest) {
    const rule = leftOut.find(({ names }) => names.test(name));
    if (rule === undefined) unknown.add(partOf(name));
    else if (rule.sentence !== undefined) notes.add(rule.sentence);
  }
  if (unknown.size > 0) {
    const [some, more] = [[...unknown].slice(0, 5), unknown.size - 5];
    const others = more > 0 ? ` and ${more} more` : '';
    notes.add(`Not of the encoder, and left out: ${some.join(', ')}${others}.`);
  }
  return [...notes];
}

/** The part of a model that a tensor belongs to, for people: up to the second name, without numbers. */
function partOf(name: string): string {
  const parts = name.split('.').slice(0, -1);
  const end = parts.findIndex((part) => /^\d+$/.test(part));
  const named = end < 0 ? parts : parts.slice(0, end);
  return named.slice(0, 2).join('.') || name;
}
