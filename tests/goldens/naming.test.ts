import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { TeacherConvention } from '../../src/contract/descriptions.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { VitArchitecture } from '../../src/core/vit/architecture.ts';
import type { VitModel } from '../../src/core/vit/weights.ts';
import { describeTeacher, readTeacher } from '../../src/formats/checkpoints/read-teacher.ts';
import { readSafetensors } from '../../src/formats/safetensors/safetensors.ts';
import { onnxRuntime } from '../../src/runtime/onnxruntime.ts';
import { forward } from '../support/distillation.ts';
import { difference, required } from '../support/values.ts';

// Models of transformers, timm and OpenCLIP as make_naming_goldens.py saved them, with their last block's output, and
// Prithvi and SatMAE from their authors' code as make_satellite_goldens.py saved them, with all blocks' outputs.
function unnormalized(channels: number): { mean: number[]; deviation: number[] } {
  const each = (value: number): number[] => Array.from({ length: channels }, () => value);
  return { mean: each(0), deviation: each(1) };
}

const inFolder = (name: string, file: string): string =>
  fileURLToPath(new URL(`naming/${name}/${file}`, import.meta.url));

it.each<[string, TeacherConvention, Partial<VitArchitecture>]>([
  ['hf-dinov2-registers', 'hf-dinov2', { registers: 2, positionsCoverPrefix: false }],
  ['hf-siglip', 'hf-siglip', { classTokens: 0, activation: 'gelu-tanh', pooling: 'patch-mean' }],
  ['hf-clip', 'hf-clip', { preNorm: true, activation: 'quick-gelu', epsilon: 1e-5 }],
  ['open-clip', 'openai-clip', { preNorm: true, activation: 'gelu', epsilon: 1e-5 }],
  ['timm-deit', 'deit', { classTokens: 2, epsilon: 1e-6 }],
])('golden %s', async (name, convention, architecture) => {
  const path = inFolder(name, 'model.safetensors');
  const described = await describeTeacher(path);
  expect(described.convention).toBe(convention);
  expect(described.architecture).toMatchObject({ width: 8, depth: 2, heads: 2, ...architecture });
  const { tensors } = await readSafetensors(inFolder(name, 'golden.safetensors'));
  await expectLast(await readTeacher(path, unnormalized(3)), tensors);
});

it("golden openai-clip, as OpenAI's TorchScript with half precision", async () => {
  const path = inFolder('openai-clip', 'model.pt');
  const known = { ...unnormalized(3), heads: 2 };
  const { convention, container, storedAs, notes } = await describeTeacher(path, known);
  expect({ convention, container, storedAs }).toEqual({
    ...{ convention: 'openai-clip', container: 'TorchScript' },
    storedAs: ['F16', 'F32'],
  });
  expect(notes).toEqual([
    expect.stringContaining('The text encoder is left out'),
    expect.stringContaining('(proj) is left out'),
  ]);
  const { tensors } = await readSafetensors(inFolder('openai-clip', 'golden.safetensors'));
  await expectLast(await readTeacher(path, known), tensors);
});

/** Compares the last block's output with that of the library. */
async function expectLast(model: VitModel, tensors: ReadonlyMap<string, Tensor>): Promise<void> {
  const executor = onnxRuntime('cpu', { threads: 1 });
  const got = await forward(executor, model, required(tensors.get('golden.images'), 'images'));
  const wanted = required(tensors.get('golden.last'), 'last block');
  const last = required(got.get('block_1'), 'block_1');
  expect(last.shape).toEqual(wanted.shape);
  expect(difference(last.data, wanted.data)).toBeLessThan(1e-5);
}

it.each<[string, TeacherConvention, Partial<VitArchitecture>, RegExp]>([
  ['prithvi-1', 'prithvi', { channels: 6, epsilon: 1e-5 }, /trained on 3 dates/],
  // Sixteen positions for four dates, not a grid of four by four.
  ['prithvi-2', 'prithvi', { channels: 6, epsilon: 1e-5 }, /trained on 4 dates/],
  ['satmae', 'mae', { channels: 3, epsilon: 1e-6 }, /decoder/],
])('golden %s, block by block', async (name, convention, architecture, note) => {
  const path = inFolder(name, 'model.safetensors');
  const known = { heads: 2, ...unnormalized(required(architecture.channels, 'channels')) };
  const described = await describeTeacher(path, known);
  expect(described.convention).toBe(convention);
  expect(described.architecture).toMatchObject({ width: 16, imageSize: 8, ...architecture });
  expect(described.notes.join(' ')).toMatch(note);
  const { tensors } = await readSafetensors(inFolder(name, 'golden.safetensors'));
  const executor = onnxRuntime('cpu', { threads: 1 });
  const images = required(tensors.get('golden.images'), 'images');
  const got = await forward(executor, await readTeacher(path, known), images);
  for (const step of ['tokens', 'block_0', 'block_1']) {
    const wanted = required(tensors.get(`golden.${step}`), step);
    const values = required(got.get(step), step);
    expect(values.shape).toEqual(wanted.shape);
    expect(difference(values.data, wanted.data), step).toBeLessThan(1e-5);
  }
});
