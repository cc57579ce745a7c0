import { z } from 'zod';
import { teacherOverrides } from '../../contract/jobs.ts';
import { bands } from './preprocessor.ts';

/** Schemas of configurations next to checkpoints; keys that change the computation are checked elsewhere. */

const size = z
  .int()
  .min(1)
  .max(2 ** 20);
/** A number, or one number per axis. */
const sides = z.union([
  size,
  z.array(size).min(1).max(4),
  z.object({ height: size, width: size }).transform(({ height, width }) => [height, width]),
]);
const word = z.string().max(200);
const heads = teacherOverrides.shape.heads.nullish();
const epsilon = teacherOverrides.shape.epsilon.nullish();

export const vision = z.object({
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
  num_register_tokens: z.int().min(0).max(1024).nullish(),
  qkv_bias: z.boolean().nullish(),
});

export const timmArguments = z.object({
  input_size: z.array(size).length(3).nullish(),
  img_size: sides.nullish(),
  patch_size: sides.nullish(),
  in_chans: size.nullish(),
  embed_dim: size.nullish(),
  depth: size.nullish(),
  num_heads: heads,
  mlp_ratio: z.number().positive().max(100).nullish(),
  reg_tokens: z.int().min(0).max(1024).nullish(),
  qkv_bias: z.boolean().nullish(),
  pre_norm: z.boolean().nullish(),
  class_token: z.boolean().nullish(),
  no_embed_class: z.boolean().nullish(),
  fc_norm: z.boolean().nullish(),
  /** Initial value of the layer scale, which exists unless this is 0. */
  init_values: z.number().nullish(),
  architecture: word.nullish(),
  mean: bands.nullish(),
  std: bands.nullish(),
  global_pool: word.nullish(),
  act_layer: word.nullish(),
  norm_layer: word.nullish(),
  /** Band names as written by Prithvi; timm has none. */
  bands: z.array(z.string().max(100)).min(1).max(4096).optional().catch(undefined),
});

export const timmConfig = z.object({
  architecture: word.nullish(),
  global_pool: word.nullish(),
  num_features: size.nullish(),
  pretrained_cfg: timmArguments.nullish(),
  model_args: timmArguments.nullish(),
});
export type TimmConfig = z.infer<typeof timmConfig>;

export const openClipConfig = z.object({
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
