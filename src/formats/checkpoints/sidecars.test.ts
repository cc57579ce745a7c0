import { beforeEach, describe, expect, it } from 'vitest';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { required } from '../../../tests/support/values.ts';
import { sidecars, transformers } from './testing/sidecars.ts';

const { store, storeVit, described } = sidecars();

/** Matches numbers up to rounding. */
const near = (...values: readonly number[]): number[] =>
  values.map((value) => expect.closeTo(value, 9) as number);

describe('configuration files next to a checkpoint are used:', () => {
  it("config.json of Hugging Face's transformers", async () => {
    await storeVit();
    const { architecture, inferred } = await described({ 'config.json': transformers });
    expect(architecture).toMatchObject({ heads: 3, epsilon: 1e-7, activation: 'gelu-tanh' });
    expect(inferred.slice(0, 3).map(({ source, sentence }) => [source, sentence])).toEqual([
      ['config', '3 attention heads, 2 wide each (config.json, num_attention_heads)'],
      ['config', 'layer norm with ε = 1e-7 (config.json, layer_norm_eps)'],
      ['config', 'tanh-approximated GELU as activation (config.json, hidden_act)'],
    ]);
  });

  it('the vision tower in one of several', async () => {
    await storeVit();
    const config = {
      model_type: 'vision-encoder-decoder',
      hidden_size: 9999,
      encoder: transformers,
    };
    const { architecture } = await described({ 'config.json': config });
    expect(architecture.heads).toBe(3);
  });

  it.each([
    [{}, 1],
    [{ rescale_factor: 1 / 255 }, 1],
    [{ rescale_factor: 1 / 127.5 }, 2],
    [{ do_rescale: false }, 255],
  ])('preprocessor_config.json with %j', async (more, scale) => {
    const means = [0.5 * scale, 0.25 * scale, 0];
    const images = { image_mean: means, image_std: [scale, scale, 0.5 * scale], ...more };
    const { normalization } = await described({ 'preprocessor_config.json': images }, { heads: 2 });
    expect(normalization).toEqual({ mean: near(0.5, 0.25, 0), deviation: near(1, 1, 0.5) });
  });

  it('preprocessor_config.json that does not normalise', async () => {
    const images = { do_normalize: false, image_mean: [0.5, 0.5, 0.5], image_std: [1, 1, 1] };
    const { normalization } = await described({ 'preprocessor_config.json': images }, { heads: 2 });
    expect(normalization).toEqual({ mean: [0, 0, 0], deviation: [1, 1, 1] });
  });

  it.each([
    [{ do_rescale: false }, 1 / 255],
    [{ rescale_factor: 1 / 127.5 }, 0.5],
  ])('preprocessor_config.json that does not normalise, with %j', async (more, deviation) => {
    const images = { do_normalize: false, ...more };
    const { normalization } = await described({ 'preprocessor_config.json': images }, { heads: 2 });
    expect(normalization.deviation).toEqual(near(deviation, deviation, deviation));
  });

  it("timm's config.json", async () => {
    const { architecture, normalization } = await described({
      'config.json': {
        architecture: 'vit_base_patch16_clip_quickgelu_224',
        num_features: 6,
        global_pool: 'avg',
        model_args: { num_heads: 3 },
        pretrained_cfg: { input_size: [3, 8, 8], mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6] },
      },
    });
    expect(architecture).toMatchObject({
      heads: 3,
      activation: 'quick-gelu',
      pooling: 'patch-mean',
    });
    expect(normalization).toEqual({ mean: [0.1, 0.2, 0.3], deviation: [0.4, 0.5, 0.6] });
  });

  it.each([
    [{ quick_gelu: true }, 'quick-gelu'],
    [{}, 'gelu'],
  ])("OpenCLIP's configuration with %j", async (more, activation) => {
    const vision = { width: 6, head_width: 2, image_size: 8, patch_size: 4, layers: 2 };
    const { architecture, normalization } = await described({
      'open_clip_config.json': {
        model_cfg: { ...more, vision_cfg: vision },
        preprocess_cfg: { mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6] },
      },
    });
    expect(architecture).toMatchObject({ heads: 3, activation });
    expect(normalization.mean).toEqual([0.1, 0.2, 0.3]);
  });

  it.each<[string, object, object]>([
    [
      'pooling before the last norm, as CLIPA has',
      { pool_type: 'avg', final_ln_after_pool: true },
      { pooling: 'patch-mean', normAfterPooling: true },
    ],
    [
      'the mean of patches after it',
      { pool_type: 'avg' },
      { pooling: 'patch-mean', normAfterPooling: false },
    ],
    [
      'one token, which is the same before and after',
      { pool_type: 'tok', final_ln_after_pool: true },
      { pooling: 'class-token', normAfterPooling: false },
    ],
    ['ε', { norm_kwargs: { eps: 1e-6 } }, { epsilon: 1e-6 }],
    ['a GELU by tanh', { act_kwargs: { approximate: 'tanh' } }, { activation: 'gelu-tanh' }],
  ])("OpenCLIP's configuration: %s", async (_, more, expected) => {
    const vision = { width: 6, head_width: 2, image_size: 8, patch_size: 4, ...more };
    const config = { model_cfg: { vision_cfg: vision } };
    const { architecture } = await described({ 'open_clip_config.json': config });
    expect(architecture).toMatchObject(expected);
  });

  it.each<[string, object, string[]]>([
    ['an activation of its own', { model_args: { act_layer: 'quick_gelu' } }, ['quick-gelu']],
    ['SigLIP 2', { architecture: 'vit_so400m_patch16_siglip_gap_256' }, ['gelu-tanh']],
    ['SigLIP', { architecture: 'vit_base_patch16_siglip_256' }, ['gelu']],
    ['a token', { global_pool: 'token' }, ['gelu', 'class-token']],
    ['nothing', { global_pool: null, architecture: null }, ['gelu', 'class-token']],
  ])("timm's config.json: %s", async (_, more, [activation, pooling = 'class-token']) => {
    const config = { pretrained_cfg: {}, ...more };
    const { architecture } = await described({ 'config.json': config }, { heads: 2 });
    expect(architecture).toMatchObject({ activation, pooling });
  });

  it("the heads of timm's architectures", async () => {
    const wide = tinyVit({ width: 768, heads: 16, mlpWidth: 4, depth: 1 });
    await store(wide.weights);
    const headsOf = async (architecture: string): Promise<unknown> => {
      const config = { architecture, num_features: 768, pretrained_cfg: {} };
      const { inferred } = await described({ 'config.json': config });
      const { value, source } = required(inferred[0], 'heads');
      return [value, source];
    };
    expect(await headsOf('vit_base_patch16_gap_224')).toEqual([16, 'config']);
    expect(await headsOf('vit_base_patch16_224.augreg_in1k')).toEqual([12, 'config']);
  });

  it('an unsupported pooling, which is reported', async () => {
    const config = { global_pool: 'max', pretrained_cfg: {} };
    const { inferred, notes } = await described({ 'config.json': config }, { heads: 2 });
    expect(inferred).toContainEqual(
      expect.objectContaining({ property: 'pooling', value: 'class-token', source: 'guess' }),
    );
    expect(notes).toEqual([
      'Its own pooling (max; config.json, global_pool) is not supported; the class token is used instead.',
    ]);
  });

  it.each([
    [{ heads: 2, width: 6, layers: 2 }],
    [{ num_attention_heads: 2 }],
    [{ use_rope: true }],
    [{ vision_cfg: { width: 6, layers: 2, heads: 2 } }],
  ])('refuses %j, whose form is unknown', async (config) => {
    await expect(described({ 'config.json': config }, { heads: 2 })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('it has unknown keys of a model') as string,
    });
  });

  it('files that do not describe a model, and adapters, are skipped with a note', async () => {
    const files = { 'config.json': { author: 'x', contact: 'y' }, 'adapter_config.json': { r: 8 } };
    const { notes } = await described(files, { heads: 2 });
    expect(notes).toEqual([
      'config.json does not describe a model and is ignored.',
      expect.stringContaining('which is not applied') as string,
    ]);
  });

  it('a byte order mark before the JSON is accepted', async () => {
    const config = `\uFEFF${JSON.stringify(transformers)}`;
    await storeVit();
    expect((await described({ 'config.json': config })).architecture.heads).toBe(3);
  });

  it('notes images whose last pixels no patch covers', async () => {
    await storeVit();
    const config = { ...transformers, image_size: { height: 11, width: 11 } };
    const { architecture, notes } = await described({ 'config.json': config });
    expect(architecture.imageSize).toBe(8);
    expect(notes).toEqual([
      'It was made for images of 11 × 11 px, of which its patches cover 8 × 8: images are resized to 8 × 8 px.',
    ]);
  });

  it.each([
    ['gelu_python', 'gelu'],
    ['gelu_accurate', 'gelu-tanh'],
    [null, 'gelu'],
  ])('the activation %s', async (name, activation) => {
    await storeVit();
    const config = { ...transformers, hidden_act: name, vision_config: null };
    expect((await described({ 'config.json': config })).architecture.activation).toBe(activation);
  });

  it('one mean for all bands', async () => {
    const images = { image_mean: 0.25, image_std: 0.5 };
    const { normalization } = await described({ 'preprocessor_config.json': images }, { heads: 2 });
    expect(normalization).toEqual({ mean: [0.25, 0.25, 0.25], deviation: [0.5, 0.5, 0.5] });
  });

  it.each([
    ['vit_msn', { mean: [0.485, 0.456, 0.406], source: 'config' }],
    ['vit', { mean: [0.5, 0.5, 0.5], source: 'guess' }],
  ])('the model type, if its images are known: %s', async (type, expected) => {
    await storeVit();
    const config = { ...transformers, model_type: type };
    const { normalization, inferred } = await described({ 'config.json': config });
    expect(normalization.mean).toEqual(expected.mean);
    expect(inferred.find(({ property }) => property === 'mean')?.source).toBe(expected.source);
  });

  it('but not for a text model', async () => {
    const config = { model_type: 'bert', num_attention_heads: 3, layer_norm_eps: 1e-12 };
    const { architecture, notes } = await described({ 'config.json': config }, { heads: 2 });
    expect(architecture.epsilon).toBe(1e-6);
    expect(notes).toEqual([
      'config.json describes a text model (bert), not an image model, and is ignored.',
    ]);
  });

  describe('band names', () => {
    const names = ['B02', 'B03', 'B04', 'B05', 'B06', 'B07'];
    const cfg = { in_chans: 6, embed_dim: 6, num_heads: 2, patch_size: [1, 4, 4], img_size: 8 };
    const config = { architecture: 'prithvi_eo_v2_300', pretrained_cfg: { ...cfg, bands: names } };
    const colours = { property: 'colourBands', value: [3, 2, 1] };
    beforeEach(async () => {
      await store(tinyVit({ channels: 6 }).weights);
    });

    it('determine the colour bands, as in Prithvi', async () => {
      const found = await described({ 'config.json': config });
      expect(found.colours).toEqual([2, 1, 0]);
      expect(found.notes).toEqual([
        'Its bands are, in order: 1 B02, 2 B03, 3 B04, 4 B05, 5 B06, 6 B07 (config.json, bands).',
      ]);
      expect(found.inferred).toContainEqual({
        ...colours,
        source: 'config',
        sentence: 'red, green and blue go to its bands 3, 2, 1 (config.json, bands)',
      });
    });

    it('prevent guesses if they are not those of Sentinel-2', async () => {
      const bands = ['VV', 'VH', ...Array.from({ length: 11 }, (_, at) => `texture ${at}`)];
      const channels = { channels: 13 };
      await store(tinyVit(channels).weights);
      const pretrained = { num_heads: 2, bands };
      const found = await described({ 'config.json': { pretrained_cfg: pretrained } });
      expect(found.colours).toBeUndefined();
    });

    it('are overridden by the user', async () => {
      const found = await described({ 'config.json': config }, { colourBands: [4, 3, 2] });
      expect(found.colours).toEqual([3, 2, 1]);
    });

    it('a configuration of another checkpoint is recognised', async () => {
      const other = { ...config, pretrained_cfg: { ...cfg, bands: names.slice(1) } };
      await expect(described({ 'config.json': other })).rejects.toMatchObject({
        message: expect.stringContaining(
          'of 6, but the configuration (config.json, bands) states 5',
        ) as string,
      });
    });
  });

  it('but the user may override it', async () => {
    await storeVit();
    const { architecture, inferred } = await described(
      { 'config.json': transformers },
      { heads: 2 },
    );
    expect(architecture.heads).toBe(2);
    expect(inferred[0]?.source).toBe('given');
  });

  it('unless it is from another program, or for values other than pixels', async () => {
    const { inferred, notes } = await described(
      {
        'config.json': { name: 'website', colours: 'many' },
        'preprocessor_config.json': {
          image_mean: [775, 1080, 1228],
          image_std: [1281, 1270, 1399],
        },
      },
      { heads: 2 },
    );
    expect(inferred.map(({ source }) => source)).not.toContain('config');
    expect(notes).toEqual([
      'config.json does not describe a model and is ignored.',
      'preprocessor_config.json, image_mean normalises values other than pixels (its mean is 775), but images are read as pixels. This normalisation is ignored.',
    ]);
  });
});
