import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { namedCheckpoints } from '../../../tests/support/named-checkpoints.ts';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { required } from '../../../tests/support/values.ts';
import type { TeacherOverrides } from '../../contract/jobs.ts';
import { writeSafetensors } from '../safetensors.ts';
import { describeTeacher } from './read-teacher.ts';
import type { DescribedTeacher } from './read-teacher.ts';

let root: string;
let folder: string;
let count = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'understudy-sidecars-'));
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
  folder = join(root, String(count++));
  await mkdir(folder);
  await writeSafetensors(join(folder, 'model.safetensors'), tinyVit().weights);
});

async function described(
  files: Readonly<Record<string, unknown>>,
  overrides: TeacherOverrides = {},
): Promise<DescribedTeacher> {
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(join(folder, name), text);
  }
  return describeTeacher(join(folder, 'model.safetensors'), overrides);
}

/** As transformers names the weights of a ViT. */
const vit = required(
  namedCheckpoints.find(({ title }) => title === 'ViT by Hugging Face'),
  'checkpoint',
);

async function storeVit(): Promise<void> {
  await writeSafetensors(join(folder, 'model.safetensors'), vit.store(tinyVit()));
}

const transformers = {
  model_type: 'vit',
  hidden_size: 6,
  num_hidden_layers: 2,
  num_attention_heads: 3,
  intermediate_size: 8,
  hidden_act: 'gelu_pytorch_tanh',
  layer_norm_eps: 1e-7,
  image_size: 8,
  patch_size: 4,
  num_channels: 3,
};

describe('what lies beside a checkpoint is believed:', () => {
  it("config.json of Hugging Face's transformers", async () => {
    await storeVit();
    const { architecture, inferred } = await described({ 'config.json': transformers });
    expect(architecture).toMatchObject({ heads: 3, epsilon: 1e-7, activation: 'gelu-tanh' });
    expect(inferred.slice(0, 3).map(({ source, sentence }) => [source, sentence])).toEqual([
      ['config', '3 attention heads, 2 wide each (config.json, num_attention_heads)'],
      ['config', 'layer norm with ε = 1e-7 (config.json, layer_norm_eps)'],
      ['config', 'the GELU by tanh as activation (config.json, hidden_act)'],
    ]);
  });

  it('the vision tower in one of several', async () => {
    await storeVit();
    const config = {
      ...{ model_type: 'vision-encoder-decoder', hidden_size: 9999 },
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
    normalization.mean.forEach((value, band) => {
      expect(value).toBeCloseTo([0.5, 0.25, 0][band] ?? NaN, 9);
    });
    normalization.deviation.forEach((value, band) => {
      expect(value).toBeCloseTo([1, 1, 0.5][band] ?? NaN, 9);
    });
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
    normalization.deviation.forEach((value) => {
      expect(value).toBeCloseTo(deviation, 9);
    });
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
    await writeSafetensors(join(folder, 'model.safetensors'), wide.weights);
    const headsOf = async (architecture: string): Promise<unknown> => {
      const config = { architecture, num_features: 768, pretrained_cfg: {} };
      const { inferred } = await described({ 'config.json': config });
      const { value, source } = required(inferred[0], 'heads');
      return [value, source];
    };
    expect(await headsOf('vit_base_patch16_gap_224')).toEqual([16, 'config']);
    expect(await headsOf('vit_base_patch16_224.augreg_in1k')).toEqual([12, 'config']);
  });

  it('a pooling that there is not here, which is said', async () => {
    const config = { global_pool: 'max', pretrained_cfg: {} };
    const { inferred, notes } = await described({ 'config.json': config }, { heads: 2 });
    expect(inferred).toContainEqual(
      expect.objectContaining({ property: 'pooling', value: 'class-token', source: 'guess' }),
    );
    expect(notes).toEqual([
      'What its own programs pool (max, says config.json, global_pool) is not supported: the class token stands for an image.',
    ]);
  });

  it('images whose last pixels no patch covers', async () => {
    await storeVit();
    const config = { ...transformers, image_size: { height: 11, width: 11 } };
    const { architecture, notes } = await described({ 'config.json': config });
    expect(architecture.imageSize).toBe(8);
    expect(notes).toEqual([
      'It was made for images with a side of 11, of which its patches cover 8: images are brought to 8.',
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
  ])('the kind of model, of whose images something is known: %s', async (type, expected) => {
    await storeVit();
    const config = { ...transformers, model_type: type };
    const { normalization, inferred } = await described({ 'config.json': config });
    expect(normalization.mean).toEqual(expected.mean);
    expect(inferred.find(({ property }) => property === 'mean')?.source).toBe(expected.source);
  });

  it('but not a model of text', async () => {
    const config = { model_type: 'bert', num_attention_heads: 3, layer_norm_eps: 1e-12 };
    const { architecture, notes } = await described({ 'config.json': config }, { heads: 2 });
    expect(architecture.epsilon).toBe(1e-6);
    expect(notes).toEqual([
      'config.json is of a model of text (bert), which says nothing of images: it was passed over.',
    ]);
  });

  describe('names of bands, by which', () => {
    const names = ['B02', 'B03', 'B04', 'B05', 'B06', 'B07'];
    const cfg = { in_chans: 6, embed_dim: 6, num_heads: 2, patch_size: [1, 4, 4], img_size: 8 };
    const config = { architecture: 'prithvi_eo_v2_300', pretrained_cfg: { ...cfg, bands: names } };
    const colours = { property: 'colourBands', value: [3, 2, 1] };
    beforeEach(async () => {
      await writeSafetensors(join(folder, 'model.safetensors'), tinyVit({ channels: 6 }).weights);
    });

    it('colours find theirs, as in Prithvi', async () => {
      const found = await described({ 'config.json': config });
      expect(found.colours).toEqual([2, 1, 0]);
      expect(found.notes).toEqual([
        'Its bands are, in order: 1 B02, 2 B03, 3 B04, 4 B05, 5 B06, 6 B07 (config.json, bands).',
      ]);
      expect(found.inferred).toContainEqual({
        ...{ ...colours, source: 'config' },
        sentence: 'red, green and blue seen by its bands 3, 2, 1 (config.json, bands)',
      });
    });

    it('nothing is guessed where they are of something else than Sentinel-2', async () => {
      const bands = ['VV', 'VH', ...Array.from({ length: 11 }, (_, at) => `texture ${at}`)];
      const channels = { channels: 13 };
      await writeSafetensors(join(folder, 'model.safetensors'), tinyVit(channels).weights);
      const pretrained = { num_heads: 2, bands };
      const found = await described({ 'config.json': { pretrained_cfg: pretrained } });
      expect(found.colours).toBeUndefined();
    });

    it('a person knows better', async () => {
      const found = await described({ 'config.json': config }, { colourBands: [4, 3, 2] });
      expect(found.colours).toEqual([3, 2, 1]);
    });

    it('a configuration of another checkpoint is known', async () => {
      const other = { ...config, pretrained_cfg: { ...cfg, bands: names.slice(1) } };
      await expect(described({ 'config.json': other })).rejects.toMatchObject({
        message: expect.stringContaining('of 6, but config.json, bands, says 5') as string,
      });
    });
  });

  it('but a person knows better', async () => {
    await storeVit();
    const { architecture, inferred } = await described(
      { 'config.json': transformers },
      { heads: 2 },
    );
    expect(architecture.heads).toBe(2);
    expect(inferred[0]?.source).toBe('given');
  });

  it('unless it is of another program, or of other values than pixels', async () => {
    const { inferred, notes } = await described(
      {
        'config.json': { name: 'website', heads: 'many', depth: 'deep' },
        'preprocessor_config.json': {
          image_mean: [775, 1080, 1228],
          image_std: [1281, 1270, 1399],
        },
      },
      { heads: 2 },
    );
    expect(inferred.map(({ source }) => source)).not.toContain('config');
    expect(notes).toEqual([
      'preprocessor_config.json, image_mean normalises other values than pixels (a mean of 775), and images are read as pixels: that was not taken over.',
    ]);
  });
});

describe('a mean and deviation that cannot be used, which is said:', () => {
  it.each<[string, readonly number[], readonly number[], string]>([
    [
      'of stored values of too few bands',
      [1000, 1200],
      [600, 650],
      'is for 2 bands, and the teacher takes 3 bands',
    ],
    ['of pixels of too few bands', [0.5], [0.25], 'is for 1 band, and the teacher takes 3 bands'],
    [
      'of different numbers of bands',
      [1000, 1200, 1400],
      [600],
      'is for 3 bands, and the standard deviation beside it for 1 band',
    ],
    [
      'of stored values that do not differ',
      [1000, 1200, 1400],
      [600, 0, 800],
      'comes with a standard deviation of 0, and all must be above 0',
    ],
    [
      'of pixels that do not differ',
      [0.5, 0.5, 0.5],
      [0, 0, 0],
      'comes with a standard deviation of 0, and all must be above 0',
    ],
  ])('%s', async (_, mean, std, reason) => {
    const config = { pretrained_cfg: { num_heads: 2, mean, std } };
    const { notes, inferred, storedNormalization } = await described({ 'config.json': config });
    expect(notes).toEqual([`config.json, mean ${reason}: that was not taken over.`]);
    expect(storedNormalization).toBeUndefined();
    expect(inferred.find(({ property }) => property === 'mean')?.source).not.toBe('config');
  });
});

describe('what lies beside a checkpoint is an error where', () => {
  it.each<[string, object, string]>([
    ['width', { hidden_size: 12 }, 'have a width of 6, but config.json, hidden_size, says 12.'],
    ['depth', { num_hidden_layers: 3 }, 'a number of blocks of 2, but config.json, num_hidden'],
    ['MLP', { intermediate_size: 9 }, 'a width of its MLPs of 8, but config.json, intermediate'],
    ['image', { image_size: [12, 12] }, 'images with a side of 8, but config.json, image_size'],
    ['patch', { patch_size: 2 }, 'patches with a side of 4, but config.json, patch_size, says 2'],
    ['bands', { num_channels: 1 }, 'a number of bands of 3, but config.json, num_channels, says'],
  ])('its %s is not that of the weights, naming both', async (_, change, message) => {
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
      'into 4 heads, as config.json, num_attention_heads, says.',
    ],
    [
      'no JSON',
      '{"model_type":',
      'config.json belongs to the checkpoint beside it but cannot be used (it is no JSON)',
    ],
    [
      'an ε that cannot be',
      { ...transformers, layer_norm_eps: 5 },
      'cannot be used (layer_norm_eps: ',
    ],
  ])('it has %s', async (_, config, message) => {
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
      'its norms come after attention and MLP (residual post-norm), and not before, says config.json, architecture. Its weights are named like those of a plain vision transformer but may compute something else.',
    ],
    [
      'config.json',
      { architecture: 'vit_pe_core_base_patch16_224', pretrained_cfg: {} },
      'its positions are rotary, says config.json',
    ],
    [
      'open_clip_config.json',
      { model_cfg: { vision_cfg: { width: 6, attentional_pool: true } } },
      'its tokens are pooled by attention before its last norm, as in CoCa, says open_clip_config.json, attentional_pool',
    ],
  ])('it is of a model that computes otherwise: %s %j', async (name, config, message) => {
    await expect(described({ [name]: config }, { heads: 2 })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(message) as string,
    });
  });

  it('its activation is another', async () => {
    await storeVit();
    const config = { ...transformers, hidden_act: 'relu' };
    await expect(described({ 'config.json': config })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('its activation is relu, says config.json') as string,
    });
    const known = await described({}, { activation: 'gelu' });
    expect(known.architecture.activation).toBe('gelu');
  });
});

describe('processor_config.json:', () => {
  const images = { image_mean: [0.1, 0.2, 0.3], image_std: [0.4, 0.5, 0.6] };
  const means = async (files: Readonly<Record<string, unknown>>): Promise<readonly number[]> =>
    (await described(files, { heads: 2 })).normalization.mean;

  it('its image processor is read where that has no file of its own', async () => {
    const both = { image_processor: images, processor_class: 'CLIPProcessor' };
    expect(await means({ 'processor_config.json': both })).toEqual(images.image_mean);
    const own = { ...images, image_mean: [0.7, 0.8, 0.9] };
    const files = { 'processor_config.json': both, 'preprocessor_config.json': own };
    expect(await means(files)).toEqual(own.image_mean);
  });

  it('a step that is not understood is named with its file', async () => {
    const files = { 'processor_config.json': { image_processor: { ...images, gamma: 2 } } };
    const { notes } = await described(files, { heads: 2 });
    expect(notes.join()).toContain('processor_config.json has "gamma": 2');
  });

  it('one that is of texts alone says nothing', async () => {
    const { notes } = await described({ 'processor_config.json': { a: 1 } }, { heads: 2 });
    expect(notes).toEqual([]);
  });
});

describe('preprocessor_config.json:', () => {
  const plain = { image_mean: [0.1, 0.2, 0.3], image_std: [0.4, 0.5, 0.6] };
  const found = async (more: object, overrides: TeacherOverrides = {}): Promise<DescribedTeacher> =>
    described({ 'preprocessor_config.json': { ...plain, ...more } }, { heads: 2, ...overrides });
  const sourceOf = ({ inferred }: DescribedTeacher): unknown[] =>
    inferred
      .filter(({ property }) => property === 'mean' || property === 'deviation')
      .map(({ source }) => source);

  it.each([
    { image_processor_type: 'BitImageProcessor', do_center_crop: true, crop_size: 224 },
    { image_processor_type: 'ViTImageProcessorFast', resample: 3, size: { height: 8, width: 8 } },
    { feature_extractor_type: 'CLIPFeatureExtractor', do_convert_rgb: true },
    { image_processor_type: 'SiglipImageProcessorPil', processor_class: 'SiglipProcessor' },
    { do_flip_channel_order: false, rescale_offset: false, do_invert: false, do_grayscale: null },
    { image_processor_type: null, do_pad: true, data_format: 'channels_first', crop_pct: 0.875 },
  ])('what does not change the pixels: %j', async (more) => {
    const teacher = await found(more);
    expect(sourceOf(teacher)).toEqual(['config', 'config']);
    expect(teacher.normalization.mean).toEqual(plain.image_mean);
    expect(teacher.notes).toEqual([]);
  });

  it.each<[object, string]>([
    [{ do_grayscale: true }, '"do_grayscale": true'],
    [{ rescale_offset: true }, '"rescale_offset": true'],
    [{ offset: true }, '"offset": true'],
    [{ do_invert: true }, '"do_invert": true'],
    [{ gamma: 2.2 }, '"gamma": 2.2'],
    [{ include_top: true }, '"include_top": true'],
    [{ auto_map: { AutoImageProcessor: 'x.Y' } }, '"auto_map": {"AutoImageProcessor":"x.Y"}'],
    [{ image_processor_type: 'MyImageProcessor' }, '"image_processor_type": "MyImageProcessor"'],
    [{ image_processor_type: ['ViTImageProcessor'] }, '"image_processor_type": ["ViTImage'],
    [{ feature_extractor_type: 'ImageGPTFeatureExtractor' }, '"feature_extractor_type": "Image'],
  ])('what may change them is said by name, and all else is a guess: %j', async (more, said) => {
    const teacher = await found(more);
    expect(sourceOf(teacher)).toEqual(['guess', 'guess']);
    expect(teacher.normalization.mean).not.toEqual(plain.image_mean);
    expect(teacher.notes).toHaveLength(1);
    expect(teacher.notes[0]).toContain(`preprocessor_config.json has ${said}`);
    expect(teacher.notes[0]).toContain('Unless given with --mean and --std');
  });

  it.each([
    { image_mean: [0.5, 0.5, 0.5], image_std: [0, 0, 0] },
    { image_mean: [0.5, 0.5], image_std: [0.5, 0.5] },
    { image_mean: [775, 1080, 1228], image_std: [1281, 1270, 1399] },
    { do_rescale: false },
  ])('numbers that were not taken over leave a guess: %j', async (more) => {
    const named = required(
      namedCheckpoints.find(({ title }) => title === 'DINOv2 by Hugging Face'),
      'checkpoint',
    );
    const weights = named.store(tinyVit(named.architecture));
    await writeSafetensors(join(folder, 'model.safetensors'), weights);
    expect(sourceOf(await described({}, { heads: 2 }))).toEqual(['family', 'family']);
    expect(sourceOf(await found(more))).toEqual(['guess', 'guess']);
  });

  it('a step that is not followed makes a guess of what the kind of model says, too', async () => {
    await storeVit();
    const teacher = await described({
      'config.json': { ...transformers, model_type: 'vit_msn' },
      'preprocessor_config.json': { do_invert: true },
    });
    expect(sourceOf(teacher)).toEqual(['guess', 'guess']);
  });

  it.each<[object, string]>([
    [{ do_flip_channel_order: true }, '"do_flip_channel_order": true'],
    [{ flip_channel_order: true }, '"flip_channel_order": true'],
    [{ image_processor_type: 'MobileViTImageProcessor' }, '"MobileViTImageProcessor"'],
    [{ feature_extractor_type: 'MobileViTFeatureExtractor' }, '"MobileViTFeatureExtractor"'],
  ])('another order of colours is refused unless a person says which: %j', async (more, said) => {
    await expect(found(more)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(new RegExp(`${said}.*--colour-bands 3,2,1`)) as string,
    });
    const teacher = await found(more, { colourBands: [3, 2, 1] });
    expect(teacher.colours).toEqual([2, 1, 0]);
    expect(sourceOf(teacher)).toEqual(['guess', 'guess']);
  });

  it.each<[object, string | undefined]>([
    [{ mode: 'RGB', resize_mode: 'squash', fill_color: 0, size: [8, 8] }, undefined],
    [{ mode: 'BGR' }, '"mode": "BGR"'],
    [{ gamma: 2 }, '"gamma": 2'],
  ])('preprocess_cfg of OpenCLIP is held to the same: %j', async (more, said) => {
    const teacher = await described({
      'open_clip_config.json': {
        model_cfg: { vision_cfg: { width: 6, head_width: 2 } },
        preprocess_cfg: { mean: plain.image_mean, std: plain.image_std, ...more },
      },
    });
    const source = said === undefined ? 'config' : 'guess';
    expect(sourceOf(teacher)).toEqual([source, source]);
    if (said !== undefined) expect(teacher.notes[0]).toContain(`preprocess_cfg has ${said}`);
  });

  it('a processor that need not turn colours around, and does not, is a guess alone', async () => {
    const type = { image_processor_type: 'MobileViTImageProcessor' };
    const teacher = await found({ ...type, do_flip_channel_order: false });
    expect(sourceOf(teacher)).toEqual(['guess', 'guess']);
  });
});
