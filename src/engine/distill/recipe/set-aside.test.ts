import { expect, it } from 'vitest';
import { setAside, viewsOf } from './set-aside.ts';
import type { AsideCandidate } from './set-aside.ts';

function candidates(
  count: number,
  change: (index: number) => Partial<AsideCandidate> = () => ({}),
): AsideCandidate[] {
  return Array.from({ length: count }, (_, index) => ({
    image: { path: `/${index}`, name: `${index}` },
    labels: [`class ${index % 4}`],
    isLabelled: true,
    group: undefined,
    ...change(index),
  }));
}

it('reserves a fifth, class by class, the same for a seed', () => {
  const images = candidates(100);
  const { seen, aside } = setAside(images, 3);
  expect(aside).toHaveLength(20);
  expect([...seen, ...aside].sort((a, b) => a - b)).toEqual([...images.keys()]);
  for (const name of ['class 0', 'class 1', 'class 2', 'class 3']) {
    expect(aside.filter((index) => images[index]?.labels[0] === name)).toHaveLength(5);
  }
  expect(setAside(images, 3)).toEqual({ seen, aside });
  expect(setAside(images, 4).aside).not.toEqual(aside);
});

it('reserves nothing of a small set', () => {
  expect(setAside(candidates(19), 0)).toEqual({ seen: [...Array(19).keys()], aside: [] });
});

it('reserves labelled images if there are enough, otherwise any', () => {
  const few = candidates(200, (index) => ({ isLabelled: index < 40 }));
  expect(setAside(few, 0).aside.every((index) => index < 40)).toBe(true);
  expect(setAside(few, 0).aside).toHaveLength(8);
  const none = candidates(200, () => ({ isLabelled: false, labels: [] }));
  expect(setAside(none, 0).aside).toHaveLength(40);
});

it('reserves at most 100 images of a large set', () => {
  const { seen, aside } = setAside(candidates(2000), 0);
  expect(aside).toHaveLength(100);
  expect(seen).toHaveLength(1900);
});

it('keeps images of one group on one side', () => {
  const images = candidates(200, (index) => ({ group: `patient ${Math.floor(index / 5)}` }));
  const { seen, aside } = setAside(images, 1);
  const groupsOf = (indices: readonly number[]): Set<string | undefined> =>
    new Set(indices.map((index) => images[index]?.group));
  const [ofSeen, ofAside] = [groupsOf(seen), groupsOf(aside)];
  expect([...ofAside].filter((group) => ofSeen.has(group))).toEqual([]);
  expect(aside.length).toBeGreaterThan(20);
});

it('reserves nothing if one group has most of the images', () => {
  const images = candidates(30, (index) => ({ group: index < 28 ? 'a' : 'b' }));
  const { seen, aside } = setAside(images, 0);
  expect(aside.length === 0 || seen.length >= 18).toBe(true);
});

it('renumbers the views of some images', async () => {
  const expected: unknown[] = [];
  const source = {
    count: 5,
    recipe: { crops: 1 },
    draw: (image: number, view: number) => Promise.resolve(Uint8Array.of(image, view)),
    expect: (views: readonly unknown[]) => expected.push(...views),
  };
  const some = viewsOf(source, [1, 4]);
  expect(some.count).toBe(2);
  expect(await some.draw(1, 7)).toEqual(Uint8Array.of(4, 7));
  some.expect?.([{ image: 0, view: 2 }]);
  expect(expected).toEqual([{ image: 1, view: 2 }]);
  expect(() => some.draw(2, 0)).toThrow('no image 2');
});
