import { harmlessAnywhere, onlyPlain } from './known-keys.ts';
import type { KnownKeys } from './known-keys.ts';

/** Arguments of timm's vision transformers, including Prithvi's. */
export const timmArgumentKeys: KnownKeys = {
  harmless: new Set([
    // Keys that are read, or whose values the weights show.
    ...['img_size', 'patch_size', 'in_chans', 'embed_dim', 'depth', 'num_heads', 'mlp_ratio'],
    ...['qkv_bias', 'global_pool', 'act_layer', 'init_values', 'class_token', 'reg_tokens'],
    ...[
      'no_embed_class',
      'pre_norm',
      'fc_norm',
      'num_classes',
      'input_size',
      'mean',
      'std',
      'bands',
    ],
    // Keys about image sizes other than the trained one, and about training.
    ...['dynamic_img_size', 'dynamic_img_pad', 'strict_img_size', 'weight_init', 'fix_init'],
    ...['drop_rate', 'pos_drop_rate', 'patch_drop_rate', 'proj_drop_rate', 'attn_drop_rate'],
    ...['drop_path_rate', 'features_only', 'pretrained'],
    // Prithvi's keys about its decoder, masks, dates and locations; images come without these.
    ...['num_frames', 'decoder_embed_dim', 'decoder_depth', 'decoder_num_heads', 'norm_pix_loss'],
    ...[
      'mask_ratio',
      'coords_encoding',
      'coords_scale_learn',
      'coords_drop_rate',
      'drop_channels_rate',
    ],
    ...['tubelet_size', 'backbone_input_size', 'encoder_only', 'origin_url', 'paper_ids'],
  ]),
  only: {
    qk_norm: [false],
    scale_norm: [false],
    scale_attn_norm: [false],
    scale_mlp_norm: [false],
    scale_attn_inner_norm: [false],
    swiglu_mlp: [false],
    gated_mlp: [false],
    use_rot_pos_emb: [false],
    use_rel_pos_bias: [false],
    proj_bias: [true],
    bias: [true],
    final_norm: [true],
    pos_embed: ['learn'],
    pool_include_prefix: [false],
    norm_layer: ['layernorm', 'LayerNorm'],
    mlp_layer: ['mlp', 'Mlp'],
    attn_layer: ['attn', 'Attention'],
    block_fn: ['block', 'Block'],
    embed_layer: ['PatchEmbed'],
  },
};

/** `config.json` of timm. */
export const timmConfigKeys: KnownKeys = {
  harmless: new Set([
    ...harmlessAnywhere,
    ...['architecture', 'model_args', 'pretrained_cfg', 'num_features', 'num_classes'],
    ...['global_pool', 'label_names', 'label_descriptions', 'do_pooling'],
  ]),
  // Transformers wraps timm's models without changing them.
  only: { ...onlyPlain, model_type: ['timm_wrapper'] },
};

/** Keys of timm about weights rather than the model: their origin and the preparation of images. */
export const timmPretrainedKeys: KnownKeys = {
  ...timmArgumentKeys,
  harmless: new Set([
    ...timmArgumentKeys.harmless,
    ...['url', 'file', 'hf_hub_id', 'hf_hub_filename', 'source', 'architecture', 'tag', 'tags'],
    ...['custom_load', 'test_input_size', 'min_input_size', 'fixed_input_size', 'interpolation'],
    ...['crop_pct', 'test_crop_pct', 'crop_mode', 'label_offset', 'label_names'],
    ...['label_descriptions', 'pool_size', 'test_pool_size', 'first_conv', 'classifier'],
    ...['license', 'description', 'paper_name', 'notes', 'is_pretrained'],
  ]),
};

/** `vision_cfg` of OpenCLIP's own tower. */
export const openClipTowerKeys: KnownKeys = {
  harmless: new Set([
    // Keys that are read, or whose values the weights show.
    ...['layers', 'width', 'head_width', 'mlp_ratio', 'patch_size', 'image_size', 'ls_init_value'],
    ...['attentional_pool', 'pool_type', 'final_ln_after_pool', 'act_kwargs', 'norm_kwargs'],
    ...['no_ln_pre', 'pos_embed_type', 'patch_dropout', 'output_tokens'],
    // Keys of attention pooling, which is refused separately.
    ...['attn_pooler_queries', 'attn_pooler_heads', 'n_queries'],
    // Keys of a timm tower: among these only the name determines its blocks.
    ...['timm_model_name', 'timm_model_pretrained', 'timm_pool', 'timm_proj', 'timm_proj_bias'],
    ...['timm_drop', 'timm_drop_path'],
  ]),
  only: {
    block_type: ['default'],
    qk_norm: [false],
    scaled_cosine_attn: [false],
    scale_heads: [false],
    scale_attn_inner: [false],
    scale_attn: [false],
    scale_fc: [false],
    input_patchnorm: [false],
    global_average_pool: [false],
    eva_model_name: [],
  },
};

/** Keys of OpenCLIP about the pair of towers. */
export const openClipModelKeys: KnownKeys = {
  harmless: new Set([
    ...['embed_dim', 'quick_gelu', 'vision_cfg', 'text_cfg', 'custom_text', 'cast_dtype'],
    ...['init_logit_scale', 'init_logit_bias', 'nonscalar_logit_scale', 'output_dict'],
    ...['multimodal_cfg', 'freeze_vit', 'freeze_text', 'model_name', 'preprocess_cfg'],
  ]),
};
