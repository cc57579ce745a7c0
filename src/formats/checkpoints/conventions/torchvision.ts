import type { Convention } from './convention.ts';
import { imageNet } from './convention.ts';
import { teacherFamilies } from '../../../text/index.ts';

/** Vision transformers in torchvision. */
export const torchvision: Convention = {
  name: 'torchvision',
  title: teacherFamilies.torchvision,
  namings: [
    {
      rules: [
        ['patch_embed.proj.*', 'conv_proj.*'],
        ['cls_token', 'class_token'],
        ['pos_embed', 'encoder.pos_embedding'],
        ['blocks.#.norm1.*', 'encoder.layers.encoder_layer_#.ln_1.*'],
        ['blocks.#.attn.qkv.*', 'encoder.layers.encoder_layer_#.self_attention.in_proj_*'],
        ['blocks.#.attn.proj.*', 'encoder.layers.encoder_layer_#.self_attention.out_proj.*'],
        ['blocks.#.norm2.*', 'encoder.layers.encoder_layer_#.ln_2.*'],
        ['blocks.#.mlp.fc1.*', 'encoder.layers.encoder_layer_#.mlp.0.*'],
        ['blocks.#.mlp.fc1.*', 'encoder.layers.encoder_layer_#.mlp.linear_1.*'],
        ['blocks.#.mlp.fc2.*', 'encoder.layers.encoder_layer_#.mlp.3.*'],
        ['blocks.#.mlp.fc2.*', 'encoder.layers.encoder_layer_#.mlp.linear_2.*'],
        ['norm.*', 'encoder.ln.*'],
      ],
    },
  ],
  marks: [],
  usual: {
    epsilon: 1e-6,
    activation: 'gelu',
    of: 'torchvision',
    normalization: imageNet,
    normalizationOf: 'ImageNet',
  },
  leftOut: [{ names: /^heads\./ }],
};
