import { UserError } from '../../core/errors.ts';
import type { Naming } from './conventions/convention.ts';
import type { TensorFile } from './tensor-file.ts';

/** What is no plain vision transformer, by a name that only it has, and why it will not do. */
interface Refusal {
  readonly names: RegExp;
  /** Names that must be there too, and that must not. */
  readonly with?: RegExp;
  readonly without?: RegExp;
  readonly reason: string;
}

const lora: Refusal = {
  names: /(^|\.)lora_([AB]|down|up|magnitude_vector|embedding_[AB])\b|\.base_layer\./,
  reason:
    'it holds low-rank adapters (LoRA) and not the weights they change. Merge them into their model and save that.',
};

const swin: Refusal = {
  names: /(^|\.)(layers|stages)\.\d+\.blocks\.\d+\.att(n|ention)\./,
  reason: 'it is a Swin transformer: its attention has windows, and its blocks differ in width.',
};

const relativePositions: Refusal = {
  names: /\.(rel_pos_[hw]|rel_pos\.\w.*)$/,
  reason:
    'its attention has relative positions (rel_pos), as those of SAM and ViTDet, which look at windows.',
};

const dinov3 = 'it is a DINOv3: its positions are rotary (RoPE), and it has no pos_embed.';

/** Parts that an encoder may have, wherever it was found. */
const ofEncoders: readonly Refusal[] = [
  lora,
  {
    names: /(^|\.)patch_embed(dings)?\.backbone\./,
    reason:
      'its patches come from a convolutional network (patch_embed.backbone). Such hybrids are not supported.',
  },
  {
    names: /(^|\.)relative_position_bias(_table$|\.)/,
    reason:
      'it is a BEiT or one of its kin: its attention has relative positions (relative_position_bias_table).',
  },
  { names: /(^|\.)(storage_tokens|rope_embed(dings)?\.\w+)$/, reason: dinov3 },
  // As timm has it.
  {
    names: /^blocks\.0\.gamma_1$/,
    with: /^reg_token$/,
    without: /^pos_embed$/,
    reason: dinov3,
  },
  relativePositions,
  {
    names: /\.(mlp|ffn)\.(w12|w3|w1|fc1_g|gate_proj|weights_in|weights_out)\b/,
    reason:
      'its MLPs are gated (SwiGLU), as those of the giant DINOv2 and of EVA-02. Take a smaller model of the family.',
  },
  {
    names: /\.attn\.(q_bias|v_bias|inner_attn_ln\.\w+|q_proj\.\w+)$|^blocks\.\d+\.gamma_[12]$/,
    reason: 'it is an EVA, a BEiT or one of their kin, whose attention is not that of a plain ViT.',
  },
  {
    names: /\.(q_norm|k_norm)\.weight$/,
    reason: 'its attention normalises queries and keys (q_norm, k_norm).',
  },
  {
    names: /^vpt_prompt_embeddings\./,
    reason:
      'its blocks see learned tokens besides the image (vpt_prompt_embeddings), others in each block.',
  },
];

/** Stems of what lies beside the blocks and is seen by them, though no naming has it. */
const seenByBlocks = ['vpt_prompt_embeddings.'];

/** Whole files in which no encoder was found. */
const ofFiles: readonly Refusal[] = [
  lora,
  swin,
  relativePositions,
  {
    names: /(^|\.)blocks\.\d+\.(attns|ffns)\./,
    reason: 'its blocks hold several attentions side by side (attns).',
  },
  {
    names: /(^|\.)(channel_embed|patch_embed\.\d+\.proj\.weight)$/,
    reason: 'it has a patch embedding for each group of bands, as SatMAE with groups has.',
  },
  {
    names: /(^|\.)patch_embed\.weight_generator\./,
    reason: 'its patch embedding is made anew from the wavelengths of the bands, as that of DOFA.',
  },
  {
    names: /(^|\.)s[12]_encoder\.transformer\./,
    reason: 'it is a CROMA: its attention has relative positions, and it sees radar beside optics.',
  },
  {
    names: /(^|\.)(post_)?quant_conv\.weight$/,
    reason: 'it is the autoencoder (VAE) of an image generator.',
  },
  {
    names: /(^|\.)(down_blocks|up_blocks|mid_block|input_blocks|output_blocks|middle_block)\./,
    reason: 'it is the network (UNet) of an image generator.',
  },
  {
    names:
      /(^|\.)(mask_decoder|roi_heads?|rpn(_head)?|bbox_(head|embed|predictor)|class_embed|class_labels_classifier|decode_head|auxiliary_head|segmentation_head|mask_head)\./,
    reason:
      'it is a model or the head of a model for detection or segmentation, and no plain vision transformer was found in it.',
  },
  {
    names: /(^|\.)(dwconv|conv_dw|pwconv1|layer_scale_parameter)(\.|$)/,
    reason: 'it is a ConvNeXt, a convolutional network.',
  },
  {
    names: /(^|\.)running_mean$|(^|\.)layer1\.0\.conv1\.weight$/,
    reason: 'it is a convolutional network, like ResNet.',
  },
  { names: /(^|\.)layer\.\d+\.attention\.o_proj\.weight$/, reason: dinov3 },
  {
    names: /(^|\.)(embed_tokens|wte|tok_embeddings)\.weight$|(^|\.)layers\.\d+\.mlp\.gate_proj\./,
    reason: 'it is a language model and sees no images.',
  },
  {
    names: /(^|\.)(word_embeddings|token_embedding|token_type_embeddings)\.weight$/,
    reason: 'it is an encoder of text alone (BERT, or the text half of CLIP) and sees no images.',
  },
  {
    names: /(^|\.)(exp_avg(_sq)?|param_groups|momentum_buffer|max_exp_avg_sq)(\.|$)/,
    reason: 'it is the state of an optimiser and not the model that it trained.',
  },
  ...ofEncoders,
];

/**
 * @param inside stored names by the names of the encoder; what else lies beside those is none of its business
 * @throws UserError 'unsupported' where an encoder has a part that a plain vision transformer does not
 */
export function refuseEncoder(
  { path }: TensorFile,
  { rules }: Naming,
  inside: ReadonlyMap<string, string>,
): void {
  const known = rules.flatMap(([, stored]) => [stored].flat()).map(stemOf);
  const stems = new Set([...known, ...seenByBlocks]);
  const names = [...inside.keys()].filter((name) => !name.includes('.') || stems.has(stemOf(name)));
  const found = firstOf(ofEncoders, names);
  if (found !== undefined) throw unsupported(path, found, [...inside.values()]);
}

/** @throws UserError 'unsupported', always */
export function refuseFile({ path, tensors }: TensorFile): never {
  const names = [...tensors.keys()];
  const found = firstOf(ofFiles, names);
  if (found !== undefined) throw unsupported(path, found, names);
  const begins = names.slice(0, 3).join(', ') || 'no tensors at all';
  throw unsupported(
    path,
    `this is no vision transformer in a naming that is known. The file begins with ${begins}.`,
    names,
  );
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
  return new UserError('unsupported', `${path}: ${reason}`, names.slice(0, 200).join('\n'));
}
