import type { TeacherConvention } from '../../src/contract/descriptions.ts';
import { zeros } from '../../src/core/tensor.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { VitArchitecture } from '../../src/core/vit/architecture.ts';
import type { VitModel } from '../../src/core/vit/weights.ts';

/**
 * A small vision transformer as another library would have stored it. Written independently of its reader.
 */
export interface NamedCheckpoint {
  readonly title: string;
  readonly convention: TeacherConvention;
  /** Properties of the family that timm's plain model lacks. */
  readonly architecture: Partial<VitArchitecture>;
  readonly store: (model: VitModel) => Map<string, Tensor>;
}

type Rename = (name: string) => string | undefined;

/** Renames every weight; those for which `rename` has no name are left out. */
function renamed({ weights }: VitModel, rename: Rename): Map<string, Tensor> {
  return new Map(
    [...weights].flatMap(([name, weight]) => {
      const other = rename(name);
      return other === undefined ? [] : [[other, weight] as const];
    }),
  );
}

function replaceAll(name: string, pairs: readonly (readonly [RegExp, string])[]): string {
  return pairs.reduce((text, [pattern, other]) => text.replace(pattern, other), name);
}

/** Stores q, k and v as three tensors under names that differ in one word. */
function apart(
  tensors: Map<string, Tensor>,
  word: RegExp,
  words: readonly string[],
): Map<string, Tensor> {
  const split = new Map<string, Tensor>();
  for (const [name, { shape, data }] of tensors) {
    if (!word.test(name)) {
      split.set(name, { shape, data });
      continue;
    }
    const rows = (shape[0] ?? 0) / 3;
    const length = data.length / 3;
    words.forEach((each, part) => {
      const values = data.slice(part * length, (part + 1) * length);
      split.set(name.replace(word, each), { shape: shape.with(0, rows), data: values });
    });
  }
  return split;
}

function reshaped(tensors: Map<string, Tensor>, name: string, shape: readonly number[]): void {
  const found = tensors.get(name);
  if (found !== undefined) tensors.set(name, { shape, data: found.data });
}

const under =
  (prefix: string, more: Readonly<Record<string, readonly number[]>> = {}) =>
  (model: VitModel): Map<string, Tensor> => {
    const tensors = renamed(model, (name) => `${prefix}${name}`);
    for (const [name, shape] of Object.entries(more)) tensors.set(name, zeros(shape));
    return tensors;
  };

/** Names that ViT and DINOv2 share in that library. */
const embeddings = [
  [/^patch_embed\.proj/, 'embeddings.patch_embeddings.projection'],
  [/^cls_token/, 'embeddings.cls_token'],
  [/^pos_embed/, 'embeddings.position_embeddings'],
  [/^norm\./, 'layernorm.'],
  [/^blocks\./, 'encoder.layer.'],
] as const;

function huggingFace(model: VitModel, prefix: string): Map<string, Tensor> {
  const tensors = renamed(
    model,
    (name) =>
      prefix +
      replaceAll(name, [
        ...embeddings,
        [/^dist_token/, 'embeddings.distillation_token'],
        [/norm1/, 'layernorm_before'],
        [/norm2/, 'layernorm_after'],
        [/attn\.proj/, 'attention.output.dense'],
        [/attn\.qkv/, 'attention.attention.QKV'],
        [/mlp\.fc1/, 'intermediate.dense'],
        [/mlp\.fc2/, 'output.dense'],
      ]),
  );
  return apart(tensors, /QKV/, ['query', 'key', 'value']);
}

function huggingFaceDinov2(model: VitModel, prefix: string): Map<string, Tensor> {
  const tensors = renamed(
    model,
    (name) =>
      prefix +
      replaceAll(name, [
        ...embeddings,
        [/^reg_token/, 'embeddings.register_tokens'],
        [/attn\.proj/, 'attention.output.dense'],
        [/attn\.qkv/, 'attention.attention.QKV'],
        [/ls(\d)\.gamma/, 'layer_scale$1.lambda1'],
      ]),
  );
  tensors.set(`${prefix}embeddings.mask_token`, zeros([1, model.architecture.width]));
  return apart(tensors, /QKV/, ['query', 'key', 'value']);
}

/** Names in `state_dict` since the modules were renamed. */
function newerModules(tensors: Map<string, Tensor>, stem: string): Map<string, Tensor> {
  return new Map(
    [...tensors].map(([name, weight]) => [
      replaceAll(name, [
        [/encoder\.layer\./, stem],
        [/attention\.attention\.(q|k|v)(uery|ey|alue)/, 'attention.$1_proj'],
        [/attention\.output\.dense/, 'attention.o_proj'],
        [/intermediate\.dense/, 'mlp.fc1'],
        [/output\.dense/, 'mlp.fc2'],
      ]),
      weight,
    ]),
  );
}

function huggingFaceClip(model: VitModel, prefix: string, hasBias: boolean): Map<string, Tensor> {
  const tensors = renamed(model, (name) => {
    if (name === 'patch_embed.proj.bias' && !hasBias) return undefined;
    return (
      prefix +
      replaceAll(name, [
        [/^patch_embed\.proj/, 'embeddings.patch_embedding'],
        [/^cls_token/, 'embeddings.class_embedding'],
        [/^pos_embed/, 'embeddings.position_embedding.weight'],
        [/^norm\./, 'post_layernorm.'],
        [/^norm_pre/, 'pre_layrnorm'],
        [/^blocks\./, 'encoder.layers.'],
        [/norm(\d)\./, 'layer_norm$1.'],
        [/attn\.proj/, 'self_attn.out_proj'],
        [/attn\.qkv/, 'self_attn.QKV'],
      ])
    );
  });
  const { width } = model.architecture;
  const positions = model.weights.get('pos_embed')?.shape[1] ?? 0;
  reshaped(tensors, `${prefix}embeddings.class_embedding`, [width]);
  reshaped(tensors, `${prefix}embeddings.position_embedding.weight`, [positions, width]);
  return apart(tensors, /QKV/, ['q_proj', 'k_proj', 'v_proj']);
}

function openai(model: VitModel, prefix: string): Map<string, Tensor> {
  const tensors = renamed(model, (name) => {
    if (name === 'patch_embed.proj.bias') return undefined;
    return (
      prefix +
      replaceAll(name, [
        [/^patch_embed\.proj/, 'conv1'],
        [/^cls_token/, 'class_embedding'],
        [/^pos_embed/, 'positional_embedding'],
        [/^norm\./, 'ln_post.'],
        [/^norm_pre/, 'ln_pre'],
        [/^blocks\./, 'transformer.resblocks.'],
        [/norm(\d)\./, 'ln_$1.'],
        [/attn\.proj/, 'attn.out_proj'],
        [/attn\.qkv\./, 'attn.in_proj_'],
        [/mlp\.fc1/, 'mlp.c_fc'],
        [/mlp\.fc2/, 'mlp.c_proj'],
      ])
    );
  });
  const { width } = model.architecture;
  const positions = model.weights.get('pos_embed')?.shape[1] ?? 0;
  reshaped(tensors, `${prefix}class_embedding`, [width]);
  reshaped(tensors, `${prefix}positional_embedding`, [positions, width]);
  tensors.set(`${prefix}proj`, zeros([width, 4]));
  // The text half has blocks of the same names.
  tensors.set('positional_embedding', zeros([7, 4]));
  tensors.set('transformer.resblocks.0.ln_1.weight', zeros([4]));
  tensors.set('token_embedding.weight', zeros([9, 4]));
  return tensors;
}

function torchvision(model: VitModel): Map<string, Tensor> {
  return renamed(model, (name) =>
    replaceAll(name, [
      [/^patch_embed\.proj/, 'conv_proj'],
      [/^cls_token/, 'class_token'],
      [/^pos_embed/, 'encoder.pos_embedding'],
      [/^norm\./, 'encoder.ln.'],
      [/^blocks\./, 'encoder.layers.encoder_layer_'],
      [/norm(\d)\./, 'ln_$1.'],
      [/attn\.proj/, 'self_attention.out_proj'],
      [/attn\.qkv\./, 'self_attention.in_proj_'],
      [/mlp\.fc1/, 'mlp.0'],
      [/mlp\.fc2/, 'mlp.3'],
    ]),
  );
}

const clip = { preNorm: true, epsilon: 1e-5, activation: 'quick-gelu' } as const;
const noClass = { classTokens: 0, positionsCoverPrefix: false, pooling: 'patch-mean' } as const;

/** One or more checkpoints for every family. */
export const namedCheckpoints: readonly NamedCheckpoint[] = [
  {
    title: 'timm',
    convention: 'timm',
    architecture: {},
    store: under('', { 'head.weight': [5, 6] }),
  },
  {
    title: 'timm, distilled',
    convention: 'deit',
    architecture: { classTokens: 2 },
    store: under('model.', { 'model.head_dist.weight': [5, 6] }),
  },
  {
    title: 'MAE',
    convention: 'mae',
    architecture: {},
    store: under('model.', {
      'model.mask_token': [1, 1, 4],
      'model.decoder_pos_embed': [1, 5, 4],
      'model.decoder_blocks.0.norm1.weight': [4],
    }),
  },
  {
    title: 'DINO in training',
    convention: 'dino',
    architecture: {},
    store: (model) =>
      new Map([
        ...[...under('student.module.backbone.')(model)].map(
          ([name, { shape }]) => [name, zeros(shape)] as const,
        ),
        ...under('teacher.backbone.', { 'teacher.head.mlp.0.weight': [3, 6] })(model),
      ]),
  },
  {
    title: "Meta's DINOv2 in chunks",
    convention: 'dinov2',
    architecture: { layerScale: true },
    store: (model) => {
      const tensors = renamed(model, (name) => name.replace(/^blocks\.(\d+)/, 'blocks.0.$1'));
      return tensors.set('mask_token', zeros([1, 6]));
    },
  },
  {
    title: 'CLIP by timm',
    convention: 'timm-clip',
    architecture: { ...clip, activation: 'gelu' },
    store: under('visual.trunk.', { logit_scale: [] }),
  },
  {
    title: 'SigLIP by timm',
    convention: 'timm-siglip',
    architecture: noClass,
    store: under('', { 'attn_pool.latent': [1, 1, 6], 'attn_pool.q.weight': [6, 6] }),
  },
  {
    title: 'Prithvi of three dates',
    convention: 'prithvi',
    architecture: { channels: 6, epsilon: 1e-5 },
    store: (model) => {
      const tensors = under('encoder.', { 'decoder.mask_token': [1, 1, 4] })(model);
      const patches = 'encoder.patch_embed.proj.weight';
      const [width = 0, ...rest] = tensors.get(patches)?.shape ?? [];
      reshaped(tensors, patches, [width, rest[0] ?? 0, 1, ...rest.slice(1)]);
      const positions = tensors.get('encoder.pos_embed');
      const later = new Float32Array(2 * 4 * width).fill(9);
      const data = Float32Array.from([...(positions?.data ?? []), ...later]);
      return tensors.set('encoder.pos_embed', { shape: [1, 13, width], data });
    },
  },
  {
    title: 'ViT by Hugging Face',
    convention: 'hf-vit',
    architecture: { epsilon: 1e-12 },
    store: (model) => huggingFace(model, '').set('pooler.dense.weight', zeros([6, 6])),
  },
  {
    title: 'ViT by Hugging Face, as a classifier',
    convention: 'hf-vit',
    architecture: { epsilon: 1e-12 },
    store: (model) => huggingFace(model, 'vit.').set('classifier.weight', zeros([5, 6])),
  },
  {
    title: 'DeiT by Hugging Face',
    convention: 'hf-deit',
    architecture: { epsilon: 1e-12, classTokens: 2 },
    store: (model) => huggingFace(model, 'deit.'),
  },
  {
    title: 'MAE by Hugging Face',
    convention: 'hf-mae',
    architecture: { epsilon: 1e-12 },
    store: (model) => huggingFace(model, 'vit.').set('decoder.decoder_embed.weight', zeros([4, 6])),
  },
  {
    title: 'DINOv2 by Hugging Face',
    convention: 'hf-dinov2',
    architecture: { layerScale: true },
    store: (model) => huggingFaceDinov2(model, 'dinov2.'),
  },
  {
    title: 'CLIP by Hugging Face, with its text half',
    convention: 'hf-clip',
    architecture: clip,
    store: (model) =>
      huggingFaceClip(model, 'vision_model.', false)
        .set('text_model.embeddings.token_embedding.weight', zeros([9, 4]))
        .set('visual_projection.weight', zeros([4, 6])),
  },
  {
    title: 'SigLIP by Hugging Face',
    convention: 'hf-siglip',
    architecture: { ...noClass, activation: 'gelu-tanh' },
    store: (model) => huggingFaceClip(model, '', true).set('head.probe', zeros([1, 1, 6])),
  },
  {
    title: 'CLIP by OpenAI, with its text half',
    convention: 'openai-clip',
    architecture: clip,
    store: (model) => openai(model, 'visual.'),
  },
  {
    title: 'torchvision',
    convention: 'torchvision',
    architecture: {},
    store: (model) => torchvision(model).set('heads.head.weight', zeros([5, 6])),
  },
  {
    title: 'ViT by newer releases of Hugging Face',
    convention: 'hf-vit',
    architecture: { epsilon: 1e-12 },
    store: (model) => newerModules(huggingFace(model, 'vit.'), 'layers.'),
  },
  {
    title: 'DINOv2 by newer releases of Hugging Face',
    convention: 'hf-dinov2',
    architecture: { layerScale: true },
    store: (model) => newerModules(huggingFaceDinov2(model, ''), 'encoder.layer.'),
  },
];
