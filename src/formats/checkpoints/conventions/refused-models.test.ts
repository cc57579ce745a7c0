import { describe, expect, it } from 'vitest';
import { namedCheckpoints } from '../../../../tests/support/named-checkpoints.ts';
import { tinyVit } from '../../../../tests/support/tiny-vit.ts';
import { required } from '../../../../tests/support/values.ts';
import type { UserError } from '../../../core/errors.ts';
import { zeros } from '../../../core/tensor.ts';
import { describeTeacher } from '../read-teacher.ts';
import { checkpointFolder, heads } from '../testing/checkpoints.ts';

const { store: checkpoint } = checkpointFolder();

describe('additional inputs of the blocks are refused:', () => {
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
        `the input of its blocks has parts that a plain vision transformer does not have: ${part}.`,
      ) as string,
    });
  });

  it('mask tokens for training are accepted', async () => {
    const stored = new Map([...tinyVit().weights, ['masked_embed', zeros([1, 6])]]);
    expect((await describeTeacher(await checkpoint(stored), heads)).notes).toEqual([]);
  });
});

describe('an unexplained tensor is refused by name:', () => {
  it.each([
    ['timm', 'in', 'rel_pos_bias'],
    ['timm', 'in', 'norm_2.weight'],
    ['timm', 'in', 'window_partition.weight'],
    ['timm', 'in', 'input_proj.weight'],
    ['timm', 'in', 'gamma'],
    ['timm, distilled', 'in', 'model.mixer.0.weight'],
    ['timm, distilled', 'next to', 'adapter.proj.weight'],
    ['ViT by Hugging Face, as a classifier', 'next to', 'bbox_predictor.layers.0.weight'],
    ['ViT by Hugging Face, as a classifier', 'in', 'vit.encoder.mid_position_embeddings'],
    ['DINOv2 by Hugging Face', 'next to', 'query_feat.weight'],
    ['SigLIP by Hugging Face', 'in', 'vit_merger.self_attn.q_proj.weight'],
    ['CLIP by Hugging Face, with its text half', 'next to', 'mlp_AR.linear_1.weight'],
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
        new RegExp(`unknown tensors ${where} its encoder: ${name}\\.|parts.*${name}`),
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
  ])('tensors after the blocks are accepted: %s, %s', async (title, name) => {
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

it('blocks in chunks with numbers that restart are refused', async () => {
  const stored = [...tinyVit().weights].map(
    ([name, tensor]) => [name.replace(/^blocks\.(\d)\./, 'blocks.$1.0.'), tensor] as const,
  );
  await expect(describeTeacher(await checkpoint(new Map(stored)), heads)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('its blocks are in parts with separate numbering') as string,
  });
});

it('names from a file are printable and short in messages', async () => {
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
    // oxlint-disable-next-line no-control-regex -- they are what must not be there
    expect(`${message}${details}`).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  }
  const { notes } = await describeTeacher(
    await checkpoint(new Map([...weights, [`neck.${wild}.weight`, zeros([1])]])),
    heads,
  );
  expect(notes.join().length).toBeLessThan(300);
  expect(notes.join()).toContain('\\u001b[31m\\nblocks\\u009b');
});

describe('are refused with the reason', () => {
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
    [
      'EVA',
      { ...block, 'blocks.0.attn.q_bias': [6] },
      'of EVA, BEiT or models with rotary positions',
    ],
    [
      'rotary positions in timm',
      { ...block, 'blocks.0.attn.q_bias': [6], 'blocks.0.gamma_1': [6], reg_token: [1, 1, 6] },
      'models with rotary positions (RoPE)',
    ],
    [
      'a Perception Encoder in timm',
      { ...block, 'norm_pre.weight': [6], 'attn_pool.latent': [1, 1, 6] },
      'it is a Perception Encoder',
    ],
    [
      "a Perception Encoder in Meta's naming",
      {
        'conv1.weight': [6, 3, 4, 4],
        'transformer.resblocks.0.ln_1.weight': [6],
        class_embedding: [6],
        'attn_pool.probe': [1, 1, 6],
      },
      'it is a Perception Encoder (attn_pool.probe)',
    ],
    [
      'CoCa',
      {
        'visual.conv1.weight': [6, 3, 4, 4],
        'visual.class_embedding': [6],
        'visual.transformer.resblocks.0.ln_1.weight': [6],
        'visual.attn_pool.query': [4, 4],
      },
      'pooled by attention before its last norm',
    ],
    ['CaiT', { ...block, 'blocks_token_only.0.norm1.weight': [6] }, 'as in CaiT'],
    ['MViT', { 'stages.0.blocks.0.attn.qkv.weight': [9, 3] }, 'its blocks are in stages'],
    ['VOLO', { 'network.0.0.attn.v.weight': [6, 6] }, 'as in VOLO'],
    ['XCiT', { 'blocks.0.attn.temperature': [2, 1, 1] }, 'between channels'],
    [
      'CrossViT',
      { 'patch_embed.0.proj.weight': [6, 3, 4, 4], 'blocks.0.blocks.0.0.norm1.weight': [6] },
      'as in CrossViT',
    ],
    ['GroupViT', { 'encoder.stages.0.group_token': [1, 4, 6] }, 'as in GroupViT'],
    [
      'LayoutLMv3',
      { 'embeddings.word_embeddings.weight': [9, 6], 'patch_embed.proj.weight': [6, 3, 4, 4] },
      'its input includes text as well as images',
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
    ['BERT', { 'embeddings.word_embeddings.weight': [9, 6] }, 'a text encoder (BERT'],
    ["CLIP's text", { 'text_model.embeddings.token_embedding.weight': [9, 6] }, 'a text encoder'],
    ['an optimiser', { 'state.0.exp_avg': [6] }, 'the state of an optimiser'],
    ['a segmentation head', { 'decode_head.conv_seg.weight': [6] }, 'detection or segmentation'],
    ['a detector', { 'roi_heads.box_head.fc1.weight': [6] }, 'detection or segmentation'],
    [
      'SAM',
      { ...block, 'blocks.0.attn.rel_pos_h': [7, 6] },
      'relative position embeddings (rel_pos)',
    ],
    [
      "SAM of Hugging Face's",
      { 'vision_encoder.layers.0.attn.rel_pos_h': [7, 6], 'mask_decoder.iou_token.weight': [1, 6] },
      'relative position embeddings (rel_pos)',
    ],
    ['a hybrid', { ...block, 'patch_embed.backbone.conv.weight': [6] }, 'hybrids'],
    ['a UNet', { 'down_blocks.0.resnets.0.conv1.weight': [6] }, 'the network (UNet)'],
    ['a VAE', { 'quant_conv.weight': [4], 'decoder.mid_block.x.weight': [4] }, '(VAE)'],
    ['a language model', { 'model.embed_tokens.weight': [9, 6] }, 'a language model'],
    ['normalised queries', { ...block, 'blocks.0.attn.q_norm.weight': [3] }, 'q_norm'],
    [
      'parallel blocks',
      { 'blocks.0.attns.0.attn.qkv.weight': [9] },
      'several parallel attentions (attns)',
    ],
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
      'computed from the wavelengths',
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
