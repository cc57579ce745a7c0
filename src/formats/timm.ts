import type { z } from 'zod';
import { teacherOverrides } from '../contract/jobs.ts';
import type { TeacherOverrides } from '../contract/jobs.ts';
import { UserError } from '../core/errors.ts';
import type { Shape } from '../core/graph/ops.ts';
import { zeros } from '../core/tensor.ts';
import type { Tensor } from '../core/tensor.ts';
import {
  architectureProblems,
  imageNetNormalization,
  weightShapes,
} from '../core/vit/architecture.ts';
import type { Normalization, VitArchitecture } from '../core/vit/architecture.ts';
import { checkWeights, checkWeightShapes } from '../core/vit/weights.ts';
import type { VitModel } from '../core/vit/weights.ts';
import { isFloatDtype, openSafetensors, unreadableType } from './safetensors.ts';
import type { SafetensorsFile } from './safetensors.ts';

/**
 * Vision transformers in timm's naming, stored as safetensors: the keys say what the architecture is,
 * but not how many heads it has, its ε, its activation, nor how its images were normalised. Those come
 * from the file's metadata where Understudy wrote it, from the caller, or are assumed and said to be.
 */

/** A checkpoint as far as it can be known without reading weights. */
export interface TimmDescription {
  readonly architecture: VitArchitecture;
  readonly normalization: Normalization;
  /** What the file does not say, as sentences. */
  readonly assumed: readonly string[];
  /** Types in which the encoder's weights are stored. */
  readonly storedAs: readonly string[];
}

/** Key of the metadata entry in files that Understudy writes. */
export const timmMetadataKey = 'understudy.encoder';

const encoderMetadata = teacherOverrides.required();
type EncoderMetadata = z.infer<typeof encoderMetadata>;

/** What a student's file says about itself beyond its keys. */
export function timmMetadata({ architecture, normalization }: VitModel): string {
  const { heads, epsilon, activation, pooling } = architecture;
  const { mean, deviation } = normalization;
  const metadata: EncoderMetadata = {
    heads,
    epsilon,
    activation,
    pooling,
    mean: [...mean],
    deviation: [...deviation],
  };
  return JSON.stringify(metadata);
}

/**
 * What a checkpoint is, from the names, shapes and types of its tensors.
 *
 * @throws UserError 'invalid-file' or 'unsupported' when it is no plain vision transformer, saying why,
 *   or when weights are missing, misshapen or of another type
 */
export async function describeTimm(
  path: string,
  overrides: TeacherOverrides = {},
): Promise<TimmDescription> {
  const file = await openSafetensors(path);
  try {
    return describe(file, overrides);
  } finally {
    await file.close();
  }
}

/**
 * The encoder of a checkpoint, as float32.
 *
 * @throws UserError as `describeTimm`, and when weights are not finite
 */
export async function readTimm(path: string, overrides: TeacherOverrides = {}): Promise<VitModel> {
  const file = await openSafetensors(path);
  try {
    const { architecture, normalization } = describe(file, overrides);
    const names = canonicalNames(file);
    const weights = new Map<string, Tensor>();
    for (const [name, shape] of weightShapes(architecture)) {
      const stored = names.get(name);
      if (stored !== undefined) weights.set(name, await file.read(stored));
      else weights.set(name, zeros(shape));
    }
    checkWeights(architecture, weights, path);
    return { architecture, weights, normalization };
  } finally {
    await file.close();
  }
}

function describe(file: SafetensorsFile, overrides: TeacherOverrides): TimmDescription {
  const names = canonicalNames(file);
  const shapes = new Map<string, Shape>();
  for (const [name, stored] of names) shapes.set(name, file.tensors.get(stored)?.shape ?? []);
  refuseOthers(file.path, shapes);
  const known = { ...readMetadata(file), ...definedOnly(overrides) };
  const { architecture, assumed } = inferArchitecture(file.path, shapes, known);
  const normalization = {
    mean: known.mean ?? imageNetNormalization.mean,
    deviation: known.deviation ?? imageNetNormalization.deviation,
  };
  if (!known.mean || !known.deviation) {
    assumed.push('images normalised with the mean and standard deviation of ImageNet');
  }
  for (const values of [normalization.mean, normalization.deviation]) {
    if (values.length !== architecture.channels) {
      throw new UserError(
        'invalid-option',
        `${file.path}: the teacher takes ${architecture.channels} bands, but the normalisation has ${values.length}. Give one mean and one standard deviation a band.`,
      );
    }
  }
  // The only weight that may be left out: CLIP's patch embedding has no bias.
  if (!shapes.has(patchBias)) shapes.set(patchBias, [architecture.width]);
  checkWeightShapes(architecture, shapes, file.path);
  const storedAs = storedTypes(file, names, architecture);
  return { architecture, normalization, assumed, storedAs };
}

const patchBias = 'patch_embed.proj.bias';

/** Types in which the encoder's weights are stored; the head, or a counter of steps, may be anything. */
function storedTypes(
  file: SafetensorsFile,
  names: ReadonlyMap<string, string>,
  architecture: VitArchitecture,
): string[] {
  const types = new Set<string>();
  for (const name of weightShapes(architecture).keys()) {
    const stored = names.get(name) ?? '';
    const dtype = file.tensors.get(stored)?.dtype;
    if (dtype === undefined) continue;
    if (!isFloatDtype(dtype)) throw unreadableType(file.path, stored, dtype);
    types.add(dtype);
  }
  return [...types];
}

/** Tensor names without a wrapper's prefix, and with timm's spelling of the register tokens. */
function canonicalNames(file: SafetensorsFile): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const stored of file.tensors.keys()) {
    const name = stored.replace(/^(?:(?:model|state_dict|module|backbone|encoder)\.)+/, '');
    const canonical = name === 'register_tokens' ? 'reg_token' : name;
    const other = names.get(canonical);
    if (other !== undefined) {
      throw new UserError(
        'unsupported',
        `${file.path}: it holds two models, since ${other} and ${stored} are both ${canonical}. Keep one of them in a file of its own.`,
      );
    }
    names.set(canonical, stored);
  }
  return names;
}

/** Says no, with the reason, to what is not a plain vision transformer in timm's naming. */
function refuseOthers(path: string, shapes: ReadonlyMap<string, Shape>): void {
  const names = [...shapes.keys()];
  const refuse = (reason: string): never => {
    throw new UserError('unsupported', `${path}: ${reason}`, names.slice(0, 200).join('\n'));
  };
  const needed = ['patch_embed.proj.weight', 'blocks.0.attn.qkv.weight', 'blocks.0.mlp.fc1.weight'];
  const missing = needed.filter((name) => !shapes.has(name));
  if (missing.length > 0) {
    refuse(
      `this is no vision transformer in timm's naming; it has no ${missing.join(', ')}. The file begins with ${names.slice(0, 3).join(', ') || 'no tensors at all'}.`,
    );
  }
  if (!shapes.has('pos_embed')) {
    refuse(
      'it has no pos_embed. Vision transformers with rotary or relative positions are not supported.',
    );
  }
  const parts =
    /^blocks\.\d+\.(?:norm[12]\.(?:weight|bias)|attn\.(?:qkv|proj)\.(?:weight|bias)|mlp\.fc[12]\.(?:weight|bias)|ls[12]\.gamma)$/;
  const strange = names.filter((name) => name.startsWith('blocks.') && !parts.test(name));
  if (strange.length > 0) {
    refuse(
      `its blocks have parts that a plain vision transformer does not: ${strange.slice(0, 3).join(', ')}.`,
    );
  }
}

function inferArchitecture(
  path: string,
  shapes: ReadonlyMap<string, Shape>,
  known: Partial<EncoderMetadata>,
): { architecture: VitArchitecture; assumed: string[] } {
  const invalid = (reason: string): UserError =>
    new UserError('invalid-file', `${path}: ${reason}`);
  const size = (name: string, axis: number): number => shapes.get(name)?.[axis] ?? 0;
  const assumed: string[] = [];
  const width = size('patch_embed.proj.weight', 0);
  const patchSize = size('patch_embed.proj.weight', 2);
  const classTokens = shapes.has('cls_token') ? (shapes.has('dist_token') ? 2 : 1) : 0;
  const registers = size('reg_token', 1);
  const prefix = classTokens + registers;
  const positions = size('pos_embed', 1);
  const covered = Number.isInteger(Math.sqrt(positions - prefix));
  const grid = Math.sqrt(covered ? positions - prefix : positions);
  if (!Number.isInteger(grid) || grid < 1) {
    throw invalid(
      `its ${positions} positions are no square grid of patches, with or without ${prefix} other tokens. Only square images are supported.`,
    );
  }
  if (known.heads === undefined) {
    if (width % 64 !== 0) {
      throw invalid(
        `the file does not say how many attention heads it has, and a width of ${width} is no multiple of the usual 64. Give their number with --heads.`,
      );
    }
    assumed.push(`${width / 64} attention heads, 64 wide each`);
  }
  if (known.epsilon === undefined) assumed.push('layer norm with ε = 1e-6, as in timm');
  if (known.activation === undefined) assumed.push('the exact GELU as activation');
  const normAfterPooling = shapes.has('fc_norm.weight') && !shapes.has('norm.weight');
  const usual = classTokens === 0 || normAfterPooling ? 'patch-mean' : 'class-token';
  const architecture: VitArchitecture = {
    imageSize: grid * patchSize,
    patchSize,
    channels: size('patch_embed.proj.weight', 1),
    width,
    depth: depthOf(path, shapes),
    heads: known.heads ?? width / 64,
    mlpWidth: size('blocks.0.mlp.fc1.weight', 0),
    classTokens,
    registers,
    positionsCoverPrefix: covered && prefix > 0,
    layerScale: shapes.has('blocks.0.ls1.gamma'),
    preNorm: shapes.has('norm_pre.weight'),
    activation: known.activation ?? 'gelu',
    epsilon: known.epsilon ?? 1e-6,
    qkvBias: shapes.has('blocks.0.attn.qkv.bias'),
    pooling: known.pooling ?? usual,
    normAfterPooling,
  };
  const [problem] = architectureProblems(architecture);
  if (problem !== undefined) throw invalid(`${problem}.`);
  return { architecture, assumed };
}

/** Blocks by their numbers, which must have no gap: a part of a checkpoint is not a smaller model. */
function depthOf(path: string, shapes: ReadonlyMap<string, Shape>): number {
  const blocks = new Set<number>();
  for (const name of shapes.keys()) {
    const [, number] = /^blocks\.(\d+)\./.exec(name) ?? [];
    if (number !== undefined) blocks.add(Number(number));
  }
  for (let block = 0; block < blocks.size; block++) {
    if (blocks.has(block)) continue;
    throw new UserError(
      'invalid-file',
      `${path}: not a complete vision transformer; there is no blocks.${block}, but there are later ones. It may be one part of a checkpoint in several files.`,
    );
  }
  return blocks.size;
}

function readMetadata(file: SafetensorsFile): Partial<EncoderMetadata> {
  const text = file.metadata[timmMetadataKey];
  if (text === undefined) return {};
  try {
    return encoderMetadata.parse(JSON.parse(text));
  } catch (error) {
    throw new UserError(
      'invalid-file',
      `${file.path}: its description of the encoder (metadata ${timmMetadataKey}) cannot be read. The file may have been changed by another program.`,
      String(error),
    );
  }
}

/** An override that is `undefined` must not hide what the file says. */
function definedOnly(overrides: TeacherOverrides): Partial<EncoderMetadata> {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
}
