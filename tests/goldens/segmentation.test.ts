import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { boundaryCounts, boundaryF1, readFromMasks } from '../../src/core/metrics/boundary-f1.ts';
import type { Interval } from '../../src/core/metrics/interval.ts';
import { MaskConfusion } from '../../src/core/metrics/mask-confusion.ts';
import { segmentationReport } from '../../src/core/metrics/segmentation.ts';
import type { PerClassScores, SegmentedImage } from '../../src/core/metrics/segmentation.ts';

// Results of MedPy, scikit-image, scikit-learn and SciPy for the same masks; make_segmentation_goldens.py states
// which library computes what.

interface GoldenScores {
  readonly mean: number | null;
  readonly classes: readonly (number | null)[];
}

interface GoldenImage {
  /** Mask with one digit per pixel, '.' for 255. */
  readonly truth: string;
  readonly predicted: string;
  readonly counts: readonly (readonly number[])[];
  readonly dice: readonly (number | null)[];
  /**
   * Pixel counts for classes 1, 2, …: predicted, those near a true one, true, those near a predicted one.
   */
  readonly boundaryCounts: readonly (readonly number[])[];
  readonly boundaryF1: readonly (number | null)[];
}

interface Golden {
  readonly name: string;
  readonly classes: number;
  readonly width: number;
  readonly height: number;
  readonly tolerance: number;
  readonly spacing: readonly [number, number] | null;
  readonly images: readonly GoldenImage[];
  readonly dice: GoldenScores;
  readonly iou: GoldenScores;
  readonly pixelAccuracy: number;
  readonly boundaryF1: GoldenScores;
  /** 2.5th and 97.5th percentile of means over 20,000 samples of groups, two images each. */
  readonly bounds?: Readonly<Record<'dice' | 'iou', readonly [number, number]>>;
}

const goldens = JSON.parse(
  readFileSync(new URL('segmentation.json', import.meta.url), 'utf8'),
) as Golden[];

const maskOf = (letters: string): Uint8Array =>
  Uint8Array.from(letters, (letter) => (letter === '.' ? 255 : Number(letter)));

function confusionOf({ classes }: Golden, image: GoldenImage): MaskConfusion {
  const confusion = new MaskConfusion(classes);
  confusion.add(maskOf(image.truth), maskOf(image.predicted));
  return confusion;
}

function boundaryOf({ classes, width, height, tolerance, spacing }: Golden, image: GoldenImage) {
  const pair = { truth: maskOf(image.truth), predicted: maskOf(image.predicted) };
  const size = { width, height };
  return boundaryCounts(size, readFromMasks(pair, size), {
    classes,
    tolerance: {
      distance: tolerance,
      spacing: spacing === null ? undefined : { x: spacing[0], y: spacing[1] },
    },
  });
}

/** Consecutive images form groups of two. */
function reportOf(golden: Golden, resamples: number) {
  const images = golden.images.map((image, index): SegmentedImage => ({
    pixels: confusionOf(golden, image).classPixels(),
    boundary: boundaryOf(golden, image),
    group: `group ${Math.floor(index / 2)}`,
  }));
  return segmentationReport({ images, seed: 1, resamples });
}

function expectScores(actual: PerClassScores | null, expected: GoldenScores): void {
  expectValue(actual?.mean?.value, expected.mean);
  expect(actual?.classes).toHaveLength(expected.classes.length);
  for (const [own, value] of expected.classes.entries()) {
    expectValue(actual?.classes[own]?.value, value);
  }
}

function expectValue(actual: number | undefined, expected: number | null): void {
  if (expected === null) expect(actual).toBeUndefined();
  else expect(Math.abs((actual ?? NaN) - expected)).toBeLessThan(1e-6);
}

describe.each(goldens)('scores of masks equal those of other libraries: $name', (golden) => {
  it('agree in pixels by true and predicted class', () => {
    for (const image of golden.images) {
      expect([...confusionOf(golden, image).counts]).toEqual(image.counts.flat());
    }
  });

  it('agree in the Dice of each class and image', () => {
    for (const image of golden.images) {
      const pixels = confusionOf(golden, image).classPixels();
      const { dice } = segmentationReport({ images: [{ pixels }], seed: 1, resamples: 1 });
      for (const [index, expected] of image.dice.entries()) {
        expectValue(dice.classes[index]?.value, expected);
      }
    }
  });

  it('agree in boundary pixels within the tolerance', () => {
    for (const image of golden.images) {
      const counts = boundaryOf(golden, image);
      for (const [index, expected] of image.boundaryCounts.entries()) {
        const own = index + 1;
        const { predicted, predictedNear, truth, truthNear } = counts;
        const actual = [predicted[own], predictedNear[own], truth[own], truthNear[own]];
        expect(actual).toEqual(expected);
        const f1 = boundaryF1(counts, own);
        expectValue(Number.isNaN(f1) ? undefined : f1, image.boundaryF1[index] ?? null);
      }
    }
  });

  it('agree in the figures of the report', () => {
    const report = reportOf(golden, 10);
    expectScores(report.dice, golden.dice);
    expectScores(report.iou, golden.iou);
    expectScores(report.boundaryF1, golden.boundaryF1);
    expectValue(report.pixelAccuracy?.value, golden.pixelAccuracy);
  });
});

it('intervals equal those of whole groups sampled by another generator', () => {
  const golden = goldens.find(({ bounds }) => bounds !== undefined);
  if (golden?.bounds === undefined) throw new Error('no golden has bounds');
  const report = reportOf(golden, 20_000);
  const bounds = (interval: Interval | null) => [interval?.low ?? NaN, interval?.high ?? NaN];
  for (const name of ['dice', 'iou'] as const) {
    const [low = NaN, high = NaN] = bounds(report[name].mean);
    // 20,000 samples on either side leave an uncertainty of about 0.001 in a percentile.
    expect(Math.abs(low - golden.bounds[name][0])).toBeLessThan(0.004);
    expect(Math.abs(high - golden.bounds[name][1])).toBeLessThan(0.004);
  }
});
