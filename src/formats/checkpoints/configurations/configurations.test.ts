import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { namedCheckpoints } from '../../../../tests/support/named-checkpoints.ts';
import { tinyVit } from '../../../../tests/support/tiny-vit.ts';
import { required } from '../../../../tests/support/values.ts';
import { describeTeacher } from '../read-teacher.ts';
import type { DescribedTeacher } from '../read-teacher.ts';
import { checkpointFolder, rejectionOf } from '../testing/checkpoints.ts';

const folder = checkpointFolder();

/** Checkpoint of a library with this configuration next to it. */
async function beside(title: string, file: string, config: unknown): Promise<DescribedTeacher> {
  const named = required(
    namedCheckpoints.find((each) => each.title === title),
    title,
  );
  const path = await folder.store(named.store(tinyVit(named.architecture)));
  await writeFile(join(folder.path, file), JSON.stringify(config));
  return describeTeacher(path, { heads: 2 });
}

const vit = 'ViT by Hugging Face';
const dinov2 = 'DINOv2 by Hugging Face';
const siglip = 'SigLIP by Hugging Face';
const clip = 'CLIP by Hugging Face, with its text half';

describe('an unknown model type is refused by its name:', () => {
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
    const { code, message } = await rejectionOf(beside(title, 'config.json', config));
    expect(code).toBe('unsupported');
    expect(message).toContain(
      `model_type is “${type}”, which is not a supported vision transformer`,
    );
    expect(message).toContain('keep each checkpoint with its configuration in a separate folder');
  });

  it('a configuration without a model type is refused', async () => {
    const { message } = await rejectionOf(beside(vit, 'config.json', { hidden_size: 6 }));
    expect(message).toContain('it does not state the kind of model');
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
      '"use_swiglu_ffn": true, which a plain',
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
      '"pruned_heads": {"0":[1]}, which a plain',
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
      '"window_size": 7, an unknown setting that may change what the model computes',
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
      '"qk_norm": true, which a plain',
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
      '"scale_heads": true, which a plain',
    ],
    [
      'a long value, cut',
      vit,
      'config.json',
      { model_type: 'vit', layout: 'x'.repeat(1000) },
      '"layout": "xxx',
    ],
  ])('%s', async (_, title, file, config, message) => {
    const error = await rejectionOf(beside(title, file, config));
    expect(error.code).toBe('unsupported');
    expect(error.message).toContain(message);
    expect(error.message.length).toBeLessThan(1000);
  });
});

it.each([
  [
    'vit',
    dinov2,
    "its weights are named as those of DINOv2 in Hugging Face's naming, but the configuration (config.json, model_type) states “vit”",
  ],
  ['dinov2', vit, 'states “dinov2”'],
  ['clip', vit, 'config.json, vision_config, model_type) states “clip_vision_model”'],
])('a configuration of %s is refused for the weights of %s', async (type, title, message) => {
  const { code, message: said } = await rejectionOf(
    beside(title, 'config.json', { model_type: type }),
  );
  expect(code).toBe('invalid-file');
  expect(said).toContain(message);
});

it.each<[object, string]>([
  [
    { qkv_bias: false },
    'its weights have a bias in q, k and v, but the configuration (config.json, qkv_bias) states that there is none',
  ],
  [
    { num_register_tokens: 4 },
    'a register token count of 0, but the configuration (config.json, num_register_tokens) states 4',
  ],
])('a configuration that contradicts the weights is refused: %j', async (more, message) => {
  const config = { model_type: 'dinov2', ...more };
  expect((await rejectionOf(beside(dinov2, 'config.json', config))).message).toContain(message);
});

it("missing entries get the library's defaults", async () => {
  const { inferred } = await beside(clip, 'config.json', { model_type: 'clip', vision_config: {} });
  expect(
    inferred.slice(1, 3).map(({ value, source, sentence }) => [value, source, sentence]),
  ).toEqual([
    [1e-5, 'config', 'layer norm with ε = 1e-5 (config.json, vision_config, model_type)'],
    ['quick-gelu', 'config', 'QuickGELU as activation (config.json, vision_config, model_type)'],
  ]);
});

it('entries that older releases wrote into every configuration change nothing', async () => {
  const config = {
    model_type: 'vit',
    _name_or_path: 'google/vit',
    torch_dtype: 'float32',
    top_k: 50,
    pruned_heads: {},
    add_cross_attention: false,
    cross_attention_hidden_size: null,
    id2label: { 0: 'cat' },
    encoder_stride: 16,
    architectures: ['ViTForImageClassification'],
  };
  await expect(beside(vit, 'config.json', config)).resolves.toMatchObject({ convention: 'hf-vit' });
});

describe('a value of a wrong type, too deep or too long is refused with a message:', () => {
  const nested = (depth: number): unknown => {
    let value: unknown = 1;
    for (let level = 0; level < depth; level++) value = [value];
    return value;
  };
  it.each<[string, object, string]>([
    [
      'a kind that is a number',
      { model_type: 3, architectures: ['ViTModel'] },
      'does not state the kind of model',
    ],
    [
      'a kind that is a list',
      { model_type: ['vit'], hidden_size: 6 },
      'does not state the kind of model',
    ],
    ['classes that are no list', { architectures: { 0: 'ViTModel' } }, 'that is not a list'],
    ['deep lists', { deep: nested(2000) }, '"deep": [[[[…]]]]'],
    ['a key with an underscore', { _num_windows: 4 }, '"_num_windows": 4'],
    ['sides of images', { image_size: [4, 8] }, 'its sides are 4 and 8'],
    ['sides of patches', { patch_size: [2, 4] }, 'its sides are 2 and 4'],
    [
      'a model of text that sees images',
      { model_type: 'bert', patch_size: 4 },
      'model_type is “bert”',
    ],
    ['a long file', { id2label: 'x'.repeat(2 ** 22) }, 'it is larger than 4 MB'],
  ])('%s', async (_, config, message) => {
    const { message: said } = await rejectionOf(
      beside(vit, 'config.json', { model_type: 'vit', ...config }),
    );
    expect(said).toContain(message);
    expect(said.length).toBeLessThan(1000);
  });
});
