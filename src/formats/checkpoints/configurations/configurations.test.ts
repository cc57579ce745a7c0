import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namedCheckpoints } from '../../../../tests/support/named-checkpoints.ts';
import { tinyVit } from '../../../../tests/support/tiny-vit.ts';
import { required } from '../../../../tests/support/values.ts';
import type { UserError } from '../../../core/errors.ts';
import { zeros } from '../../../core/tensor.ts';
import { writeSafetensors } from '../../safetensors.ts';
import { describeTeacher } from '../read-teacher.ts';
import type { DescribedTeacher } from '../read-teacher.ts';
import { otherThanPlain } from './timm-architectures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-configurations-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The checkpoint of a library with this configuration beside it. */
async function beside(title: string, file: string, config: unknown): Promise<DescribedTeacher> {
  const named = required(
    namedCheckpoints.find((each) => each.title === title),
    title,
  );
  const path = join(folder, 'model.safetensors');
  await rm(join(folder, 'config.json'), { force: true });
  await rm(join(folder, 'open_clip_config.json'), { force: true });
  await writeSafetensors(path, named.store(tinyVit(named.architecture)));
  await writeFile(join(folder, file), JSON.stringify(config));
  return describeTeacher(path, { heads: 2 });
}

async function refusal(promise: Promise<unknown>): Promise<Pick<UserError, 'code' | 'message'>> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason as UserError,
  );
  return required(error, 'refusal');
}

const vit = 'ViT by Hugging Face';
const dinov2 = 'DINOv2 by Hugging Face';
const siglip = 'SigLIP by Hugging Face';
const clip = 'CLIP by Hugging Face, with its text half';

describe('a kind of model that is not known is refused by its name:', () => {
  it.each<[string, string, object]>([
    ['rf_detr_dinov2', dinov2, { model_type: 'rf_detr_dinov2', num_windows: 4 }],
    ['rf_detr', dinov2, { model_type: 'rf_detr', backbone_config: { model_type: 'dinov2' } }],
    ['paddleocr_vl', siglip, { model_type: 'paddleocr_vl', vision_config: {} }],
    ['minicpmv4_6_vision', siglip, { model_type: 'minicpmv4_6_vision', patch_size: 4 }],
    ['audio-spectrogram-transformer', vit, { model_type: 'audio-spectrogram-transformer' }],
    ['my_own_windows', vit, { model_type: 'my_own_windows' }],
    ['toString', vit, { model_type: 'toString' }],
    ['constructor', vit, { architectures: ['constructor'] }],
    [
      'aimv2_vision_model',
      clip,
      { model_type: 'llava', vision_config: { model_type: 'aimv2_vision_model' } },
    ],
  ])('%s', async (type, title, config) => {
    const { code, message } = await refusal(beside(title, 'config.json', config));
    expect(code).toBe('unsupported');
    expect(message).toContain(
      `the model is a “${type}” (model_type), which Understudy does not know`,
    );
    expect(message).toContain('put each into a folder of its own');
  });

  it('or by that it has none', async () => {
    const { message } = await refusal(beside(vit, 'config.json', { hidden_size: 6 }));
    expect(message).toContain('it does not say what kind of model it is');
  });
});

describe('a key that may change what a model computes is refused with its value:', () => {
  it.each<[string, string, string, object, string]>([
    [
      'windows',
      dinov2,
      'config.json',
      { model_type: 'dinov2', num_windows: 2 },
      '"num_windows": 2',
    ],
    [
      'gated MLPs',
      dinov2,
      'config.json',
      { model_type: 'dinov2', use_swiglu_ffn: true },
      '"use_swiglu_ffn": true, which no plain',
    ],
    [
      'no bias',
      vit,
      'config.json',
      { model_type: 'vit', attention_bias: false },
      '"attention_bias": false',
    ],
    [
      'rotary positions',
      siglip,
      'config.json',
      { model_type: 'siglip_vision_model', rope_theta: 1e4 },
      '"rope_theta": 10000',
    ],
    [
      'a stride',
      vit,
      'config.json',
      { model_type: 'vit', frequency_stride: 10 },
      '"frequency_stride": 10',
    ],
    [
      'code of its own',
      vit,
      'config.json',
      { model_type: 'vit', auto_map: { AutoModel: 'x.Y' } },
      '"auto_map": {"AutoModel":"x.Y"}',
    ],
    [
      'heads cut off',
      vit,
      'config.json',
      { model_type: 'vit', pruned_heads: { 0: [1] } },
      '"pruned_heads": {"0":[1]}, which no plain',
    ],
    [
      'rounded weights',
      vit,
      'config.json',
      { model_type: 'vit', quantization_config: { bits: 8 } },
      '"quantization_config"',
    ],
    [
      'a class of its own',
      dinov2,
      'config.json',
      { model_type: 'dinov2', architectures: ['WindowedDinov2Model'] },
      '"architectures": ["WindowedDinov2Model"]',
    ],
    [
      'one inside',
      clip,
      'config.json',
      { model_type: 'clip', vision_config: { window_size: 7 } },
      '"window_size": 7, and Understudy does not know whether that changes what the model computes, says config.json, vision_config',
    ],
    [
      'one inside a wrapper’s older copy',
      clip,
      'config.json',
      { model_type: 'clip', vision_config_dict: { use_qk_norm: true } },
      '"use_qk_norm": true',
    ],
    [
      'rounded weights in a wrapper',
      clip,
      'config.json',
      { model_type: 'clip', quantization_config: { bits: 8 } },
      '"quantization_config"',
    ],
    [
      'normalised queries',
      'timm',
      'config.json',
      { architecture: 'vit_base_patch16_224', model_args: { qk_norm: true } },
      '"qk_norm": true, which no plain',
    ],
    [
      'another norm',
      'timm',
      'config.json',
      { architecture: 'vit_base_patch16_224', model_args: { norm_layer: 'rmsnorm' } },
      '"norm_layer": "rmsnorm"',
    ],
    [
      'an argument beside no name',
      'timm',
      'config.json',
      { embed_dim: 6, depth: 2, use_rope: true },
      '"use_rope": true',
    ],
    [
      'an argument of OpenCLIP',
      'CLIP by OpenAI, with its text half',
      'open_clip_config.json',
      { model_cfg: { vision_cfg: { width: 6, scale_heads: true } } },
      '"scale_heads": true, which no plain',
    ],
    [
      'a long value, cut',
      vit,
      'config.json',
      { model_type: 'vit', layout: 'x'.repeat(1000) },
      '"layout": "xxx',
    ],
  ])('%s', async (_, title, file, config, message) => {
    const error = await refusal(beside(title, file, config));
    expect(error.code).toBe('unsupported');
    expect(error.message).toContain(message);
    expect(error.message.length).toBeLessThan(1000);
  });
});

it.each([
  [
    'vit',
    dinov2,
    "its weights are named as those of DINOv2 in Hugging Face's naming, but config.json, model_type, says “vit”",
  ],
  ['dinov2', vit, 'says “dinov2”'],
  ['clip', vit, 'config.json, vision_config, model_type, says “clip_vision_model”'],
])('a configuration of %s is not that of the weights of %s', async (type, title, message) => {
  const { code, message: said } = await refusal(beside(title, 'config.json', { model_type: type }));
  expect(code).toBe('invalid-file');
  expect(said).toContain(message);
});

it.each<[object, string]>([
  [
    { qkv_bias: false },
    'its weights have a bias in q, k and v, but config.json, qkv_bias, says that there is none',
  ],
  [
    { num_register_tokens: 4 },
    'a number of register tokens of 0, but config.json, num_register_tokens, says 4',
  ],
])('a configuration that contradicts the weights: %j', async (more, message) => {
  const config = { model_type: 'dinov2', ...more };
  expect((await refusal(beside(dinov2, 'config.json', config))).message).toContain(message);
});

/** Weights in timm's names with this much of their own, and a configuration of timm beside them. */
async function ofTimm(weights: VitSettings, config: object): Promise<DescribedTeacher> {
  const path = join(folder, 'model.safetensors');
  await rm(join(folder, 'open_clip_config.json'), { force: true });
  await writeSafetensors(path, tinyVit(weights).weights);
  await writeFile(
    join(folder, 'config.json'),
    JSON.stringify({ architecture: 'vit_base_patch16_224', ...config }),
  );
  return describeTeacher(path, { heads: 2 });
}
type VitSettings = Parameters<typeof tinyVit>[0];

const gap = {
  classTokens: 0,
  pooling: 'patch-mean',
  normAfterPooling: true,
  positionsCoverPrefix: false,
} as const;

describe("what timm's configuration says of a part that the weights show:", () => {
  it.each<[VitSettings, object, string, string]>([
    [{}, { pre_norm: true }, 'no norm before the blocks (norm_pre)', 'pre_norm'],
    [{ preNorm: true }, { pre_norm: false }, 'a norm before the blocks (norm_pre)', 'pre_norm'],
    [{}, { class_token: false }, 'a class token', 'class_token'],
    [gap, { class_token: true }, 'no class token', 'class_token'],
    [{}, { fc_norm: true }, 'their last norm before the pooling of tokens (norm)', 'fc_norm'],
    [gap, { fc_norm: false }, 'their last norm after the pooling of tokens', 'fc_norm'],
    [{}, { no_embed_class: true }, 'positions for class token and registers', 'no_embed_class'],
    [
      { positionsCoverPrefix: false },
      { no_embed_class: false },
      'positions for the patches alone',
      'no_embed_class',
    ],
    [{ layerScale: false }, { init_values: 1e-5 }, 'no layer scale', 'init_values'],
    [{ layerScale: true }, { init_values: 0 }, 'a layer scale', 'init_values'],
    [{}, { embed_dim: 12 }, 'a width of 6', 'embed_dim'],
  ])('%j and %j', async (weights, args, has, key) => {
    const { code, message } = await refusal(ofTimm(weights, { model_args: args }));
    expect(code).toBe('invalid-file');
    expect(message).toContain(`its weights have ${has}`);
    expect(message).toContain(`config.json, ${key}, says`);
  });

  it.each<[VitSettings, object]>([
    [{ preNorm: true }, { pre_norm: true }],
    [gap, { class_token: false, fc_norm: true, no_embed_class: true, pre_norm: false }],
    [gap, { class_token: false, fc_norm: true, no_embed_class: false }],
    [{ layerScale: true }, { init_values: 1e-5, class_token: true, no_embed_class: false }],
    [
      { positionsCoverPrefix: false, registers: 2 },
      { no_embed_class: true, reg_tokens: 2 },
    ],
    [{}, { pre_norm: null, class_token: null, fc_norm: null, init_values: null, act_layer: null }],
  ])('and says rightly: %j and %j', async (weights, args) => {
    await expect(ofTimm(weights, { model_args: args })).resolves.toBeDefined();
  });

  it('a width, beside another that is right', async () => {
    const config = { num_features: 384, model_args: { embed_dim: 6 } };
    const { message } = await refusal(ofTimm({}, config));
    expect(message).toContain('a width of 6, but config.json, num_features, says 384');
  });

  it('the width of MLPs, for which the width is in num_features alone', async () => {
    const config = { num_features: 6, model_args: { mlp_ratio: 4 } };
    const { message } = await refusal(ofTimm({}, config));
    expect(message).toContain('a width of its MLPs of 8, but config.json, mlp_ratio, says 24');
  });
});

describe('what no weight shows may not be said in two ways:', () => {
  it.each<[object, string]>([
    [
      { global_pool: 'token', model_args: { global_pool: 'avg' } },
      'it says avg in model_args.global_pool and token in global_pool, which contradict each other',
    ],
    [
      { pretrained_cfg: { num_heads: 3 }, model_args: { num_heads: 2 } },
      'it says 2 in model_args.num_heads and 3 in pretrained_cfg.num_heads',
    ],
    [
      { pretrained_cfg: { act_layer: 'gelu' }, model_args: { act_layer: 'quick_gelu' } },
      'it says quick_gelu in model_args.act_layer and gelu in pretrained_cfg.act_layer',
    ],
    [
      { pretrained_cfg: { architecture: 'vit_base_patch16_rpn_224' } },
      'its architecture is vit_base_patch16_rpn_224',
    ],
  ])('%j', async (config, said) => {
    const { code, message } = await refusal(ofTimm({}, config));
    expect(code).toBe('unsupported');
    expect(message).toContain(said);
  });

  it('a norm by its name has the ε that timm gives it', async () => {
    const { architecture } = await ofTimm({ preNorm: true }, { model_args: { pre_norm: true } });
    expect(architecture.epsilon).toBe(1e-5);
    const args = { pre_norm: true, norm_layer: 'layernorm' };
    const named = await ofTimm({ preNorm: true }, { model_args: args });
    expect(named.architecture.epsilon).toBe(1e-6);
  });

  it('an activation that is no name', async () => {
    const config = { model_args: { act_layer: { name: 'relu' } } };
    expect((await refusal(ofTimm({}, config))).message).toContain('model_args.act_layer');
  });

  it('a null among the arguments is not set, and does not hide what else is said', async () => {
    const config = { pretrained_cfg: { act_layer: 'quick_gelu' }, model_args: { act_layer: null } };
    expect((await ofTimm({}, config)).architecture.activation).toBe('quick-gelu');
  });
});

it('a pooling by attention of which there are no weights is a guess that is said', async () => {
  const { inferred, notes } = await ofTimm({}, { global_pool: 'map' });
  expect(inferred).toContainEqual(
    expect.objectContaining({ property: 'pooling', value: 'class-token', source: 'guess' }),
  );
  expect(notes).toContainEqual(expect.stringContaining('(map, says config.json, global_pool)'));
});

it('a pooling by attention whose weights are there is told by them alone', async () => {
  const path = join(folder, 'model.safetensors');
  const { weights } = tinyVit({ ...gap, normAfterPooling: false });
  await writeSafetensors(path, new Map([...weights, ['attn_pool.latent', zeros([1, 1, 6])]]));
  await writeFile(
    join(folder, 'config.json'),
    JSON.stringify({ architecture: 'vit_base_patch16_siglip_224', global_pool: 'map' }),
  );
  const { inferred, notes } = await describeTeacher(path, { heads: 2 });
  expect(inferred.find(({ property }) => property === 'pooling')?.source).toBe('file');
  expect(notes.filter((note) => note.includes('map, says'))).toEqual([]);
});

it('what a configuration leaves out is as the library has it', async () => {
  const { inferred } = await beside(clip, 'config.json', { model_type: 'clip', vision_config: {} });
  expect(
    inferred.slice(1, 3).map(({ value, source, sentence }) => [value, source, sentence]),
  ).toEqual([
    [1e-5, 'config', 'layer norm with ε = 1e-5 (config.json, vision_config, model_type)'],
    ['quick-gelu', 'config', 'QuickGELU as activation (config.json, vision_config, model_type)'],
  ]);
});

it('what older releases wrote into every configuration changes nothing', async () => {
  const config = {
    ...{ model_type: 'vit', _name_or_path: 'google/vit', torch_dtype: 'float32', top_k: 50 },
    ...{ pruned_heads: {}, add_cross_attention: false, cross_attention_hidden_size: null },
    ...{ id2label: { 0: 'cat' }, encoder_stride: 16, architectures: ['ViTForImageClassification'] },
  };
  await expect(beside(vit, 'config.json', config)).resolves.toMatchObject({ convention: 'hf-vit' });
});

describe('what is of a wrong type, too deep or too long is refused in a sentence:', () => {
  const nested = (depth: number): unknown => {
    let value: unknown = 1;
    for (let level = 0; level < depth; level++) value = [value];
    return value;
  };
  it.each<[string, object, string]>([
    ['a kind that is a number', { model_type: 3, architectures: ['ViTModel'] }, 'does not say'],
    ['a kind that is a list', { model_type: ['vit'], hidden_size: 6 }, 'does not say'],
    ['classes that are no list', { architectures: { 0: 'ViTModel' } }, 'that are no list'],
    ['deep lists', { deep: nested(2000) }, '"deep": [[[[…]]]]'],
    ['a key with an underscore', { _num_windows: 4 }, '"_num_windows": 4'],
    ['sides of images', { image_size: [4, 8] }, 'its sides are 4 and 8'],
    ['sides of patches', { patch_size: [2, 4] }, 'its sides are 2 and 4'],
    [
      'a model of text that sees images',
      { model_type: 'bert', patch_size: 4 },
      '“bert” (model_type)',
    ],
    ['a long file', { id2label: 'x'.repeat(2 ** 22) }, 'it is larger than 4 MB'],
  ])('%s', async (_, config, message) => {
    const { message: said } = await refusal(
      beside(vit, 'config.json', { model_type: 'vit', ...config }),
    );
    expect(said).toContain(message);
    expect(said.length).toBeLessThan(1000);
  });
});

describe("timm's architectures", () => {
  it.each([
    ...['vit_base_patch16_224', 'vit_small_patch14_reg4_dinov2.lvd142m', 'deit3_large_patch16_384'],
    ...['vit_so400m_patch14_siglip_gap_384', 'flexivit_base', 'eva_large_patch14_196', 'test_vit2'],
    ...[
      'deit_tiny_distilled_patch16_224',
      'vit_so150m2_patch16_reg1_gap_256',
      'prithvi_eo_v2_300_tl',
    ],
  ])('that are plain: %s', (name) => {
    expect(otherThanPlain(name)).toBeUndefined();
  });

  it.each([
    ...['vit_base_patch16_rpn_224', 'vit_base_patch16_xp_224', 'eva02_base_patch14_224'],
    ...['beitv2_base_patch16_224', 'vit_base_patch16_siglip_window_224', 'eva_giant_patch14_224'],
    ...['vit_base_r50_s16_224', 'swin_base_patch4_window7_224', 'samvit_base_patch16'],
    ...['vit_base_mci_224', 'vit_base_patch16_radio_v3', 'vit_intern300m_patch14_448'],
    ...['naflexvit_base_patch16_gap', 'my_own_model', 'vit_medium_patch16_rope_reg1_gap_256'],
    ...['toString', 'vit_constructor', 'prithvi_swin_B'],
  ])('that are not, or not known to be: %s', (name) => {
    expect(otherThanPlain(name)).toBeTypeOf('string');
  });
});
