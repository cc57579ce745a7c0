import type { Convention } from './convention.ts';
import { clipImages } from './convention.ts';
import { leftOutNotes, teacherFamilies, usualFamilies } from '../../../text/index.ts';

/** CLIP as OpenAI and OpenCLIP name it. The names do not show which of the two wrote a file. */
export const openaiClip: Convention = {
  name: 'openai-clip',
  title: teacherFamilies.openaiClip,
  namings: [
    {
      rules: [
        ['patch_embed.proj.*', 'conv1.*'],
        ['cls_token', 'class_embedding'],
        ['pos_embed', 'positional_embedding'],
        ['norm_pre.*', 'ln_pre.*'],
        ['blocks.#.norm1.*', 'transformer.resblocks.#.ln_1.*'],
        ['blocks.#.attn.qkv.*', 'transformer.resblocks.#.attn.in_proj_*'],
        ['blocks.#.attn.proj.*', 'transformer.resblocks.#.attn.out_proj.*'],
        ['blocks.#.ls1.gamma', 'transformer.resblocks.#.ls_1.gamma'],
        ['blocks.#.norm2.*', 'transformer.resblocks.#.ln_2.*'],
        ['blocks.#.mlp.fc1.*', 'transformer.resblocks.#.mlp.c_fc.*'],
        ['blocks.#.mlp.fc2.*', 'transformer.resblocks.#.mlp.c_proj.*'],
        ['blocks.#.ls2.gamma', 'transformer.resblocks.#.ls_2.gamma'],
        ['norm.*', 'ln_post.*'],
      ],
    },
  ],
  marks: [/^class_embedding$/],
  usual: {
    epsilon: 1e-5,
    activation: 'quick-gelu',
    // Present in OpenAI's weights, but rarely in those of OpenCLIP.
    activationSource: 'guess',
    of: usualFamilies.openaiClip,
    normalization: clipImages,
    normalizationOf: 'CLIP',
  },
  noPatchBias: true,
  leftOut: [
    {
      names:
        /(^|\.)(text\.|token_embedding\.|text_projection$|ln_final\.|logit_scale$|logit_bias$)/,
      note: leftOutNotes.textEncoder,
    },
    {
      names:
        /^(transformer\.|positional_embedding$|attn_mask$|input_resolution$|context_length$|vocab_size$)/,
    },
    {
      names: /(^|\.)proj$/,
      note: leftOutNotes.textProjection('proj'),
    },
  ],
};
