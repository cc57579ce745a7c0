/** Messages about checkpoints that are refused because of the names of their tensors. */
export const refusedModelText = {
  /** @param reason one of the reasons below, or of `teacherFileText` */
  message: (path: string, reason: string) => `${path}: ${reason}`,
  /** @param first names of the first tensors */
  unknown: (first: readonly string[]) =>
    first.length === 0
      ? 'not a supported vision transformer. The file has no tensors.'
      : `not a supported vision transformer. The file begins with ${first.join(', ')}.`,

  lora: 'it holds low-rank adapters (LoRA), not the weights that they change. Merge them into their model and save the result.',
  swin: 'it is a Swin transformer: its attention has windows, and its blocks differ in width.',
  relativePositions:
    'its attention uses relative position embeddings (rel_pos), as in SAM, ViTDet and MViT.',
  hybrid:
    'its patches come from a convolutional network (patch_embed.backbone). Such hybrids are not supported.',
  beit: 'it is a BEiT or a related model: its attention uses relative position embeddings (relative_position_bias_table).',
  perceptionEncoder:
    'it is a Perception Encoder: it has a norm before its blocks (norm_pre) and attention pooling (attn_pool), and it uses rotary positions (RoPE), which need no weights.',
  spatialPerceptionEncoder:
    'it is a Perception Encoder (attn_pool.probe), which uses rotary positions (RoPE) in addition to those in the file.',
  coca: 'its tokens are pooled by attention before its last norm (attn_pool.query), as in CoCa: the tokens themselves, which students learn, have no norm.',
  cait: 'it has separate blocks for its class token (blocks_token_only), as in CaiT.',
  groupVit: 'it groups tokens between stages of blocks, as in GroupViT.',
  eva: 'its blocks have parts (q_bias, q_proj, gamma_1) of EVA, BEiT or models with rotary positions (RoPE), which a plain ViT does not have.',
  queryNorm: 'its attention normalises queries and keys (q_norm, k_norm).',
  prompts:
    'its blocks receive learned tokens in addition to the image (vpt_prompt_embeddings), different ones in each block.',
  parallelAttentions: 'its blocks contain several parallel attentions (attns).',
  crossVit: 'it has branches for patches of several sizes (blocks.0.blocks.1), as in CrossViT.',
  xcit: 'its attention is between channels and not between patches (attn.temperature), as in XCiT.',
  volo: 'it is not a plain vision transformer: its network mixes blocks of several kinds (network.0.0.attn), as in VOLO.',
  groupedBands: 'it has a patch embedding for each group of bands, as in SatMAE with groups.',
  dofa: 'its patch embedding is computed from the wavelengths of the bands, as in DOFA.',
  croma:
    'it is a CROMA model: its attention uses relative position embeddings, and its input includes radar as well as optical bands.',
  imageAutoencoder: 'it is the autoencoder (VAE) of an image generator.',
  imageGenerator: 'it is the network (UNet) of an image generator.',
  detection:
    'it is a model or the head of a model for detection or segmentation, and no plain vision transformer was found in it.',
  convNext: 'it is a ConvNeXt, a convolutional network.',
  convolutional: 'it has the layers of a convolutional network, like ResNet.',
  languageModel: 'it is a language model without image input.',
  textAndImages:
    'its input includes text as well as images, and no supported vision transformer was found in it.',
  textEncoder: 'it is a text encoder (BERT, or the text half of CLIP) without image input.',
  optimiser: 'it is the state of an optimiser, not the model that it trained.',
  gatedMlps:
    'its MLPs are gated (SwiGLU), as in the giant DINOv2 and EVA-02. Choose a smaller model of the family.',
  stages:
    'it is not a plain vision transformer: its blocks are in stages of different widths (stages.0.blocks), as in MViT, PVT, LeViT and Swin.',
  dinov3: 'it is a DINOv3 model: its positions are rotary (RoPE), and it has no pos_embed.',
};
