import { describe, expect, it } from 'vitest';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { required } from '../../../tests/support/values.ts';
import { UserError } from '../errors.ts';
import { resizeModel } from './resize.ts';
import { checkWeights } from './weights.ts';

describe('resizeModel', () => {
  it.each([
    [{}, 12],
    [{}, 4],
    [{ classTokens: 2, registers: 3 }, 20],
    [{ registers: 4, positionsCoverPrefix: false }, 12],
    [{ classTokens: 0 }, 16],
  ] as const)('fits the positions of %j to %i px', (changes, imageSize) => {
    const model = tinyVit(changes);
    const { architecture, weights, normalization } = resizeModel(model, imageSize);
    expect(architecture).toEqual({ ...model.architecture, imageSize });
    expect(normalization).toBe(model.normalization);
    checkWeights(architecture, weights, 'resized');
    for (const [name, weight] of weights) {
      if (name !== 'pos_embed') expect(weight, name).toBe(model.weights.get(name));
    }
  });

  it.each([
    [{ registers: 2 }, 3],
    [{ registers: 2, positionsCoverPrefix: false }, 0],
  ])('does not touch positions of prefix tokens: %j', (changes, covered) => {
    const model = tinyVit(changes);
    // Equal values for all patches: interpolation keeps them, unless prefix tokens are mixed in.
    const { shape, data } = required(model.weights.get('pos_embed'), 'pos_embed');
    const flat = data.slice().fill(7, covered * 6);
    const weights = new Map([...model.weights, ['pos_embed', { shape, data: flat }]]);
    const resized = resizeModel({ ...model, weights }, 12).weights.get('pos_embed');
    const values = [...required(resized, 'pos_embed').data];
    expect(values.slice(0, covered * 6)).toEqual([...data.subarray(0, covered * 6)]);
    values.slice(covered * 6).forEach((value) => {
      expect(value).toBeCloseTo(7, 5);
    });
  });

  it('returns the model itself if nothing changes', () => {
    const model = tinyVit();
    expect(resizeModel(model, 8)).toBe(model);
  });

  it.each([
    [10, 12],
    [9, 8],
    [0, 4],
    [-4, 4],
    [1, 4],
  ])('refuses %i px and states sizes that would fit', (imageSize, near) => {
    const attempt = (): unknown => resizeModel(tinyVit(), imageSize);
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(
      `a multiple of the teacher's patch size, 4 px, such as ${near}; ${imageSize} is not.`,
    );
  });
});
