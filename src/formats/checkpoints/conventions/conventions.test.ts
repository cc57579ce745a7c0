import { describe, expect, it } from 'vitest';
import { namedCheckpoints } from '../../../../tests/support/named-checkpoints.ts';
import { tinyVit } from '../../../../tests/support/tiny-vit.ts';
import { difference, randomTensor, required } from '../../../../tests/support/values.ts';
import { teacherConvention } from '../../../contract/descriptions.ts';
import * as g from '../../../core/graph/build.ts';
import { evaluate } from '../../../core/graph/evaluate.ts';
import { simplify } from '../../../core/graph/rewrite.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { embed, runBlocks } from '../../../core/vit/forward.ts';
import type { VitModel } from '../../../core/vit/weights.ts';
import { describeTeacher, readTeacher } from '../read-teacher.ts';
import { conventions } from './all.ts';
import { checkpointFolder, heads } from '../testing/checkpoints.ts';

const { store: checkpoint } = checkpointFolder();

const noConfiguration = expect.stringContaining('No config.json in its folder') as string;

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
    // CLIP's patch embedding has no bias; readers use zeros instead.
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

it("the class token's position is added to the token if registers have none", async () => {
  const own = tinyVit({ layerScale: true, registers: 2, positionsCoverPrefix: false });
  const dinov2 = required(
    namedCheckpoints.find(({ convention }) => convention === 'hf-dinov2'),
    'checkpoint',
  );
  const stored = dinov2.store(own);
  // As stored by Meta: the first position is the class token's, and is not yet added to the token.
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
    "The class token's position is added to the token itself, as registers have no positions.",
  ]);
});

it('a missing bias of k is replaced by zeros', async () => {
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

describe('left-out parts are noted for', () => {
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
    ['MAE', ['The decoder, which reconstructed masked patches in training, is left out.']],
    [
      'DINO in training',
      [
        'The file holds 2 encoders (student.module.backbone. and teacher.backbone.): the one called “teacher” is used, as it is intended for inference.',
      ],
    ],
    [
      'SigLIP by Hugging Face',
      [
        'Its head, which pools tokens by attention (head.attention), is not used; the mean of the patch tokens is used instead.',
        'No config.json in its folder states what kind of model it is. Models with windowed attention or rotary positions can have weights of the same names and would be read wrongly: put its own config.json into its folder.',
      ],
    ],
    [
      'CLIP by OpenAI, with its text half',
      [
        'Its projection into the text embedding space (proj) is left out: features are taken before it.',
        'The text encoder is left out: only the vision tower is the teacher.',
      ],
    ],
    [
      'Prithvi of three dates',
      [
        'The decoder, which reconstructed masked patches in training, is left out.',
        'It was trained on 3 dates at a time; the positions of the first date are used.',
      ],
    ],
    ['CLIP by timm', ['Weights outside the encoder are ignored: logit_scale.']],
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

  it('are both found: the teacher is used, with a note', async () => {
    const found = await describeTeacher(await checkpoint(both(['student.', 'teacher.'])), heads);
    expect(found.convention).toBe('hf-vit');
    expect(found.notes).toContain(
      'The file holds 2 encoders (student. and teacher.): the one called “teacher” is used, as it is intended for inference.',
    );
  });

  it('are refused if neither is preferred', async () => {
    await expect(
      describeTeacher(await checkpoint(both(['a.', 'b.'])), heads),
    ).rejects.toMatchObject({
      message: expect.stringContaining(
        'it holds 2 models, with the prefixes a. and b. in its tensor names.',
      ) as string,
    });
  });
});

it('two encoders are refused by name if neither is preferred', async () => {
  const { weights } = tinyVit();
  const both = ['left.', 'right.'].flatMap((prefix) =>
    [...weights].map(([name, weight]) => [`${prefix}${name}`, weight] as const),
  );
  await expect(readTeacher(await checkpoint(new Map(both)), heads)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining(
      'it holds 2 models, with the prefixes left. and right. in its tensor names. Save one of them in a separate file.',
    ) as string,
  });
});
