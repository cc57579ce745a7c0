import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { required } from '../../../tests/support/values.ts';
import type { TeacherOverrides } from '../../contract/jobs.ts';
import { zeros } from '../../core/tensor.ts';
import { imageNetNormalization } from '../../core/vit/architecture.ts';
import type { VitArchitecture } from '../../core/vit/architecture.ts';
import { copyBlocks } from '../../core/vit/copy.ts';
import type { VitModel } from '../../core/vit/weights.ts';
import { encodeHeader, type StoredTensor } from '../safetensors/safetensors-header.ts';
import { writeSafetensors } from '../safetensors/safetensors.ts';
import { describeTeacher, openTeacherFile, readTeacher } from './read-teacher.ts';
import { teacherMetadata, teacherMetadataKey } from './teacher-metadata.ts';
import { dict, tensorOf, torchEntries, zipOf } from '../testing/torch-fixtures.ts';
import { checkpointFolder, heads, imageNet, rejectionOf, without } from './testing/checkpoints.ts';
import type { Tensors } from './testing/checkpoints.ts';

const folder = checkpointFolder();
const checkpoint = folder.store;

const renamed = (tensors: Tensors, rename: (name: string) => string): Tensors =>
  new Map([...tensors].map(([name, values]) => [rename(name), values]));

describe('reads a checkpoint', () => {
  it.each<[string, Partial<VitArchitecture>, TeacherOverrides?]>([
    ['plain', {}],
    ['with register tokens', { registers: 2 }],
    ['with registers without positions', { registers: 4, positionsCoverPrefix: false }],
    ['with a distillation token', { classTokens: 2 }],
    [
      'without a class token',
      { classTokens: 0, positionsCoverPrefix: false, pooling: 'patch-mean' },
    ],
    ['that pools before its last norm', { normAfterPooling: true, pooling: 'patch-mean' }],
    ['with layer scale', { layerScale: true }],
    ['with a norm before its blocks', { preNorm: true, epsilon: 1e-5 }, { ...imageNet }],
    ['without biases on q, k and v', { qkvBias: false }],
    ['of another MLP, depth and image size', { mlpWidth: 10, depth: 3, imageSize: 20 }],
    ['of one band', { channels: 1 }, { mean: [0.5], deviation: [0.2] }],
    [
      'by what the caller knows',
      { activation: 'gelu-tanh', epsilon: 1e-5, pooling: 'patch-mean' },
      { activation: 'gelu-tanh', epsilon: 1e-5, pooling: 'patch-mean' },
    ],
  ])('%s', async (_, changes, overrides = {}) => {
    const { architecture, weights } = tinyVit(changes);
    // The head's weights are not part of the encoder.
    const path = await checkpoint(new Map([...weights, ['head.weight', zeros([5, 6])]]));
    const model = await readTeacher(path, { ...heads, ...overrides });
    expect(model.architecture).toEqual(architecture);
    expect(model.weights).toEqual(weights);
    expect(model.normalization).toEqual({
      mean: overrides.mean ?? imageNetNormalization.mean,
      deviation: overrides.deviation ?? imageNetNormalization.deviation,
    });
  });

  it.each<[string, (name: string) => string]>([
    ['model.', (name) => `model.${name}`],
    ['module.backbone.', (name) => `module.backbone.${name}`],
    ['Meta', (name) => (name === 'reg_token' ? 'register_tokens' : name)],
  ])('with the names of %s', async (_, rename) => {
    const { architecture, weights } = tinyVit({ registers: 2 });
    const model = await readTeacher(await checkpoint(renamed(weights, rename)), heads);
    expect(model.architecture).toEqual(architecture);
    expect(model.weights).toEqual(weights);
  });

  it('with zeros for the bias of a patch embedding without one, if its family has none', async () => {
    const name = 'patch_embed.proj.bias';
    const path = await checkpoint(without(tinyVit({ preNorm: true }).weights, name));
    expect((await readTeacher(path, heads)).weights.get(name)).toEqual(zeros([6]));
  });

  it('in half precision, and reports how it is stored', async () => {
    const path = join(folder.path, 'half.safetensors');
    const { weights } = tinyVit();
    await writeSafetensors(path, weights, { dtype: 'F16' });
    expect((await describeTeacher(path, heads)).storedAs).toEqual(['F16']);
    const norm = required((await readTeacher(path, heads)).weights.get('norm.weight'), 'norm');
    expect(norm.data).toEqual(
      Float32Array.from(required(weights.get('norm.weight'), 'norm').data, Math.f16round),
    );
  });
});

it.each(['safetensors', 'PyTorch'])('reads double precision, rounded: %s', async (form) => {
  const { weights } = tinyVit();
  const path = join(folder.path, 'double');
  const doubles = [...weights].map(([name, { shape, data }]) => {
    // Error of less than half a step of float32.
    const values = Float64Array.from(data, (value) => value * (1 + 2 ** -26));
    return { name, shape, bytes: Buffer.from(values.buffer), count: values.length };
  });
  await writeFile(
    path,
    form === 'PyTorch' ? doublesOfTorch(doubles) : doublesOfSafetensors(doubles),
  );
  expect((await describeTeacher(path, heads)).storedAs).toEqual(['F64']);
  expect((await readTeacher(path, heads)).weights).toEqual(weights);
});

interface Doubles {
  readonly name: string;
  readonly shape: readonly number[];
  readonly bytes: Buffer;
  readonly count: number;
}

function doublesOfSafetensors(doubles: readonly Doubles[]): Buffer {
  let end = 0;
  const tensors = new Map<string, StoredTensor>();
  for (const { name, shape, bytes } of doubles) {
    tensors.set(name, { dtype: 'F64', shape, begin: end, end: end + bytes.length });
    end += bytes.length;
  }
  return Buffer.concat([
    encodeHeader({ tensors, metadata: {} }),
    ...doubles.map(({ bytes }) => bytes),
  ]);
}

function doublesOfTorch(doubles: readonly Doubles[]): Buffer {
  const storages = doubles.map(({ bytes, count }, index) => {
    return { key: String(index), type: 'Double', count, data: bytes };
  });
  const root = doubles.map(({ name, shape }, index) => {
    return [name, tensorOf(required(storages[index], name), shape)] as const;
  });
  return zipOf(torchEntries(dict(Object.fromEntries(root)), storages));
}

describe('reads single blocks', () => {
  const model = tinyVit({ depth: 3, registers: 2 });

  it.each([[[0]], [[2]], [[0, 2]]])('%j', async (blocks) => {
    const teacher = await openTeacherFile(await checkpoint(model.weights), heads);
    const { architecture, normalization } = teacher;
    expect(architecture).toEqual(model.architecture);
    expect(await teacher.read(blocks)).toEqual(copyBlocks({ ...model, normalization }, blocks));
    await teacher.close();
  });

  it("reports values that are not finite, by the block's number in the file", async () => {
    const name = 'blocks.2.norm1.bias';
    const weights = new Map([
      ...model.weights,
      [name, { shape: [6], data: new Float32Array(6).fill(NaN) }],
    ]);
    const teacher = await openTeacherFile(await checkpoint(weights), heads);
    await expect(teacher.read([1])).resolves.toBeDefined();
    await expect(teacher.read([2])).rejects.toThrow(`the weight ${name} contains NaN`);
    await teacher.close();
  });
});

describe('notes its assumptions', () => {
  const wide = { width: 128, heads: 2, mlpWidth: 4 };

  it('if neither file nor caller states a value', async () => {
    const { inferred, architecture } = await describeTeacher(
      await checkpoint(tinyVit(wide).weights),
    );
    expect(architecture.heads).toBe(2);
    const { mean, deviation } = imageNetNormalization;
    const words = 'images normalised with the mean and standard deviation of ImageNet';
    expect(inferred.map((each) => Object.values(each))).toEqual([
      ['heads', 2, 'guess', '2 attention heads, 64 wide each, typical for this width'],
      ['epsilon', 1e-6, 'family', 'layer norm with ε = 1e-6, as in timm'],
      ['activation', 'gelu', 'family', 'exact GELU as activation'],
      ['pooling', 'class-token', 'family', 'features from the class token'],
      ['mean', [...mean], 'guess', words],
      ['deviation', [...deviation], 'guess', words],
    ]);
  });

  it('only if neither states a value', async () => {
    const path = await checkpoint(tinyVit(wide).weights);
    const { mean, deviation } = imageNetNormalization;
    const known: TeacherOverrides = { ...heads, epsilon: 1e-6, activation: 'gelu' };
    const normalization = { mean: [...mean], deviation: [...deviation] };
    const sources = async (overrides: TeacherOverrides): Promise<string[]> =>
      (await describeTeacher(path, overrides)).inferred.map(({ source }) => source);
    expect(await sources({ ...known, ...normalization, pooling: 'class-token' })).toEqual(
      Array.from({ length: 6 }, () => 'given'),
    );
    expect(await sources({ ...known, mean: [...mean] })).toEqual([
      'given',
      'given',
      'given',
      'family',
      'given',
      'guess',
    ]);
  });
});

describe('notes its guesses', () => {
  const sourcesOf = async (
    tensors: Tensors,
    overrides: TeacherOverrides = heads,
  ): Promise<Record<string, string>> => {
    const { inferred } = await describeTeacher(await checkpoint(tensors), overrides);
    return Object.fromEntries(inferred.map(({ property, source }) => [property, source]));
  };

  it('of the number of heads, which differs in MoCo v3', async () => {
    const moco = tinyVit({ width: 384, heads: 6, mlpWidth: 4, depth: 1 });
    const path = await checkpoint(
      renamed(moco.weights, (name) => `state_dict.module.base_encoder.${name}`),
    );
    const { inferred, notes } = await describeTeacher(path);
    expect(inferred[0]).toMatchObject({ value: 6, source: 'guess' });
    expect(notes.join()).toContain(
      "whose authors' ViT-S has 12 attention heads, while other ViT-S have 6. 6 heads are assumed",
    );
    expect((await describeTeacher(path, { heads: 12 })).notes.join()).not.toContain('MoCo');
  });

  it('of 16 heads in the giant SigLIP 2', async () => {
    const giant = tinyVit({
      width: 1536,
      heads: 16,
      mlpWidth: 4,
      depth: 1,
      classTokens: 0,
      positionsCoverPrefix: false,
      pooling: 'patch-mean',
    });
    const tensors = new Map([...giant.weights, ['attn_pool.latent', zeros([1, 1, 1536])]]);
    expect((await describeTeacher(await checkpoint(tensors))).architecture.heads).toBe(16);
  });

  it('of the activation if it may be a SigLIP without its pooling', async () => {
    const plain = { classTokens: 0, positionsCoverPrefix: false, pooling: 'patch-mean' } as const;
    expect(await sourcesOf(tinyVit(plain).weights)).toMatchObject({ activation: 'guess' });
    expect(await sourcesOf(tinyVit().weights)).toMatchObject({ activation: 'family' });
  });

  it('of the pooling if there are both attention pooling and a class token', async () => {
    const tensors = new Map([...tinyVit().weights, ['attn_pool.latent', zeros([1, 1, 6])]]);
    expect(await sourcesOf(tensors)).toMatchObject({ pooling: 'guess' });
    expect((await describeTeacher(await checkpoint(tensors), heads)).notes).toEqual([
      'Its head, which pools tokens by attention (attn_pool), is not used; the class token is used instead.',
    ]);
  });

  it('and notes that a distilled DeiT averages two tokens', async () => {
    const path = await checkpoint(tinyVit({ classTokens: 2 }).weights);
    expect((await describeTeacher(path, heads)).notes).toEqual([
      'Its reference implementation averages the predictions of the class token and the distillation token; here only the class token is used.',
    ]);
  });
});

describe('the metadata of our own files', () => {
  const student: VitModel = {
    ...tinyVit({ activation: 'quick-gelu', epsilon: 1e-5, pooling: 'patch-mean' }),
    normalization: { mean: [0.1, 0.2, 0.3], deviation: [0.4, 0.5, 0.6] },
  };
  const text = teacherMetadata(student);
  const metadata = { [teacherMetadataKey]: text };

  it('state all that the keys do not', async () => {
    const path = await checkpoint(student.weights, metadata);
    expect(await readTeacher(path)).toEqual(student);
    const { inferred } = await describeTeacher(path);
    expect(new Set(inferred.map(({ source }) => source))).toEqual(new Set(['file']));
  });

  it('are overridden by the caller, except for undefined options', async () => {
    const path = await checkpoint(student.weights, metadata);
    // As in parsed options: present, but undefined.
    const open = { heads: 3, epsilon: undefined } as unknown as TeacherOverrides;
    const { architecture } = await readTeacher(path, open);
    expect(architecture).toEqual({ ...student.architecture, heads: 3 });
  });

  it.each([
    ['not JSON', '{"heads":'],
    ['incomplete', '{"heads":2}'],
    ['of another kind', text.replace('"heads":2', '"heads":"2"')],
    ['with more than we know', text.replace('{', '{"future":1,')],
  ])('are refused when they are %s', async (_, damaged) => {
    const path = await checkpoint(student.weights, { [teacherMetadataKey]: damaged });
    const { code, message } = await rejectionOf(readTeacher(path));
    expect(code).toBe('invalid-file');
    expect(message).toContain(`${path}: its description of the encoder`);
  });
});
