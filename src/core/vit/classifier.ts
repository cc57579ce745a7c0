import * as g from '../graph/build.ts';
import type { Graph } from '../graph/ops.ts';
import { simplify } from '../graph/rewrite.ts';
import type { Tensor } from '../tensor.ts';
import { embed, frozenLinears, poolFeatures, runBlocks } from './forward.ts';
import type { LinearSource } from './forward.ts';
import type { VitModel } from './weights.ts';

/** One linear layer on the pooled features; batch norm is folded into it. */
export interface ClassifierHead {
  /** (classes, D) */
  readonly weight: Tensor;
  /** (classes) */
  readonly bias: Tensor;
  /** `single`: one class an image, softmax. `several`: any number, sigmoid. */
  readonly task: 'single' | 'several';
}

/** The graph is built with this many images and runs with any number. */
const batch = 2;

/** `image` (B, C, S, S) in [0, 1] → `features` (B, D). */
export function featureGraph(model: VitModel, linears?: LinearSource): Graph {
  const { channels, imageSize } = model.architecture;
  const image = g.input('image', [batch, channels, imageSize, imageSize]);
  const last = runBlocks(model, embed(model, image), linears ?? frozenLinears(model)).at(-1);
  if (!last) throw new Error('an encoder without blocks has no features');
  return simplify({
    name: 'encoder',
    outputs: new Map([['features', poolFeatures(model, last)]]),
    batch,
  });
}

/** `image` (B, C, S, S) in [0, 1] → `logits` and `probabilities` (B, classes), `features` (B, D). */
export function classifierGraph(
  model: VitModel,
  head: ClassifierHead,
  linears?: LinearSource,
): Graph {
  const encoder = featureGraph(model, linears);
  const features = encoder.outputs.get('features');
  if (!features) throw new Error('the encoder has no features');
  const weight = g.swapLast(g.constant(head.weight));
  const logits = g.add(g.matmul(features, weight), g.constant(head.bias));
  const probabilities = head.task === 'single' ? g.softmax(logits) : g.sigmoid(logits);
  return simplify({
    name: 'student',
    outputs: new Map([
      ['logits', logits],
      ['probabilities', probabilities],
      ['features', features],
    ]),
    batch,
  });
}
