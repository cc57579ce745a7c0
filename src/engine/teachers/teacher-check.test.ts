import { describe, expect, it } from 'vitest';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { required } from '../../../tests/support/values.ts';
import { copyBlocks } from '../../core/vit/copy.ts';
import type { VitModel } from '../../core/vit/weights.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import { checkBlocks } from './teacher-check.ts';

const executor = onnxRuntime('cpu', { threads: 1 });
const context = { signal: new AbortController().signal };

/** Returns the model with some values of a weight replaced. */
function changed(model: VitModel, name: string, change: (value: number) => number): VitModel {
  const { shape, data } = required(model.weights.get(name), name);
  return {
    ...model,
    weights: new Map([...model.weights, [name, { shape, data: data.map(change) }]]),
  };
}

/** Runs the check on a model in memory, as `checkTeacher` does with a file. */
function check(model: VitModel, { signal } = context): Promise<void> {
  const withBlock = (block: number): Promise<VitModel> =>
    Promise.resolve(copyBlocks(model, [block]));
  return checkBlocks(model.architecture.depth, withBlock, executor, { signal });
}

describe('checkBlocks', () => {
  it.each([{}, { layerScale: true, registers: 2 }, { preNorm: true, classTokens: 2 } as const])(
    'accepts an ordinary model %j',
    async (changes) => {
      await expect(check(tinyVit(changes))).resolves.toBeUndefined();
    },
  );

  it.each([
    ['numbers that overflow', 'blocks.1.mlp.fc2.weight', () => 3e38, 1, 'NaN or infinite values'],
    ['a sudden growth', 'blocks.0.attn.proj.bias', () => 5000, 0, 'times as large'],
    [
      'huge values',
      'patch_embed.proj.weight',
      (value: number) => 1e6 * value,
      -1,
      'values of about',
    ],
    ['an output that ignores the image', 'patch_embed.proj.weight', () => 0, -1, 'the same output'],
  ])('reports %s, and the block', async (_, name, change, block, what) => {
    const strange = changed(tinyVit({ depth: 3 }), name, change);
    await expect(check(strange)).rejects.toMatchObject({
      name: 'ImplausibleOutput',
      block,
      what: expect.stringContaining(what) as string,
    });
  });

  it('runs one block after the other, each once', async () => {
    const model = tinyVit({ depth: 3 });
    const taken: number[] = [];
    const withBlock = (block: number): Promise<VitModel> => {
      taken.push(block);
      return Promise.resolve(copyBlocks(model, [block]));
    };
    await checkBlocks(3, withBlock, executor, context);
    expect(taken).toEqual([0, 1, 2]);
  });

  it('stops when cancelled', async () => {
    const signal = AbortSignal.abort();
    await expect(check(tinyVit(), { signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});
