import { beforeAll, expect, it } from 'vitest';
import { classifierGraph } from '../../src/core/vit/classifier.ts';
import type { VitModel } from '../../src/core/vit/weights.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { readTeacher } from '../../src/formats/checkpoints/read-teacher.ts';
import { readResult } from '../../src/runtime/executor.ts';
import { onnxRuntime } from '../../src/runtime/onnxruntime.ts';
import { forward } from '../support/distillation.ts';
import { difference, required } from '../support/values.ts';
import { describeReference, readReference, referencePath, unnormalized } from './support.ts';

const executor = onnxRuntime('cpu', { threads: 1 });
const tolerance = 1e-4;

/**
 * Compares the values that a model computes with every tensor of its expected file that has the same name.
 */
function suite(name: string, depth: number): void {
  let model: VitModel;
  let expected: ReadonlyMap<string, Tensor>;
  let got: ReadonlyMap<string, Tensor>;
  beforeAll(async () => {
    model = await readTeacher(referencePath(`${name}.safetensors`), { heads: 3, ...unnormalized });
    expected = await readReference(`${name}.expected.safetensors`);
    got = await forward(executor, model, required(expected.get('images'), 'images'));
  });

  it('has the expected depth', () => {
    expect(model.architecture.depth).toBe(depth);
  });

  const blocks = Array.from({ length: depth }, (_, block) => `block_${block}`);
  it.each(['tokens', ...blocks, 'norm'])('%s', (output) => {
    const wanted = required(expected.get(output), output);
    const values = required(got.get(output), output);
    expect(values.shape).toEqual(wanted.shape);
    expect(difference(values.data, wanted.data)).toBeLessThan(tolerance);
  });
}

describeReference("a timm vision transformer's forward pass", () => {
  suite('timm_vit', 6);

  it('agrees in logits with its own head', async () => {
    const path = referencePath('timm_vit.safetensors');
    const model = await readTeacher(path, { heads: 3, ...unnormalized });
    const weights = await readReference('timm_vit.safetensors');
    const expected = await readReference('timm_vit.expected.safetensors');
    const head = {
      weight: required(weights.get('head.weight'), 'head.weight'),
      bias: required(weights.get('head.bias'), 'head.bias'),
      task: 'single' as const,
    };
    const loaded = await executor.load(classifierGraph(model, head));
    const image = required(expected.get('images'), 'images');
    const logits = await readResult(await loaded.run({ image }), 'logits');
    await loaded.dispose();
    const wanted = required(expected.get('logits'), 'logits');
    expect(logits.shape).toEqual(wanted.shape);
    expect(difference(logits.data, wanted.data)).toBeLessThan(tolerance);
  });
});

describeReference('a timm DINOv2 with registers', () => {
  suite('timm_dinov2_reg', 4);

  it('is recognised by its keys', async () => {
    const path = referencePath('timm_dinov2_reg.safetensors');
    const { architecture } = await readTeacher(path, { heads: 3, ...unnormalized });
    expect(architecture).toMatchObject({
      imageSize: 32,
      patchSize: 8,
      width: 48,
      classTokens: 1,
      registers: 4,
      positionsCoverPrefix: false,
      layerScale: true,
      pooling: 'class-token',
    });
  });
});
