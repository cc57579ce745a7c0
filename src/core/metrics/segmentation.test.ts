import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BoundaryCounts } from './boundary-f1.ts';
import { bootstrapIntervals, type Interval } from './interval.ts';
import { MaskConfusion } from './mask-confusion.ts';
import { imageDice, segmentationReport, worstImages } from './segmentation.ts';
import type { PerClassScores, SegmentedImage } from './segmentation.ts';

function image(
  classes: number,
  truth: readonly number[],
  predicted: readonly number[],
  rest: Omit<SegmentedImage, 'pixels'> = {},
): SegmentedImage {
  const confusion = new MaskConfusion(classes);
  confusion.add(Uint8Array.from(truth), Uint8Array.from(predicted));
  return { pixels: confusion.classPixels(), ...rest };
}

/** Counts of classes 1, 2, …: predicted, predicted near, truth, truth near. */
function boundary(...classes: readonly (readonly number[])[]): BoundaryCounts {
  const column = (at: number) => Float64Array.from([0, ...classes.map((own) => own[at] ?? 0)]);
  return {
    predicted: column(0),
    predictedNear: column(1),
    truth: column(2),
    truthNear: column(3),
  };
}

const report = (images: readonly SegmentedImage[], resamples = 50) =>
  segmentationReport({ images, seed: 7, resamples });

/** Values of the metrics without their intervals. */
function values(scores: PerClassScores | null): (number | null)[] {
  if (scores === null) return [];
  return [scores.mean, ...scores.classes].map((interval) => interval?.value ?? null);
}

function expectValues(scores: PerClassScores | null, expected: readonly (number | null)[]): void {
  const actual = values(scores);
  expect(actual).toHaveLength(expected.length);
  for (const [at, value] of expected.entries()) {
    if (value === null) expect(actual[at]).toBeNull();
    else expect(actual[at]).toBeCloseTo(value, 12);
  }
}

describe('figures calculated by hand', () => {
  it('Dice is averaged over images, IoU comes from all pixels together', () => {
    // Class 1: 1 right of 1 true and 2 predicted, then 6 right of 8 and 6. Class 2: in the second image only.
    const images = [
      image(4, [1, 0, 0, 0], [1, 1, 0, 0]),
      image(4, [1, 1, 1, 1, 1, 1, 1, 1, 2, 2], [1, 1, 1, 1, 1, 1, 2, 0, 2, 0]),
    ];
    const { dice, iou, pixelAccuracy, boundaryF1 } = report(images);
    const [first, second] = [2 / 3, 12 / 14];
    expectValues(dice, [(first + (second + 1 / 2) / 2) / 2, (first + second) / 2, 1 / 2, null]);
    expectValues(iou, [(7 / 10 + 1 / 3) / 2, 7 / 10, 1 / 3, null]);
    expect(pixelAccuracy?.value).toBeCloseTo(10 / 14, 12);
    expect(boundaryF1).toBeNull();
  });

  it("the mean of one class is the class's, without images that lack it", () => {
    const images = [
      image(2, [1, 0], [1, 1]),
      image(2, [0, 0], [0, 0]),
      image(2, [0, 0], [0, 1]),
      image(2, [1, 255], [1, 0]),
    ];
    const { dice, iou, pixelAccuracy } = report(images);
    expectValues(dice, [(2 / 3 + 0 + 1) / 3, (2 / 3 + 0 + 1) / 3]);
    expectValues(iou, [2 / 4, 2 / 4]);
    expect(dice.mean).toEqual(dice.classes[0]);
    expect(pixelAccuracy?.value).toBeCloseTo(5 / 7, 12);
  });

  it('boundary F1 is averaged like Dice', () => {
    const pixels = image(3, [0], [0]).pixels;
    const images = [
      { pixels, boundary: boundary([4, 2, 8, 6], [0, 0, 0, 0]) },
      { pixels, boundary: boundary([4, 4, 4, 4], [3, 0, 0, 0]) },
      { pixels, boundary: boundary([0, 0, 0, 0], [0, 0, 0, 0]) },
    ];
    expectValues(report(images).boundaryF1, [(0.6 + (1 + 0) / 2) / 2, (0.6 + 1) / 2, 0]);
  });

  it('is null if there is nothing to compare', () => {
    const background = report([image(3, [0, 0], [0, 0])]);
    expectValues(background.dice, [null, null, null]);
    expectValues(background.iou, [null, null, null]);
    expect(background.pixelAccuracy).toEqual({ value: 1, low: 1, high: 1 });
    const pixels = image(3, [255], [0]).pixels;
    const unknown = report([{ pixels, boundary: boundary([0, 0, 0, 0], [0, 0, 0, 0]) }]);
    expect(unknown.pixelAccuracy).toBeNull();
    expectValues(unknown.boundaryF1, [null, null, null]);
  });
});

describe('intervals', () => {
  const masks = fc.array(fc.tuple(fc.constantFrom(0, 1, 2, 255), fc.constantFrom(0, 1, 2)), {
    minLength: 1,
    maxLength: 8,
  });
  const someImages = fc
    .array(fc.record({ masks, group: fc.constantFrom(undefined, 'a', 'b') }), {
      minLength: 1,
      maxLength: 8,
    })
    .map((items) =>
      items.map(
        ({ masks: pixels, group }) =>
        image(3, pixels.map(([truth]) => truth), pixels.map(([, own]) => own), { group }), // oxfmt-ignore
      ),
    );

  it('are those of resampled images, by whole groups', () => {
    fc.assert(
      fc.property(someImages, (images) => {
        const groups: SegmentedImage[][] = [];
        const named = new Map<string, SegmentedImage[]>();
        for (const one of images) {
          const own = (one.group === undefined ? undefined : named.get(one.group)) ?? [];
          if (own.length === 0) groups.push(own);
          if (one.group !== undefined) named.set(one.group, own);
          own.push(one);
        }
        const expected = bootstrapIntervals(
          (draws) =>
            naiveFigures(
              groups.flatMap((own, index) =>
                Array.from({ length: draws[index] ?? 0 }, () => own).flat(),
              ),
            ),
          { count: groups.length, seed: 7, resamples: 50 },
        );
        const { dice, iou, pixelAccuracy } = report(images);
        expectInterval(dice.mean, expected.dice);
        expectInterval(iou.mean, expected.iou);
        expectInterval(iou.classes[1] ?? null, expected.second);
        expectInterval(pixelAccuracy, expected.accuracy);
      }),
      { numRuns: 50 },
    );
  });

  it('lie in [0, 1], and are the same with truth and prediction swapped', () => {
    const swapped = ({ pixels, group }: SegmentedImage): SegmentedImage => ({
      pixels: { right: pixels.right, truth: pixels.predicted, predicted: pixels.truth },
      group,
    });
    fc.assert(
      fc.property(someImages, (images) => {
        const before = report(images);
        expect(report(images.map(swapped))).toEqual(before);
        for (const scores of [before.dice, before.iou]) {
          for (const interval of [scores.mean, ...scores.classes]) {
            if (interval === null) continue;
            const { low, value, high } = interval;
            for (const one of [low, value, high]) {
              expect(one).toBeGreaterThanOrEqual(0);
              expect(one).toBeLessThanOrEqual(1 + 1e-12);
            }
            expect(low).toBeLessThanOrEqual(high);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('are wider if images of a patient are alike and resampled together', () => {
    const alike = (group: string | undefined, right: boolean) =>
      image(2, [1, 1], right ? [1, 1] : [1, 0], { group });
    const of = (group: (index: number) => string | undefined) =>
      report(Array.from({ length: 40 }, (_, index) => alike(group(index), index % 4 < 2))).dice
        .mean;
    const single = of(() => undefined);
    const grouped = of((index) => `patient ${index % 4}`);
    expect(grouped?.value).toBe(single?.value);
    expect(width(grouped)).toBeGreaterThan(2 * width(single));
    // All images of one patient: resampling has nothing to vary.
    expect(width(of(() => 'one'))).toBe(0);
  });

  it('are the same for the same seed and others for another', () => {
    const images = Array.from({ length: 9 }, (_, index) => image(2, [1, 1, 0], [1, index % 2, index % 3 ? 1 : 0])); // oxfmt-ignore
    expect(report(images)).toEqual(report(images));
    expect(segmentationReport({ images, seed: 8, resamples: 50 })).not.toEqual(report(images));
  });
});

function width(interval: Interval | null): number {
  return interval === null ? NaN : interval.high - interval.low;
}

function expectInterval(actual: Interval | null, expected: Interval): void {
  if (actual === null) {
    expect(expected.value).toBeNaN();
    return;
  }
  for (const name of ['value', 'low', 'high'] as const) {
    expect(actual[name]).toBeCloseTo(expected[name], 12);
  }
}

/** Metrics of three classes, directly from the definitions. */
function naiveFigures(images: readonly SegmentedImage[]) {
  const mean = (numbers: readonly number[]) =>
    numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  const sum = (of: (one: SegmentedImage) => number | undefined) =>
    images.reduce((all, one) => all + (of(one) ?? 0), 0);
  const dices = images.flatMap(({ pixels: { right, truth, predicted } }) => {
    const own = [1, 2]
      .map((at) => ({ both: right[at] ?? 0, sum: (truth[at] ?? 0) + (predicted[at] ?? 0) }))
      .filter((one) => one.sum > 0)
      .map((one) => (2 * one.both) / one.sum);
    return own.length === 0 ? [] : [mean(own)];
  });
  const ious = [1, 2].map((at) => {
    const right = sum((one) => one.pixels.right[at]);
    const both = sum((one) => one.pixels.truth[at]) + sum((one) => one.pixels.predicted[at]);
    return right / (both - right);
  });
  const right = [0, 1, 2].map((at) => sum((one) => one.pixels.right[at]));
  const truth = [0, 1, 2].map((at) => sum((one) => one.pixels.truth[at]));
  return {
    dice: mean(dices),
    iou: mean(ious.filter((one) => !Number.isNaN(one))),
    second: ious[1] ?? NaN,
    accuracy: mean(right) / mean(truth),
  };
}

describe('images by their Dice', () => {
  it('are sorted with the worst first, those with nothing to compare last', () => {
    const images = [
      image(3, [0, 0, 0], [0, 0, 0]),
      image(3, [1, 1, 2], [1, 1, 2]),
      image(3, [1, 2, 2], [1, 2, 0]),
      image(3, [1, 0, 0], [0, 0, 1]),
      image(3, [2, 2, 2], [2, 2, 2]),
    ];
    expect(images.map(imageDice)).toEqual([null, 1, (1 + 2 / 3) / 2, 0, 1]);
    expect(worstImages(images)).toEqual([
      { image: 3, dice: 0 },
      { image: 2, dice: (1 + 2 / 3) / 2 },
      { image: 1, dice: 1 },
      { image: 4, dice: 1 },
      { image: 0, dice: null },
    ]);
  });
});

describe('images that cannot be reported together', () => {
  const one = image(2, [1], [1]);
  const edges = boundary([1, 1, 1, 1]);

  it.each([
    { images: [], message: /there are no images/ },
    { images: [one, image(3, [1], [1])], message: /image 1 has 3 classes, expected 2/ },
    { images: [{ ...one, boundary: boundary([], []) }], message: /image 0 has 3 classes/ },
    { images: [one, { ...one, boundary: edges }], message: /only some images .* image 1/ },
  ])('$message', ({ images, message }) => {
    expect(() => report(images)).toThrow(message);
  });
});
