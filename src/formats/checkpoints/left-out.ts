import type { VitArchitecture } from '../../core/vit/architecture.ts';
import type { LeftOut } from './conventions/convention.ts';
import type { FoundEncoder } from './find-encoder.ts';
import { storedName, weightName } from './name-rules.ts';
import { printableName } from './problems.ts';
import { leftOutNotes } from '../../text/index.ts';

/*
 * Parts of a checkpoint that are not read. Tensors of an encoder are read, or known not to affect its blocks: an
 * unexplained tensor may change what the blocks compute, so the checkpoint is refused and the message names the tensor.
 */

/** Names inside the blocks that match no rule: parts that a plain vision transformer does not have. */
export function strangeParts({ naming, inside }: FoundEncoder): readonly string[] {
  const [block = ''] = storedName(naming, 'blocks.0.norm1.weight');
  const stem = block.slice(0, block.indexOf('0'));
  return [...inside].flatMap(([name, stored]) =>
    name.startsWith(stem) && weightName(naming, name) === undefined ? [stored] : [],
  );
}

/** Parts that masked pretraining leaves behind and no image uses. */
const leftOutOfAll: readonly LeftOut[] = [{ names: /(^|\.)mask(ed)?_(token|embed)$/ }];

/** Returns true for parts that process tokens before the blocks or in parallel to them, by names that match no rule. */
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
 * Words in the names of parts that process an encoder's output: heads for classes and masks, decoders, the other half
 * of a pair, and the training program's own data.
 */
const afterBlocks: ReadonlySet<string> = new Set([
  ...['head', 'heads', 'classifier', 'classifiers', 'regressor', 'logit', 'logits', 'fc'],
  ...['pooler', 'projector', 'projection', 'projections', 'proj', 'connector', 'predictor'],
  ...['prediction', 'predictions', 'decoder', 'decoders', 'neck', 'fpn', 'prototype', 'prototypes'],
  ...['probe', 'text', 'lm', 'language', 'queue', 'center', 'centers', 'loss', 'losses'],
  ...['criterion', 'metric', 'metrics', 'optimizer', 'optimizers', 'scheduler', 'schedulers'],
  ...['scaler', 'epoch', 'step', 'iteration', 'args', 'rng'],
]);

/** Words for parts that process an image or tokens before an encoder's blocks or between them. */
const beforeBlocks: ReadonlySet<string> = new Set([
  ...['in', 'input', 'inputs', 'pre', 'patch', 'patches', 'pos', 'position', 'positions'],
  ...['positional', 'embed', 'embedding', 'embeddings', 'stem', 'prompt', 'prompts', 'adapter'],
  ...['adapters', 'rope', 'rotary', 'rel', 'relative', 'window', 'windows', 'merger', 'bbox'],
  ...['detection', 'query', 'queries', 'gamma', 'token', 'tokens', 'register', 'registers'],
]);

/** Returns true if a tensor's name shows that it comes after the blocks, or belongs to no model. */
function isAfterBlocks(name: string): boolean {
  for (const part of name.split('.')) {
    // A single layer used as a probe, and timm's former name for the layer before a head's last one.
    if (part === 'linear' || part === 'pre_logits') return true;
    const words = part.split('_');
    if (words.some((word) => beforeBlocks.has(word))) return false;
    if (words.some((word) => afterBlocks.has(word))) return true;
  }
  return false;
}

/** Stored names of tensors outside the blocks that change their input, and that match no rule. */
export function strangeInputs(encoder: FoundEncoder): string[] {
  const prompts = /(^|\.)(\w+_)?prompt_embeddings?(\.|$)/;
  return [
    ...unread(encoder).flatMap(([name, stored]) => (changesTokens(name) ? [stored] : [])),
    ...encoder.outside.filter((name) => prompts.test(name)),
  ];
}

/** Stored names in an encoder that match no rule and are not known to come after the blocks. */
export function unexplained(encoder: FoundEncoder): string[] {
  return unread(encoder).flatMap(([name, stored]) => (isAfterBlocks(name) ? [] : [stored]));
}

/** Stored names outside an encoder that might change its input. */
export function unexplainedOutside({ convention, outside }: FoundEncoder): string[] {
  const leftOut = [...(convention.leftOut ?? []), ...leftOutOfAll];
  return outside.filter(
    (name) => !leftOut.some(({ names }) => names.test(name)) && !isAfterBlocks(name),
  );
}

/**
 * Returns the encoder's tensors that neither a rule nor its family explains: their names, and their names in the file.
 */
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

/** Returns the part of a model that a tensor belongs to, for messages: up to the second name, without numbers. */
function partOf(name: string): string {
  const parts = name.split('.').slice(0, -1);
  const end = parts.findIndex((part) => /^\d+$/.test(part));
  const named = end < 0 ? parts : parts.slice(0, end);
  return printableName(named.slice(0, 2).join('.') || name);
}
