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

/** Grey image repeated in a number of bands, (2, C, 8, 8). */
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
  ])('from %i to %i bands keeps the output for a grey image', (before, after) => {
    const normalization = required(normalizations.get(before), 'normalisation');
    const model: VitModel = { ...tinyVit({ channels: before }), normalization };
    const adapted = adaptBands(model, after);
    expect(adapted.architecture).toEqual({ ...model.architecture, channels: after });
    expect(adapted.normalization.mean).toHaveLength(after);
    checkWeights(adapted.architecture, adapted.weights, 'adapted');
    const wanted = lastBlock(model, grey(before));
    expect(difference(lastBlock(adapted, grey(after)), wanted)).toBeLessThan(1e-5);
    // The tokens depend on the image.
    expect(difference(lastBlock(model, dark(before)), wanted)).toBeGreaterThan(0.01);
  });

  it('does not change a model with the same number of bands', () => {
    const model = tinyVit();
    expect(adaptBands(model, 3)).toBe(model);
  });

  it.each([
    [6, [2, 1, 0]],
    [4, [3, 0, 2]],
    [3, [2, 1, 0]],
  ])('of %i bands, of which %j are known, keeps the output for a grey image', (before, known) => {
    const normalization = required(normalizations.get(before), 'normalisation');
    const model: VitModel = { ...tinyVit({ channels: before }), normalization };
    const adapted = adaptBands(model, 3, known);
    expect(adapted.normalization.mean).toEqual(known.map((band) => normalization.mean[band]));
    const wanted = lastBlock(model, grey(before));
    expect(difference(lastBlock(adapted, grey(3)), wanted)).toBeLessThan(1e-5);
  });

  it('feeds each colour to its own band, and their mean to the others', () => {
    const known = [2, 1, 0];
    const normalization = required(normalizations.get(6), 'normalisation');
    const model: VitModel = { ...tinyVit({ channels: 6 }), normalization };
    const colours = randomTensor([1, 3, 8, 8], 9, 0, 1);
    const [red, green, blue] = [0, 1, 2].map((at) => colours.data.subarray(64 * at, 64 * (at + 1)));
    const mean =
      red?.map((value, at) => (value + (green?.[at] ?? 0) + (blue?.[at] ?? 0)) / 3) ?? [];
    const bands = [blue, green, red, mean, mean, mean].flatMap((band) => [...(band ?? [])]);
    const wanted = lastBlock(model, { shape: [1, 6, 8, 8], data: Float32Array.from(bands) });
    const got = lastBlock(adaptBands(model, 3, known), colours);
    expect(difference(got, wanted)).toBeLessThan(1e-5);
  });

  it('keeps separate colours if there are more bands', () => {
    const adapted = adaptBands(tinyVit(), 6);
    const weight = required(adapted.weights.get('patch_embed.proj.weight'), 'weight').data;
    const own = required(tinyVit().weights.get('patch_embed.proj.weight'), 'weight').data;
    // Two copies of each band, with half of the weights each.
    for (const band of [0, 1, 2, 3, 4, 5]) {
      expect(weight[band * 16]).toBeCloseTo((own[(band % 3) * 16] ?? 0) / 2, 6);
    }
  });
});

function dark(channels: number): Tensor {
  const { shape, data } = grey(channels);
  return { shape, data: data.map((value) => value / 2) };
}
