import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  divide,
  holdOut,
  type Division,
  type Subset,
  type AssignedImage,
  type TestMode,
  type Usable,
} from './hold-out.ts';

interface Image extends Usable {
  readonly id: number;
}

let last = 0;
function images(count: number, change: Partial<Usable> = {}): Image[] {
  const image = { labels: ['a'], isLabelled: true, group: undefined, ...change };
  return Array.from({ length: count }, () => ({ ...image, id: ++last }));
}
const unlabelled = { labels: [], isLabelled: false };

describe('with marked test images', () => {
  test('holds out the labelled ones and does not use the unlabelled ones', () => {
    const marked = [...images(3), ...images(2, unlabelled)];
    const others = [...images(10), ...images(5, unlabelled)];
    expect(holdOut(marked, others, 0)).toEqual({
      rest: others,
      tested: marked.slice(0, 3),
      shared: [],
    });
  });

  test('leaves out other images of their groups, labelled or not', () => {
    const marked = images(1, { group: 'p1' });
    const kept = [...images(2, { group: 'p2' }), ...images(1)];
    const others = [...kept, ...images(1, { group: 'p1' }), ...images(1, { group: 'p1' })];
    const { rest, shared } = holdOut(marked, others, 0);
    expect(rest).toEqual(kept);
    expect(shared).toEqual(others.slice(3));
  });
});

describe('without labelled test images', () => {
  test.each([0, 4])(
    'holds out a fifth of the other labelled images (%d unlabelled ones marked)',
    (count) => {
      const others = [...images(10), ...images(10, { labels: ['b'] }), ...images(30, unlabelled)];
      const { rest, tested, shared } = holdOut(images(count, unlabelled), others, 0);
      expect(tested.map(({ labels }) => labels[0]).sort()).toEqual(['a', 'a', 'b', 'b']);
      expect(rest).toHaveLength(46);
      expect(shared).toEqual([]);
    },
  );

  test('leaves out unlabelled images of held-out groups', () => {
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

  test('depends on the order and the seed', () => {
    const all = images(50);
    const ids = (seed: number): number[] => holdOut([], all, seed).tested.map(({ id }) => id);
    expect(ids(0)).toEqual(ids(0));
    expect(ids(0)).not.toEqual(ids(1));
  });
});

describe('a frozen test set', () => {
  interface Kept extends AssignedImage {
    readonly id: number;
    readonly key: number;
  }
  const kept = (count: number, change: Partial<AssignedImage> = {}): Kept[] =>
    images(count, change).map((image) => ({
      ...image,
      assigned: undefined,
      ...change,
      key: image.id,
    }));
  /** Records a division as the workspace does after a run. */
  const freeze = (all: readonly Kept[], { tested }: Division<Kept>): Kept[] => {
    const held = new Set(idsOf(tested));
    return all.map((image) => {
      const drawn = held.has(image.id) ? 'test' : image.isLabelled ? 'learn' : undefined;
      return { ...image, drawn };
    });
  };
  const idsOf = (list: readonly Kept[]): number[] => list.map(({ id }) => id);

  test('does not change when other images are labelled, which are used for training', () => {
    const first = [...kept(10), ...kept(10, { labels: ['b'] }), ...kept(30, unlabelled)];
    const before = divide(first, 0);
    expect(before).toMatchObject({ mode: 'drawn', isNew: true });
    expect(before.tested).toHaveLength(4);
    const labelled = freeze(first, before).map((image) => ({
      ...image,
      ...(!image.isLabelled && { isLabelled: true, labels: ['a'] }),
    }));
    const after = divide([...kept(7), ...labelled, ...kept(20)], 0, 'drawn');
    expect(idsOf(after.tested)).toEqual(idsOf(before.tested));
    expect(after.rest).toHaveLength(16 + 30 + 27);
    expect(after.isNew).toBe(false);
  });

  test('is extended by a fifth of a class without test images, and keeps it', () => {
    const first = [...kept(10), ...kept(10, { labels: ['b'] })];
    const before = freeze(first, divide(first, 0));
    const all = [...before, ...kept(10, { labels: ['c'] })];
    const after = divide(all, 0, 'drawn');
    expect(after.tested.map(({ labels }) => labels[0]).sort()).toEqual([
      'a',
      'a',
      'b',
      'b',
      'c',
      'c',
    ]);
    const again = divide([...freeze(all, after), ...kept(40, { labels: ['c'] })], 0, 'drawn');
    expect(idsOf(again.tested)).toEqual(idsOf(after.tested));
  });

  test('puts a group on the side of its test images, and reports groups on both sides', () => {
    const first = [...kept(10, { drawn: 'learn' }), ...kept(2, { drawn: 'test' })];
    const merged = first.map((image, at) =>
      at >= 8 && at < 11 ? { ...image, group: 'p' } : image,
    );
    const more = [...kept(1, { group: 'p' }), ...kept(1, { ...unlabelled, group: 'p' })];
    const { tested, rest, shared, spanning } = divide([...merged, ...more], 0, 'drawn');
    expect(idsOf(tested)).toEqual(idsOf([...merged.slice(8), ...more.slice(0, 1)]));
    expect(idsOf(rest)).toEqual(idsOf(merged.slice(0, 8)));
    expect(idsOf(shared)).toEqual(idsOf(more.slice(1)));
    expect(spanning).toEqual(['p']);
  });

  test("gives the user's marks precedence over random choices", () => {
    const all = [
      ...kept(1, { drawn: 'test', assigned: 'learn' }),
      ...kept(1, { drawn: 'test' }),
      ...kept(1, { drawn: 'learn', assigned: 'test' }),
      ...kept(4, { drawn: 'learn' }),
    ];
    expect(idsOf(divide(all, 0, 'drawn').tested)).toEqual(idsOf(all.slice(1, 3)));
    expect(idsOf(divide(all, 0, 'drawn').rest)).toEqual(
      idsOf([...all.slice(0, 1), ...all.slice(3)]),
    );
  });

  test('is chosen again once none of its images is left', () => {
    const all = [...kept(20, { drawn: 'learn' }), ...kept(2, { ...unlabelled, drawn: 'test' })];
    const { isNew, tested } = divide(all, 1, 'drawn');
    expect(isNew).toBe(true);
    expect(tested).toHaveLength(4);
  });

  test('never includes images marked for training, or their groups', () => {
    const all = [
      ...kept(6, { assigned: 'learn' }),
      ...kept(4),
      ...kept(4, { group: 'p' }),
      ...kept(1, { group: 'p', assigned: 'learn' }),
    ];
    for (let seed = 0; seed < 20; seed++) {
      const { tested } = divide(all, seed);
      expect(tested.length).toBeGreaterThan(0);
      expect(idsOf(tested).every((id) => idsOf(all.slice(6, 10)).includes(id))).toBe(true);
    }
  });

  test('never trains on an image whose group has a test image, whatever the marks', () => {
    const part = fc.constantFrom<Subset | undefined>('test', 'learn', undefined);
    const image = fc.record({
      labels: fc.constantFrom(['a'], ['b'], ['c']),
      isLabelled: fc.boolean(),
      group: fc.option(fc.constantFrom('p', 'q', 'r'), { nil: undefined }),
      assigned: part,
      drawn: part,
    });
    const mode = fc.constantFrom<TestMode | undefined>('drawn', 'marked', undefined);
    fc.assert(
      fc.property(fc.array(image, { maxLength: 20 }), mode, fc.nat(9), (all, frozen, seed) => {
        const { tested, rest, shared } = divide(all, seed, frozen);
        const groups = new Set(tested.flatMap(({ group }) => group ?? []));
        expect(rest.filter(({ group }) => group !== undefined && groups.has(group))).toEqual([]);
        const placed = [...tested, ...rest, ...shared];
        expect(new Set(placed).size).toBe(placed.length);
        expect(tested.every(({ isLabelled }) => isLabelled)).toBe(true);
        expect(rest.filter(({ assigned }) => assigned === 'test')).toEqual([]);
      }),
    );
  });

  test('is determined quickly for 100,000 images', () => {
    const many = kept(100_000).map((image, at) => ({ ...image, group: `p${at % 30_000}` }));
    const before = freeze(many, divide(many, 0));
    const after = divide([...before, ...kept(1000)], 0, 'drawn');
    expect(after.tested.length).toBeGreaterThan(19_000);
  });
});
