import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { TeacherConvention } from '../../src/contract/descriptions.ts';
import type { VitArchitecture } from '../../src/core/vit/architecture.ts';
import { describeTeacher, readTeacher } from '../../src/formats/checkpoints/read-teacher.ts';
import { readSafetensors } from '../../src/formats/safetensors.ts';
import { onnxRuntime } from '../../src/runtime/onnxruntime.ts';
import { forward } from '../support/distillation.ts';
import { difference, required } from '../support/values.ts';

// Models of transformers, timm and OpenCLIP as make_naming_goldens.py saved them, with their last block's output.
const goldenPath = (name: string): string =>
  fileURLToPath(new URL(`naming/${name}/model.safetensors`, import.meta.url));
const unnormalized = { mean: [0, 0, 0], deviation: [1, 1, 1] };

it.each<[string, TeacherConvention, Partial<VitArchitecture>]>([
  ['hf-dinov2-registers', 'hf-dinov2', { registers: 2, positionsCoverPrefix: false }],
  ['hf-siglip', 'hf-siglip', { classTokens: 0, activation: 'gelu-tanh', pooling: 'patch-mean' }],
  ['hf-clip', 'hf-clip', { preNorm: true, activation: 'quick-gelu', epsilon: 1e-5 }],
  ['open-clip', 'openai-clip', { preNorm: true, activation: 'gelu', epsilon: 1e-5 }],
  ['timm-deit', 'deit', { classTokens: 2, epsilon: 1e-6 }],
])('golden %s', async (name, convention, architecture) => {
  const path = goldenPath(name);
  const described = await describeTeacher(path);
  expect(described.convention).toBe(convention);
  expect(described.architecture).toMatchObject({ width: 8, depth: 2, heads: 2, ...architecture });
  const { tensors } = await readSafetensors(path);
  const model = await readTeacher(path, unnormalized);
  const executor = onnxRuntime('cpu', { threads: 1 });
  const got = await forward(executor, model, required(tensors.get('golden.images'), 'images'));
  const wanted = required(tensors.get('golden.last'), 'last block');
  const last = required(got.get('block_1'), 'block_1');
  expect(last.shape).toEqual(wanted.shape);
  expect(difference(last.data, wanted.data)).toBeLessThan(1e-5);
});
