import { expect, it } from 'vitest';
import { Random } from '../random.ts';
import { trainPixelClassifier } from './pixel-classifier.ts';
import type { PixelSamples } from './pixel-classifier.ts';
import { gridLogits, Labeller, patchGridOf } from './proposal.ts';
import type { Labels } from './proposal.ts';

const width = 3;

/** Pixels with classes by `classOf`, random values of two byte features and three patch features. */
function samplesBy(
  count: number,
  classOf: (bytes: Uint8Array, patch: Float32Array) => number,
): PixelSamples {
  const random = new Random(5);
  const bytes = Uint8Array.from({ length: count * 2 }, () => random.integer(256));
  const patches = Float32Array.from({ length: count * width }, () => random.normal());
  const classes = Uint8Array.from({ length: count }, (_, row) =>
    classOf(bytes.subarray(2 * row), patches.subarray(width * row)),
  );
  return { count, bytes, patches, classes };
}

/** Labels of a row of pixels, with one patch for all of them. */
async function labelled(
  samples: PixelSamples,
  classes: number,
  pixels: readonly (readonly [number, number])[],
  patch = new Float32Array(width),
): Promise<Labels> {
  const classifier = await trainPixelClassifier(samples, classes);
  const region = { x: 0, y: 0, width: pixels.length, height: 1 };
  const grid = patchGridOf(region, 1000, 1, 1);
  const labeller = new Labeller(
    classifier,
    region,
    grid,
    gridLogits(classifier, grid, () => patch),
  );
  const data = Uint8Array.from([...pixels.map(([a]) => a), ...pixels.map(([, b]) => b)]);
  labeller.add({ ...region, bytes: { features: 2, pixels: pixels.length, data } });
  return labeller.labels;
}

it('learns a class between two bounds, which no line separates', async () => {
  const samples = samplesBy(400, ([first = 0]) => (first > 90 && first < 160 ? 1 : 0));
  const { classes } = await labelled(samples, 2, [
    [20, 7],
    [60, 200],
    [115, 9],
    [135, 90],
    [200, 50],
    [250, 128],
  ]);
  expect([...classes]).toEqual([0, 0, 1, 1, 0, 0]);
});

it('learns from patch features if pixels are uninformative', async () => {
  const samples = samplesBy(400, (_, patch) => ((patch[1] ?? 0) > 0 ? 1 : 0));
  const pixel = [[100, 100]] as const;
  for (const [value, expected] of [
    [1, 1],
    [-1, 0],
  ] as const) {
    const { classes, probabilities } = await labelled(
      samples,
      2,
      pixel,
      Float32Array.of(0, value, 0),
    );
    expect(classes[0]).toBe(expected);
    expect((probabilities[0] ?? 0) / 255).toBeGreaterThan(0.9);
  }
});

it('returns the likelier class, with its share as confidence', async () => {
  const samples = samplesBy(600, ([first = 0]) => Math.floor(first / 86));
  const { classes, probabilities } = await labelled(samples, 3, [
    [40, 0],
    [86, 0],
    [128, 0],
    [220, 0],
  ]);
  expect([classes[0], classes[2], classes[3]]).toEqual([0, 1, 2]);
  // The best of three classes has at least a third, and at a border about a half.
  for (const share of probabilities) expect(share).toBeGreaterThanOrEqual(85);
  expect((probabilities[1] ?? 0) / 255).toBeLessThan(0.75);
});

it('is the same for the same samples', async () => {
  const samples = samplesBy(300, ([first = 0, second = 0]) => (first > second ? 1 : 0));
  expect(await trainPixelClassifier(samples, 2)).toEqual(await trainPixelClassifier(samples, 2));
});

it('stops when cancelled', async () => {
  const samples = samplesBy(300, ([first = 0, second = 0]) => (first > second ? 1 : 0));
  let iterations = 0;
  const stop = (): void => {
    if (iterations++ === 3) throw new Error('enough');
  };
  await expect(trainPixelClassifier(samples, 2, stop)).rejects.toThrow('enough');
});
