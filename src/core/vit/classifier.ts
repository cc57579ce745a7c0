import * as g from '../graph/build.ts';
import type { Graph } from '../graph/ops.ts';
import { simplify } from '../graph/rewrite.ts';
import type { Tensor } from '../tensor.ts';
import { embed, frozenLinears, poolFeatures, runBlocks } from './forward.ts';
import type { LinearSource } from './forward.ts';
import type { VitModel } from './weights.ts';

/** Linear layer on the pooled features, with batch norm folded into it. */
export interface ClassifierHead {
  /** Weights, (classes, D). */
  readonly weight: Tensor;
  /** Biases, (classes). */
  readonly bias: Tensor;
  /** Kind of classification. `single`: one class per image, softmax. `several`: any number, sigmoid. */
  readonly task: 'single' | 'several';
}

/** Batch size that the graph is built with; it runs with any. */
const batch = 2;

/** Graph of an encoder: `image` (B, C, S, S) in [0, 1] → `features` (B, D). */
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

/** Graph of a classifier: `image` (B, C, S, S), [0, 1] → `logits`, `probabilities` (B, classes), `features` (B, D). */
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
