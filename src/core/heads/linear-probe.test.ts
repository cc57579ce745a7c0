import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { tensor, type Tensor } from '../tensor.ts';
import { applyLinearProbe, foldProbe, trainLinearProbe } from './linear-probe.ts';

// Random numbers rounded to hundredths: 15 images, 3 features of different scale and mean.
const features = tensor(
  [15, 3],
  [
    [-0.82, 4.33, -0.57],
    [-0.41, 4.69, -0.59],
    [0.64, 8.39, -2.05],
    [0.86, 4.04, -0.93],
    [0.84, 7.17, -0.48],
    [0.66, 8.22, -1.14],
    [0.36, 6.6, -1.28],
    [2.66, 7.04, 0.09],
    [0.47, 4.23, -0.92],
    [1.23, 3.83, -0.81],
    [0.98, 8.23, -1.33],
    [2.05, 3.71, -1.48],
    [0.29, 2.62, -0.93],
    [2.03, 5.33, -0.69],
    [2.63, 5.54, -0.9],
  ].flat(),
);
const classOf = (image: number) => [Math.floor(image / 5)];
const images = Array.from({ length: 15 }, (_, image) => image);
const single = {
  features,
  labels: images.map(classOf),
  classes: 3,
  task: 'single',
  seed: 1,
} as const;
const several = {
  ...single,
  labels: [[0, 1], [], [1], [], [1], [], [0, 1], [0], [0, 1], [0], [1], [0], [0, 1], [0], [0, 1]],
  classes: 2,
  task: 'several',
} as const; // oxfmt-ignore

function expectClose(actual: Tensor, expected: readonly number[], digits = 5): void {
  expect(actual.data).toHaveLength(expected.length);
  for (const [at, value] of actual.data.entries())
    expect(value).toBeCloseTo(expected[at] ?? NaN, digits);
}

describe('trainLinearProbe', () => {
  // scikit-learn 1.9: LogisticRegression(C=0.5, solver='newton-cholesky', tol=1e-12) on the features
  // standardised with their mean and sqrt(variance + 1e-5); its intercepts less their mean.
  it('agrees with scikit-learn (softmax)', async () => {
    const probe = await trainLinearProbe({ ...single, l2: 2 });
    expect(probe.converged).toBe(true);
    expectClose(probe.weight, [
      -0.633793184917, 0.132829899282, 0.088092775638, 0.046402178562, 0.156706088477, 0.214312013056,
      0.587391006355, -0.289535987759, -0.302404788694,
    ]); // oxfmt-ignore
    expectClose(probe.bias, [-0.055011272047, 0.091280938868, -0.036269666822]);
  });

  it('agrees with scikit-learn (sigmoids, one model per label)', async () => {
    const probe = await trainLinearProbe({ ...several, l2: 2 });
    expect(probe.converged).toBe(true);
    expectClose(probe.weight, [
      0.473635577627, -0.743310005216, 0.205589383796, -0.418478114841, 0.224467582539, -0.319408896228,
    ]); // oxfmt-ignore
    expectClose(probe.bias, [0.45634213, 0.14457478]);
  });

  it('chooses the strength itself, the same for the same seed', async () => {
    const probe = await trainLinearProbe(single);
    expect(probe.l2).toBeGreaterThan(0);
    expect(await trainLinearProbe(single)).toEqual(probe);
  });

  it('does not depend on the scale and shift of features', async () => {
    const moved = tensor([15, 3], features.data.map((value, at) => 8 * value + (at % 3) - 50)); // oxfmt-ignore
    const before = await trainLinearProbe({ ...single, l2: 1 });
    const after = await trainLinearProbe({ ...single, features: moved, l2: 1 });
    expectClose(after.weight, [...before.weight.data], 3);
  });

  it('reports the accuracy on its own images', async () => {
    const probe = await trainLinearProbe({ ...single, l2: 2 });
    const { data } = applyLinearProbe(probe, features).logits;
    const right = images.filter((image) => {
      const own = data.subarray(3 * image, 3 * image + 3);
      return own.indexOf(Math.max(...own)) === classOf(image)[0];
    });
    expect(probe.trainAccuracy).toBeCloseTo(right.length / 15, 12);
    expect(right.length).toBeGreaterThan(5);
    expect(right.length).toBeLessThan(15);
  });

  it('ignores a constant feature', async () => {
    const widened = tensor([15, 4], images.flatMap((image) => [0.1, ...rowOf(image)])); // oxfmt-ignore
    const probe = await trainLinearProbe({ ...single, features: widened, l2: 2 });
    const plain = await trainLinearProbe({ ...single, l2: 2 });
    const other = tensor([1, 4], [3, ...rowOf(0)]);
    const expected = applyLinearProbe(plain, tensor([1, 3], rowOf(0))).logits;
    expectClose(applyLinearProbe(probe, other).logits, [...expected.data], 4);
  });

  it('never predicts a class without images, and learns the others independently of it', async () => {
    const labels = images.map((image) => [2 * (classOf(image)[0] ?? 0)]);
    const probe = await trainLinearProbe({ ...single, labels, classes: 5, l2: 2 });
    const without = await trainLinearProbe({ ...single, l2: 2 });
    const { probabilities } = applyLinearProbe(probe, features);
    const expected = applyLinearProbe(without, features).probabilities;
    for (const image of images) {
      const [a = NaN, none, b = NaN, neither, c = NaN] = probabilities.data.subarray(5 * image);
      expectClose(tensor([3], [a, b, c]), [...expected.data.subarray(3 * image, 3 * image + 3)]);
      expect(none).toBeLessThan(1e-12);
      expect(neither).toBeLessThan(1e-12);
    }
  });

  it('predicts a label of all or no images with its frequency', async () => {
    const labels = several.labels.map((own) => [...own.filter((label) => label === 0), 1]);
    const probe = await trainLinearProbe({ ...several, labels, classes: 3, l2: 2 });
    const [, all = NaN, none = NaN] = applyLinearProbe(probe, features).probabilities.data;
    expect(all).toBeCloseTo(15.5 / 16, 6);
    expect(none).toBeCloseTo(0.5 / 16, 6);
  });
});

function rowOf(image: number): number[] {
  return [...features.data.subarray(3 * image, 3 * image + 3)];
}

describe('applyLinearProbe and foldProbe', () => {
  it.each([single, several])(
    'are the same function of plain features ($task)',
    async (training) => {
      const probe = await trainLinearProbe({ ...training, l2: 0.5 });
      const random = new Random(2);
      const unseen = tensor(
        [4, 3],
        Array.from({ length: 12 }, () => 5 * random.normal()),
      );
      const { logits, probabilities } = applyLinearProbe(probe, unseen);
      const { weight, bias } = foldProbe(probe);
      const folded = Array.from(logits.data, (_, at) => {
        const row = Math.floor(at / training.classes);
        const own = at % training.classes;
        let sum = bias.data[own] ?? NaN;
        for (let d = 0; d < 3; d++)
          sum += (weight.data[3 * own + d] ?? NaN) * (unseen.data[3 * row + d] ?? NaN);
        return sum;
      });
      expectClose(logits, folded);
      expect(probabilities.shape).toEqual([4, training.classes]);
      const total = probabilities.data.reduce((sum, value) => sum + value, 0);
      if (training.task === 'single') expect(total).toBeCloseTo(4, 5);
      else expect(total).not.toBeCloseTo(4, 1);
    },
  );

  it('refuse features of another width', async () => {
    const probe = await trainLinearProbe({ ...single, l2: 2 });
    expect(() => applyLinearProbe(probe, tensor([1, 2], [1, 2]))).toThrow(
      /width 2, a probe of width 3/,
    );
  });
});

describe('bad input and cancelling', () => {
  it('needs two classes, or a label that only some images have', async () => {
    const same = { ...single, labels: images.map(() => [1]) };
    await expect(trainLinearProbe(same)).rejects.toThrow(/at least two classes/);
    await expect(trainLinearProbe(same)).rejects.toMatchObject({ code: 'invalid-labels' });
    const none = { ...several, labels: images.map(() => []) };
    await expect(trainLinearProbe(none)).rejects.toThrow(/with a class and some without/);
    const one = { ...several, labels: images.map((image) => (image % 2 ? [0] : [])), classes: 1 };
    expect((await trainLinearProbe(one)).converged).toBe(true);
  });

  it('names features that are not finite, and lengths that disagree', async () => {
    const broken = { ...single, features: tensor([15, 3], features.data.with(7, Infinity)) };
    await expect(trainLinearProbe(broken)).rejects.toThrow('features: row 2 holds Infinity');
    const short = { ...single, labels: single.labels.slice(1) };
    await expect(trainLinearProbe(short)).rejects.toThrow(/15 images, labels of 14/);
  });

  it('stops when the signal aborts', async () => {
    const signal = { aborted: false };
    let pauses = 0;
    const pause = async () => {
      pauses += 1;
      signal.aborted = pauses === 3;
      await Promise.resolve();
    };
    const run = trainLinearProbe({ ...single, signal, pause });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(pauses).toBe(3);
  });
});
