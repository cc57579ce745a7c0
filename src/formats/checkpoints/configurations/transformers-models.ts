import type { TeacherConvention } from '../../../contract/descriptions.ts';
import type { VitArchitecture } from '../../../core/vit/architecture.ts';
import { harmlessAnywhere, onlyPlain } from './known-keys.ts';
import type { KnownKeys } from './known-keys.ts';

/*
 * Model types of Hugging Face's transformers (`model_type`) whose vision transformer is plain. Each was compared with
 * the library itself, block by block (docs/numerics.md). A model type that is not in these tables is refused by its
 * name: its weights may have the names of a plain model's and compute something else, as RF-DETR's windows do.
 */

/** A model type whose configuration describes a vision transformer. */
export interface KnownModel extends KnownKeys {
  /** Families whose naming its weights may use; those that the library itself writes come first. */
  readonly conventions: readonly TeacherConvention[];
  /** Prefixes of the library's classes that have such weights: `ViT` for `ViTModel`. */
  readonly classes: readonly string[];
  /** The library's defaults for keys missing in the configuration. */
  readonly absent: Pick<VitArchitecture, 'heads' | 'epsilon' | 'activation'>;
}

const read = [
  ...['hidden_size', 'num_hidden_layers', 'num_attention_heads', 'intermediate_size', 'mlp_ratio'],
  ...['hidden_act', 'layer_norm_eps', 'image_size', 'patch_size', 'num_channels', 'qkv_bias'],
  'num_register_tokens',
];

function keys(
  more: readonly string[],
  only: Readonly<Record<string, readonly unknown[]>> = {},
): KnownKeys {
  return {
    harmless: new Set([...harmlessAnywhere, ...read, ...more]),
    only: { ...onlyPlain, ...only },
  };
}

const gelu = { heads: 12, activation: 'gelu' } as const;
/** Pooling and segmentation heads, after the blocks. */
const vit = {
  ...keys(['encoder_stride', 'pooler_output_size', 'pooler_act']),
  absent: { ...gelu, epsilon: 1e-12 },
};
const dinov2 = {
  ...keys(
    [
      ...['layerscale_value', 'apply_layernorm', 'reshape_hidden_states', 'use_mask_token'],
      ...['stage_names', 'out_features', 'out_indices'],
    ],
    { use_swiglu_ffn: [false] },
  ),
  conventions: ['hf-dinov2'] as const,
  absent: { ...gelu, epsilon: 1e-6 },
};
const clip = {
  ...keys(['projection_dim']),
  // OpenCLIP repositories contain its own weights in addition to those of transformers.
  conventions: ['hf-clip', 'openai-clip', 'timm-clip'] as const,
  absent: { heads: 12, epsilon: 1e-5, activation: 'quick-gelu' } as const,
};

const models: Readonly<Record<string, KnownModel>> = {
  vit: { ...vit, conventions: ['hf-vit'], classes: ['ViT'] },
  deit: { ...vit, conventions: ['hf-deit'], classes: ['DeiT'] },
  vit_mae: {
    ...vit,
    ...keys([
      ...['decoder_num_attention_heads', 'decoder_hidden_size', 'decoder_num_hidden_layers'],
      ...['decoder_intermediate_size', 'mask_ratio', 'norm_pix_loss'],
    ]),
    conventions: ['hf-mae', 'hf-vit'],
    classes: ['ViTMAE'],
  },
  vit_msn: {
    ...vit,
    conventions: ['hf-vit'],
    classes: ['ViTMSN'],
    absent: { ...gelu, epsilon: 1e-6 },
  },
  ijepa: { ...vit, conventions: ['hf-vit'], classes: ['IJepa'] },
  dinov2: { ...dinov2, classes: ['Dinov2'] },
  dinov2_with_registers: { ...dinov2, classes: ['Dinov2WithRegisters'] },
  clip_vision_model: { ...clip, classes: ['CLIP', 'CLIPVision'] },
  chinese_clip_vision_model: { ...clip, classes: ['ChineseCLIP', 'ChineseCLIPVision'] },
  altclip_vision_model: { ...clip, classes: ['AltCLIP', 'AltCLIPVision'] },
  clipseg_vision_model: { ...clip, classes: ['CLIPSeg', 'CLIPSegVision'] },
  metaclip_2_vision_model: { ...clip, classes: ['MetaClip2', 'MetaClip2Vision'] },
  siglip_vision_model: {
    ...keys([...['vision_use_head', 'projection_dim', 'num_image_tokens', 'projector_hidden_act']]),
    conventions: ['hf-siglip', 'timm-siglip'],
    classes: ['Siglip', 'SiglipVision'],
    absent: { heads: 12, epsilon: 1e-6, activation: 'gelu-tanh' },
  },
};

/** A composite model type, one part of which is a vision transformer. */
export interface Wrapper {
  /** Key of the configuration that describes this part. */
  readonly part: 'vision_config' | 'backbone_config' | 'encoder';
  /** Model types that the part may have; the first is the default. */
  readonly kinds: readonly [string, ...string[]];
}

const anyTower = ['clip_vision_model', 'siglip_vision_model'] as const;

const wrappers: Readonly<Record<string, Wrapper>> = {
  clip: { part: 'vision_config', kinds: ['clip_vision_model'] },
  siglip: { part: 'vision_config', kinds: ['siglip_vision_model'] },
  chinese_clip: { part: 'vision_config', kinds: ['chinese_clip_vision_model'] },
  altclip: { part: 'vision_config', kinds: ['altclip_vision_model', 'clip_vision_model'] },
  clipseg: { part: 'vision_config', kinds: ['clipseg_vision_model', 'clip_vision_model'] },
  metaclip_2: { part: 'vision_config', kinds: ['metaclip_2_vision_model'] },
  llava: { part: 'vision_config', kinds: anyTower },
  llava_next: { part: 'vision_config', kinds: anyTower },
  paligemma: { part: 'vision_config', kinds: ['siglip_vision_model'] },
  gemma3: { part: 'vision_config', kinds: ['siglip_vision_model'] },
  'vision-text-dual-encoder': {
    part: 'vision_config',
    kinds: ['clip_vision_model', 'vit', 'deit', 'dinov2', 'siglip_vision_model'],
  },
  'vision-encoder-decoder': { part: 'encoder', kinds: ['vit', 'deit', 'dinov2'] },
  depth_anything: { part: 'backbone_config', kinds: ['dinov2', 'dinov2_with_registers'] },
};

/** Text models, which may be in one folder with a vision model but do not describe it. */
const textModels: ReadonlySet<string> = new Set([
  ...['bert', 'roberta', 'xlm-roberta', 'distilbert', 'albert', 'electra', 'deberta', 'deberta-v2'],
  ...['camembert', 'mpnet', 'modernbert', 'bart', 'mbart', 't5', 'mt5', 'umt5', 'gpt2', 'gpt_neo'],
  ...['gpt_neox', 'opt', 'bloom', 'llama', 'mistral', 'mixtral', 'gemma', 'gemma2', 'gemma3_text'],
  ...['phi', 'phi3', 'qwen2', 'qwen3', 'falcon', 'clip_text_model', 'siglip_text_model'],
]);

/** Looks up a table by a name from a file, which may be the name of any object's property. */
function at<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

export function modelOf(type: string): KnownModel | undefined {
  return at(models, type);
}

export function wrapperOf(type: string): Wrapper | undefined {
  return at(wrappers, type);
}

export function isTextModel(type: string): boolean {
  return textModels.has(type);
}

/** Model type of a class of the library, if it has only this model. */
export function typeOfClass(name: string): string | undefined {
  return Object.entries(models).find(([, model]) => isClassOf(name, model))?.[0];
}

/** Returns true if a class of the library (`ViTModel`, `TFViTForImageClassification`) has weights of a model type. */
export function isClassOf(name: string, { classes }: KnownModel): boolean {
  const own = name.replace(/^(?:TF|Flax)/, '');
  return classes.some(
    (begin) => own.startsWith(begin) && /^(?:Model|Backbone$|For\w)/.test(own.slice(begin.length)),
  );
}
