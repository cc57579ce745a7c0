import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { TeacherConvention } from '../../contract/descriptions.ts';
import { UserError } from '../../core/errors.ts';
import { imageNetNormalization } from '../../core/vit/architecture.ts';
import { readFailure, systemCode } from '../files/file-errors.ts';
import { parseJson } from '../files/json.ts';
import { unknownOpenClipPreparation } from './configurations/image-processors.ts';
import { unknownKey } from './configurations/known-keys.ts';
import {
  activationByName,
  headsByName,
  otherThanPlain,
} from './configurations/timm-architectures.ts';
import {
  openClipModelKeys,
  openClipTowerKeys,
  timmArgumentKeys,
  timmConfigKeys,
  timmPretrainedKeys,
} from './configurations/timm-keys.ts';
import { towerOf } from './configurations/transformers-tower.ts';
import type { JsonObject, Tower } from './configurations/transformers-tower.ts';
import { addPreprocessor, preprocessorConfig } from './preprocessor.ts';
import { printableName } from './problems.ts';
import { openClipConfig, timmArguments, timmConfig, vision } from './sidecar-schemas.ts';
import type { TimmConfig } from './sidecar-schemas.ts';
import { Collected } from './configuration-facts.ts';
import type { Sidecars } from './configuration-facts.ts';
import { checkpointText, teacherConfigurationText, teacherNotes } from '../../text/index.ts';

/** Maximum size, bytes; far above any of them: a configuration with 20,000 classes has 1 MB. */
const largest = 2 ** 22;

/**
 * Reads the configuration files next to a checkpoint, or in its folder.
 *
 * @throws UserError 'invalid-file' if such a file contains invalid values, 'disk'
 */
export async function readSidecars(path: string): Promise<Sidecars> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  const folder = isFolder ? path : dirname(path);
  const collected = new Collected();
  const config = await readObject(join(folder, 'config.json'));
  const channels = config && isModelConfig(config.json) ? addModel(collected, config) : undefined;
  if (config !== undefined && !isModelConfig(config.json)) addUnknown(collected, config);
  if ((await textOf(join(folder, 'adapter_config.json'))) !== undefined) {
    collected.note(teacherNotes.unappliedAdapter);
  }
  const clip = await readObject(join(folder, 'open_clip_config.json'));
  if (clip !== undefined) addOpenClip(collected, clip);
  const images = await readPreprocessor(folder);
  if (images !== undefined) {
    const values = checked(images, preprocessorConfig);
    addPreprocessor(collected, images.json, values, channels ?? 3, basename(images.path));
  }
  return collected.sidecars();
}

/** Words in keys that determine how a model computes. */
const modelWords =
  /head|dim|width|layer|depth|embed|patch|hidden|attention|rope|rotary|norm|mlp|vision|window|(?<![a-z])act(?![a-z])|activation|block|token/i;

/**
 * Handles a configuration of an unknown form: refuses the teacher if a key may change how it computes, else notes it.
 */
function addUnknown(collected: Collected, { path, json }: Sidecar): void {
  const keys = Object.keys(json).filter((key) => modelWords.test(key));
  const some = keys.slice(0, 3).map(printableName);
  const where = basename(path);
  if (keys.length === 0) {
    collected.note(teacherNotes.noModel(where));
    return;
  }
  collected.sayModel(teacherConfigurationText.unknownKeys(some), where);
}

/**
 * Reads the preprocessor from its own file, or from the file where newer versions of transformers keep it for models
 * that also read text.
 */
async function readPreprocessor(folder: string): Promise<Sidecar | undefined> {
  const alone = await readObject(join(folder, 'preprocessor_config.json'));
  if (alone !== undefined) return alone;
  const processor = await readObject(join(folder, 'processor_config.json'));
  const part = processor?.json.image_processor;
  if (processor === undefined || typeof part !== 'object' || part === null) return undefined;
  return { path: processor.path, json: part as JsonObject };
}

/** A parsed file next to a checkpoint. */
interface Sidecar {
  readonly path: string;
  readonly json: JsonObject;
}

/**
 * Collects the statements of a model's configuration, and returns its number of bands.
 *
 * @throws UserError 'invalid-file'
 */
function addModel(collected: Collected, config: Sidecar): number | undefined {
  const { json } = config;
  if (isOfTimm(json)) {
    addTimm(collected, json, checked(config, timmConfig));
    return undefined;
  }
  if (!keysOfTransformers.some((key) => json[key] != null)) {
    // The configuration of a program that stores the arguments of its model, but not its name.
    addTimm(collected, { model_args: json }, { model_args: checked(config, timmArguments) });
    return undefined;
  }
  const tower = towerOf(json);
  if (tower.kind === 'refused') {
    collected.sayModel(tower.reason.value, tower.reason.where);
    return undefined;
  }
  if (tower.kind === 'text') {
    collected.note(teacherNotes.textModel(printableName(tower.type)));
    return undefined;
  }
  const values = checked({ ...config, json: tower.values }, vision);
  addTransformers(collected, tower, values);
  addUsualImages(collected, tower, values.num_channels ?? 3);
  return values.num_channels ?? undefined;
}

const keysOfTransformers = [
  ...['model_type', 'architectures', 'vision_config', 'backbone_config', 'hidden_size'],
];
const keysOfTimm = ['pretrained_cfg', 'model_args', 'architecture'];
/** Model arguments; another program may use one of these keys, but hardly two. */
const argumentNames = [
  ...['img_size', 'patch_size', 'in_chans', 'embed_dim', 'depth', 'num_heads', 'mlp_ratio'],
  ...['qkv_bias', 'init_values', 'reg_tokens', 'image_size', 'num_layers'],
];

/** Other programs have files of this name, too. */
function isModelConfig(json: JsonObject): boolean {
  return (
    [...keysOfTransformers, ...keysOfTimm].some((key) => json[key] != null) ||
    argumentNames.filter((key) => json[key] != null).length >= 2
  );
}

function isOfTimm(json: JsonObject): boolean {
  const isNamed = json.architecture != null && (json.model_type == null || json.model_type === '');
  return json.pretrained_cfg != null || json.model_args != null || isNamed;
}

/** @throws UserError 'invalid-file' if there is such a file and it is not a JSON object, 'disk' */
async function readObject(path: string): Promise<Sidecar | undefined> {
  const text = await textOf(path);
  if (text === undefined) return undefined;
  const json = parseJson(text);
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) {
    return { path, json: json as JsonObject };
  }
  throw unusable(path, json === undefined ? checkpointText.notJson : checkpointText.notAnObject);
}

/** @throws UserError 'invalid-file' if a value that is read is invalid */
function checked<T>({ path, json }: Sidecar, schema: z.ZodType<T>): T {
  const { data, error } = schema.safeParse(json);
  if (data !== undefined) return data;
  const [issue] = error?.issues ?? [];
  throw unusable(path, `${issue?.path.join('.')}: ${issue?.message}`, error?.message);
}

function unusable(path: string, what: string, details?: string): UserError {
  return new UserError('invalid-file', checkpointText.unusableConfiguration(path, what), details);
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return undefined;
    if (found.size > largest) throw unusable(path, checkpointText.tooLarge);
    // Editors on Windows begin files with a byte order mark.
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw readFailure(error, path);
  }
}

function addTransformers(
  collected: Collected,
  { type, model, where }: KnownTower,
  config: z.infer<typeof vision>,
): void {
  const { hidden_size: width, mlp_ratio: ratio } = config;
  const kind = `${where}, model_type`;
  collected.sayFamilies(type, model.conventions, kind);
  // The library's defaults for settings missing in the configuration.
  for (const property of ['heads', 'epsilon', 'activation'] as const) {
    collected.say(property, model.absent[property], kind);
  }
  collected.say('heads', config.num_attention_heads, `${where}, num_attention_heads`);
  collected.say('epsilon', config.layer_norm_eps, `${where}, layer_norm_eps`);
  collected.sayActivation(config.hidden_act, `${where}, hidden_act`);
  collected.sayQkvBias(config.qkv_bias, `${where}, qkv_bias`);
  collected.saySize('width', width, `${where}, hidden_size`);
  collected.saySize('depth', config.num_hidden_layers, `${where}, num_hidden_layers`);
  collected.saySize('imageSize', config.image_size, `${where}, image_size`);
  collected.saySize('patchSize', config.patch_size, `${where}, patch_size`);
  collected.saySize('channels', config.num_channels, `${where}, num_channels`);
  collected.saySize('registers', config.num_register_tokens, `${where}, num_register_tokens`);
  if (config.intermediate_size != null) {
    collected.saySize('mlpWidth', config.intermediate_size, `${where}, intermediate_size`);
  } else if (width != null && ratio != null) {
    collected.saySize('mlpWidth', Math.floor(width * ratio), `${where}, mlp_ratio`);
  }
}

type KnownTower = Extract<Tower, { kind: 'known' }>;

/** Model types of transformers that use ImageNet's normalisation, though weights of the same names often use others. */
const imageNetModels = ['deit', 'vit_mae', 'vit_msn', 'ijepa'];

function addUsualImages(collected: Collected, { type, where }: KnownTower, channels: number): void {
  if (!imageNetModels.includes(type) || channels !== 3) return;
  const { mean, deviation } = imageNetNormalization;
  collected.sayUsualNormalization(mean, deviation, `${where}, model_type`);
}

/** OpenCLIP's own weights are next to those of timm in one repository. */
const familiesOfTimm: readonly TeacherConvention[] = [
  ...(['timm', 'deit', 'mae', 'dino', 'dinov2', 'timm-clip', 'timm-siglip', 'prithvi'] as const),
  'openai-clip',
];

function addTimm(collected: Collected, json: JsonObject, config: TimmConfig): void {
  const { pretrained_cfg: pretrained, model_args: given, num_features: width } = config;
  const file = 'config.json';
  // Null counts as not set, in timm too.
  const known = { ...pretrained, ...withoutNulls(given ?? {}) };
  const name = config.architecture ?? '';
  addTimmName(collected, name, `${file}, architecture`);
  const other = pretrained?.architecture ?? '';
  if (other !== name) addTimmName(collected, other, `${file}, pretrained_cfg.architecture`);
  for (const [values, keys, where] of [
    [json, timmConfigKeys, file],
    [json.model_args, timmArgumentKeys, `${file}, model_args`],
    [json.pretrained_cfg, timmPretrainedKeys, `${file}, pretrained_cfg`],
  ] as const) {
    const key = unknownKey((values ?? {}) as JsonObject, keys);
    collected.sayModel(key, where);
  }
  collected.say('heads', headsByName(name, known.embed_dim ?? width ?? 0), `${file}, architecture`);
  collected.say('heads', known.num_heads, `${file}, num_heads`);
  addTimmSizes(collected, known, width, file);
  addTimmParts(collected, known, file);
  if (!collected.sayStoredNormalization(known.mean, known.std, `${file}, mean`)) {
    collected.sayNormalization(known.mean, known.std, 1, `${file}, mean`);
  }
  if (known.bands !== undefined) collected.sayBands(known.bands, `${file}, bands`);
  // A norm given by its name is timm's own, whatever ε the architecture has by default.
  if (name !== '' && known.norm_layer != null) {
    collected.say('epsilon', 1e-6, `${file}, norm_layer`);
  }
  collected.say('activation', activationByName(name), `${file}, architecture`);
  collected.sayActivation(known.act_layer, `${file}, act_layer`);
  addTimmChoices(collected, config, file);
}

function withoutNulls<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value != null),
  ) as Partial<T>;
}

function addTimmName(collected: Collected, name: string, where: string): void {
  if (name === '') return;
  const reason = otherThanPlain(name);
  collected.sayModel(
    reason && teacherConfigurationText.otherArchitecture(printableName(name), reason),
    where,
  );
  collected.sayFamilies(printableName(name), familiesOfTimm, where);
}

type TimmArguments = z.infer<typeof timmArguments>;

function addTimmSizes(
  collected: Collected,
  known: TimmArguments,
  features: number | null | undefined,
  file: string,
): void {
  const width = known.embed_dim ?? features;
  collected.saySize('width', known.embed_dim, `${file}, embed_dim`);
  collected.saySize('width', features, `${file}, num_features`);
  collected.saySize('depth', known.depth, `${file}, depth`);
  collected.saySize('registers', known.reg_tokens, `${file}, reg_tokens`);
  if (width != null && known.mlp_ratio != null) {
    collected.saySize('mlpWidth', Math.floor(width * known.mlp_ratio), `${file}, mlp_ratio`);
  }
  collected.saySize('patchSize', known.patch_size, `${file}, patch_size`);
  collected.saySize('imageSize', known.img_size ?? known.input_size, `${file}, input_size`);
  collected.saySize('channels', known.in_chans ?? known.input_size?.[0], `${file}, input_size`);
}

/** Parts that the weights also show. */
function addTimmParts(collected: Collected, known: TimmArguments, file: string): void {
  collected.sayQkvBias(known.qkv_bias, `${file}, qkv_bias`);
  collected.sayPart('preNorm', known.pre_norm, `${file}, pre_norm`);
  collected.sayPart('classToken', known.class_token, `${file}, class_token`);
  collected.sayPart('fcNorm', known.fc_norm, `${file}, fc_norm`);
  const { init_values: scale, no_embed_class: isWithout } = known;
  collected.sayPart('layerScale', scale == null ? scale : scale !== 0, `${file}, init_values`);
  const isCovered = isWithout == null ? isWithout : !isWithout;
  collected.sayPart('prefixPositions', isCovered, `${file}, no_embed_class`);
}

/** Collects choices that no weight shows, and which must therefore not contradict each other. */
function addTimmChoices(collected: Collected, config: TimmConfig, file: string): void {
  const { pretrained_cfg: pretrained, model_args: given } = config;
  const usual = config.global_pool ?? pretrained?.global_pool;
  for (const [key, one, other, where] of [
    ['num_heads', given?.num_heads, pretrained?.num_heads, 'pretrained_cfg.num_heads'],
    ['act_layer', given?.act_layer, pretrained?.act_layer, 'pretrained_cfg.act_layer'],
    ['global_pool', given?.global_pool, usual, 'global_pool'],
  ] as const) {
    if (one == null || other == null || one === '' || other === '' || one === other) continue;
    collected.sayModel(
      teacherConfigurationText.contradiction({
        key: `model_args.${key}`,
        value: printableName(String(one)),
        otherKey: where,
        otherValue: printableName(String(other)),
      }),
      file,
    );
  }
  const isGiven = given?.global_pool != null && given.global_pool !== '';
  collected.sayPooling(isGiven ? given.global_pool : usual, `${file}, global_pool`);
}

function addOpenClip(collected: Collected, sidecar: Sidecar): void {
  const file = 'open_clip_config.json';
  const { model_cfg: model, preprocess_cfg: images } = checked(sidecar, openClipConfig);
  const raw = sidecar.json.model_cfg as JsonObject;
  const outer = unknownKey(raw, openClipModelKeys);
  collected.sayModel(outer, `${file}, model_cfg`);
  const inner = unknownKey(raw.vision_cfg as JsonObject, openClipTowerKeys);
  collected.sayModel(inner, `${file}, vision_cfg`);
  const { timm_model_name: trunk, width, head_width: headWidth, ...tower } = model.vision_cfg;
  const prepared = `${file}, preprocess_cfg`;
  collected.sayNormalization(images?.mean, images?.std, 1, prepared);
  const strange = unknownOpenClipPreparation((sidecar.json.preprocess_cfg ?? {}) as JsonObject);
  if (strange !== undefined) collected.sayOtherImages(strange, prepared);
  if (trunk != null) {
    // A timm tower has its own properties, some of which its name determines.
    const reason = otherThanPlain(trunk);
    collected.sayModel(
      reason && teacherConfigurationText.otherArchitecture(printableName(trunk), reason),
      `${file}, timm_model_name`,
    );
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
    collected.sayModel(teacherConfigurationText.attentionPooling, `${file}, attentional_pool`);
  }
  collected.sayPooling(pool, `${file}, pool_type`);
  // Pooling a single token does not change it.
  if (pool === 'avg' && isAfter === true) {
    collected.sayNormAfterPooling(`${file}, final_ln_after_pool`);
  }
}
