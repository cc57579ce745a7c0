import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitByGroup, type Grouped } from './split.ts';

function alone(label: string, count: number): Grouped[] {
  return Array.from({ length: count }, () => ({ labels: [label], group: undefined }));
}

function countOf(images: readonly Grouped[], label: string): number {
  return images.filter(({ labels }) => labels[0] === label).length;
}

describe('without groups', () => {
  test('takes its share of each class', () => {
    const images = [...alone('a', 50), ...alone('b', 20), ...alone('c', 10)];
    const { train, test: held } = splitByGroup(images, 0.2, 3);
    expect(['a', 'b', 'c'].map((label) => countOf(held, label))).toEqual([10, 4, 2]);
    expect(train).toHaveLength(64);
  });

  test('adds up shares below one half', () => {
    const images = Array.from({ length: 10 }, (_, i) => alone(`class ${i}`, 2)).flat();
    const { test: held } = splitByGroup(images, 0.2, 0);
    expect(held).toHaveLength(4);
    expect(new Set(held.map(({ labels }) => labels[0])).size).toBe(4);
  });

  test('takes no more than its share of a class to make up for others', () => {
    // 0.07 · 100 is 7.000000000000001, which must not count as a share of 8.
    const rare = Array.from({ length: 50 }, (_, i) => alone(`class ${i}`, 1)).flat();
    for (let seed = 0; seed < 20; seed++) {
      const { test: held } = splitByGroup([...alone('a', 100), ...rare], 0.07, seed);
      expect([held.length, countOf(held, 'a')]).toEqual([11, 7]);
    }
  });

  test('depends on the seed and keeps the order', () => {
    const images = alone('a', 40).map((image, id) => ({ ...image, id }));
    const ids = (seed: number): number[] =>
      splitByGroup(images, 0.25, seed).test.map(({ id }) => id);
    expect(ids(1)).toEqual(ids(1));
    expect(ids(1)).not.toEqual(ids(2));
    expect(ids(1)).toEqual([...ids(1)].sort((a, b) => a - b));
  });
});

describe('with keys', () => {
  const keyed = (keys: readonly number[]): Grouped[] =>
    keys.map((key) => ({ labels: ['a'], group: undefined, key }));
  const held = (keys: readonly number[]): number[] =>
    splitByGroup(keyed(keys), 0.2, 0).test.map(({ key }) => key ?? NaN);

  test('moves few images when others are added or removed', () => {
    const keys = Array.from({ length: 40 }, (_, key) => key);
    const before = new Set(held(keys));
    for (const gone of keys) {
      const after = held(keys.filter((key) => key !== gone));
      const moved = after.filter((key) => !before.has(key));
      expect(moved.length).toBeLessThanOrEqual(1);
    }
    const more = held([...keys, 100, 101, 102, 103, 104]);
    // Five more images add one more test image, and at most as many leave the test set as were added.
    expect(more).toHaveLength(9);
    expect([...before].filter((key) => !more.includes(key)).length).toBeLessThanOrEqual(5);
  });

  test('does not depend on their order', () => {
    const keys = Array.from({ length: 30 }, (_, key) => 7 * key);
    expect(held(keys.toReversed()).toReversed()).toEqual(held(keys));
  });

  test('leaves a group on its side when an image joins it', () => {
    const groups = (more: number): Grouped[] =>
      Array.from({ length: 10 + more }, (_, index) => ({
        labels: ['a'],
        group: `p${index % 10}`,
        key: index,
      }));
    const before = new Set(splitByGroup(groups(0), 0.2, 3).test.map(({ group }) => group));
    const after = new Set(splitByGroup(groups(10), 0.2, 3).test.map(({ group }) => group));
    expect(after).toEqual(before);
  });
});

test('balances the classes with groups as well as possible', () => {
  // Ten patients of six images, two classes: one whole patient per class is closest to a fifth.
  const images = Array.from({ length: 60 }, (_, i) => {
    const patient = Math.floor(i / 6);
    return { labels: [patient < 5 ? 'ill' : 'well'], group: `p${patient}` };
  });
  for (let seed = 0; seed < 20; seed++) {
    const { test: held } = splitByGroup(images, 0.2, seed);
    expect([countOf(held, 'ill'), countOf(held, 'well')]).toEqual([6, 6]);
  }
});

test('places large groups while there is room', () => {
  const images = [5, 5, 5, 5, 3].flatMap((count, patient) =>
    Array.from({ length: count }, () => ({ labels: ['a'], group: `p${patient}` })),
  );
  for (let seed = 0; seed < 20; seed++) {
    expect(splitByGroup(images, 5 / 23, seed).test).toHaveLength(5);
  }
});

test('leaves neither side empty if there are two groups', () => {
  for (const fraction of [0.001, 0.999]) {
    const { train, test: held } = splitByGroup(alone('a', 3), fraction, 0);
    expect([train.length, held.length].sort()).toEqual([1, 2]);
  }
  const one = [
    { labels: ['a'], group: 'p' },
    { labels: ['b'], group: 'p' },
  ];
  expect(splitByGroup(one, 0.5, 0)).toEqual({ train: one, test: [] });
  expect(splitByGroup([], 0.5, 0)).toEqual({ train: [], test: [] });
});

test('loses and repeats no image, and puts no group on both sides', () => {
  const image = fc.record({
    labels: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }),
    group: fc.option(fc.constantFrom('p', 'q', 'r', 's'), { nil: undefined }),
  });
  const fraction = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  fc.assert(
    fc.property(fc.array(image, { maxLength: 40 }), fraction, fc.nat(), (images, share, seed) => {
      const { train, test: held } = splitByGroup(images, share, seed);
      expect(new Set([...train, ...held])).toEqual(new Set(images));
      expect(train.length + held.length).toBe(images.length);
      const trainGroups = new Set(train.map(({ group }) => group).filter((g) => g !== undefined));
      expect(held.filter(({ group }) => group !== undefined && trainGroups.has(group))).toEqual([]);
      const units = new Set(images.map((each) => each.group ?? each)).size;
      expect(train.length > 0 && held.length > 0).toBe(units > 1);
    }),
  );
});

test.each([0, 1, -0.1, NaN])('refuses the fraction %f', (fraction) => {
  expect(() => splitByGroup(alone('a', 4), fraction, 0)).toThrow(/fraction/);
});
