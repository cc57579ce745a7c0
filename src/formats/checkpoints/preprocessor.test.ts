import { describe, expect, it } from 'vitest';
import { namedCheckpoints } from '../../../tests/support/named-checkpoints.ts';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { required } from '../../../tests/support/values.ts';
import type { TeacherOverrides } from '../../contract/jobs.ts';
import type { DescribedTeacher } from './read-teacher.ts';
import { sidecars, transformers } from './testing/sidecars.ts';

const { store, storeVit, described } = sidecars();
const plainStatistics = { mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6] };

describe('processor_config.json:', () => {
  const images = { image_mean: [0.1, 0.2, 0.3], image_std: [0.4, 0.5, 0.6] };
  const means = async (files: Readonly<Record<string, unknown>>): Promise<readonly number[]> =>
    (await described(files, { heads: 2 })).normalization.mean;

  it('reads its image processor if that has no file of its own', async () => {
    const both = { image_processor: images, processor_class: 'CLIPProcessor' };
    expect(await means({ 'processor_config.json': both })).toEqual(images.image_mean);
    const own = { ...images, image_mean: [0.7, 0.8, 0.9] };
    const files = { 'processor_config.json': both, 'preprocessor_config.json': own };
    expect(await means(files)).toEqual(own.image_mean);
  });

  it('contradicting statements of two files are noted', async () => {
    const timm = { architecture: 'vit_tiny_patch8_64', pretrained_cfg: { ...plainStatistics } };
    const others = { image_mean: [0, 0, 0], image_std: [1, 1, 1] };
    const notesOf = async (stated: object): Promise<string> => {
      const files = { 'config.json': timm, 'preprocessor_config.json': stated };
      return (await described(files, { heads: 2 })).notes.join();
    };
    expect(await notesOf(others)).toContain(
      'config.json, mean and preprocessor_config.json, image_mean state different means',
    );
    const { mean: image_mean, std: image_std } = plainStatistics;
    expect(await notesOf({ image_mean, image_std })).not.toContain('state different means');
  });

  it('a step that is not understood is named with its file', async () => {
    const files = { 'processor_config.json': { image_processor: { ...images, gamma: 2 } } };
    const { notes } = await described(files, { heads: 2 });
    expect(notes.join()).toContain('processor_config.json has "gamma": 2');
  });

  it('ignores a text-only processor', async () => {
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
  ])('accepts entries that do not change the pixels: %j', async (more) => {
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
  ])('names entries that may change the pixels, and guesses the rest: %j', async (more, said) => {
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
  ])('guesses if its numbers are not used: %j', async (more) => {
    const named = required(
      namedCheckpoints.find(({ title }) => title === 'DINOv2 by Hugging Face'),
      'checkpoint',
    );
    const weights = named.store(tinyVit(named.architecture));
    await store(weights);
    expect(sourceOf(await described({}, { heads: 2 }))).toEqual(['family', 'family']);
    expect(sourceOf(await found(more))).toEqual(['guess', 'guess']);
  });

  it("an unsupported step makes the model type's defaults a guess, too", async () => {
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
  ])('refuses another channel order unless the user states it: %j', async (more, said) => {
    await expect(found(more)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(new RegExp(`${said}.*--teacher-bands 3,2,1`)) as string,
    });
    const teacher = await found(more, { colourBands: [3, 2, 1] });
    expect(teacher.colours).toEqual([2, 1, 0]);
    expect(sourceOf(teacher)).toEqual(['guess', 'guess']);
  });

  it.each<[object, string | undefined]>([
    [{ mode: 'RGB', resize_mode: 'squash', fill_color: 0, size: [8, 8] }, undefined],
    [{ mode: 'BGR' }, '"mode": "BGR"'],
    [{ gamma: 2 }, '"gamma": 2'],
  ])("checks OpenCLIP's preprocess_cfg in the same way: %j", async (more, said) => {
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

  it('mean and deviation are guesses for a processor that can reverse colours, even if that is switched off', async () => {
    const type = { image_processor_type: 'MobileViTImageProcessor' };
    const teacher = await found({ ...type, do_flip_channel_order: false });
    expect(sourceOf(teacher)).toEqual(['guess', 'guess']);
  });
});
