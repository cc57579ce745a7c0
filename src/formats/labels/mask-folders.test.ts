import { describe, expect, it } from 'vitest';
import type { FoundImage } from './labelled-images.ts';
import { maskProblems, refuseMasks, separateMasks } from './mask-folders.ts';

const found = (...names: string[]): FoundImage[] =>
  names.map((name) => ({ path: `/data/${name}`, name }));
const names = (images: readonly FoundImage[]): string[] => images.map(({ name }) => name);

describe('masks', () => {
  it.each([
    ['images/1.png', 'masks/1.png'],
    ['train/images/1.png', 'train/masks/1.png'],
    ['train/images/a/1.png', 'train/masks/a/1.png'],
    ['Images/1.png', 'Ground Truth/1.png'],
    ['JPEGImages/1.jpg', 'SegmentationClass/1.png'],
    ['images/train/1.png', 'labels/train/1.png'],
  ])('are recognised next to their images: %s, %s', (image, mask) => {
    const parted = separateMasks(found(image, mask, 'other/2.png'));
    expect(names(parted.images)).toEqual([image, 'other/2.png']);
    expect(names(parted.masks)).toEqual([mask]);
  });

  it.each([
    ['class folders', ['cat/1.png', 'dog/2.png']],
    ['masks alone', ['masks/1.png', 'masks/2.png']],
    ['images alone', ['train/images/1.png', 'test/images/2.png']],
    ['masks elsewhere', ['a/images/1.png', 'b/masks/1.png']],
    ['files of those names', ['images.png', 'masks.png']],
  ])('are images if there are %s', (_, list) => {
    const parted = separateMasks(found(...list));
    expect(names(parted.images)).toEqual(list);
    expect(parted.folders).toEqual([]);
  });

  it('are reported once per folder', () => {
    const parted = separateMasks(
      found(
        'test/images/1.png',
        'test/masks/1.png',
        'train/images/2.png',
        'train/masks/2.png',
        'train/masks/3.png',
      ),
    );
    expect(maskProblems(parted)).toMatchObject([
      { path: 'test/masks', reason: expect.stringMatching(/^its only image is a mask/) as string },
      { path: 'train/masks', reason: expect.stringMatching(/^its 2 images are masks/) as string },
    ]);
  });

  it('are not a class', () => {
    const parted = separateMasks(found('images/1.png', 'masks/1.png'));
    expect(() => {
      refuseMasks('/data', parted, 'Do this.');
    }).toThrow(/^\/data holds images and their masks \(1\).*Do this\.$/);
    refuseMasks('/data', separateMasks(found('cat/1.png')), '');
  });
});
