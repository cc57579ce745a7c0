import { describe, expect, test } from 'vitest';
import { Random } from '../random.ts';
import { tensor } from '../tensor.ts';
import { crossValidatedAccuracy } from './cross-validation.ts';

/** Features in which each class is a shift of one feature. */
function drawn(images: number, classes: number, shift: number, seed: number) {
  const random = new Random(seed);
  const width = 12;
  const data = new Float32Array(images * width);
  const labels = Array.from({ length: images }, (_, image) => [image % classes]);
  for (let image = 0; image < images; image++) {
    for (let at = 0; at < width; at++) {
      data[image * width + at] = random.normal() + (at === image % classes ? shift : 0);
    }
  }
  return { features: tensor([images, width], data), labels, classes, task: 'single' as const };
}

describe('cross-validated accuracy', () => {
  test('is near 1 if classes are separable, and near chance if they are not', async () => {
    const apart = await crossValidatedAccuracy({ ...drawn(60, 3, 12, 1), seed: 0 });
    expect(apart).toBeGreaterThan(0.98);
    const alike = await crossValidatedAccuracy({ ...drawn(300, 3, 0, 2), seed: 0 });
    expect(alike).toBeGreaterThan(0.2);
    // A probe trained on its own test fold would score far higher.
    expect(alike).toBeLessThan(0.5);
  });

  test('is the same for the same seed', async () => {
    const training = drawn(60, 3, 1.5, 3);
    const first = await crossValidatedAccuracy({ ...training, seed: 4 });
    expect(await crossValidatedAccuracy({ ...training, seed: 4 })).toBe(first);
  });

  test('counts single labels if an image may have several', async () => {
    const { features, labels, classes } = drawn(60, 3, 12, 5);
    const task = 'several' as const;
    const accuracy = await crossValidatedAccuracy({ features, labels, classes, task, seed: 0 });
    expect(accuracy).toBeGreaterThan(0.95);
  });

  test('ignores a class without images', async () => {
    const training = { ...drawn(60, 3, 12, 6), classes: 5 };
    expect(await crossValidatedAccuracy({ ...training, seed: 0 })).toBeGreaterThan(0.95);
  });

  test.each([
    ['too few images', drawn(12, 3, 5, 7)],
    ['one class', drawn(20, 1, 5, 8)],
    [
      'a class with a single image',
      { ...drawn(20, 1, 5, 9), classes: 2, labels: [[1], ...Array<number[]>(19).fill([0])] },
    ],
  ])('is undefined for %s', async (_name, training) => {
    expect(await crossValidatedAccuracy({ ...training, seed: 0 })).toBeNull();
  });
});
