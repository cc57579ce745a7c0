import type { VitArchitecture } from '../../core/vit/architecture.ts';
import type { LeftOut } from './conventions/convention.ts';
import type { FoundEncoder } from './find-encoder.ts';
import { storedName, weightName } from './name-rules.ts';
import { printable } from './problems.ts';
import { leftOutNotes } from '../../text/index.ts';

/*
 * What of a checkpoint is not read. Tensors of an encoder are read, or known to matter to nobody who looks at its blocks:
 * a tensor that nothing explains may change what the blocks compute, so it is a refusal by its name.
 */

/** Names inside the blocks that no rule is for: parts that a plain vision transformer does not have. */
export function strangeParts({ naming, inside }: FoundEncoder): readonly string[] {
  const [block = ''] = storedName(naming, 'blocks.0.norm1.weight');
  const stem = block.slice(0, block.indexOf('0'));
  return [...inside].flatMap(([name, stored]) =>
    name.startsWith(stem) && weightName(naming, name) === undefined ? [stored] : [],
  );
}

/** Parts that masked pretraining leaves behind and no image uses. */
const leftOutOfAll: readonly LeftOut[] = [{ names: /(^|\.)mask(ed)?_(token|embed)$/ }];

/** Parts that see or change tokens before the blocks, or beside them, by the names that a naming has no rule for. */
function changesTokens(name: string): boolean {
  const dot = name.indexOf('.');
  if (dot < 0) return /token|register|prompt|embed|pos/.test(name);
  const part = name.slice(0, dot);
  return (
    /^(patch_embed|embeddings|ln_pre)$|prompt|^norm_?(pre|embed|patch)/.test(part) ||
    (/^(patch|embed|pre)/.test(part) && part.endsWith('norm'))
  );
}

/**
 * Words in the names of parts that see what an encoder put out: heads for classes and masks, decoders, the other half of
 * a pair, and what a training program keeps for itself.
 */
const afterBlocks: ReadonlySet<string> = new Set([
  ...['head', 'heads', 'classifier', 'classifiers', 'regressor', 'logit', 'logits', 'fc'],
  ...['pooler', 'projector', 'projection', 'projections', 'proj', 'connector', 'predictor'],
  ...['prediction', 'predictions', 'decoder', 'decoders', 'neck', 'fpn', 'prototype', 'prototypes'],
  ...['probe', 'text', 'lm', 'language', 'queue', 'center', 'centers', 'loss', 'losses'],
  ...['criterion', 'metric', 'metrics', 'optimizer', 'optimizers', 'scheduler', 'schedulers'],
  ...['scaler', 'epoch', 'step', 'iteration', 'args', 'rng'],
]);

/** Words for parts that see an image, or change tokens, before an encoder's blocks or among them. */
const beforeBlocks: ReadonlySet<string> = new Set([
  ...['in', 'input', 'inputs', 'pre', 'patch', 'patches', 'pos', 'position', 'positions'],
  ...['positional', 'embed', 'embedding', 'embeddings', 'stem', 'prompt', 'prompts', 'adapter'],
  ...['adapters', 'rope', 'rotary', 'rel', 'relative', 'window', 'windows', 'merger', 'bbox'],
  ...['detection', 'query', 'queries', 'gamma', 'token', 'tokens', 'register', 'registers'],
]);

/** Returns true if a tensor's name shows that it comes after the blocks, or belongs to no model. */
function isAfterBlocks(name: string): boolean {
  for (const part of name.split('.')) {
    // One layer as a probe, and what timm once called the layer before a head's last one.
    if (part === 'linear' || part === 'pre_logits') return true;
    const words = part.split('_');
    if (words.some((word) => beforeBlocks.has(word))) return false;
    if (words.some((word) => afterBlocks.has(word))) return true;
  }
  return false;
}

/** Stored names of what is in an encoder beside its blocks and changes what they compute, though no rule is for it. */
export function strangeInputs(encoder: FoundEncoder): string[] {
  const prompts = /(^|\.)(\w+_)?prompt_embeddings?(\.|$)/;
  return [
    ...unread(encoder).flatMap(([name, stored]) => (changesTokens(name) ? [stored] : [])),
    ...encoder.outside.filter((name) => prompts.test(name)),
  ];
}

/** Stored names in an encoder that neither a rule nor what is known to come after the blocks explains. */
export function unexplained(encoder: FoundEncoder): string[] {
  return unread(encoder).flatMap(([name, stored]) => (isAfterBlocks(name) ? [] : [stored]));
}

/** Stored names beside an encoder of which nothing tells whether they change what goes into it. */
export function unexplainedOutside({ convention, outside }: FoundEncoder): string[] {
  const leftOut = [...(convention.leftOut ?? []), ...leftOutOfAll];
  return outside.filter(
    (name) => !leftOut.some(({ names }) => names.test(name)) && !isAfterBlocks(name),
  );
}

/** Returns the encoder's tensors that neither a rule nor its family explains: their names, and those in the file. */
function unread({ convention, naming, inside }: FoundEncoder): [string, string][] {
  const leftOut = [...(convention.leftOut ?? []), ...leftOutOfAll];
  return [...inside].filter(
    ([name]) =>
      weightName(naming, name) === undefined && !leftOut.some(({ names }) => names.test(name)),
  );
}

/**
 * Explains in sentences how the rest of a file is treated.
 *
 * @param pooling what represents an image
 */
export function notesOnTheRest(
  { convention, naming, inside, outside }: FoundEncoder,
  pooling: VitArchitecture['pooling'],
): string[] {
  const leftOut = [...(convention.leftOut ?? []), ...leftOutOfAll];
  const rest = [...outside];
  for (const name of inside.keys()) {
    if (weightName(naming, name) === undefined) rest.push(name);
  }
  const notes = new Set<string>();
  const unknown = new Set<string>();
  for (const name of rest) {
    const rule = leftOut.find(({ names }) => names.test(name));
    if (rule === undefined) unknown.add(partOf(name));
    else if (typeof rule.note === 'string') notes.add(rule.note);
    else if (rule.note !== undefined) notes.add(rule.note(pooling));
  }
  if (unknown.size > 0) {
    const some = [...unknown].slice(0, 5);
    notes.add(leftOutNotes.parts(some, unknown.size - some.length));
  }
  return [...notes];
}

/** The part of a model that a tensor belongs to, for people: up to the second name, without numbers. */
function partOf(name: string): string {
  const parts = name.split('.').slice(0, -1);
  const end = parts.findIndex((part) => /^\d+$/.test(part));
  const named = end < 0 ? parts : parts.slice(0, end);
  return printable(named.slice(0, 2).join('.') || name);
}
