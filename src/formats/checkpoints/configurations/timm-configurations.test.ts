import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tinyVit } from '../../../../tests/support/tiny-vit.ts';
import { zeros } from '../../../core/tensor.ts';
import { describeTeacher } from '../read-teacher.ts';
import type { DescribedTeacher } from '../read-teacher.ts';
import { otherThanPlain } from './timm-architectures.ts';
import { checkpointFolder, rejectionOf } from '../testing/checkpoints.ts';

const folder = checkpointFolder();

/** Weights in timm's names with these changes, and a timm configuration next to them. */
async function ofTimm(weights: VitSettings, config: object): Promise<DescribedTeacher> {
  const path = await folder.store(tinyVit(weights).weights);
  await writeFile(
    join(folder.path, 'config.json'),
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

describe("timm's configuration may state parts that the weights show:", () => {
  it.each<[VitSettings, object, string, string]>([
    [{}, { pre_norm: true }, 'no norm before the blocks (norm_pre)', 'pre_norm'],
    [{ preNorm: true }, { pre_norm: false }, 'a norm before the blocks (norm_pre)', 'pre_norm'],
    [{}, { class_token: false }, 'a class token', 'class_token'],
    [gap, { class_token: true }, 'no class token', 'class_token'],
    [{}, { fc_norm: true }, 'the last norm before pooling (norm)', 'fc_norm'],
    [gap, { fc_norm: false }, 'the last norm after pooling', 'fc_norm'],
    [{}, { no_embed_class: true }, 'positions for the class token and registers', 'no_embed_class'],
    [
      { positionsCoverPrefix: false },
      { no_embed_class: false },
      'positions for the patches only',
      'no_embed_class',
    ],
    [{ layerScale: false }, { init_values: 1e-5 }, 'no layer scale', 'init_values'],
    [{ layerScale: true }, { init_values: 0 }, 'a layer scale', 'init_values'],
    [{}, { embed_dim: 12 }, 'a width of 6', 'embed_dim'],
  ])('%j and %j', async (weights, args, has, key) => {
    const { code, message } = await rejectionOf(ofTimm(weights, { model_args: args }));
    expect(code).toBe('invalid-file');
    expect(message).toContain(`its weights have ${has}`);
    expect(message).toContain(`config.json, ${key}) states`);
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
  ])('accepts consistent values: %j and %j', async (weights, args) => {
    await expect(ofTimm(weights, { model_args: args })).resolves.toBeDefined();
  });

  it('refuses a wrong width next to a right one', async () => {
    const config = { num_features: 384, model_args: { embed_dim: 6 } };
    const { message } = await rejectionOf(ofTimm({}, config));
    expect(message).toContain(
      'a width of 6, but the configuration (config.json, num_features) states 384',
    );
  });

  it('accepts the width of MLPs if the width is only in num_features', async () => {
    const config = { num_features: 6, model_args: { mlp_ratio: 4 } };
    const { message } = await rejectionOf(ofTimm({}, config));
    expect(message).toContain(
      'an MLP width of 8, but the configuration (config.json, mlp_ratio) states 24',
    );
  });
});

describe('properties that no weight shows may not be stated in two ways:', () => {
  it.each<[object, string]>([
    [
      { global_pool: 'token', model_args: { global_pool: 'avg' } },
      'its values contradict each other: model_args.global_pool is avg, but global_pool is token',
    ],
    [
      { pretrained_cfg: { num_heads: 3 }, model_args: { num_heads: 2 } },
      'model_args.num_heads is 2, but pretrained_cfg.num_heads is 3',
    ],
    [
      { pretrained_cfg: { act_layer: 'gelu' }, model_args: { act_layer: 'quick_gelu' } },
      'model_args.act_layer is quick_gelu, but pretrained_cfg.act_layer is gelu',
    ],
    [
      { pretrained_cfg: { architecture: 'vit_base_patch16_rpn_224' } },
      'its architecture is vit_base_patch16_rpn_224',
    ],
  ])('%j', async (config, reason) => {
    const { code, message } = await rejectionOf(ofTimm({}, config));
    expect(code).toBe('unsupported');
    expect(message).toContain(reason);
  });

  it("a norm given by its name has timm's ε", async () => {
    const { architecture } = await ofTimm({ preNorm: true }, { model_args: { pre_norm: true } });
    expect(architecture.epsilon).toBe(1e-5);
    const args = { pre_norm: true, norm_layer: 'layernorm' };
    const named = await ofTimm({ preNorm: true }, { model_args: args });
    expect(named.architecture.epsilon).toBe(1e-6);
  });

  it('refuses an activation that is not a name', async () => {
    const config = { model_args: { act_layer: { name: 'relu' } } };
    expect((await rejectionOf(ofTimm({}, config))).message).toContain('model_args.act_layer');
  });

  it('a null argument counts as not set, and does not hide other statements', async () => {
    const config = { pretrained_cfg: { act_layer: 'quick_gelu' }, model_args: { act_layer: null } };
    expect((await ofTimm({}, config)).architecture.activation).toBe('quick-gelu');
  });
});

it('attention pooling without weights is reported as a guess', async () => {
  const { inferred, notes } = await ofTimm({}, { global_pool: 'map' });
  expect(inferred).toContainEqual(
    expect.objectContaining({ property: 'pooling', value: 'class-token', source: 'guess' }),
  );
  expect(notes).toContainEqual(expect.stringContaining('(map; config.json, global_pool)'));
});

it('attention pooling with weights is recognised by only these weights', async () => {
  const { weights } = tinyVit({ ...gap, normAfterPooling: false });
  const path = await folder.store(new Map([...weights, ['attn_pool.latent', zeros([1, 1, 6])]]));
  await writeFile(
    join(folder.path, 'config.json'),
    JSON.stringify({ architecture: 'vit_base_patch16_siglip_224', global_pool: 'map' }),
  );
  const { inferred, notes } = await describeTeacher(path, { heads: 2 });
  expect(inferred.find(({ property }) => property === 'pooling')?.source).toBe('file');
  expect(notes.filter((note) => note.includes('(map;'))).toEqual([]);
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
  ])('are accepted if they are plain: %s', (name) => {
    expect(otherThanPlain(name)).toBeUndefined();
  });

  it.each([
    ...['vit_base_patch16_rpn_224', 'vit_base_patch16_xp_224', 'eva02_base_patch14_224'],
    ...['beitv2_base_patch16_224', 'vit_base_patch16_siglip_window_224', 'eva_giant_patch14_224'],
    ...['vit_base_r50_s16_224', 'swin_base_patch4_window7_224', 'samvit_base_patch16'],
    ...['vit_base_mci_224', 'vit_base_patch16_radio_v3', 'vit_intern300m_patch14_448'],
    ...['naflexvit_base_patch16_gap', 'my_own_model', 'vit_medium_patch16_rope_reg1_gap_256'],
    ...['toString', 'vit_constructor', 'prithvi_swin_B'],
  ])('are refused if they are not known to be plain: %s', (name) => {
    expect(otherThanPlain(name)).toBeTypeOf('string');
  });
});
