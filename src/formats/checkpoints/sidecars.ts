import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { teacherOverrides } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { imageNetNormalization } from '../../core/vit/architecture.ts';
import { readFailure, systemCode } from '../file-errors.ts';
import { parseJson } from '../json.ts';
import { printable } from './problems.ts';
import { Collected } from './said.ts';
import type { Sidecars } from './said.ts';
import { activationByName, headsByName, otherThanPlain } from './timm-architectures.ts';

/** Far above any of them: one that lists 20,000 classes has 1 MB. */
const largest = 2 ** 22;

const size = z
  .int()
  .min(1)
  .max(2 ** 20);
/** One number, or one an axis. */
const sides = z.union([
  size,
  z.array(size).min(1).max(4),
  z.object({ height: size, width: size }).transform(({ height, width }) => [height, width]),
]);
const band = z.number().min(-1e6).max(1e6);
const bands = z.array(band).min(1).max(64);
const word = z.string().max(200);
const heads = teacherOverrides.shape.heads.nullish();
const epsilon = teacherOverrides.shape.epsilon.nullish();

const vision = z.object({
  hidden_size: size.nullish(),
  num_hidden_layers: size.nullish(),
  num_attention_heads: heads,
  intermediate_size: size.nullish(),
  mlp_ratio: z.number().positive().max(100).nullish(),
  hidden_act: word.nullish(),
  layer_norm_eps: epsilon,
  image_size: sides.nullish(),
  patch_size: sides.nullish(),
  num_channels: size.nullish(),
});

const timmArguments = z.object({
  input_size: z.array(size).length(3).nullish(),
  img_size: sides.nullish(),
  patch_size: sides.nullish(),
  in_chans: size.nullish(),
  embed_dim: size.nullish(),
  depth: size.nullish(),
  num_heads: heads,
  mean: bands.nullish(),
  std: bands.nullish(),
  global_pool: word.nullish(),
  act_layer: word.nullish().catch(undefined),
  /** As Prithvi has it; timm has none. */
  bands: z.array(z.string().max(100)).min(1).max(4096).optional().catch(undefined),
});

const modelConfig = vision.extend({
  model_type: word.nullish(),
  vision_config: vision.nullish(),
  architecture: word.nullish(),
  global_pool: word.nullish(),
  num_features: size.nullish(),
  pretrained_cfg: timmArguments.nullish(),
  model_args: timmArguments.nullish(),
});
type ModelConfig = z.infer<typeof modelConfig>;

const preprocessorConfig = z.object({
  do_normalize: z.boolean().nullish(),
  do_rescale: z.boolean().nullish(),
  rescale_factor: z.number().positive().max(1).nullish(),
  image_mean: z.union([band, bands]).nullish(),
  image_std: z.union([band, bands]).nullish(),
});

const openClipConfig = z.object({
  model_cfg: z.object({
    quick_gelu: z.boolean().nullish(),
    vision_cfg: z.object({
      timm_model_name: word.nullish(),
      width: size.nullish(),
      head_width: size.nullish(),
      image_size: sides.nullish(),
      patch_size: sides.nullish(),
      attentional_pool: z.union([z.boolean(), word]).nullish(),
      pool_type: word.nullish(),
      final_ln_after_pool: z.boolean().nullish(),
      norm_kwargs: z.object({ eps: epsilon }).nullish(),
      act_kwargs: z.object({ approximate: word.nullish() }).nullish(),
    }),
  }),
  preprocess_cfg: z.object({ mean: bands.nullish(), std: bands.nullish() }).nullish(),
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
  if (model !== undefined && seesImages(model)) {
    addTransformers(collected, model.vision_config ?? model);
    addUsualImages(collected, model);
    addTimm(collected, model);
  } else if (model?.model_type != null) {
    collected.note(
      `config.json is of another kind of model (${printable(model.model_type)}), which says nothing of images: it was passed over.`,
    );
  }
  const clip = await read(join(folder, 'open_clip_config.json'), openClipConfig);
  if (clip !== undefined) addOpenClip(collected, clip);
  const images = await read(join(folder, 'preprocessor_config.json'), preprocessorConfig);
  if (images !== undefined) addPreprocessor(collected, images, model?.num_channels ?? 3);
  return collected.sidecars();
}

/** Other programs name their settings so too. */
function isModelConfig(json: unknown): boolean {
  const keys = ['model_type', 'vision_config', 'pretrained_cfg', 'hidden_size', 'architecture'];
  return typeof json === 'object' && json !== null && keys.some((key) => key in json);
}

/** A model of text has as many heads and blocks, and lies in the same folder as often. */
function seesImages(config: ModelConfig): boolean {
  const { model_type: type, vision_config: tower, image_size: image, patch_size: patch } = config;
  const isOfTimm = config.pretrained_cfg != null || config.model_args != null;
  return type == null || isOfTimm || tower != null || image != null || patch != null;
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
  if (config.intermediate_size != null) {
    collected.saySize('mlpWidth', config.intermediate_size, `${file}, intermediate_size`);
  } else if (width != null && ratio != null) {
    collected.saySize('mlpWidth', Math.floor(width * ratio), `${file}, mlp_ratio`);
  }
}

/** Kinds of transformers whose images are ImageNet's, though weights of the same names often have others. */
const imageNetModels = ['deit', 'vit_mae', 'vit_msn', 'ijepa'];

function addUsualImages(collected: Collected, config: ModelConfig): void {
  if (!imageNetModels.includes(config.model_type ?? '') || (config.num_channels ?? 3) !== 3) return;
  const { mean, deviation } = imageNetNormalization;
  collected.sayNormalization(mean, deviation, 1, 'config.json, model_type');
}

function addTimm(collected: Collected, config: ModelConfig): void {
  const { pretrained_cfg: pretrained, model_args: given, num_features: width } = config;
  if (pretrained == null && given == null) return;
  const file = 'config.json';
  const known = { ...pretrained, ...given };
  const name = config.architecture ?? '';
  collected.sayModel(otherThanPlain(name), `${file}, architecture`);
  collected.say('heads', headsByName(name, width ?? 0), `${file}, architecture`);
  collected.say('heads', known.num_heads, `${file}, num_heads`);
  collected.saySize('width', known.embed_dim ?? width, `${file}, num_features`);
  collected.saySize('depth', known.depth, `${file}, depth`);
  collected.saySize('patchSize', known.patch_size, `${file}, patch_size`);
  collected.saySize('imageSize', known.img_size ?? known.input_size, `${file}, input_size`);
  collected.saySize('channels', known.in_chans ?? known.input_size?.[0], `${file}, input_size`);
  if (!collected.sayStoredNormalization(known.mean, known.std, `${file}, mean`)) {
    collected.sayNormalization(known.mean, known.std, 1, `${file}, mean`);
  }
  if (known.bands !== undefined) collected.sayBands(known.bands, `${file}, bands`);
  collected.say('activation', activationByName(name), `${file}, architecture`);
  collected.sayActivation(known.act_layer, `${file}, act_layer`);
  const pool = config.global_pool ?? given?.global_pool;
  // Its tokens are pooled by attention, which the weights show: see conventions/timm-siglip.ts.
  if (pool !== 'map') collected.sayPooling(pool, `${file}, global_pool`);
}

function addOpenClip(collected: Collected, config: z.infer<typeof openClipConfig>): void {
  const file = 'open_clip_config.json';
  const { model_cfg: model, preprocess_cfg: images } = config;
  const { timm_model_name: trunk, width, head_width: headWidth, ...tower } = model.vision_cfg;
  collected.sayNormalization(images?.mean, images?.std, 1, `${file}, preprocess_cfg`);
  if (trunk != null) {
    // A tower by timm has its own properties, of which its name says some.
    collected.sayModel(otherThanPlain(trunk), `${file}, timm_model_name`);
    collected.say('activation', activationByName(trunk), `${file}, timm_model_name`);
    return;
  }
  if (width == null) return;
  const activation = model.quick_gelu === true ? 'quick-gelu' : 'gelu';
  collected.say('activation', activation, `${file}, quick_gelu`);
  if (tower.act_kwargs?.approximate === 'tanh') {
    collected.say('activation', 'gelu-tanh', `${file}, act_kwargs`);
  }
  collected.say('epsilon', tower.norm_kwargs?.eps, `${file}, norm_kwargs`);
  collected.say('heads', Math.round(width / (headWidth ?? 64)), `${file}, head_width`);
  collected.saySize('width', width, `${file}, width`);
  collected.saySize('imageSize', tower.image_size, `${file}, image_size`);
  collected.saySize('patchSize', tower.patch_size, `${file}, patch_size`);
  addOpenClipPooling(collected, tower, file);
}

function addOpenClipPooling(
  collected: Collected,
  tower: Omit<z.infer<typeof openClipConfig>['model_cfg']['vision_cfg'], 'width'>,
  file: string,
): void {
  const { attentional_pool: byAttention, pool_type: pool, final_ln_after_pool: isAfter } = tower;
  if (byAttention != null && byAttention !== false) {
    const reason = 'its tokens are pooled by attention before its last norm, as in CoCa';
    collected.sayModel(reason, `${file}, attentional_pool`);
  }
  collected.sayPooling(pool, `${file}, pool_type`);
  // One token alone is the same before and after.
  if (pool === 'avg' && isAfter === true) {
    collected.sayNormAfterPooling(`${file}, final_ln_after_pool`);
  }
}

/** @param channels how often one number for all bands counts */
function addPreprocessor(
  collected: Collected,
  config: z.infer<typeof preprocessorConfig>,
  channels: number,
): void {
  const file = 'preprocessor_config.json';
  const { image_mean: mean, image_std: deviation } = config;
  const aBand = (value: number | number[] | null | undefined): number[] | null | undefined =>
    typeof value === 'number' ? Array.from({ length: channels }, () => value) : value;
  if (config.do_normalize === false) {
    collected.sayNormalization(aBand(0), aBand(1), 1, `${file}, do_normalize`);
    return;
  }
  if (config.do_rescale === false) {
    const where = `${file}, image_mean`;
    if (collected.sayStoredNormalization(aBand(mean), aBand(deviation), where)) return;
  }
  // Pixels from 0 to 255 become what the mean is of by this factor.
  const factor = config.do_rescale === false ? 1 : (config.rescale_factor ?? 1 / 255);
  collected.sayNormalization(aBand(mean), aBand(deviation), 255 * factor, `${file}, image_mean`);
}
