import type { Convention, Naming } from './convention.ts';
import { clipImages, halves } from './convention.ts';
import { leftOutNotes, teacherFamilies } from '../../../text/index.ts';

/** Vision towers of CLIP and SigLIP in Hugging Face's transformers. */
const hfClipNaming: Naming = {
  rules: [
    ['patch_embed.proj.*', 'embeddings.patch_embedding.*'],
    ['cls_token', 'embeddings.class_embedding'],
    ['pos_embed', 'embeddings.position_embedding.weight'],
    // Misspelt in the library itself.
    ['norm_pre.*', 'pre_layrnorm.*'],
    ['norm_pre.*', 'pre_layernorm.*'],
    ['blocks.#.norm1.*', 'encoder.layers.#.layer_norm1.*'],
    [
      'blocks.#.attn.qkv.*',
      [
        'encoder.layers.#.self_attn.q_proj.*',
        'encoder.layers.#.self_attn.k_proj.*',
        'encoder.layers.#.self_attn.v_proj.*',
      ],
    ],
    ['blocks.#.attn.proj.*', 'encoder.layers.#.self_attn.out_proj.*'],
    ['blocks.#.norm2.*', 'encoder.layers.#.layer_norm2.*'],
    ['blocks.#.mlp.fc1.*', 'encoder.layers.#.mlp.fc1.*'],
    ['blocks.#.mlp.fc2.*', 'encoder.layers.#.mlp.fc2.*'],
    ['norm.*', 'post_layernorm.*'],
  ],
};

const text = {
  names: /(^|\.)(text_model|text_projection|language_model|logit_scale|logit_bias)(\.|$)/,
  note: leftOutNotes.textEncoder,
};
// A buffer that older releases stored.
const positionIds = { names: /(^|\.)embeddings\.position_ids$/ };

export const hfClip: Convention = {
  name: 'hf-clip',
  title: teacherFamilies.hfClip,
  namings: [hfClipNaming],
  marks: [/^embeddings\.class_embedding$/],
  usual: {
    epsilon: 1e-5,
    activation: 'quick-gelu',
    // Present in OpenAI's weights, but rarely in those of OpenCLIP.
    activationSource: 'guess',
    of: 'CLIP',
    normalization: clipImages,
    normalizationOf: 'CLIP',
  },
  noPatchBias: true,
  leftOut: [
    text,
    positionIds,
    {
      names: /(^|\.)visual_projection\./,
      note: leftOutNotes.textProjection('visual_projection'),
    },
  ],
};

export const hfSiglip: Convention = {
  name: 'hf-siglip',
  title: teacherFamilies.hfSiglip,
  namings: [hfClipNaming],
  marks: [/^embeddings\.patch_embedding\.bias$/],
  usual: {
    epsilon: 1e-6,
    activation: 'gelu-tanh',
    of: 'SigLIP',
    // The giant SigLIP 2 model.
    headsByWidth: { 1536: 16 },
    normalization: halves,
    normalizationOf: 'SigLIP',
  },
  leftOut: [
    text,
    positionIds,
    {
      names: /(^|\.)head\.(probe$|attention\.|layernorm\.|mlp\.)/,
      note: (pooling) => leftOutNotes.attentionPooling('head.attention', pooling),
    },
  ],
};
