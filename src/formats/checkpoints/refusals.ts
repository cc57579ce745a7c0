import { UserError } from '../../core/errors.ts';
import { refusedModelText } from '../../text/index.ts';
import type { Naming } from './conventions/convention.ts';
import { printableName } from './problems.ts';
import type { TensorFile } from './tensor-file.ts';

/** Model that is not a plain vision transformer, recognised by a name unique to it, and the reason for refusing it. */
interface Refusal {
  readonly names: RegExp;
  /** Names that must also be present, and names that must be absent. */
  readonly with?: RegExp;
  readonly without?: RegExp;
  readonly reason: string;
}

const lora: Refusal = {
  names: /(^|\.)lora_([AB]|down|up|magnitude_vector|embedding_[AB])\b|\.base_layer\./,
  reason: refusedModelText.lora,
};

const swin: Refusal = {
  names: /(^|\.)layers\.\d+\.blocks\.\d+\.att(n|ention)\./,
  reason: refusedModelText.swin,
};

const relativePositions: Refusal = {
  names: /\.rel_pos_[hw]$|\.rel_pos\.\w/,
  reason: refusedModelText.relativePositions,
};

/** Parts that any encoder may have. */
const ofEncoders: readonly Refusal[] = [
  lora,
  {
    names: /(^|\.)patch_embed(dings)?\.backbone\./,
    reason: refusedModelText.hybrid,
  },
  {
    names: /(^|\.)relative_position_bias(_table$|\.)/,
    reason: refusedModelText.beit,
  },
  { names: /(^|\.)(storage_tokens|rope_embed(dings)?\.\w+)$/, reason: refusedModelText.dinov3 },
  // As in timm. Other rotary models in timm have a bias of q, or no registers.
  {
    names: /^blocks\.0\.gamma_1$/,
    with: /^reg_token$/,
    without: /^pos_embed$|\.attn\.(q_bias|q_proj\.\w+)$/,
    reason: refusedModelText.dinov3,
  },
  {
    names: /^attn_pool\.latent$/,
    with: /^norm_pre\.weight$/,
    reason: refusedModelText.perceptionEncoder,
  },
  {
    names: /^attn_pool\.probe$/,
    reason: refusedModelText.spatialPerceptionEncoder,
  },
  {
    names: /^attn_pool(_contrastive)?\.query$/,
    reason: refusedModelText.coca,
  },
  relativePositions,
  {
    names: /\.(mlp|ffn)\.(w12|w3|w1|fc1_g|gate_proj|weights_in|weights_out)\b/,
    reason: refusedModelText.gatedMlps,
  },
  {
    names: /(^|\.)(blocks_token_only|cls_attn_blocks)\./,
    reason: refusedModelText.cait,
  },
  {
    names: /(^|\.)stages\.\d+\.(group_token$|downsample\.assign\.)/,
    reason: refusedModelText.groupVit,
  },
  {
    names: /\.attn\.(q_bias|v_bias|inner_attn_ln\.\w+|q_proj\.\w+)$|^blocks\.\d+\.gamma_[12]$/,
    reason: refusedModelText.eva,
  },
  {
    names: /\.(q_norm|k_norm)\.weight$/,
    reason: refusedModelText.queryNorm,
  },
  {
    names: /^vpt_prompt_embeddings\./,
    reason: refusedModelText.prompts,
  },
];

/** Tensors outside the blocks that identify refused models, though no naming has them. */
const besideBlocks =
  /^(vpt_prompt_embeddings|blocks_token_only)\.|^attn_pool(_contrastive)?\.(latent|probe|query)$/;

/** Whole files without an encoder. */
const ofFiles: readonly Refusal[] = [
  lora,
  swin,
  relativePositions,
  {
    names: /(^|\.)blocks\.\d+\.(attns|ffns)\./,
    reason: refusedModelText.parallelAttentions,
  },
  {
    names: /(^|\.)stages\.\d+\.blocks\.\d+\.att(n|ention)\./,
    reason: refusedModelText.stages,
  },
  {
    names: /(^|\.)patch_embed\.\d+\.proj\.weight$/,
    with: /(^|\.)blocks\.\d+\.blocks\./,
    reason: refusedModelText.crossVit,
  },
  {
    names: /(^|\.)blocks\.\d+\.attn\.temperature$/,
    reason: refusedModelText.xcit,
  },
  {
    names: /(^|\.)network\.\d+\.\d+\.attn\./,
    reason: refusedModelText.volo,
  },
  {
    names: /(^|\.)(channel_embed|patch_embed\.\d+\.proj\.weight)$/,
    reason: refusedModelText.groupedBands,
  },
  {
    names: /(^|\.)patch_embed\.weight_generator\./,
    reason: refusedModelText.dofa,
  },
  {
    names: /(^|\.)s[12]_encoder\.transformer\./,
    reason: refusedModelText.croma,
  },
  {
    names: /(^|\.)(post_)?quant_conv\.weight$/,
    reason: refusedModelText.imageAutoencoder,
  },
  {
    names: /(^|\.)(down_blocks|up_blocks|mid_block|input_blocks|output_blocks|middle_block)\./,
    reason: refusedModelText.imageGenerator,
  },
  {
    names:
      /(^|\.)(mask_decoder|roi_heads?|rpn(_head)?|bbox_(head|embed|predictor)|class_embed|class_labels_classifier|decode_head|auxiliary_head|segmentation_head|mask_head)\./,
    reason: refusedModelText.detection,
  },
  {
    names: /(^|\.)(dwconv|conv_dw|pwconv1|layer_scale_parameter)(\.|$)/,
    reason: refusedModelText.convNext,
  },
  {
    names: /(^|\.)running_mean$|(^|\.)layer1\.0\.conv1\.weight$/,
    reason: refusedModelText.convolutional,
  },
  { names: /(^|\.)layer\.\d+\.attention\.o_proj\.weight$/, reason: refusedModelText.dinov3 },
  {
    names: /(^|\.)(embed_tokens|wte|tok_embeddings)\.weight$|(^|\.)layers\.\d+\.mlp\.gate_proj\./,
    reason: refusedModelText.languageModel,
  },
  {
    names: /(^|\.)(word_embeddings|token_embedding|token_type_embeddings)\.weight$/,
    with: /(^|\.)(patch_embed\w*|visual\.\w+|vision_model|visual_bbox)\.|(^|\.)pixel_/,
    reason: refusedModelText.textAndImages,
  },
  {
    names: /(^|\.)(word_embeddings|token_embedding|token_type_embeddings)\.weight$/,
    reason: refusedModelText.textEncoder,
  },
  {
    names: /(^|\.)(exp_avg(_sq)?|param_groups|momentum_buffer|max_exp_avg_sq)(\.|$)/,
    reason: refusedModelText.optimiser,
  },
  ...ofEncoders,
];

/**
 * @param inside stored names by the names of the encoder; other tensors are not considered
 * @throws UserError 'unsupported' if an encoder has a part that a plain vision transformer does not
 */
export function refuseEncoder(
  { path }: TensorFile,
  { rules }: Naming,
  inside: ReadonlyMap<string, string>,
): void {
  const stems = new Set(rules.flatMap(([, stored]) => [stored].flat()).map(stemOf));
  const isOfEncoder = (name: string): boolean =>
    !name.includes('.') || stems.has(stemOf(name)) || besideBlocks.test(name);
  const names = [...inside.keys()].filter(isOfEncoder);
  const found = firstOf(ofEncoders, names);
  if (found !== undefined) throw unsupported(path, found, [...inside.values()]);
}

/** @throws UserError 'unsupported', always */
export function refuseFile({ path, tensors }: TensorFile): never {
  const names = [...tensors.keys()];
  const found = firstOf(ofFiles, names);
  if (found !== undefined) throw unsupported(path, found, names);
  const first = names.slice(0, 3).map(printableName);
  throw unsupported(path, refusedModelText.unknown(first), names);
}

function stemOf(name: string): string {
  return name.slice(0, name.indexOf('.') + 1);
}

function firstOf(refusals: readonly Refusal[], names: readonly string[]): string | undefined {
  const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  return refusals.find(
    (refusal) =>
      has(refusal.names) &&
      (refusal.with === undefined || has(refusal.with)) &&
      (refusal.without === undefined || !has(refusal.without)),
  )?.reason;
}

export function unsupported(path: string, reason: string, names: readonly string[]): UserError {
  return new UserError(
    'unsupported',
    refusedModelText.message(path, reason),
    names.slice(0, 200).map(printableName).join('\n'),
  );
}

export function invalidTeacher(path: string, reason: string, details?: string): UserError {
  return new UserError('invalid-file', refusedModelText.message(path, reason), details);
}
