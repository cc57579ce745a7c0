import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { randomTensor } from '../../../tests/support/values.ts';
import type { TeacherOverrides } from '../../contract/jobs.ts';
import { zeros } from '../../core/tensor.ts';
import type { Tensor } from '../../core/tensor.ts';
import { readTeacher } from './read-teacher.ts';
import { dict, floatStorage, tensorOf, torchEntries, zipOf } from '../testing/torch-fixtures.ts';
import { checkpointFolder, heads, imageNet, rejectionOf, without } from './testing/checkpoints.ts';
import type { Tensors } from './testing/checkpoints.ts';

const folder = checkpointFolder();
const checkpoint = folder.store;

it('refuses an architecture by the name stored in the checkpoint', async () => {
  const model = tinyVit();
  const path = join(folder.path, 'named.pth');
  const stored = [...model.weights].map(([name, { shape, data }], index) => {
    return { name, shape, storage: floatStorage(String(index), [...data]) };
  });
  const tensors = stored.map(
    ({ name, shape, storage }) => [name, tensorOf(storage, shape)] as const,
  );
  const root = dict({
    arch: 'vit_base_patch16_rpn_224',
    state_dict: dict(Object.fromEntries(tensors)),
  });
  await writeFile(
    path,
    zipOf(
      torchEntries(
        root,
        stored.map(({ storage }) => storage),
      ),
    ),
  );
  expect((await rejectionOf(readTeacher(path, heads))).message).toContain(
    'its norms come after attention and MLP (residual post-norm), not before.',
  );
});

describe('refuses', () => {
  const { weights } = tinyVit();
  const changed = (name: string, values: Tensor): Tensors => new Map([...weights, [name, values]]);
  const spoilt = randomTensor([6, 6], 1);
  spoilt.data[20] = NaN;
  const swin = new Map([
    ['patch_embed.proj.weight', zeros([6, 3, 4, 4])],
    ['layers.0.blocks.0.attn.qkv.weight', zeros([18, 6])],
    ['layers.0.blocks.0.attn.relative_position_bias_table', zeros([9, 2])],
  ]);

  it.each<[string, Tensors, TeacherOverrides, string, string]>([
    [
      'an unknown number of heads',
      weights,
      {},
      'invalid-file',
      'Give the number of heads with --heads.',
    ],
    [
      'heads that do not divide the width',
      weights,
      { heads: 4 },
      'invalid-file',
      'a width of 6 is not a multiple of the 4 heads.',
    ],
    [
      'a missing weight, by name',
      without(weights, 'blocks.1.mlp.fc2.bias', 'norm.weight'),
      heads,
      'invalid-file',
      '2 weights are missing, among them blocks.1.mlp.fc2.bias, norm.weight.',
    ],
    [
      'a missing bias of the patch embedding, by name',
      without(weights, 'patch_embed.proj.bias'),
      heads,
      'invalid-file',
      'the weight patch_embed.proj.bias is missing.',
    ],
    [
      'a missing weight of q, k and v, by name',
      without(tinyVit({ depth: 3 }).weights, 'blocks.1.attn.qkv.weight'),
      heads,
      'invalid-file',
      'the weight blocks.1.attn.qkv.weight is missing.',
    ],
    [
      'a block in the middle that is missing',
      new Map([...tinyVit({ depth: 3 }).weights].filter(([name]) => !name.startsWith('blocks.1.'))),
      heads,
      'invalid-file',
      'blocks.1 is missing, but later blocks are present.',
    ],
    [
      'a part that the others do not go with, by name',
      changed('blocks.1.ls1.gamma', zeros([6])),
      heads,
      'invalid-file',
      'it has blocks.1.ls1.gamma, but not the weights that belong with these.',
    ],
    [
      'half of a norm before the blocks',
      without(tinyVit({ preNorm: true }).weights, 'norm_pre.weight'),
      heads,
      'invalid-file',
      'it has norm_pre.bias, but not',
    ],
    [
      'a weight of another shape, by name',
      changed('blocks.1.attn.proj.weight', zeros([6, 7])),
      heads,
      'invalid-file',
      'the weight blocks.1.attn.proj.weight has shape (6, 7), but the rest of the file requires (6, 6).',
    ],
    [
      'no MLP, by name',
      new Map([...weights].filter(([name]) => !name.includes('.mlp.'))),
      heads,
      'invalid-file',
      'not a complete vision transformer: blocks.0.mlp.fc1.weight is missing.',
    ],
    [
      'patches that are no squares',
      changed('patch_embed.proj.weight', zeros([6, 3, 4, 2])),
      heads,
      'invalid-file',
      'the weight patch_embed.proj.weight has shape (6, 3, 4, 2), but the rest of the file requires (6, 3, 4, 4).',
    ],
    [
      'a weight that is not finite, by name',
      changed('blocks.0.attn.proj.weight', spoilt),
      heads,
      'invalid-file',
      'the weight blocks.0.attn.proj.weight contains NaN or infinite values.',
    ],
    [
      'positions that are no square',
      changed('pos_embed', zeros([1, 7, 6])),
      heads,
      'invalid-file',
      'its 7 positions do not form a square grid of patches, with or without 1 other tokens.',
    ],
    [
      'rotary positions',
      without(weights, 'pos_embed'),
      heads,
      'unsupported',
      'it has no pos_embed. Vision transformers with rotary or relative positions, or with positions that depend on the ground resolution (Scale-MAE), are not supported.',
    ],
    [
      'a Swin transformer',
      swin,
      heads,
      'unsupported',
      'it is a Swin transformer: its attention has windows, and its blocks differ in width.',
    ],
    ['a file without tensors', new Map(), heads, 'unsupported', 'The file has no tensors.'],
    [
      'blocks with other parts',
      changed('blocks.1.attn.gate.weight', zeros([3])),
      heads,
      'unsupported',
      'parts that a plain vision transformer does not have: blocks.1.attn.gate.weight.',
    ],
    [
      'a normalisation of too few bands',
      weights,
      { ...heads, mean: [0.5] },
      'invalid-option',
      'has 3 bands, but the normalisation has 1.',
    ],
    [
      'a normalisation of three bands for one',
      tinyVit({ channels: 1 }).weights,
      { ...heads, ...imageNet },
      'invalid-option',
      'has 1 band, but the normalisation has 3. Give one mean and one standard deviation per band.',
    ],
  ])('%s', async (_, tensors, overrides, code, message) => {
    const path = await checkpoint(tensors);
    const error = await rejectionOf(readTeacher(path, overrides));
    expect(error.code).toBe(code);
    expect(error.message).toContain(path);
    expect(error.message).toContain(message);
  });
});
