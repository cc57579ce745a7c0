import { describe, expect, it } from 'vitest';
import { sidecars, transformers } from './testing/sidecars.ts';

const { storeVit, described } = sidecars();

describe('an unusable mean and deviation is reported:', () => {
  it.each<[string, readonly number[], readonly number[], string]>([
    [
      'of stored values of too few bands',
      [1000, 1200],
      [600, 650],
      'is for 2 bands, but the teacher has 3 bands',
    ],
    ['of pixels of too few bands', [0.5], [0.25], 'is for 1 band, but the teacher has 3 bands'],
    [
      'of different numbers of bands',
      [1000, 1200, 1400],
      [600],
      'is for 3 bands, but the standard deviation is for 1 band',
    ],
    [
      'of stored values that do not differ',
      [1000, 1200, 1400],
      [600, 0, 800],
      'has a standard deviation of 0, but every value must be above 0',
    ],
    [
      'of pixels that do not differ',
      [0.5, 0.5, 0.5],
      [0, 0, 0],
      'has a standard deviation of 0, but every value must be above 0',
    ],
  ])('%s', async (_, mean, std, reason) => {
    const config = { pretrained_cfg: { num_heads: 2, mean, std } };
    const { notes, inferred, storedNormalization } = await described({ 'config.json': config });
    expect(notes).toEqual([`config.json, mean ${reason}. This normalisation is ignored.`]);
    expect(storedNormalization).toBeUndefined();
    expect(inferred.find(({ property }) => property === 'mean')?.source).not.toBe('config');
  });
});

describe('configuration files next to a checkpoint are refused if', () => {
  it.each<[string, object, string]>([
    [
      'width',
      { hidden_size: 12 },
      'have a width of 6, but the configuration (config.json, hidden_size) states 12.',
    ],
    [
      'depth',
      { num_hidden_layers: 3 },
      'a block count of 2, but the configuration (config.json, num_hidden',
    ],
    [
      'MLP',
      { intermediate_size: 9 },
      'an MLP width of 8, but the configuration (config.json, intermediate_size) states 9.',
    ],
    [
      'image',
      { image_size: [12, 12] },
      'an image size of 8, but the configuration (config.json, image_size',
    ],
    [
      'patch',
      { patch_size: 2 },
      'a patch size of 4, but the configuration (config.json, patch_size) states 2',
    ],
    [
      'bands',
      { num_channels: 1 },
      'a band count of 3, but the configuration (config.json, num_channels) states',
    ],
  ])('their %s differs from that of the weights', async (_, change, message) => {
    await storeVit();
    await expect(
      described({ 'config.json': { ...transformers, ...change } }),
    ).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining(message) as string,
    });
  });

  it.each<[string, unknown, string]>([
    [
      'heads that do not divide',
      { ...transformers, num_attention_heads: 4 },
      'a width of 6 is not a multiple of the 4 heads (config.json, num_attention_heads).',
    ],
    [
      'no JSON',
      '{"model_type":',
      'config.json belongs to the checkpoint in its folder but cannot be used (it is not valid JSON)',
    ],
    [
      'an ε that cannot be',
      { ...transformers, layer_norm_eps: 5 },
      'cannot be used (layer_norm_eps: ',
    ],
  ])('they have %s', async (_, config, message) => {
    await storeVit();
    await expect(described({ 'config.json': config })).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining(message) as string,
    });
  });

  it.each<[string, object, string]>([
    [
      'config.json',
      { architecture: 'vit_base_patch16_rpn_224', pretrained_cfg: {} },
      'its norms come after attention and MLP (residual post-norm), not before. The weights are named like those of a plain vision transformer but may compute something else.',
    ],
    [
      'config.json',
      { architecture: 'vit_pe_core_base_patch16_224', pretrained_cfg: {} },
      'it uses rotary position embeddings. The weights',
    ],
    [
      'open_clip_config.json',
      { model_cfg: { vision_cfg: { width: 6, attentional_pool: true } } },
      'its tokens are pooled by attention before its last norm, as in CoCa. The weights',
    ],
  ])('their model computes differently: %s %j', async (name, config, message) => {
    await expect(described({ [name]: config }, { heads: 2 })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(message) as string,
    });
  });

  it('their activation is not supported', async () => {
    await storeVit();
    const config = { ...transformers, hidden_act: 'relu' };
    await expect(described({ 'config.json': config })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('its activation is relu (config.json') as string,
    });
    const known = await described({}, { activation: 'gelu' });
    expect(known.architecture.activation).toBe('gelu');
  });
});
