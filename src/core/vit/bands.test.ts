import { describe, expect, it } from 'vitest';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { difference, randomTensor, required } from '../../../tests/support/values.ts';
import * as g from '../graph/build.ts';
import { evaluate } from '../graph/evaluate.ts';
import { simplify } from '../graph/rewrite.ts';
import type { Tensor } from '../tensor.ts';
import { adaptBands } from './bands.ts';
import { embed, runBlocks } from './forward.ts';
import { checkWeights } from './weights.ts';
import type { VitModel } from './weights.ts';

function lastBlock(model: VitModel, images: Tensor): ArrayLike<number> {
  const last = runBlocks(model, embed(model, g.input('images', images.shape))).at(-1);
  const outputs = new Map([['last', required(last, 'block')]]);
  const values = evaluate(simplify({ name: 'last', outputs }), new Map([['images', images.data]]));
  return required(values.get('last'), 'last').data;
}

/** The same grey image in so many bands, (2, C, 8, 8). */
function grey(channels: number): Tensor {
  const plane = randomTensor([2, 1, 8, 8], 7, 0, 1);
  const data = new Float32Array(2 * channels * 64);
  for (let image = 0; image < 2; image++) {
    for (let band = 0; band < channels; band++) {
      const values = plane.data.subarray(image * 64, (image + 1) * 64);
      data.set(values, (image * channels + band) * 64);
    }
  }
  return { shape: [2, channels, 8, 8], data };
}

const normalizations = new Map([
  [1, { mean: [0.4], deviation: [0.3] }],
  [3, { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] }],
  [4, { mean: [0.1, 0.2, 0.3, 0.4], deviation: [0.2, 0.3, 0.4, 0.5] }],
  [6, { mean: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], deviation: [0.2, 0.3, 0.4, 0.5, 0.6, 0.7] }],
]);

describe('adaptBands', () => {
  it.each([
    [3, 1],
    [1, 3],
    [6, 3],
    [3, 6],
    [3, 5],
    [4, 3],
    [3, 4],
  ])('of %i to %i bands sees in a grey image what it saw before', (before, after) => {
    const normalization = required(normalizations.get(before), 'normalisation');
    const model: VitModel = { ...tinyVit({ channels: before }), normalization };
    const adapted = adaptBands(model, after);
    expect(adapted.architecture).toEqual({ ...model.architecture, channels: after });
    expect(adapted.normalization.mean).toHaveLength(after);
    checkWeights(adapted.architecture, adapted.weights, 'adapted');
    const wanted = lastBlock(model, grey(before));
    expect(difference(lastBlock(adapted, grey(after)), wanted)).toBeLessThan(1e-5);
    // What it sees depends on the image.
    expect(difference(lastBlock(model, dark(before)), wanted)).toBeGreaterThan(0.01);
  });

  it('leaves a model of as many bands as it is', () => {
    const model = tinyVit();
    expect(adaptBands(model, 3)).toBe(model);
  });

  it('keeps colours apart where there are more bands', () => {
    const adapted = adaptBands(tinyVit(), 6);
    const weight = required(adapted.weights.get('patch_embed.proj.weight'), 'weight').data;
    const own = required(tinyVit().weights.get('patch_embed.proj.weight'), 'weight').data;
    // Two copies of each band, half of it each.
    for (const band of [0, 1, 2, 3, 4, 5]) {
      expect(weight[band * 16]).toBeCloseTo((own[(band % 3) * 16] ?? 0) / 2, 6);
    }
  });
});

function dark(channels: number): Tensor {
  const { shape, data } = grey(channels);
  return { shape, data: data.map((value) => value / 2) };
}
