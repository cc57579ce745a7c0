import type { Convention, Naming, UsualProperties } from './convention.ts';
import { imageNet } from './convention.ts';
import { teacherFamilies } from '../../../text/index.ts';

/** The weights have timm's own names; Meta names the register tokens differently. */
export const timmNaming: Naming = {
  rules: [
    ['patch_embed.proj.*', 'patch_embed.proj.*'],
    ['cls_token', 'cls_token'],
    ['dist_token', 'dist_token'],
    ['reg_token', 'reg_token'],
    ['reg_token', 'register_tokens'],
    ['pos_embed', 'pos_embed'],
    ['norm_pre.*', 'norm_pre.*'],
    ['blocks.#.norm1.*', 'blocks.#.norm1.*'],
    ['blocks.#.attn.qkv.*', 'blocks.#.attn.qkv.*'],
    ['blocks.#.attn.proj.*', 'blocks.#.attn.proj.*'],
    ['blocks.#.ls1.gamma', 'blocks.#.ls1.gamma'],
    ['blocks.#.norm2.*', 'blocks.#.norm2.*'],
    ['blocks.#.mlp.fc1.*', 'blocks.#.mlp.fc1.*'],
    ['blocks.#.mlp.fc2.*', 'blocks.#.mlp.fc2.*'],
    ['blocks.#.ls2.gamma', 'blocks.#.ls2.gamma'],
    ['norm.*', 'norm.*'],
    ['fc_norm.*', 'fc_norm.*'],
  ],
  // Meta trains DINOv2 with its blocks in chunks, in which blocks keep their own numbers: blocks.1.13.norm1.
  tidy: (name) => name.replace(/(^|\.)blocks\.\d+\.(?=\d+\.)/, '$1blocks.'),
};

/** Default properties of Meta's and most other plain vision transformers. */
export const usualOfTimm: UsualProperties = {
  epsilon: 1e-6,
  activation: 'gelu',
  of: 'timm',
  normalization: imageNet,
  normalizationOf: 'ImageNet',
};

/** Vision transformers as written by timm, and any other model with the same names. */
export const timm: Convention = {
  name: 'timm',
  title: teacherFamilies.timm,
  namings: [timmNaming],
  marks: [],
  // Many of timm's own models were trained on pixels in [-1, 1].
  usual: { ...usualOfTimm, headsSource: 'guess', normalizationSource: 'guess' },
  leftOut: [{ names: /^head(_drop)?\./ }],
};
