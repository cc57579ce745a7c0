import { beforeAll, describe, expect, it } from 'vitest';
import type { TeacherConvention } from '../../src/contract/descriptions.ts';
import type { VitModel } from '../../src/core/vit/weights.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { describeTeacher, readTeacher } from '../../src/formats/checkpoints/read-teacher.ts';
import { onnxRuntime } from '../../src/runtime/onnxruntime.ts';
import { forward } from '../support/distillation.ts';
import { difference, required } from '../support/values.ts';
import { describeReference, readReference, referencePath, unnormalized } from './support.ts';

const executor = onnxRuntime('cpu', { threads: 1 });
const tolerance = 1e-4;

describeReference("models of Hugging Face's transformers", () => {
  describe.each<[string, TeacherConvention, Partial<VitModel['architecture']>, boolean]>([
    ['hf_vit', 'hf-vit', { heads: 3, epsilon: 1e-12, activation: 'gelu' }, true],
    ['hf_dinov2', 'hf-dinov2', { heads: 3, epsilon: 1e-6, layerScale: true }, true],
    // Its last hidden state is the one before the norm, through which only the class token passes in this model.
    [
      'hf_clip_vision',
      'hf-clip',
      { heads: 3, epsilon: 1e-5, activation: 'quick-gelu', preNorm: true },
      false,
    ],
  ])('%s', (folder, convention, architecture, isNormalized) => {
    let model: VitModel;
    let expected: ReadonlyMap<string, Tensor>;
    let got: ReadonlyMap<string, Tensor>;
    beforeAll(async () => {
      model = await readTeacher(referencePath(`${folder}/model.safetensors`), unnormalized);
      expected = await readReference(`${folder}/expected.safetensors`);
      got = await forward(executor, model, required(expected.get('images'), 'images'));
    });

    it('is recognised, and its configuration is read', async () => {
      const described = await describeTeacher(referencePath(folder));
      expect(described.convention).toBe(convention);
      expect(described.architecture).toMatchObject({ depth: 4, width: 48, ...architecture });
      const sources = new Map(described.inferred.map(({ property, source }) => [property, source]));
      expect(
        ['heads', 'epsilon', 'activation'].map((name) => sources.get(name as 'heads')),
      ).toEqual(['config', 'config', 'config']);
    });

    it.each([0, 1, 2, 3, 4])('agrees in hidden state %i', (index) => {
      const name = index === 0 ? 'tokens' : `block_${index - 1}`;
      const wanted = required(expected.get(`hidden_${index}`), name);
      const values = required(got.get(name), name);
      expect(values.shape).toEqual(wanted.shape);
      expect(difference(values.data, wanted.data)).toBeLessThan(tolerance);
    });

    if (!isNormalized) return;
    it('agrees in the last hidden state', () => {
      const wanted = required(expected.get('last_hidden_state'), 'last_hidden_state').data;
      expect(difference(required(got.get('norm'), 'norm').data, wanted)).toBeLessThan(tolerance);
    });
  });
});

describeReference("PyTorch's checkpoints around the same teacher", () => {
  let images: Tensor;
  const outputs = async (model: VitModel): Promise<ReadonlyMap<string, Tensor>> =>
    forward(executor, model, images);
  beforeAll(async () => {
    const expected = await readReference('timm_vit.expected.safetensors');
    images = required(expected.get('images'), 'images');
  });

  it.each(['mae_style.pth', 'mae_style_legacy.pth'])('%s', async (file) => {
    expect((await describeTeacher(referencePath(file), { heads: 3 })).convention).toBe('mae');
    const got = await outputs(
      await readTeacher(referencePath(file), { heads: 3, ...unnormalized }),
    );
    const expected = await readReference('timm_vit.expected.safetensors');
    for (const name of ['tokens', 'block_0', 'block_5', 'norm']) {
      const wanted = required(expected.get(name), name).data;
      expect(difference(required(got.get(name), name).data, wanted), name).toBeLessThan(tolerance);
    }
  });

  it('timm_half.pt, as the same weights rounded to half precision', async () => {
    const known = { heads: 3, ...unnormalized };
    const path = referencePath('timm_half.pt');
    expect((await describeTeacher(path, known)).storedAs).toEqual(['F16']);
    const half = await readTeacher(path, known);
    const whole = await readTeacher(referencePath('timm_vit.safetensors'), known);
    const rounded = [...whole.weights].map(([name, { shape, data }]) => {
      return [name, { shape, data: data.map(Math.f16round) }] as const;
    });
    const [got, wanted] = [
      await outputs(half),
      await outputs({ ...whole, weights: new Map(rounded) }),
    ];
    for (const name of ['tokens', 'block_0', 'block_5', 'norm']) {
      const values = required(wanted.get(name), name).data;
      expect(difference(required(got.get(name), name).data, values), name).toBeLessThan(tolerance);
    }
  });
});
