import { describe, expect, test } from 'vitest';
import { holdOut, type Usable } from './hold-out.ts';

interface Image extends Usable {
  readonly id: number;
}

let last = 0;
function images(count: number, change: Partial<Usable> = {}): Image[] {
  const image = { labels: ['a'], isLabelled: true, group: undefined, ...change };
  return Array.from({ length: count }, () => ({ ...image, id: ++last }));
}
const unlabelled = { labels: [], isLabelled: false };

describe('where test images are marked', () => {
  test('the labelled ones are held out, and the unlabelled ones are for nothing', () => {
    const marked = [...images(3), ...images(2, unlabelled)];
    const others = [...images(10), ...images(5, unlabelled)];
    expect(holdOut(marked, others, 0)).toEqual({
      rest: others,
      tested: marked.slice(0, 3),
      shared: [],
    });
  });

  test('others of their groups are left out, labelled or not', () => {
    const marked = images(1, { group: 'p1' });
    const kept = [...images(2, { group: 'p2' }), ...images(1)];
    const others = [...kept, ...images(1, { group: 'p1' }), ...images(1, { group: 'p1' })];
    const { rest, shared } = holdOut(marked, others, 0);
    expect(rest).toEqual(kept);
    expect(shared).toEqual(others.slice(3));
  });
});

describe('where none is, or none of them is labelled', () => {
  test.each([0, 4])(
    'a fifth of the labelled others is held out (%d unlabelled marked)',
    (count) => {
      const others = [...images(10), ...images(10, { labels: ['b'] }), ...images(30, unlabelled)];
      const { rest, tested, shared } = holdOut(images(count, unlabelled), others, 0);
      expect(tested.map(({ labels }) => labels[0]).sort()).toEqual(['a', 'a', 'b', 'b']);
      expect(rest).toHaveLength(46);
      expect(shared).toEqual([]);
    },
  );

  test('unlabelled images of held-out groups are left out', () => {
    const group = (name: string): Image[] => [
      ...images(2, { group: name }),
      ...images(1, { ...unlabelled, group: name }),
    ];
    const { rest, tested, shared } = holdOut([], ['p', 'q', 'r', 's', 't'].flatMap(group), 0);
    expect(tested).toHaveLength(2);
    expect(new Set(tested.map((one) => one.group)).size).toBe(1);
    expect(shared.map((one) => one.group)).toEqual([tested[0]?.group]);
    expect(rest).toHaveLength(12);
  });

  test('the order and the seed decide', () => {
    const all = images(50);
    const ids = (seed: number): number[] => holdOut([], all, seed).tested.map(({ id }) => id);
    expect(ids(0)).toEqual(ids(0));
    expect(ids(0)).not.toEqual(ids(1));
  });
});
