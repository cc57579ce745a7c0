import { expect, it } from 'vitest';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { difference, randomValues, required } from '../../../tests/support/values.ts';
import { copyBlocks } from '../../core/vit/copy.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import { fitCopy } from './fitting.ts';

const teacher = tinyVit({ depth: 4 });
const blocks = [0, 2];
const { imageSize, width, mlpWidth } = teacher.architecture;
const [images, views] = [11, 3];

/** Views rendered for the fit, and its result, with so many tokens per batch. */
async function fit(tokensAtOnce: number): Promise<{ drawn: string[]; weight: Float32Array }> {
  const drawn: string[] = [];
  const source = {
    count: images,
    recipe: {},
    draw: (image: number, view: number): Promise<Uint8Array> => {
      drawn.push(`${image}.${view}`);
      const values = randomValues(imageSize * imageSize * 3, 100 * view + image, 0, 255);
      return Promise.resolve(Uint8Array.from(values));
    },
  };
  const plan = { teacher, copy: copyBlocks(teacher, blocks), blocks, views };
  const context = { signal: new AbortController().signal, report: () => undefined };
  const executor = { ...onnxRuntime('cpu', { threads: 1 }), tokensAtOnce };
  const student = await fitCopy(plan, source, executor, context);
  const { data } = required(student.weights.get('blocks.0.mlp.fc2.weight'), 'weight');
  return { drawn, weight: Float32Array.from(data) };
}

it('fits on every view once, however many the device processes at a time', async () => {
  const [few, many] = [await fit(20), await fit(5000)];
  // Once for each of the two blocks.
  expect(few.drawn).toHaveLength(2 * images * views);
  expect(new Set(few.drawn).size).toBe(images * views);
  expect(many.drawn).toEqual(few.drawn);
  expect(few.weight).toHaveLength(width * mlpWidth);
  expect(difference(many.weight, few.weight)).toBeLessThan(1e-4);
});
