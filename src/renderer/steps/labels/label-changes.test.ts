import { describe, expect, it } from 'vitest';
import type { ProjectImage } from '../../../contract/app.ts';
import { changesFor, choiceOfKey } from './label-changes.ts';

function image(id: number, classes: number[] | null): ProjectImage {
  return {
    id,
    name: `${id}.png`,
    width: 64,
    height: 64,
    isLabelled: classes !== null,
    classes: classes ?? [],
    isTest: false,
  };
}

describe('one class per image', () => {
  it('replaces other labels and leaves equal ones unchanged', () => {
    expect(changesFor([image(1, null), image(2, [3]), image(3, [5])], 5, 'single')).toEqual([
      { image: 1, classes: [5] },
      { image: 2, classes: [5] },
    ]);
  });

  it('removes labels', () => {
    expect(changesFor([image(1, null), image(2, [3])], 'unlabelled', 'single')).toEqual([
      { image: 2, classes: null },
    ]);
  });
});

describe('several labels', () => {
  it('are added to the images that lack them', () => {
    expect(changesFor([image(1, [2]), image(2, [2, 7]), image(3, null)], 7, 'several')).toEqual([
      { image: 1, classes: [2, 7] },
      { image: 3, classes: [7] },
    ]);
  });

  it('are removed if all images have them; without its last one an image is unlabelled', () => {
    expect(changesFor([image(1, [2, 7]), image(2, [7])], 7, 'several')).toEqual([
      { image: 1, classes: [2] },
      { image: 2, classes: null },
    ]);
  });

  it('distinguish "none of them" from unlabelled', () => {
    expect(changesFor([image(1, null), image(2, [])], 'none', 'several')).toEqual([
      { image: 1, classes: [] },
    ]);
  });
});

describe('keys', () => {
  const classes = [{ id: 11 }, { id: 12 }];

  it.each([
    ['class-1', 11],
    ['class-2', 12],
    ['class-3', null],
    ['take-away', 'unlabelled'],
    ['none-of-them', 'none'],
  ] as const)('%s gives %s', (key, given) => {
    expect(choiceOfKey(key, classes, 'several')).toBe(given);
  });

  it('have no "none of them" if each image has one class', () => {
    expect(choiceOfKey('none-of-them', classes, 'single')).toBeNull();
  });
});
