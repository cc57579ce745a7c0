import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { chooseL2, stratifiedFolds } from './l2-strength.ts';
import type { ProbeData } from './logistic-loss.ts';

/** Draws `perClass` images of each of `classes`, whose centres are `apart` deviations from each other. */
function clusters(classes: number, perClass: number, apart: number, width = 20): ProbeData {
  const random = new Random(21);
  const count = classes * perClass;
  const isTrue = new Uint8Array(count * classes);
  const features = new Float64Array(count * width);
  for (let image = 0; image < count; image++) {
    const own = image % classes;
    isTrue[image * classes + own] = 1;
    for (let at = 0; at < width; at++) {
      features[image * width + at] = random.normal() + (at === own ? apart : 0);
    }
  }
  return { features, isTrue, width, classes, task: 'single' };
}

describe('chooseL2', () => {
  it('is strong for uninformative features, weak for informative ones', async () => {
    const noise = await chooseL2(clusters(3, 10, 0), { seed: 1 });
    const clear = await chooseL2(clusters(3, 10, 12), { seed: 1 });
    expect(noise).toBeCloseTo(20 * 10 ** 0.5, 10);
    expect(clear).toBeLessThanOrEqual(20 * 0.1);
  });

  it('repeats itself by seed', async () => {
    const data = clusters(4, 12, 1.5);
    expect(await chooseL2(data, { seed: 3 })).toBe(await chooseL2(data, { seed: 3 }));
  });

  it.each([
    ['four images a class', clusters(3, 4, 12)],
    ['a class with one image', { ...clusters(1, 30, 12), ...oneOfThirty() }],
  ])('falls back on a fixed share of the width with %s', async (_, data) => {
    expect(await chooseL2(data, { seed: 1 })).toBeCloseTo(0.2 * 20, 12);
  });
});

function oneOfThirty(): Pick<ProbeData, 'isTrue' | 'classes'> {
  const isTrue = new Uint8Array(60);
  for (let image = 0; image < 30; image++) isTrue[2 * image + (image === 4 ? 1 : 0)] = 1;
  return { isTrue, classes: 2 };
}

describe('stratifiedFolds', () => {
  it('gives each fold its share of every class, and each image to one fold', () => {
    const data = clusters(3, 11, 1);
    const folds = stratifiedFolds(data, 5);
    expect(folds.flatMap((fold) => [...fold]).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 33 }, (_, image) => image),
    );
    for (const fold of folds) {
      for (let own = 0; own < 3; own++) {
        const images = [...fold].filter((image) => image % 3 === own).length;
        expect(images === 2 || images === 3).toBe(true);
      }
    }
    expect(stratifiedFolds(data, 5)).toEqual(folds);
    expect(stratifiedFolds(data, 6)).not.toEqual(folds);
  });

  it('takes a stratified part of many images', () => {
    const folds = stratifiedFolds(clusters(2, 100, 1), 5, 40);
    expect(folds.map((fold) => fold.length)).toEqual([8, 8, 8, 8, 8]);
    const images = folds.flatMap((fold) => [...fold]);
    expect(new Set(images).size).toBe(40);
    expect(images.filter((image) => image % 2)).toHaveLength(20);
  });

  it('assigns an image with several labels to the rarest', () => {
    // Label 0 is on all 25 images, label 1 on five of them: each fold gets one of the five.
    const isTrue = Uint8Array.from({ length: 50 }, (_, at) =>
      at % 2 === 0 || at % 10 === 1 ? 1 : 0,
    );
    const folds = stratifiedFolds({ isTrue, classes: 2 }, 2);
    const withBoth = folds.map((fold) => [...fold].filter((image) => isTrue[2 * image + 1]).length);
    expect(withBoth).toEqual([1, 1, 1, 1, 1]);
  });
});
