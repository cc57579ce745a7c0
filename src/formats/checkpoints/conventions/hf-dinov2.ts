import type { Convention } from './convention.ts';
import { imageNet } from './convention.ts';
import { teacherFamilies } from '../../../text/index.ts';

/** DINOv2 in Hugging Face's transformers, with registers or without; RAD-DINO is one. */
export const hfDinov2: Convention = {
  name: 'hf-dinov2',
  title: teacherFamilies.hfDinov2,
  namings: [
    {
      rules: [
        ['patch_embed.proj.*', 'embeddings.patch_embeddings.projection.*'],
        ['cls_token', 'embeddings.cls_token'],
        ['reg_token', 'embeddings.register_tokens'],
        ['pos_embed', 'embeddings.position_embeddings'],
        ['blocks.#.norm1.*', 'encoder.layer.#.norm1.*'],
        [
          'blocks.#.attn.qkv.*',
          [
            'encoder.layer.#.attention.attention.query.*',
            'encoder.layer.#.attention.attention.key.*',
            'encoder.layer.#.attention.attention.value.*',
          ],
        ],
        ['blocks.#.attn.proj.*', 'encoder.layer.#.attention.output.dense.*'],
        // Module names in newer releases, as shown by `state_dict`.
        [
          'blocks.#.attn.qkv.*',
          [
            'encoder.layer.#.attention.q_proj.*',
            'encoder.layer.#.attention.k_proj.*',
            'encoder.layer.#.attention.v_proj.*',
          ],
        ],
        ['blocks.#.attn.proj.*', 'encoder.layer.#.attention.o_proj.*'],
        ['blocks.#.ls1.gamma', 'encoder.layer.#.layer_scale1.lambda1'],
        ['blocks.#.norm2.*', 'encoder.layer.#.norm2.*'],
        ['blocks.#.mlp.fc1.*', 'encoder.layer.#.mlp.fc1.*'],
        ['blocks.#.mlp.fc2.*', 'encoder.layer.#.mlp.fc2.*'],
        ['blocks.#.ls2.gamma', 'encoder.layer.#.layer_scale2.lambda1'],
        ['norm.*', 'layernorm.*'],
      ],
    },
  ],
  marks: [/^encoder\.layer\.0\.norm1\.weight$/],
  usual: {
    epsilon: 1e-6,
    activation: 'gelu',
    of: 'DINOv2',
    normalization: imageNet,
    normalizationOf: 'ImageNet',
  },
  leftOut: [{ names: /(^|\.)(mask_token$|classifier\.)/ }],
  registersHaveNoPositions: true,
};
