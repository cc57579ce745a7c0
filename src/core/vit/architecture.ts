import type { Shape } from '../graph/ops.ts';
import { encoderText } from '../../text/index.ts';

/**
 * Architecture of a plain vision transformer (Dosovitskiy et al., arXiv 2010.11929) and its common variants. Together
 * with the weights, named as in timm, it defines the forward pass completely.
 */
export interface VitArchitecture {
  /** Side of the square input, px; a multiple of `patchSize`. */
  readonly imageSize: number;
  /** Side of a square patch, px. */
  readonly patchSize: number;
  /** Number of bands of the input. */
  readonly channels: number;
  /** Width of a token, D. */
  readonly width: number;
  /** Number of blocks. */
  readonly depth: number;
  /** Number of attention heads, H; it divides the width. */
  readonly heads: number;
  /** Width of the MLP's hidden layer. */
  readonly mlpWidth: number;
  /** Number of learned tokens before the patches other than registers: class, distillation (DeiT). */
  readonly classTokens: 0 | 1 | 2;
  /** Number of register tokens after the class token (Darcet et al., arXiv 2309.16588). */
  readonly registers: number;
  /** True if the position embedding has entries for the prefix tokens. */
  readonly positionsCoverPrefix: boolean;
  /** True for a learned scale on each residual branch (Touvron et al., arXiv 2103.17239). */
  readonly layerScale: boolean;
  /** True for a layer norm before the first block, as in CLIP. */
  readonly preNorm: boolean;
  readonly activation: 'gelu' | 'gelu-tanh' | 'quick-gelu';
  /** ε of every layer norm. */
  readonly epsilon: number;
  /** True if q, k and v have a bias. */
  readonly qkvBias: boolean;
  /** Source of the image's features: the class token or the mean of the patch tokens. */
  readonly pooling: 'class-token' | 'patch-mean';
  /** True if the final norm comes after pooling (`fc_norm`), false if before (`norm`). */
  readonly normAfterPooling: boolean;
}

/** Properties that most vision transformers share; a particular one adds its sizes. */
export const plainVit = {
  channels: 3,
  classTokens: 1,
  registers: 0,
  positionsCoverPrefix: true,
  layerScale: false,
  preNorm: false,
  activation: 'gelu',
  epsilon: 1e-6,
  qkvBias: true,
  pooling: 'class-token',
  normAfterPooling: false,
} as const satisfies Partial<VitArchitecture>;

/** Mean and standard deviation of each band of the teacher's training images, in [0, 1]. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Statistics of ImageNet, with which most vision transformers were trained. */
export const imageNetNormalization: Normalization = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
};

/** Number of tokens before the patches. */
export function prefixTokens({ classTokens, registers }: VitArchitecture): number {
  return classTokens + registers;
}

/** Number of patches along one side. */
export function gridSize({ imageSize, patchSize }: VitArchitecture): number {
  return imageSize / patchSize;
}

/** Number of tokens per image, N. */
export function tokenCount(architecture: VitArchitecture): number {
  return prefixTokens(architecture) + gridSize(architecture) ** 2;
}

/** Lists contradictions in an architecture, as sentences; empty if there are none. */
export function architectureProblems(architecture: VitArchitecture): readonly string[] {
  const { imageSize, patchSize, width, heads, channels, depth, mlpWidth } = architecture;
  const sizes = { imageSize, patchSize, width, heads, channels, depth, mlpWidth };
  const problems = Object.entries(sizes)
    .filter(([, size]) => !Number.isSafeInteger(size) || size < 1)
    .map(([name, size]) => encoderText.sizeNotPositive(name, size));
  if (problems.length > 0) return problems;
  if (imageSize % patchSize !== 0) {
    problems.push(encoderText.imageNotOfPatches(imageSize, patchSize));
  }
  if (width % heads !== 0) problems.push(encoderText.widthNotOfHeads(width, heads));
  if (!(architecture.epsilon > 0)) problems.push(encoderText.epsilonNotPositive);
  if (architecture.pooling === 'class-token' && architecture.classTokens === 0) {
    problems.push(encoderText.noClassToken);
  }
  return problems;
}

/** Lists name and shape of every weight, as in timm; matrices are (out, in). */
export function weightShapes(architecture: VitArchitecture): ReadonlyMap<string, Shape> {
  const { width, channels, patchSize, classTokens, registers } = architecture;
  const positions =
    gridSize(architecture) ** 2 +
    (architecture.positionsCoverPrefix ? prefixTokens(architecture) : 0);
  const shapes = new Map<string, Shape>([
    ['patch_embed.proj.weight', [width, channels, patchSize, patchSize]],
    // CLIP's patch embedding has no bias; readers fill in zeros.
    ['patch_embed.proj.bias', [width]],
    ['pos_embed', [1, positions, width]],
  ]);
  if (classTokens > 0) shapes.set('cls_token', [1, 1, width]);
  if (classTokens > 1) shapes.set('dist_token', [1, 1, width]);
  if (registers > 0) shapes.set('reg_token', [1, registers, width]);
  if (architecture.preNorm) setNorm(shapes, 'norm_pre', width);
  for (let block = 0; block < architecture.depth; block++) setBlock(shapes, architecture, block);
  setNorm(shapes, finalNorm(architecture), width);
  return shapes;
}

/** Name of the last layer norm in timm. */
export function finalNorm({ normAfterPooling }: VitArchitecture): 'norm' | 'fc_norm' {
  return normAfterPooling ? 'fc_norm' : 'norm';
}

function setBlock(shapes: Map<string, Shape>, architecture: VitArchitecture, block: number): void {
  const { width, mlpWidth, qkvBias, layerScale } = architecture;
  const name = `blocks.${block}`;
  setNorm(shapes, `${name}.norm1`, width);
  shapes.set(`${name}.attn.qkv.weight`, [3 * width, width]);
  if (qkvBias) shapes.set(`${name}.attn.qkv.bias`, [3 * width]);
  shapes.set(`${name}.attn.proj.weight`, [width, width]);
  shapes.set(`${name}.attn.proj.bias`, [width]);
  setNorm(shapes, `${name}.norm2`, width);
  shapes.set(`${name}.mlp.fc1.weight`, [mlpWidth, width]);
  shapes.set(`${name}.mlp.fc1.bias`, [mlpWidth]);
  shapes.set(`${name}.mlp.fc2.weight`, [width, mlpWidth]);
  shapes.set(`${name}.mlp.fc2.bias`, [width]);
  if (layerScale) {
    shapes.set(`${name}.ls1.gamma`, [width]);
    shapes.set(`${name}.ls2.gamma`, [width]);
  }
}

function setNorm(shapes: Map<string, Shape>, name: string, width: number): void {
  shapes.set(`${name}.weight`, [width]);
  shapes.set(`${name}.bias`, [width]);
}

/** Number of weights of the encoder, without a head. */
export function parameterCount(architecture: VitArchitecture): number {
  let total = 0;
  for (const shape of weightShapes(architecture).values()) {
    total += shape.reduce((product, size) => product * size, 1);
  }
  return total;
}

/** Floating-point operations of matrix products in the forward pass of one image (a multiply-add counts 2). */
export function forwardFlops(architecture: VitArchitecture): number {
  const { width, mlpWidth, depth, channels, patchSize } = architecture;
  const tokens = tokenCount(architecture);
  const linear = 4 * width * width + 2 * width * mlpWidth;
  const attention = 2 * tokens * width;
  const embedding = gridSize(architecture) ** 2 * channels * patchSize ** 2 * width;
  return 2 * (depth * tokens * (linear + attention) + embedding);
}
