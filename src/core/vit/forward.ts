import * as g from '../graph/build.ts';
import type { Value } from '../graph/ops.ts';
import { zeros } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { finalNorm, gridSize, prefixTokens, tokenCount } from './architecture.ts';
import type { VitArchitecture } from './architecture.ts';
import { applyLinear, scaled } from './linear.ts';
import type { Linear } from './linear.ts';
import { weightOf } from './weights.ts';
import type { VitModel } from './weights.ts';

/**
 * Forward pass as a graph. B batch, N tokens, D width, H heads, d = D/H.
 *
 * Scales after a linear layer (layer scale and the softmax temperature) are folded into its
 * weights: for constants the runtime does this once, for adapted weights it costs a pass over a matrix
 * instead of one over all tokens.
 */

/** Matrix products of a block with weights; q, k and v are one product. */
export const projectionNames = ['attn.qkv', 'attn.proj', 'mlp.fc1', 'mlp.fc2'] as const;
export type ProjectionName = (typeof projectionNames)[number];

/** Function that gives the blocks their linear layers; all other weights are frozen and come from the model. */
export type LinearSource = (block: number, name: ProjectionName) => Linear;

/** Linear layers with the model's own weights as constants. */
export function frozenLinears({ weights }: VitModel): LinearSource {
  return (block, name) => {
    const bias = weights.get(`blocks.${block}.${name}.bias`);
    return {
      weight: g.constant(weightOf(weights, `blocks.${block}.${name}.weight`)),
      bias: bias && g.constant(bias),
    };
  };
}

/**
 * Embeds images: patch embedding, prefix tokens and positions.
 *
 * The image is divided into patches by reshaping, so the convolution of stride P is a matrix product. Its weights
 * include the normalisation of the image; biases, prefix tokens and positions are one constant.
 *
 * @param images (B, C, S, S), float32 in [0, 1]
 * @returns tokens (B, N, D)
 */
export function embed(model: VitModel, images: Value): Value {
  const { architecture } = model;
  const { channels, patchSize } = architecture;
  const grid = gridSize(architecture);
  const batch = images.type.shape[0] ?? 0;
  const cut = g.reshape(images, [batch, channels, grid, patchSize, grid, patchSize]);
  const ordered = g.transpose(cut, [0, 2, 4, 1, 3, 5]);
  const patches = g.reshape(ordered, [batch, grid * grid, channels * patchSize * patchSize]);
  const { weight, bias } = normalizedPatchEmbedding(model);
  const projected = g.matmul(patches, g.swapLast(g.constant(weight)));
  const padded = g.pad(projected, 1, prefixTokens(architecture), 0);
  const tokens = g.add(padded, g.constant(constantTokens(model, bias)));
  return architecture.preNorm ? affineNorm(model, tokens, 'norm_pre') : tokens;
}

/** Runs all blocks: tokens (B, N, D) → the output of each block, (B, N, D). */
export function runBlocks(
  model: VitModel,
  tokens: Value,
  linear: LinearSource = frozenLinears(model),
): readonly Value[] {
  return traceBlocks(model, tokens, linear).map(({ output }) => output);
}

/** Intermediate results of a block. */
export interface BlockTrace {
  /** Output of the block, (B, N, D). */
  readonly output: Value;
  /** Hidden layer of the MLP after its activation, the input of fc2: (B, N, M). */
  readonly hidden: Value;
}

/** Runs all blocks and keeps their intermediate results. */
export function traceBlocks(
  model: VitModel,
  tokens: Value,
  linear: LinearSource = frozenLinears(model),
): readonly BlockTrace[] {
  const [batch = 0, count = 0] = tokens.type.shape;
  const apart = (rows: Value): Value => g.reshape(rows, [batch, count, rows.type.shape[1] ?? 0]);
  const traces: BlockTrace[] = [];
  // Tokens of all images as rows of one matrix: only attention needs to separate images.
  let x = g.reshape(tokens, [batch * count, -1]);
  for (let block = 0; block < model.architecture.depth; block++) {
    const { output, hidden } = runBlock(model, block, x, count, (name) => linear(block, name));
    traces.push({ output: apart(output), hidden: apart(hidden) });
    x = output;
  }
  return traces;
}

/** Applies the final norm to all tokens, (B, N, D) → (B, N, D). */
export function normalizeTokens(model: VitModel, tokens: Value): Value {
  return affineNorm(model, tokens, finalNorm(model.architecture));
}

/**
 * Computes the image's features: pooled and normalised tokens.
 *
 * @param tokens output of the last block, (B, N, D)
 * @returns features, (B, D)
 */
export function poolFeatures(model: VitModel, tokens: Value): Value {
  const { architecture } = model;
  const { width, pooling, normAfterPooling } = architecture;
  const batch = tokens.type.shape[0] ?? 0;
  const pool = (x: Value): Value => {
    if (pooling === 'class-token') return g.slice(x, 1, 0, 1);
    const patches = g.slice(x, 1, prefixTokens(architecture), tokenCount(architecture));
    return g.reduceMean(patches, [1]);
  };
  // The norm works on each token separately, so a class token can be extracted before it.
  const before = normAfterPooling || pooling === 'class-token';
  const pooled = before
    ? normalizeTokens(model, pool(tokens))
    : pool(normalizeTokens(model, tokens));
  return g.reshape(pooled, [batch, width]);
}

function runBlock(
  model: VitModel,
  block: number,
  x: Value,
  tokens: number,
  linear: (name: ProjectionName) => Linear,
): BlockTrace {
  const { layerScale } = model.architecture;
  const name = `blocks.${block}`;
  const scale = (branch: string, layer: Linear): Linear =>
    layerScale ? scaled(layer, weightConstant(model, `${name}.${branch}.gamma`)) : layer;
  const normalized = affineNorm(model, x, `${name}.norm1`);
  const attended = attention(model.architecture, normalized, tokens, linear('attn.qkv'));
  const middle = g.add(x, applyLinear(attended, scale('ls1', linear('attn.proj'))));
  const second = scale('ls2', linear('mlp.fc2'));
  const first = applyLinear(affineNorm(model, middle, `${name}.norm2`), linear('mlp.fc1'));
  const hidden = activate(model.architecture, first);
  return { output: g.add(middle, applyLinear(hidden, second)), hidden };
}

function activate({ activation }: VitArchitecture, x: Value): Value {
  if (activation === 'quick-gelu') return g.mul(x, g.sigmoid(g.mul(x, g.scalar(1.702))));
  return g.gelu(x, activation === 'gelu' ? 'none' : 'tanh');
}

/** Applies multi-head self-attention without its output projection, (B·N, D) → (B·N, D). */
function attention(
  { width, heads }: VitArchitecture,
  x: Value,
  tokens: number,
  linear: Linear,
): Value {
  const batch = (x.type.shape[0] ?? 0) / tokens;
  const size = width / heads;
  // The softmax's temperature, applied to q only.
  const temperature = new Float32Array(3 * width)
    .fill(1 / Math.sqrt(size), 0, width)
    .fill(1, width);
  const rows = applyLinear(
    x,
    scaled(linear, g.constant({ shape: [3 * width], data: temperature })),
  );
  const cut = g.reshape(rows, [batch, tokens, 3, heads, size]);
  const parts = g.transpose(cut, [2, 0, 3, 1, 4]); // (3, B, H, N, d)
  // Heads and batch are one axis: ONNX Runtime's CPU kernels would merge the swap of k's last axes into a transpose of
  // four axes, which is a separate copy, while a transpose of three axes is absorbed by the product.
  const [q, k, v] = [0, 1, 2].map((part) =>
    g.reshape(g.slice(parts, 0, part, part + 1), [batch * heads, tokens, size]),
  ) as [Value, Value, Value];
  const mixed = g.matmul(g.softmax(g.matmul(q, g.swapLast(k))), v); // (B·H, N, d)
  const byHead = g.reshape(mixed, [batch, heads, tokens, size]);
  return g.reshape(g.transpose(byHead, [0, 2, 1, 3]), [batch * tokens, width]);
}

function affineNorm(model: VitModel, x: Value, name: string): Value {
  return g.normalize(x, model.architecture.epsilon, [
    weightConstant(model, `${name}.weight`),
    weightConstant(model, `${name}.bias`),
  ]);
}

function weightConstant(model: VitModel, name: string): Value {
  return g.constant(weightOf(model.weights, name));
}

/** Folds (x - mean)/deviation into the patch embedding: weight (D, C·P·P), bias (D). */
function normalizedPatchEmbedding({ architecture, weights, normalization }: VitModel): {
  weight: Tensor;
  bias: Float64Array;
} {
  const { width, channels, patchSize } = architecture;
  const area = patchSize * patchSize;
  const source = weightOf(weights, 'patch_embed.proj.weight').data;
  const data = new Float32Array(source.length);
  const bias = Float64Array.from(weightOf(weights, 'patch_embed.proj.bias').data);
  for (let index = 0; index < source.length; index++) {
    const channel = Math.floor(index / area) % channels;
    const output = Math.floor(index / (area * channels));
    const value = (source[index] ?? 0) / (normalization.deviation[channel] ?? 1);
    data[index] = value;
    bias[output] = (bias[output] ?? 0) - value * (normalization.mean[channel] ?? 0);
  }
  return { weight: { shape: [width, channels * area], data }, bias };
}

/** Constant added to the (padded) patches: prefix tokens, positions and the patch embedding's bias, (1, N, D). */
function constantTokens({ architecture, weights }: VitModel, bias: Float64Array): Tensor {
  const { width, positionsCoverPrefix } = architecture;
  const prefix = prefixTokens(architecture);
  const tokens = zeros([1, tokenCount(architecture), width]);
  const addRows = (row: number, values: ArrayLike<number>): void => {
    for (let i = 0; i < values.length; i++) {
      const position = row * width + i;
      tokens.data[position] = (tokens.data[position] ?? 0) + (values[i] ?? 0);
    }
  };
  let row = 0;
  for (const name of ['cls_token', 'dist_token', 'reg_token']) {
    const token = weights.get(name);
    if (!token) continue;
    addRows(row, token.data);
    row += token.data.length / width;
  }
  for (row = prefix; row < tokenCount(architecture); row++) addRows(row, bias);
  addRows(positionsCoverPrefix ? 0 : prefix, weightOf(weights, 'pos_embed').data);
  return tokens;
}
