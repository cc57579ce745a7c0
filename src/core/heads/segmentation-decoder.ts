import * as g from '../graph/build.ts';
import type { Graph, Value } from '../graph/ops.ts';
import { simplify } from '../graph/rewrite.ts';
import { Random } from '../random.ts';
import { elementCount } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { gridSize, prefixTokens, tokenCount } from '../vit/architecture.ts';
import { embed, frozenLinears, runBlocks } from '../vit/forward.ts';
import type { LinearSource } from '../vit/forward.ts';
import type { VitArchitecture } from '../vit/architecture.ts';
import type { VitModel } from '../vit/weights.ts';

/**
 * Decoder from an encoder's patches to a class for every pixel. Patch tokens of the middle and the last block are
 * normalised, projected together to few channels, convolved with their neighbours and upsampled to the image's
 * size. In parallel a stem of two small convolutions sees the image itself, for edges. The sum of both is one hidden
 * layer: coarse structure comes from the encoder, fine detail from the stem. Only the stem convolves neighbours at
 * full size, which is the expensive part (docs/adr/0021).
 */

/** Number of channels of the hidden layer, which the tokens are projected to, and of the stem. */
const channels = { hidden: 32, stem: 16 } as const;

/** Layout of a decoder's weights in one flat vector, as for adapters: the optimiser is then a handful of nodes. */
export interface DecoderLayout {
  /** Number of classes including the background, which is the first, K. */
  readonly outputs: number;
  readonly tensors: readonly DecoderTensor[];
  /** Length of the flat vector. */
  readonly size: number;
}

interface DecoderTensor {
  readonly name: DecoderTensorName;
  readonly shape: readonly number[];
  /** Number of inputs of each output, which determines the scale of the initial values. */
  readonly fanIn: number;
  /** Start in the flat vector. */
  readonly offset: number;
}

const tensorNames = [
  'project.weight',
  'project.bias',
  'neighbours.weight',
  'neighbours.bias',
  'stem.0.weight',
  'stem.0.bias',
  'stem.1.weight',
  'stem.1.bias',
  'edges.weight',
  'edges.bias',
  'classify.weight',
  'classify.bias',
] as const;
export type DecoderTensorName = (typeof tensorNames)[number];

/** @param outputs number of classes including the background, at least two */
export function decoderLayout(
  { width, channels: bands }: VitArchitecture,
  outputs: number,
): DecoderLayout {
  const { hidden, stem } = channels;
  const shapes: Record<DecoderTensorName, readonly number[]> = {
    'project.weight': [2 * width, hidden],
    'project.bias': [hidden],
    'neighbours.weight': [hidden, hidden, 3, 3],
    'neighbours.bias': [hidden],
    'stem.0.weight': [stem, bands, 3, 3],
    'stem.0.bias': [stem],
    'stem.1.weight': [stem, stem, 3, 3],
    'stem.1.bias': [stem],
    'edges.weight': [hidden, stem, 1, 1],
    'edges.bias': [hidden],
    'classify.weight': [outputs, hidden, 1, 1],
    'classify.bias': [outputs],
  };
  const tensors: DecoderTensor[] = [];
  let size = 0;
  let fanIn = 1;
  for (const name of tensorNames) {
    const shape = shapes[name];
    // A bias has the fan-in of its weight, which comes before it.
    if (shape.length === 2) fanIn = shape[0] ?? 1;
    if (shape.length === 4) fanIn = elementCount(shape.slice(1));
    tensors.push({ name, shape, fanIn, offset: size });
    size += elementCount(shape);
  }
  return { outputs, tensors, size };
}

/** Draws initial weights and biases uniformly in ±1/√(fan in), as PyTorch's layers do. */
export function initialDecoder({ tensors, size }: DecoderLayout, seed: number): Float32Array {
  const flat = new Float32Array(size);
  tensors.forEach(({ shape, fanIn, offset }, index) => {
    const random = new Random(seed, 0xdec0, index);
    const bound = 1 / Math.sqrt(fanIn);
    for (let i = 0; i < elementCount(shape); i++) flat[offset + i] = random.uniform(-bound, bound);
  });
  return flat;
}

/** Reads the decoder's tensors by name, as values, from the flat vector. */
export function unpackDecoder(
  { tensors }: DecoderLayout,
  flat: Value,
): ReadonlyMap<DecoderTensorName, Value> {
  return new Map(
    tensors.map(({ name, shape, offset }) => [
      name,
      g.reshape(g.slice(flat, 0, offset, offset + elementCount(shape)), shape),
    ]),
  );
}

/** Decoder's tensors in a graph. */
export type DecoderWeights = ReadonlyMap<DecoderTensorName, Value>;

/**
 * Builds the encoder features that the decoder reads.
 *
 * @param images (B, C, S, S) in [0, 1]
 * @returns normalised patch tokens of the middle and the last block, (B, P, 2·D)
 */
export function patchFeatures(model: VitModel, linears: LinearSource, images: Value): Value {
  const blocks = runBlocks(model, embed(model, images), linears);
  const middle = blocks[middleBlock(blocks.length)];
  const last = blocks.at(-1);
  if (!middle || !last) throw new Error('an encoder without blocks has no patches');
  return g.concat([normalizedPatches(model, middle), normalizedPatches(model, last)], 2);
}

/**
 * Builds the decoder as a graph.
 *
 * @param patches output of `patchFeatures`, (B, P, 2·D)
 * @param images (B, C, S, S) in [0, 1]
 * @returns logits (B, K, S, S)
 */
export function decode(
  model: Pick<VitModel, 'architecture' | 'normalization'>,
  weights: DecoderWeights,
  patches: Value,
  images: Value,
): Value {
  const weight = (name: DecoderTensorName): Value => {
    const value = weights.get(name);
    if (!value) throw new Error(`the decoder has no ${name}`);
    return value;
  };
  const convolve = (
    x: Value,
    name: 'neighbours' | 'stem.0' | 'stem.1' | 'edges' | 'classify',
  ): Value => g.conv2d(x, weight(`${name}.weight`), weight(`${name}.bias`));
  const projected = g.add(g.matmul(patches, weight('project.weight')), weight('project.bias'));
  const coarse = convolve(g.relu(onGrid(projected, model.architecture)), 'neighbours');
  const stem = g.relu(convolve(standardised(model, images), 'stem.0'));
  const fine = convolve(g.relu(convolve(stem, 'stem.1')), 'edges');
  const hidden = g.relu(g.add(upsample(coarse, model.architecture), fine));
  return convolve(hidden, 'classify');
}

/** Index of the block whose patches are used in addition to the last one's: the one that ends the first half. */
export function middleBlock(blocks: number): number {
  return Math.max(0, Math.floor(blocks / 2) - 1);
}

/**
 * Builds the graph of a segmentation model: `image` (B, C, S, S) in [0, 1] → `probabilities` (B, K, S, S). Runs with
 * any batch size.
 */
export function segmentationGraph(
  model: VitModel,
  layout: DecoderLayout,
  decoder: Tensor,
  linears: LinearSource = frozenLinears(model),
): Graph {
  const batch = 2;
  const { channels: bands, imageSize } = model.architecture;
  const image = g.input('image', [batch, bands, imageSize, imageSize]);
  const weights = unpackDecoder(layout, g.constant(decoder));
  const logits = decode(model, weights, patchFeatures(model, linears, image), image);
  const probabilities = g.softmax(g.transpose(logits, [0, 2, 3, 1]));
  return simplify({
    name: 'student',
    outputs: new Map([['probabilities', g.transpose(probabilities, [0, 3, 1, 2])]]),
    batch,
  });
}

/**
 * Builds the graph of the features that a decoder on a frozen encoder learns from: `images` (B, C, S, S) in [0, 1] →
 * `patches` (B, P, 2·D). Runs with any batch size.
 */
export function patchGraph(model: VitModel): Graph {
  const batch = 2;
  const { channels: bands, imageSize } = model.architecture;
  const images = g.input('images', [batch, bands, imageSize, imageSize]);
  const patches = patchFeatures(model, frozenLinears(model), images);
  return simplify({ name: 'patches', outputs: new Map([['patches', patches]]), batch });
}

/** Normalises patch tokens to mean 0 and variance 1 each: (B, N, D) → (B, P, D). */
function normalizedPatches({ architecture }: VitModel, tokens: Value): Value {
  const patches = g.slice(tokens, 1, prefixTokens(architecture), tokenCount(architecture));
  return g.normalize(patches, architecture.epsilon);
}

/** Standardises the image as before the encoder's patch embedding. */
function standardised(
  { normalization, architecture }: Pick<VitModel, 'architecture' | 'normalization'>,
  images: Value,
): Value {
  const bands = architecture.channels;
  const column = (values: readonly number[]): Value =>
    g.constant({ shape: [bands, 1, 1], data: Float32Array.from(values) });
  const { mean, deviation } = normalization;
  return g.mul(g.sub(images, column(mean)), column(deviation.map((value) => 1 / value)));
}

/** Reshapes (B, P, C) to (B, C, g, g), rows of patches first. */
function onGrid(patches: Value, architecture: VitArchitecture): Value {
  const [batch = 0, , depth = 0] = patches.type.shape;
  const grid = gridSize(architecture);
  return g.transpose(g.reshape(patches, [batch, grid, grid, depth]), [0, 3, 1, 2]);
}

/** Upsamples (B, C, g, g) to the image's size, (B, C, S, S), by two products with one constant matrix. */
function upsample(grid: Value, architecture: VitArchitecture): Value {
  const matrix = g.constant(bilinear(gridSize(architecture), architecture.imageSize)); // (g, S)
  const tall = g.matmul(g.swapLast(grid), matrix); // (B, C, gx, S)
  return g.matmul(g.swapLast(tall), matrix);
}

/**
 * Matrix (from, to) of linear interpolation between the centres of patches, constant beyond the outer ones:
 * PyTorch's `interpolate(mode='bilinear', align_corners=False)` along one axis.
 */
export function bilinear(from: number, to: number): Tensor {
  const data = new Float32Array(from * to);
  for (let pixel = 0; pixel < to; pixel++) {
    const position = Math.max(0, ((pixel + 0.5) * from) / to - 0.5);
    const below = Math.min(from - 1, Math.floor(position));
    const above = Math.min(from - 1, below + 1);
    const share = position - below;
    data[below * to + pixel] = (data[below * to + pixel] ?? 0) + 1 - share;
    data[above * to + pixel] = (data[above * to + pixel] ?? 0) + share;
  }
  return { shape: [from, to], data };
}
