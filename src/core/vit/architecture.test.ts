import { describe, expect, it } from 'vitest';
import { tinyArchitecture, tinyVit } from '../../../tests/support/tiny-vit.ts';
import {
  architectureProblems,
  finalNorm,
  forwardFlops,
  gridSize,
  parameterCount,
  prefixTokens,
  tokenCount,
  weightShapes,
} from './architecture.ts';
import type { VitArchitecture } from './architecture.ts';

/** ViT-B/16 for 224 px (arXiv 2010.11929, table 1). */
const vitBase: VitArchitecture = {
  ...tinyArchitecture,
  imageSize: 224,
  patchSize: 16,
  width: 768,
  depth: 12,
  heads: 12,
  mlpWidth: 3072,
};

describe('architectureProblems', () => {
  it.each<[string, Partial<VitArchitecture>]>([
    ['a sound one', {}],
    ['no class token with patches pooled', { classTokens: 0, pooling: 'patch-mean' }],
  ])('finds none in %s', (_, changes) => {
    expect(architectureProblems({ ...tinyArchitecture, ...changes })).toEqual([]);
  });

  it.each<[Partial<VitArchitecture>, readonly string[]]>([
    [{ depth: 0 }, ['depth must be a positive whole number, not 0']],
    [{ width: 6.5 }, ['width must be a positive whole number, not 6.5']],
    [{ channels: NaN }, ['channels must be a positive whole number, not NaN']],
    [
      { imageSize: -8, patchSize: Infinity },
      [
        'imageSize must be a positive whole number, not -8',
        'patchSize must be a positive whole number, not Infinity',
      ],
    ],
    [{ imageSize: 10 }, ['an image size of 10 px is not a multiple of the patch size of 4 px']],
    [{ heads: 4 }, ['a width of 6 is not a multiple of the 4 heads']],
    [{ epsilon: 0 }, ['epsilon must be positive']],
    [{ epsilon: NaN }, ['epsilon must be positive']],
    [{ classTokens: 0 }, ['there is no class token to pool']],
    [
      { imageSize: 9, heads: 5 },
      [
        'an image size of 9 px is not a multiple of the patch size of 4 px',
        'a width of 6 is not a multiple of the 5 heads',
      ],
    ],
  ])('names them: %j', (changes, problems) => {
    expect(architectureProblems({ ...tinyArchitecture, ...changes })).toEqual(problems);
  });
});

it.each<[Partial<VitArchitecture>, number, number, number]>([
  [{}, 1, 2, 5],
  [{ classTokens: 2, registers: 4 }, 6, 2, 10],
  [{ classTokens: 0, imageSize: 12 }, 0, 3, 9],
])('counts the tokens of %j', (changes, prefix, grid, tokens) => {
  const architecture = { ...tinyArchitecture, ...changes };
  expect(prefixTokens(architecture)).toBe(prefix);
  expect(gridSize(architecture)).toBe(grid);
  expect(tokenCount(architecture)).toBe(tokens);
});

describe('weightShapes', () => {
  it('has only the names that a plain encoder needs', () => {
    const names = [...weightShapes({ ...tinyArchitecture, depth: 1 }).keys()];
    expect(names.toSorted()).toEqual(
      [
        'blocks.0.attn.proj.bias',
        'blocks.0.attn.proj.weight',
        'blocks.0.attn.qkv.bias',
        'blocks.0.attn.qkv.weight',
        'blocks.0.mlp.fc1.bias',
        'blocks.0.mlp.fc1.weight',
        'blocks.0.mlp.fc2.bias',
        'blocks.0.mlp.fc2.weight',
        'blocks.0.norm1.bias',
        'blocks.0.norm1.weight',
        'blocks.0.norm2.bias',
        'blocks.0.norm2.weight',
        'cls_token',
        'norm.bias',
        'norm.weight',
        'patch_embed.proj.bias',
        'patch_embed.proj.weight',
        'pos_embed',
      ].toSorted(),
    );
  });

  it.each<[Partial<VitArchitecture>, Readonly<Record<string, readonly number[] | undefined>>]>([
    [{}, { pos_embed: [1, 5, 6], 'patch_embed.proj.weight': [6, 3, 4, 4], reg_token: undefined }],
    [{ positionsCoverPrefix: false }, { pos_embed: [1, 4, 6], cls_token: [1, 1, 6] }],
    [{ registers: 3 }, { pos_embed: [1, 8, 6], reg_token: [1, 3, 6] }],
    [{ classTokens: 2 }, { pos_embed: [1, 6, 6], dist_token: [1, 1, 6] }],
    [{ classTokens: 0 }, { pos_embed: [1, 4, 6], cls_token: undefined }],
    [{ preNorm: true }, { 'norm_pre.weight': [6], 'norm_pre.bias': [6] }],
    [{ layerScale: true }, { 'blocks.1.ls1.gamma': [6], 'blocks.1.ls2.gamma': [6] }],
    [{ qkvBias: false }, { 'blocks.0.attn.qkv.bias': undefined }],
    [{ normAfterPooling: true }, { 'fc_norm.weight': [6], 'norm.weight': undefined }],
    [{ mlpWidth: 9 }, { 'blocks.0.mlp.fc1.weight': [9, 6], 'blocks.0.mlp.fc2.weight': [6, 9] }],
  ])('follows %j', (changes, expected) => {
    const shapes = weightShapes({ ...tinyArchitecture, ...changes });
    for (const [name, shape] of Object.entries(expected)) {
      expect(shapes.get(name), name).toEqual(shape);
    }
  });
});

it.each<Partial<VitArchitecture>>([
  {},
  { depth: 5, mlpWidth: 11, layerScale: true, preNorm: true },
  { classTokens: 2, registers: 4, positionsCoverPrefix: false, qkvBias: false },
])('counts as many parameters as the weights have: %j', (changes) => {
  const { architecture, weights } = tinyVit(changes);
  const total = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  expect(parameterCount(architecture)).toBe(total);
});

it('counts the parameters and operations of ViT-B/16', () => {
  // 86.6 M with the 1,000-class head of 769,000 (timm's vit_base_patch16_224).
  expect(parameterCount(vitBase)).toBe(86_567_656 - 769_000);
  // torchvision gives 17.56 G multiplications and additions for its vit_b_16.
  expect(forwardFlops(vitBase) / 2e9).toBeCloseTo(17.56, 2);
});

it.each([
  [false, 'norm'],
  [true, 'fc_norm'],
])('calls the last norm by its place (after pooling: %j)', (normAfterPooling, name) => {
  expect(finalNorm({ ...tinyArchitecture, normAfterPooling })).toBe(name);
});
