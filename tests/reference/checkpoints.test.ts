import { expect, test } from 'vitest';
import { openTensorFile } from '../../src/formats/checkpoints/open-tensor-file.ts';
import { describeReference, readReference, referencePath } from './support.ts';

describeReference("PyTorch's checkpoints", () => {
  test.each([
    ['mae_style.pth', 'model.'],
    ['mae_style_legacy.pth', 'model.'],
  ])('%s holds the weights of timm_vit.safetensors', async (name, prefix) => {
    const expected = await readReference('timm_vit.safetensors');
    const file = await openTensorFile(referencePath(name));
    let compared = 0;
    for (const [key, { shape, data }] of expected) {
      if (!file.tensors.has(prefix + key)) continue;
      expect(await file.read(prefix + key)).toEqual({ shape, data });
      compared++;
    }
    expect(compared).toBeGreaterThan(70);
    await file.close();
  });

  test('timm_half.pt holds them as float16', async () => {
    const expected = await readReference('timm_vit.safetensors');
    const file = await openTensorFile(referencePath('timm_half.pt'));
    expect(file.tensors.size).toBe(expected.size);
    for (const [key, { shape, data }] of expected) {
      const name = `state_dict.${key}`;
      expect(file.tensors.get(name)).toEqual({ dtype: 'F16', shape });
      const rounded = Float32Array.from(new Float16Array(data));
      expect(await file.read(name)).toEqual({ shape, data: rounded });
    }
    await file.close();
  });
});
