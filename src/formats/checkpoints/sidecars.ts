import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { teacherOverrides } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { coloursByName } from '../../core/image/colour-names.ts';
import type { VitArchitecture } from '../../core/vit/architecture.ts';
import { readFailure, systemCode } from '../file-errors.ts';
import { parseJson } from '../json.ts';

/**
 * What lies beside a checkpoint and says what its weights do not: `config.json` and `preprocessor_config.json` of Hugging
 * Face's transformers, `config.json` of timm and of Prithvi, `open_clip_config.json` of OpenCLIP.
 */
export interface Sidecars {
  readonly heads?: Said<number>;
  readonly epsilon?: Said<number>;
  readonly activation?: Said<VitArchitecture['activation']>;
  readonly pooling?: Said<VitArchitecture['pooling']>;
  readonly mean?: Said<number[]>;
  readonly deviation?: Said<number[]>;
  readonly colourBands?: Said<number[]>;
  /** One that no teacher here can have. */
  readonly otherActivation?: Said<string>;
  /** What the weights show too, and must not contradict. */
  readonly sizes: readonly (Said<number> & { readonly size: SaidSize })[];
  readonly notes: readonly string[];
}

export type SaidSize = 'width' | 'depth' | 'mlpWidth' | 'patchSize' | 'imageSize' | 'channels';

/** What a file says, and where in it. */
export interface Said<T> {
  readonly value: T;
  /** `config.json, hidden_act` */
  readonly where: string;
}

/** Far above any of them: one that lists 20,000 classes has 1 MB. */
const largest = 2 ** 22;

const size = z
  .int()
  .min(1)
  .max(2 ** 20);
/** One number, or one an axis. */
const sides = z.union([size, z.array(size).min(1).max(4)]);
const band = z.number().min(-1e6).max(1e6);
const bands = z.array(band).min(1).max(64);

const vision = z.object({
  hidden_size: size.optional(),
  num_hidden_layers: size.optional(),
  num_attention_heads: teacherOverrides.shape.heads,
  intermediate_size: size.optional(),
  mlp_ratio: z.number().positive().max(100).optional(),
  hidden_act: z.string().max(100).optional(),
  layer_norm_eps: teacherOverrides.shape.epsilon,
  image_size: sides.optional(),
  patch_size: sides.optional(),
  num_channels: size.optional(),
});

const timmArguments = z.object({
  input_size: z.array(size).length(3).optional(),
  img_size: sides.optional(),
  patch_size: sides.optional(),
  in_chans: size.optional(),
  embed_dim: size.optional(),
  depth: size.optional(),
  num_heads: teacherOverrides.shape.heads,
  mean: bands.optional(),
  std: bands.optional(),
  /** As Prithvi has it; timm has none. */
  bands: z.array(z.string().max(100)).min(1).max(4096).optional().catch(undefined),
});

const modelConfig = vision.extend({
  vision_config: vision.optional(),
  architecture: z.string().max(200).optional(),
  global_pool: z.string().max(100).optional(),
  num_features: size.optional(),
  pretrained_cfg: timmArguments.optional(),
  model_args: timmArguments.optional(),
});

const preprocessorConfig = z.object({
  do_normalize: z.boolean().nullish(),
  do_rescale: z.boolean().nullish(),
  rescale_factor: z.number().positive().max(1).nullish(),
  image_mean: bands.nullish(),
  image_std: bands.nullish(),
});

const openClipConfig = z.object({
  model_cfg: z.object({
    quick_gelu: z.boolean().optional(),
    vision_cfg: z.object({
      timm_model_name: z.string().max(200).nullish(),
      width: size.optional(),
      head_width: size.optional(),
      image_size: sides.optional(),
      patch_size: sides.optional(),
    }),
  }),
  preprocess_cfg: z.object({ mean: bands.optional(), std: bands.optional() }).optional(),
});

/**
 * Reads what lies beside a checkpoint, or in a folder that is one.
 *
 * @throws UserError 'invalid-file' where such a file says what cannot be, 'disk'
 */
export async function readSidecars(path: string): Promise<Sidecars> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  const folder = isFolder ? path : dirname(path);
  const collected = new Collected();
  const model = await read(join(folder, 'config.json'), modelConfig, isModelConfig);
  if (model !== undefined) {
    addTransformers(collected, model.vision_config ?? model);
    addTimm(collected, model);
  }
  const clip = await read(join(folder, 'open_clip_config.json'), openClipConfig);
  if (clip !== undefined) addOpenClip(collected, clip);
  const images = await read(join(folder, 'preprocessor_config.json'), preprocessorConfig);
  if (images !== undefined) addPreprocessor(collected, images);
  return collected.sidecars();
}

/** Other programs name their settings so too. */
function isModelConfig(json: unknown): boolean {
  const keys = ['model_type', 'vision_config', 'pretrained_cfg', 'hidden_size', 'architecture'];
  return typeof json === 'object' && json !== null && keys.some((key) => key in json);
}

async function read<T>(
  path: string,
  schema: z.ZodType<T>,
  isOne: (json: unknown) => boolean = () => true,
): Promise<T | undefined> {
  const text = await textOf(path);
  if (text === undefined) return undefined;
  const json = parseJson(text);
  if (json !== undefined && !isOne(json)) return undefined;
  const { data, error } = schema.safeParse(json);
  if (data !== undefined) return data;
  const [issue] = error?.issues ?? [];
  const what = json === undefined ? 'it is no JSON' : `${issue?.path.join('.')}: ${issue?.message}`;
  throw new UserError(
    'invalid-file',
    `${path} belongs to the checkpoint beside it but cannot be used (${what}). Correct it, or put the checkpoint into a folder of its own.`,
    error?.message,
  );
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile() || found.size > largest) return undefined;
    return await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw readFailure(error, path);
  }
}

const activations: Readonly<Record<string, VitArchitecture['activation']>> = {
  gelu: 'gelu',
  gelu_new: 'gelu-tanh',
  gelu_fast: 'gelu-tanh',
  gelu_tanh: 'gelu-tanh',
  gelu_pytorch_tanh: 'gelu-tanh',
  quick_gelu: 'quick-gelu',
};

/** What several files say, the last of them where they say the same. */
class Collected {
  readonly #values: Partial<Record<keyof z.infer<typeof teacherOverrides>, Said<unknown>>> = {};
  readonly #sizes: Sidecars['sizes'][number][] = [];
  readonly #notes: string[] = [];
  #otherActivation: Said<string> | undefined;

  say(
    property: keyof z.infer<typeof teacherOverrides>,
    value: string | number | number[] | undefined,
    where: string,
  ): void {
    if (value !== undefined) this.#values[property] = { value, where };
  }

  saySize(name: SaidSize, value: number | readonly number[] | undefined, where: string): void {
    const one = typeof value === 'object' ? value.at(-1) : value;
    if (one !== undefined) this.#sizes.push({ size: name, value: one, where });
  }

  sayActivation(name: string | undefined, where: string): void {
    if (name === undefined) return;
    const value = activations[name];
    if (value === undefined) this.#otherActivation = { value: name, where };
    else this.say('activation', value, where);
  }

  /** @param scale of the pixels that they are for, where 1 is [0, 1] */
  sayNormalization(
    mean: readonly number[] | undefined,
    deviation: readonly number[] | undefined,
    scale: number,
    where: string,
  ): void {
    if (mean === undefined || deviation === undefined) return;
    const scaled = {
      mean: mean.map((value) => value / scale),
      deviation: deviation.map((value) => value / scale),
    };
    if (!teacherOverrides.safeParse(scaled).success) {
      this.#notes.push(
        `${where} normalises other values than pixels (a mean of ${mean[0]}), and images are read as pixels: that was not taken over.`,
      );
      return;
    }
    this.#values.mean = { value: scaled.mean, where };
    this.#values.deviation = { value: scaled.deviation, where };
  }

  sidecars(): Sidecars {
    // Each was put in by its own name, with the type that the schemas give it.
    const values = this.#values as Omit<Sidecars, 'sizes' | 'notes' | 'otherActivation'>;
    const otherActivation = this.#otherActivation;
    return {
      ...values,
      ...(otherActivation && { otherActivation }),
      ...{ sizes: this.#sizes, notes: this.#notes },
    };
  }
}

function addTransformers(collected: Collected, config: z.infer<typeof vision>): void {
  const file = 'config.json';
  const { hidden_size: width, mlp_ratio: ratio } = config;
  collected.say('heads', config.num_attention_heads, `${file}, num_attention_heads`);
  collected.say('epsilon', config.layer_norm_eps, `${file}, layer_norm_eps`);
  collected.sayActivation(config.hidden_act, `${file}, hidden_act`);
  collected.saySize('width', width, `${file}, hidden_size`);
  collected.saySize('depth', config.num_hidden_layers, `${file}, num_hidden_layers`);
  collected.saySize('imageSize', config.image_size, `${file}, image_size`);
  collected.saySize('patchSize', config.patch_size, `${file}, patch_size`);
  collected.saySize('channels', config.num_channels, `${file}, num_channels`);
  if (config.intermediate_size !== undefined) {
    collected.saySize('mlpWidth', config.intermediate_size, `${file}, intermediate_size`);
  } else if (width !== undefined && ratio !== undefined) {
    collected.saySize('mlpWidth', Math.floor(width * ratio), `${file}, mlp_ratio`);
  }
}

function addTimm(collected: Collected, config: z.infer<typeof modelConfig>): void {
  const { pretrained_cfg: pretrained, architecture, num_features: width } = config;
  if (pretrained === undefined && config.model_args === undefined) return;
  const file = 'config.json';
  const known = { ...pretrained, ...config.model_args };
  collected.say('heads', known.num_heads, `${file}, num_heads`);
  collected.saySize('width', known.embed_dim ?? width, `${file}, num_features`);
  collected.saySize('depth', known.depth, `${file}, depth`);
  collected.saySize('patchSize', known.patch_size, `${file}, patch_size`);
  collected.saySize('imageSize', known.img_size ?? known.input_size, `${file}, input_size`);
  collected.saySize('channels', known.in_chans ?? known.input_size?.[0], `${file}, input_size`);
  collected.sayNormalization(known.mean, known.std, 1, `${file}, mean`);
  if (known.bands !== undefined) {
    collected.saySize('channels', known.bands.length, `${file}, bands`);
    const colours = coloursByName(known.bands);
    collected.say('colourBands', colours && [...colours], `${file}, bands`);
  }
  if (architecture?.includes('quickgelu') === true) {
    collected.say('activation', 'quick-gelu', `${file}, architecture`);
  }
  const { global_pool: pool } = config;
  if (pool === 'token') collected.say('pooling', 'class-token', `${file}, global_pool`);
  if (pool === 'avg') collected.say('pooling', 'patch-mean', `${file}, global_pool`);
}

function addOpenClip(collected: Collected, config: z.infer<typeof openClipConfig>): void {
  const file = 'open_clip_config.json';
  const { model_cfg: model, preprocess_cfg: images } = config;
  const { timm_model_name: trunk, width, head_width: headWidth = 64, ...tower } = model.vision_cfg;
  collected.sayNormalization(images?.mean, images?.std, 1, `${file}, preprocess_cfg`);
  // A tower by timm has its own properties, of which this file says nothing.
  if (trunk != null || width === undefined) return;
  const activation = model.quick_gelu === true ? 'quick-gelu' : 'gelu';
  collected.say('activation', activation, `${file}, quick_gelu`);
  collected.say('heads', Math.round(width / headWidth), `${file}, head_width`);
  collected.saySize('width', width, `${file}, width`);
  collected.saySize('imageSize', tower.image_size, `${file}, image_size`);
  collected.saySize('patchSize', tower.patch_size, `${file}, patch_size`);
}

function addPreprocessor(collected: Collected, config: z.infer<typeof preprocessorConfig>): void {
  const file = 'preprocessor_config.json';
  const { image_mean: mean, image_std: deviation } = config;
  if (config.do_normalize === false) {
    collected.sayNormalization([0, 0, 0], [1, 1, 1], 1, `${file}, do_normalize`);
    return;
  }
  // Pixels from 0 to 255 become what the mean is of by this factor.
  const factor = config.do_rescale === false ? 1 : (config.rescale_factor ?? 1 / 255);
  collected.sayNormalization(
    mean ?? undefined,
    deviation ?? undefined,
    255 * factor,
    `${file}, image_mean`,
  );
}
