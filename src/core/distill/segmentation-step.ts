import * as g from '../graph/build.ts';
import { differentiate } from '../graph/differentiate.ts';
import type { Graph, Value } from '../graph/ops.ts';
import { decode, patchFeatures, unpackDecoder } from '../heads/segmentation-decoder.ts';
import type { DecoderLayout } from '../heads/segmentation-decoder.ts';
import { adaptedLinears, adapterValues, packAdapters, unpackAdapters } from '../vit/adapters.ts';
import type { AdapterLayout } from '../vit/adapters.ts';
import type { Tensor } from '../tensor.ts';
import { gridSize } from '../vit/architecture.ts';
import { frozenLinears } from '../vit/forward.ts';
import type { VitModel } from '../vit/weights.ts';
import { imageShape, updateGraph } from './train-step.ts';

/** An encoder with a decoder to train, and adapters if the encoder is trained too. */
export interface SegmentationPlan {
  readonly encoder: VitModel;
  readonly decoder: DecoderLayout;
  /** Weight of each class in the cross-entropy, (K). */
  readonly classWeights: Tensor;
  /** Adapters of the encoder, if it is trained too, and their learning rate relative to the decoder's. */
  readonly adapting?: { readonly layout: AdapterLayout; readonly rate: number } | undefined;
}

/** Pixels added to numerator and denominator of Dice: a class absent from both truth and prediction scores 1. */
const smoothing = 1;

/** Length of the flat vector of trained parameters: the decoder's, then the adapters'. */
export function segmentationParameters({ decoder, adapting }: SegmentationPlan): number {
  return decoder.size + (adapting?.layout.size ?? 0);
}

/**
 * Graph of the step that trains a decoder, and adapters if the encoder is trained too (see `updateGraph`).
 *
 * Inputs of its loss: `images` (B, C, S, S) in [0, 1]; for a frozen encoder `patches` (B, P, 2·D), the output of
 * `patchGraph`; `truth` (B, S·S, K), one at the class of each pixel and zeros at unknown pixels; `scale` (), the factor
 * of the sum of weighted cross-entropies of the part: B' / (B·Σw), with the images B' and the weights of known
 * pixels of the whole batch.
 *
 * @param part images in one part, B
 */
export function segmentationStep(plan: SegmentationPlan, part: number): Graph {
  const { decoder, adapting } = plan;
  const size = segmentationParameters(plan);
  const parameters = g.input('parameters', [size]);
  const result = segmentationLoss(plan, part, parameters);
  if (!adapting) return updateGraph(parameters, result);
  const rates = new Float32Array(size).fill(1).fill(adapting.rate, decoder.size);
  return updateGraph(parameters, result, { shape: [size], data: rates });
}

/**
 * Builds cross-entropy plus Dice loss for part of a batch, and their gradient.
 *
 * @returns `loss` (), `gradient` (size)
 */
export function segmentationLoss(
  { encoder, decoder, classWeights, adapting }: SegmentationPlan,
  part: number,
  parameters: Value,
): { loss: Value; gradient: Value } {
  const { imageSize, width } = encoder.architecture;
  const pixels = imageSize * imageSize;
  const images = g.input('images', imageShape(encoder, part));
  const truth = g.input('truth', [part, pixels, decoder.outputs]);
  const weights = unpackDecoder(decoder, g.slice(parameters, 0, 0, decoder.size));
  const pairs = adapting
    ? unpackAdapters(
        adapting.layout,
        g.slice(parameters, 0, decoder.size, decoder.size + adapting.layout.size),
      )
    : [];
  const patches = adapting
    ? patchFeatures(encoder, adaptedLinears(frozenLinears(encoder), pairs), images)
    : g.input('patches', [part, gridSize(encoder.architecture) ** 2, 2 * width]);
  const logits = decode(encoder, weights, patches, images);
  const rows = g.reshape(g.transpose(logits, [0, 2, 3, 1]), [part, pixels, decoder.outputs]);
  const logarithms = g.logSoftmax(rows);
  const loss = g.add(
    crossEntropy(logarithms, truth, g.constant(classWeights), g.input('scale', [])),
    diceLoss(logarithms, truth),
  );
  const values = [...weights.values()];
  const gradients = differentiate(loss, [...values, ...adapterValues(pairs)]);
  const flat = gradients.slice(0, values.length).map((gradient) => g.reshape(gradient, [-1]));
  if (!adapting) return { loss, gradient: g.concat(flat, 0) };
  const ofAdapters = packAdapters(gradients.slice(values.length));
  return { loss, gradient: g.concat([...flat, ofAdapters], 0) };
}

/** Cross-entropy: -scale·Σ w·log p of the true class over known pixels. */
function crossEntropy(logarithms: Value, truth: Value, classWeights: Value, scale: Value): Value {
  const weighted = g.mul(g.mul(truth, classWeights), logarithms);
  const sum = g.reshape(g.reduceSum(weighted, [0, 1, 2]), []);
  return g.mul(sum, g.mul(scale, g.scalar(-1)));
}

/**
 * Dice loss: 1 - the mean Dice over images and classes except the background (Milletari et al., arXiv 1606.04797,
 * with sums in place of squares). Dice is computed per image, so that parts of a batch add up to the whole.
 */
function diceLoss(logarithms: Value, truth: Value): Value {
  const [, , outputs = 0] = truth.type.shape;
  const likely = g.exp(logarithms);
  const known = g.reduceSum(truth, [2]); // (B, P, 1)
  const both = g.reduceSum(g.mul(likely, truth), [1]); // (B, 1, K)
  const either = g.reduceSum(g.add(g.mul(likely, known), truth), [1]);
  const dice = g.div(
    g.add(g.mul(both, g.scalar(2)), g.scalar(smoothing)),
    g.add(either, g.scalar(smoothing)),
  );
  const classes = g.slice(dice, 2, 1, outputs);
  return g.sub(g.scalar(1), g.reshape(g.reduceMean(classes, [0, 1, 2]), []));
}
