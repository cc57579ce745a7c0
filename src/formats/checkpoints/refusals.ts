import { UserError } from '../../core/errors.ts';
import type { Naming } from './conventions/convention.ts';
import { printable } from './problems.ts';
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
  names: /(^|\.)layers\.\d+\.blocks\.\d+\.att(n|ention)\./,
  reason: 'it is a Swin transformer: its attention has windows, and its blocks differ in width.',
};

const relativePositions: Refusal = {
  names: /\.rel_pos_[hw]$|\.rel_pos\.\w/,
  reason:
    'its attention has relative positions (rel_pos), as that of SAM, ViTDet, MViT and others.',
};

const gated =
  'its MLPs are gated (SwiGLU), as those of the giant DINOv2 and of EVA-02. Take a smaller model of the family.';

const noPlainBlocks =
  'it is not a plain vision transformer: its blocks lie in stages (stages.0.blocks), as those of MViT, PVT, LeViT and Swin, which differ in width.';

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
  // As timm has it. Others of its rotary ones have a bias of q, or no registers.
  {
    names: /^blocks\.0\.gamma_1$/,
    with: /^reg_token$/,
    without: /^pos_embed$|\.attn\.(q_bias|q_proj\.\w+)$/,
    reason: dinov3,
  },
  {
    names: /^attn_pool\.latent$/,
    with: /^norm_pre\.weight$/,
    reason:
      'it is a Perception Encoder: a norm before its blocks (norm_pre) and a pooling by attention (attn_pool) go with rotary positions (RoPE), of which the file has no weights.',
  },
  {
    names: /^attn_pool\.probe$/,
    reason:
      'it is a Perception Encoder (attn_pool.probe), whose positions are rotary (RoPE) besides those in the file.',
  },
  {
    names: /^attn_pool(_contrastive)?\.query$/,
    reason:
      'its tokens are pooled by attention before its last norm (attn_pool.query), as in CoCa: there is no norm for the tokens themselves, which students learn.',
  },
  relativePositions,
  {
    names: /\.(mlp|ffn)\.(w12|w3|w1|fc1_g|gate_proj|weights_in|weights_out)\b/,
    reason: gated,
  },
  {
    names: /(^|\.)(blocks_token_only|cls_attn_blocks)\./,
    reason:
      'it has blocks of another kind for its class token alone (blocks_token_only), as CaiT has.',
  },
  {
    names: /(^|\.)stages\.\d+\.(group_token$|downsample\.assign\.)/,
    reason: 'its blocks lie in stages between which tokens are grouped, as those of GroupViT.',
  },
  {
    names: /\.attn\.(q_bias|v_bias|inner_attn_ln\.\w+|q_proj\.\w+)$|^blocks\.\d+\.gamma_[12]$/,
    reason:
      'its blocks have parts (q_bias, q_proj, gamma_1) that a plain ViT has not, but EVA, BEiT and those with rotary positions (RoPE) have.',
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

/** What lies beside the blocks and tells what they are, though no naming has it. */
const besideBlocks =
  /^(vpt_prompt_embeddings|blocks_token_only)\.|^attn_pool(_contrastive)?\.(latent|probe|query)$/;

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
    names: /(^|\.)stages\.\d+\.blocks\.\d+\.att(n|ention)\./,
    reason: noPlainBlocks,
  },
  {
    names: /(^|\.)patch_embed\.\d+\.proj\.weight$/,
    with: /(^|\.)blocks\.\d+\.blocks\./,
    reason: 'it has branches for patches of several sizes (blocks.0.blocks.1), as CrossViT has.',
  },
  {
    names: /(^|\.)blocks\.\d+\.attn\.temperature$/,
    reason:
      'its attention is between channels and not between patches (attn.temperature), as in XCiT.',
  },
  {
    names: /(^|\.)network\.\d+\.\d+\.attn\./,
    reason:
      'it is not a plain vision transformer: its blocks lie in a network of several kinds (network.0.0.attn), as those of VOLO.',
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
    reason: 'it has the layers of a convolutional network, like ResNet.',
  },
  { names: /(^|\.)layer\.\d+\.attention\.o_proj\.weight$/, reason: dinov3 },
  {
    names: /(^|\.)(embed_tokens|wte|tok_embeddings)\.weight$|(^|\.)layers\.\d+\.mlp\.gate_proj\./,
    reason: 'it is a language model and sees no images.',
  },
  {
    names: /(^|\.)(word_embeddings|token_embedding|token_type_embeddings)\.weight$/,
    with: /(^|\.)(patch_embed\w*|visual\.\w+|vision_model|visual_bbox)\.|(^|\.)pixel_/,
    reason:
      'it sees text beside images, and no plain vision transformer in a naming that is known was found in it.',
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
  const begins = names.slice(0, 3).map(printable).join(', ') || 'no tensors at all';
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
  return new UserError(
    'unsupported',
    `${path}: ${reason}`,
    names.slice(0, 200).map(printable).join('\n'),
  );
}
