import type { Convention, Naming } from './convention.ts';
import { halves, imageNet } from './convention.ts';
import { leftOutNotes, teacherFamilies, usualFamilies } from '../../../text/index.ts';

/** ViT, DeiT and ViTMAE in Hugging Face's transformers. */
const hfVitNaming: Naming = {
  rules: [
    ['patch_embed.proj.*', 'embeddings.patch_embeddings.projection.*'],
    ['cls_token', 'embeddings.cls_token'],
    ['dist_token', 'embeddings.distillation_token'],
    ['pos_embed', 'embeddings.position_embeddings'],
    ['blocks.#.norm1.*', 'encoder.layer.#.layernorm_before.*'],
    [
      'blocks.#.attn.qkv.*',
      [
        'encoder.layer.#.attention.attention.query.*',
        'encoder.layer.#.attention.attention.key.*',
        'encoder.layer.#.attention.attention.value.*',
      ],
    ],
    ['blocks.#.attn.proj.*', 'encoder.layer.#.attention.output.dense.*'],
    ['blocks.#.norm2.*', 'encoder.layer.#.layernorm_after.*'],
    ['blocks.#.mlp.fc1.*', 'encoder.layer.#.intermediate.dense.*'],
    ['blocks.#.mlp.fc2.*', 'encoder.layer.#.output.dense.*'],
    ['norm.*', 'layernorm.*'],
  ],
};

/** Module names in newer releases, as shown by `state_dict`; `save_pretrained` keeps the older names. */
const hfVitModules: Naming = {
  rules: [
    ['patch_embed.proj.*', 'embeddings.patch_embeddings.projection.*'],
    ['cls_token', 'embeddings.cls_token'],
    ['dist_token', 'embeddings.distillation_token'],
    ['pos_embed', 'embeddings.position_embeddings'],
    ['blocks.#.norm1.*', 'layers.#.layernorm_before.*'],
    [
      'blocks.#.attn.qkv.*',
      ['layers.#.attention.q_proj.*', 'layers.#.attention.k_proj.*', 'layers.#.attention.v_proj.*'],
    ],
    ['blocks.#.attn.proj.*', 'layers.#.attention.o_proj.*'],
    ['blocks.#.norm2.*', 'layers.#.layernorm_after.*'],
    ['blocks.#.mlp.fc1.*', 'layers.#.mlp.fc1.*'],
    ['blocks.#.mlp.fc2.*', 'layers.#.mlp.fc2.*'],
    ['norm.*', 'layernorm.*'],
  ],
};

const usual = { epsilon: 1e-12, activation: 'gelu' } as const;
const heads = { names: /(^|\.)(pooler|\w*classifier)\./ };

export const hfVit: Convention = {
  name: 'hf-vit',
  title: teacherFamilies.hfVit,
  namings: [hfVitNaming, hfVitModules],
  marks: [],
  // MSN, I-JEPA, DINO and many more have these names too, and mostly use ImageNet's normalisation.
  usual: {
    ...usual,
    of: usualFamilies.hfVit,
    headsSource: 'guess',
    normalization: halves,
    normalizationSource: 'guess',
    normalizationOf: 'ViT',
  },
  leftOut: [heads],
};

export const hfDeit: Convention = {
  name: 'hf-deit',
  title: teacherFamilies.hfDeit,
  namings: [hfVitNaming, hfVitModules],
  marks: [/^embeddings\.distillation_token$/],
  usual: {
    ...usual,
    of: usualFamilies.hfDeit,
    normalization: imageNet,
    normalizationOf: 'ImageNet',
  },
  leftOut: [heads],
};

export const hfMae: Convention = {
  name: 'hf-mae',
  title: teacherFamilies.hfMae,
  namings: [hfVitNaming, hfVitModules],
  marks: [/(^|\.)decoder\.decoder_embed\.weight$/],
  usual: {
    ...usual,
    of: usualFamilies.hfMae,
    normalization: imageNet,
    normalizationOf: 'ImageNet',
  },
  leftOut: [
    {
      names: /(^|\.)decoder\./,
      note: leftOutNotes.decoder,
    },
    heads,
  ],
};
