import { expect, test } from 'vitest';
import { chooseLabelled, requirePerClass, type Labelled } from './choose.ts';

interface Numbered extends Labelled {
  readonly id: number;
}

function images(...labels: string[][]): Numbered[] {
  return labels.map((names, id) => ({ id, labels: names }));
}

const many = images(...Array.from({ length: 60 }, (_, i) => [['a', 'b', 'c'][i % 3] ?? '']));

test('chooses exactly the requested number per class, in the order of the images', () => {
  const chosen = chooseLabelled(many, ['a', 'b', 'c'], 4, 7);
  const counts = ['a', 'b', 'c'].map((name) => chosen.filter((i) => i.labels[0] === name).length);
  expect(counts).toEqual([4, 4, 4]);
  expect(chosen.map(({ id }) => id)).toEqual(chosen.map(({ id }) => id).sort((a, b) => a - b));
});

test('depends on the seed', () => {
  const ids = (seed: number): number[] =>
    chooseLabelled(many, ['a', 'b', 'c'], 4, seed).map(({ id }) => id);
  expect(ids(1)).toEqual(ids(1));
  expect(ids(1)).not.toEqual(ids(2));
});

test('leaves out images of other classes', () => {
  const some = images(['y'], ['x'], ['a']);
  expect(chooseLabelled(some, ['a'], 1, 0).map(({ id }) => id)).toEqual([2]);
});

test('chooses as many images without a class', () => {
  const some = images([], [], ['a'], [], ['a']);
  const chosen = chooseLabelled(some, ['a'], 1, 0);
  expect(chosen.map(({ labels }) => labels.length).sort()).toEqual([0, 1]);
});

test('counts an image with several labels for each of them', () => {
  const some = images(['a', 'b'], ['a', 'b'], ['a', 'b']);
  expect(chooseLabelled(some, ['a', 'b'], 2, 0)).toHaveLength(2);
});

test('chooses enough for classes that share images', () => {
  const some = images(...Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? ['a', 'b'] : ['b'])));
  for (let seed = 0; seed < 20; seed++) {
    const chosen = chooseLabelled(some, ['a', 'b'], 8, seed);
    expect(chosen).toHaveLength(8);
    expect(chosenCounts(chosen)).toEqual([8, 8]);
  }
  for (let seed = 0; seed < 20; seed++) {
    const chosen = chooseLabelled(some, ['b', 'a'], 8, seed);
    expect(Math.min(...chosenCounts(chosen))).toBe(8);
  }
});

function chosenCounts(chosen: readonly Numbered[]): number[] {
  return ['a', 'b'].map((name) => chosen.filter(({ labels }) => labels.includes(name)).length);
}

test('counts a repeated label of an image once', () => {
  const some = images(['a', 'a']);
  expect(() => {
    requirePerClass(some, ['a'], 2);
  }).toThrow(/"a" has 1/);
});

test('names every class with too few images, with the available and the requested number', () => {
  const some = images(['a'], ['a'], ['b'], ['c'], ['c']);
  expect(() => {
    requirePerClass(some, ['a', 'b', 'c'], 2);
  }).toThrow(
    '2 labelled images per class were requested, but class "b" has 1. Label more images or request at most 1 per class.',
  );
  expect(() => {
    requirePerClass(some, ['a', 'd'], 3);
  }).toThrow(
    '3 labelled images per class were requested, but class "a" has 2, "d" has 0. Label more images.',
  );
});

test('chooses all images of a class with too few', () => {
  const some = images(['a'], ['a'], ['b'], ['b'], ['b']);
  expect(chooseLabelled(some, ['a', 'b'], 3, 0)).toHaveLength(5);
});
