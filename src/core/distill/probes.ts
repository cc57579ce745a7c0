import * as g from '../graph/build.ts';
import type { Graph } from '../graph/ops.ts';
import { simplify } from '../graph/rewrite.ts';
import { adaptedLinears, unpackAdapters } from '../vit/adapters.ts';
import { prefixTokens, tokenCount } from '../vit/architecture.ts';
import { embed, frozenLinears, normalizeTokens, poolFeatures, runBlocks } from '../vit/forward.ts';
import type { VitModel } from '../vit/weights.ts';
import { imageShape } from './train-step.ts';
import type { StudentPlan } from './train-step.ts';

/** Batch size that the graphs are built with; they run with any. */
const batch = 2;

/**
 * Graph of the student during training: `images` (B, C, S, S) in [0, 1] and `adapters` (size) → `tokens`
 * (B, N, D), its last block's output.
 */
export function studentTokens({ copy, layout }: StudentPlan): Graph {
  const images = g.input('images', imageShape(copy, batch));
  const pairs = unpackAdapters(layout, g.input('adapters', [layout.size]));
  const linears = adaptedLinears(frozenLinears(copy), pairs);
  const tokens = runBlocks(copy, embed(copy, images), linears).at(-1);
  if (!tokens) throw new Error('a student without blocks has no output');
  return simplify({ name: 'student', outputs: new Map([['tokens', tokens]]), batch });
}

/**
 * Graph that reads features from the last block's output, for teacher and student alike: `tokens` (B, N, D) →
 * `features` (B, D), the input of a head, and `patches` (B, P, D), normalised features of the patches.
 */
export function readout(model: VitModel): Graph {
  const { architecture } = model;
  const tokens = g.input('tokens', [batch, tokenCount(architecture), architecture.width]);
  const normalized = normalizeTokens(model, tokens);
  const patches = g.slice(normalized, 1, prefixTokens(architecture), tokenCount(architecture));
  const outputs = new Map([
    ['features', poolFeatures(model, tokens)],
    ['patches', patches],
  ]);
  return simplify({ name: 'readout', outputs, batch });
}

/** Graph of distances to the teacher: `tokens`, `targets` (B, N, D) → `losses` (B), each a mean absolute difference. */
export function imageLosses({ architecture }: VitModel): Graph {
  const shape = [batch, tokenCount(architecture), architecture.width];
  const difference = g.abs(g.sub(g.input('tokens', shape), g.input('targets', shape)));
  const losses = g.reshape(g.reduceMean(difference, [1, 2]), [batch]);
  return simplify({ name: 'losses', outputs: new Map([['losses', losses]]), batch });
}
