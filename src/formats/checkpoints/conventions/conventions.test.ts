import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namedCheckpoints } from '../../../../tests/support/named-checkpoints.ts';
import { tinyVit } from '../../../../tests/support/tiny-vit.ts';
import { difference, randomTensor, required } from '../../../../tests/support/values.ts';
import { teacherConvention } from '../../../contract/descriptions.ts';
import * as g from '../../../core/graph/build.ts';
import { evaluate } from '../../../core/graph/evaluate.ts';
import { simplify } from '../../../core/graph/rewrite.ts';
import type { UserError } from '../../../core/errors.ts';
import { zeros } from '../../../core/tensor.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { embed, runBlocks } from '../../../core/vit/forward.ts';
import type { VitModel } from '../../../core/vit/weights.ts';
import { writeSafetensors } from '../../safetensors.ts';
import { describeTeacher, readTeacher } from '../read-teacher.ts';
import { conventions } from './all.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-conventions-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function checkpoint(tensors: ReadonlyMap<string, Tensor>): Promise<string> {
  const path = join(folder, 'model.safetensors');
  await writeSafetensors(path, tensors);
  return path;
}

const noConfiguration = expect.stringContaining('There is no config.json beside it') as string;

/** Two heads, which no file here says. */
const heads = { heads: 2 };

function lastBlock(model: VitModel): ArrayLike<number> {
  const { channels, imageSize } = model.architecture;
  const images = randomTensor([2, channels, imageSize, imageSize], 3, 0, 1);
  const last = runBlocks(model, embed(model, g.input('images', images.shape))).at(-1);
  const outputs = new Map([['last', required(last, 'block')]]);
  const values = evaluate(simplify({ name: 'last', outputs }), new Map([['images', images.data]]));
  return required(values.get('last'), 'last').data;
}

it('every family has a checkpoint here', () => {
  const tested = new Set(namedCheckpoints.map(({ convention }) => convention));
  expect([...tested].sort()).toEqual([...teacherConvention.options].sort());
  expect(conventions.map(({ name }) => name).sort()).toEqual([...teacherConvention.options].sort());
});

describe('a checkpoint in the naming of', () => {
  it.each(namedCheckpoints)('$title', async ({ convention, architecture, store }) => {
    const model = tinyVit(architecture);
    // CLIP's patches have no bias; readers put zeros there.
    if (model.architecture.preNorm && convention !== 'timm-clip') {
      model.weights.get('patch_embed.proj.bias')?.data.fill(0);
    }
    const path = await checkpoint(store(model));
    expect((await describeTeacher(path, heads)).convention).toBe(convention);
    const read = await readTeacher(path, heads);
    expect(read.architecture).toEqual(model.architecture);
    expect(new Map([...read.weights].sort())).toEqual(new Map([...model.weights].sort()));
  });
});

it('positions of a class token before registers without any go into the token', async () => {
  const own = tinyVit({ layerScale: true, registers: 2, positionsCoverPrefix: false });
  const dinov2 = required(
    namedCheckpoints.find(({ convention }) => convention === 'hf-dinov2'),
    'checkpoint',
  );
  const stored = dinov2.store(own);
  // As Meta stores it: the class token's position is the first, and the token lacks it.
  const position = randomTensor([6], 8);
  const token = required(stored.get('dinov2.embeddings.cls_token'), 'token');
  const data = token.data.map((value, at) => value - (position.data[at] ?? 0));
  stored.set('dinov2.embeddings.cls_token', { shape: token.shape, data });
  const patches = required(stored.get('dinov2.embeddings.position_embeddings'), 'positions').data;
  stored.set('dinov2.embeddings.position_embeddings', {
    shape: [1, 5, 6],
    data: Float32Array.from([...position.data, ...patches]),
  });
  const path = await checkpoint(stored);
  const read = await readTeacher(path, heads);
  expect(read.architecture).toEqual(own.architecture);
  expect(difference(lastBlock(read), lastBlock(own))).toBeLessThan(1e-6);
  expect((await describeTeacher(path, heads)).notes).toEqual([
    noConfiguration,
    "The class token's position is added to the token itself, as registers have none.",
  ]);
});

it('a bias of q and v without one of k has zeros there', async () => {
  const own = tinyVit({ epsilon: 1e-12 });
  const vit = required(
    namedCheckpoints.find(({ convention }) => convention === 'hf-vit'),
    'checkpoint',
  );
  const stored = new Map([...vit.store(own)].filter(([name]) => !name.endsWith('key.bias')));
  const { mean, deviation } = own.normalization;
  const known = { ...heads, mean: [...mean], deviation: [...deviation] };
  const read = await readTeacher(await checkpoint(stored), known);
  // A bias of k adds the same to all scores of a query.
  expect(difference(lastBlock(read), lastBlock(own))).toBeLessThan(1e-6);
  const bias = required(read.weights.get('blocks.0.attn.qkv.bias'), 'bias').data;
  expect([...bias.subarray(6, 12)]).toEqual([0, 0, 0, 0, 0, 0]);
});

describe('of what is left out it says', () => {
  const notesOf = async (title: string): Promise<readonly string[]> => {
    const found = required(
      namedCheckpoints.find((each) => each.title === title),
      title,
    );
    const path = await checkpoint(found.store(tinyVit(found.architecture)));
    return (await describeTeacher(path, heads)).notes;
  };

  it.each([
    ['timm', []],
    ['MAE', ['The decoder, which drew masked patches in its training, is left out.']],
    [
      'DINO in training',
      [
        'The file holds 2 encoders (student.module.backbone. and teacher.backbone.): the teacher is taken, as it is the one to use.',
      ],
    ],
    [
      'SigLIP by Hugging Face',
      [
        'Its head pools tokens by attention (head.attention) and is left out: the mean of the patch tokens stands for an image.',
        'There is no config.json beside it that says what kind of model it is. Models with windows or rotary positions can have weights of the same names and would be read wrongly: put its own config.json into its folder.',
      ],
    ],
    [
      'CLIP by OpenAI, with its text half',
      [
        'Its projection into the space of texts (proj) is left out: features are those before it.',
        'The text encoder is left out: the vision tower alone is the teacher.',
      ],
    ],
    [
      'Prithvi of three dates',
      [
        'The decoder, which drew masked patches in its training, is left out.',
        'It was trained on 3 dates at a time; positions of the first are used.',
      ],
    ],
    ['CLIP by timm', ['Not of the encoder, and left out: logit_scale.']],
  ])('%s', async (title, notes) => {
    expect([...(await notesOf(title))].sort()).toEqual([...notes].sort());
  });
});

describe('two encoders of different families', () => {
  const families = namedCheckpoints.filter(({ title }) =>
    ['timm', 'ViT by Hugging Face'].includes(title),
  );
  const both = (prefixes: readonly string[]): Map<string, Tensor> =>
    new Map(
      families.flatMap(({ store }, at) =>
        [...store(tinyVit())].map(
          ([name, tensor]) => [`${prefixes[at] ?? ''}${name}`, tensor] as const,
        ),
      ),
    );

  it('are both seen: the teacher is taken, and it is said', async () => {
    const found = await describeTeacher(await checkpoint(both(['student.', 'teacher.'])), heads);
    expect(found.convention).toBe('hf-vit');
    expect(found.notes).toContain(
      'The file holds 2 encoders (student. and teacher.): the teacher is taken, as it is the one to use.',
    );
  });

  it('are refused where neither is preferred', async () => {
    await expect(
      describeTeacher(await checkpoint(both(['a.', 'b.'])), heads),
    ).rejects.toMatchObject({
      message: expect.stringContaining('it holds 2 models, under a. and b..') as string,
    });
  });
});

it('two encoders of which neither is preferred are refused, naming both', async () => {
  const { weights } = tinyVit();
  const both = ['left.', 'right.'].flatMap((prefix) =>
    [...weights].map(([name, weight]) => [`${prefix}${name}`, weight] as const),
  );
  await expect(readTeacher(await checkpoint(new Map(both)), heads)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining(
      'it holds 2 models, under left. and right.. Keep one of them in a file of its own.',
    ) as string,
  });
});

describe('what goes into the blocks beside a plain one is refused:', () => {
  it.each([
    ['timm', 'patch_embed.norm.weight'],
    ['timm', 'prompt_embeddings'],
    ['timm', 'registers'],
    ['timm', 'channel_embed'],
    ['ViT by Hugging Face', 'embeddings.token_type_embeddings.weight'],
    ['ViT by Hugging Face', 'embeddings.detection_tokens'],
  ])('%s, %s', async (title, part) => {
    const found = required(
      namedCheckpoints.find((each) => each.title === title),
      title,
    );
    const stored = found.store(tinyVit(found.architecture)).set(part, zeros([6]));
    await expect(describeTeacher(await checkpoint(stored), heads)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(
        `what goes into its blocks has parts that a plain vision transformer does not: ${part}.`,
      ) as string,
    });
  });

  it('but not what masks patches in training', async () => {
    const stored = new Map([...tinyVit().weights, ['masked_embed', zeros([1, 6])]]);
    expect((await describeTeacher(await checkpoint(stored), heads)).notes).toEqual([]);
  });
});

describe('a tensor that nothing explains is refused by name:', () => {
  it.each([
    ['timm', 'in', 'rel_pos_bias'],
    ['timm', 'in', 'norm_2.weight'],
    ['timm', 'in', 'window_partition.weight'],
    ['timm', 'in', 'input_proj.weight'],
    ['timm', 'in', 'gamma'],
    ['timm, distilled', 'in', 'model.mixer.0.weight'],
    ['timm, distilled', 'beside', 'adapter.proj.weight'],
    ['ViT by Hugging Face, as a classifier', 'beside', 'bbox_predictor.layers.0.weight'],
    ['ViT by Hugging Face, as a classifier', 'in', 'vit.encoder.mid_position_embeddings'],
    ['DINOv2 by Hugging Face', 'beside', 'query_feat.weight'],
    ['SigLIP by Hugging Face', 'in', 'vit_merger.self_attn.q_proj.weight'],
    ['CLIP by Hugging Face, with its text half', 'beside', 'mlp_AR.linear_1.weight'],
    ['torchvision', 'in', 'encoder.rotary.freqs'],
  ])('%s, %s its encoder, %s', async (title, where, name) => {
    const found = required(
      namedCheckpoints.find((each) => each.title === title),
      title,
    );
    const stored = found.store(tinyVit(found.architecture)).set(name, zeros([6]));
    await expect(describeTeacher(await checkpoint(stored), heads)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(
        new RegExp(
          `tensors ${where} its encoder that Understudy does not know: ${name}\\.|parts.*${name}`,
        ),
      ) as string,
    });
  });

  it.each([
    ['timm', 'pre_logits.fc.weight'],
    ['timm', 'fc.weight'],
    ['timm', 'my_seg_head.conv.weight'],
    ['timm', 'optimizer.state.0.exp_avg'],
    ['timm, distilled', 'decoder.up.0.weight'],
    ['timm, distilled', 'image_projector.layers.0.weight'],
    ['ViT by Hugging Face, as a classifier', 'cls_classifier.weight'],
    ['DINOv2 by Hugging Face', 'neck.fusion.0.weight'],
    [
      'CLIP by Hugging Face, with its text half',
      'language_model.model.layers.0.mlp.up_proj.weight',
    ],
  ])('but not what comes after the blocks: %s, %s', async (title, name) => {
    const found = required(
      namedCheckpoints.find((each) => each.title === title),
      title,
    );
    const stored = found.store(tinyVit(found.architecture)).set(name, zeros([6]));
    await expect(describeTeacher(await checkpoint(stored), heads)).resolves.toBeDefined();
  });
});

it('an encoder of spectrograms under the names of a DeiT is refused', async () => {
  const deit = required(
    namedCheckpoints.find(({ title }) => title === 'DeiT by Hugging Face'),
    'checkpoint',
  );
  const stored = deit.store(tinyVit({ ...deit.architecture, channels: 1 }));
  const path = await checkpoint(
    new Map(
      [...stored].map(([name, tensor]) => [
        name.replace(/^deit\./, 'audio_spectrogram_transformer.'),
        tensor,
      ]),
    ),
  );
  await expect(describeTeacher(path, heads)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('audio_spectrogram_transformer.') as string,
  });
});

it('blocks in parts that number theirs anew are refused', async () => {
  const stored = [...tinyVit().weights].map(
    ([name, tensor]) => [name.replace(/^blocks\.(\d)\./, 'blocks.$1.0.'), tensor] as const,
  );
  await expect(describeTeacher(await checkpoint(new Map(stored)), heads)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining(
      'its blocks lie in parts that each number theirs anew',
    ) as string,
  });
});

it('names from a file are printable and short in what is said', async () => {
  const wild = `\u001b[31m\nblocks\u009b${'x'.repeat(30_000)}`;
  const { weights } = tinyVit();
  for (const tensors of [
    new Map([[wild, zeros([1])]]),
    new Map([...weights, [`blocks.0.${wild}`, zeros([1])]]),
    new Map([...weights, [`patch_embed.${wild}`, zeros([1])]]),
    new Map([...weights, [`${wild}.weight`, zeros([1])]]),
    new Map([...weights].map(([name, tensor]) => [`${wild}.${name}`, tensor] as const).slice(1)),
  ]) {
    const path = await checkpoint(tensors);
    const error: unknown = await describeTeacher(path, heads).catch((reason: unknown) => reason);
    const { message, details = '' } = error as UserError;
    expect(message.length).toBeLessThan(2_000);
    // eslint-disable-next-line no-control-regex -- they are what must not be there
    expect(`${message}${details}`).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  }
  const { notes } = await describeTeacher(
    await checkpoint(new Map([...weights, [`neck.${wild}.weight`, zeros([1])]])),
    heads,
  );
  expect(notes.join().length).toBeLessThan(300);
  expect(notes.join()).toContain('\\u001b[31m\\nblocks\\u009b');
});

describe('refuses, with the reason', () => {
  const block = { 'patch_embed.proj.weight': [6, 3, 4, 4], 'blocks.0.norm1.weight': [6] };

  it.each<[string, Readonly<Record<string, readonly number[]>>, string]>([
    ['Swin', { 'layers.0.blocks.0.attn.qkv.weight': [9, 3] }, 'it is a Swin transformer'],
    ['ConvNeXt', { 'stages.0.blocks.0.conv_dw.weight': [4, 1, 7, 7] }, 'it is a ConvNeXt'],
    ['ResNet', { 'layer1.0.conv1.weight': [4, 4, 3, 3], 'bn1.running_mean': [4] }, 'like ResNet'],
    ["DINOv3, Meta's", { ...block, storage_tokens: [1, 4, 6] }, 'it is a DINOv3'],
    ["DINOv3, timm's", { ...block, 'blocks.0.gamma_1': [6], reg_token: [1, 4, 6] }, 'a DINOv3'],
    [
      "DINOv3, Hugging Face's",
      { 'layer.0.attention.o_proj.weight': [6, 6], 'embeddings.patch_embeddings.weight': [6] },
      'it is a DINOv3',
    ],
    ['EVA', { ...block, 'blocks.0.attn.q_bias': [6] }, 'that a plain ViT has not, but EVA'],
    [
      'rotary positions in timm',
      { ...block, 'blocks.0.attn.q_bias': [6], 'blocks.0.gamma_1': [6], reg_token: [1, 1, 6] },
      'those with rotary positions (RoPE) have',
    ],
    [
      'a Perception Encoder in timm',
      { ...block, 'norm_pre.weight': [6], 'attn_pool.latent': [1, 1, 6] },
      'it is a Perception Encoder',
    ],
    [
      "a Perception Encoder in Meta's naming",
      {
        ...{ 'conv1.weight': [6, 3, 4, 4], 'transformer.resblocks.0.ln_1.weight': [6] },
        ...{ class_embedding: [6], 'attn_pool.probe': [1, 1, 6] },
      },
      'it is a Perception Encoder (attn_pool.probe)',
    ],
    [
      'CoCa',
      {
        ...{ 'visual.conv1.weight': [6, 3, 4, 4], 'visual.class_embedding': [6] },
        ...{ 'visual.transformer.resblocks.0.ln_1.weight': [6], 'visual.attn_pool.query': [4, 4] },
      },
      'pooled by attention before its last norm',
    ],
    ['CaiT', { ...block, 'blocks_token_only.0.norm1.weight': [6] }, 'as CaiT has'],
    ['MViT', { 'stages.0.blocks.0.attn.qkv.weight': [9, 3] }, 'its blocks lie in stages'],
    ['VOLO', { 'network.0.0.attn.v.weight': [6, 6] }, 'as those of VOLO'],
    ['XCiT', { 'blocks.0.attn.temperature': [2, 1, 1] }, 'between channels'],
    [
      'CrossViT',
      { 'patch_embed.0.proj.weight': [6, 3, 4, 4], 'blocks.0.blocks.0.0.norm1.weight': [6] },
      'as CrossViT has',
    ],
    ['GroupViT', { 'encoder.stages.0.group_token': [1, 4, 6] }, 'as those of GroupViT'],
    [
      'LayoutLMv3',
      { 'embeddings.word_embeddings.weight': [9, 6], 'patch_embed.proj.weight': [6, 3, 4, 4] },
      'it sees text beside images',
    ],
    [
      'RMS norms',
      { ...block, 'blocks.0.norm2.weight': [6] },
      'its norms have no bias (blocks.0.norm1.bias)',
    ],
    ['BEiT', { ...block, 'blocks.0.attn.relative_position_bias_table': [52, 2] }, 'it is a BEiT'],
    ['the giant DINOv2', { ...block, 'blocks.0.mlp.w12.weight': [9, 6] }, 'gated (SwiGLU)'],
    [
      'a gated MLP under plain names',
      { ...block, 'blocks.0.mlp.fc1.weight': [12, 6], 'blocks.0.mlp.fc2.weight': [6, 6] },
      'gated (SwiGLU)',
    ],
    [
      'LoRA alone',
      { 'base_model.model.layer.0.query.lora_A.weight': [2, 6] },
      'it holds low-rank adapters (LoRA)',
    ],
    ['LoRA inside', { ...block, 'blocks.0.attn.qkv.lora_B.weight': [6, 2] }, '(LoRA)'],
    ['BERT', { 'embeddings.word_embeddings.weight': [9, 6] }, 'an encoder of text alone'],
    ["CLIP's text", { 'text_model.embeddings.token_embedding.weight': [9, 6] }, 'text alone'],
    ['an optimiser', { 'state.0.exp_avg': [6] }, 'the state of an optimiser'],
    ['a segmentation head', { 'decode_head.conv_seg.weight': [6] }, 'detection or segmentation'],
    ['a detector', { 'roi_heads.box_head.fc1.weight': [6] }, 'detection or segmentation'],
    ['SAM', { ...block, 'blocks.0.attn.rel_pos_h': [7, 6] }, 'relative positions (rel_pos)'],
    [
      "SAM of Hugging Face's",
      { 'vision_encoder.layers.0.attn.rel_pos_h': [7, 6], 'mask_decoder.iou_token.weight': [1, 6] },
      'relative positions (rel_pos)',
    ],
    ['a hybrid', { ...block, 'patch_embed.backbone.conv.weight': [6] }, 'hybrids'],
    ['a UNet', { 'down_blocks.0.resnets.0.conv1.weight': [6] }, 'the network (UNet)'],
    ['a VAE', { 'quant_conv.weight': [4], 'decoder.mid_block.x.weight': [4] }, '(VAE)'],
    ['a language model', { 'model.embed_tokens.weight': [9, 6] }, 'a language model'],
    ['normalised queries', { ...block, 'blocks.0.attn.q_norm.weight': [3] }, 'q_norm'],
    ['parallel blocks', { 'blocks.0.attns.0.attn.qkv.weight': [9] }, 'side by side (attns)'],
    [
      'SatMAE with groups',
      { 'patch_embed.0.proj.weight': [6], channel_embed: [1, 3, 6] },
      'a patch embedding for each group of bands',
    ],
    [
      'patches of two dates',
      { 'blocks.0.norm1.weight': [6], 'patch_embed.proj.weight': [6, 3, 2, 4, 4] },
      'its patches span 2 dates',
    ],
    [
      'SatMAE with dates',
      { ...block, pos_embed: [1, 5, 4], cls_token: [1, 1, 6] },
      'its positions are 4 wide and its tokens 6, as in SatMAE with dates',
    ],
    ['prompts in the blocks', { ...block, 'vpt_prompt_embeddings.0': [1, 2, 6] }, 'learned tokens'],
    [
      'DOFA',
      { 'patch_embed.weight_generator.weight_tokens': [4, 6], 'blocks.0.norm1.weight': [6] },
      'made anew from the wavelengths',
    ],
    ['CROMA', { 's1_encoder.transformer.norm_out.weight': [6] }, 'it is a CROMA'],
    ['anything else', { 'some.weight': [3] }, 'The file begins with some.weight.'],
  ])('%s', async (_, shapes, reason) => {
    const tensors = Object.entries(shapes).map(([name, shape]) => [name, zeros(shape)] as const);
    const path = await checkpoint(new Map(tensors));
    await expect(describeTeacher(path, heads)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(reason) as string,
    });
  });
});
