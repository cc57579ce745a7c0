import { expect, it } from 'vitest';
import { pairMasks } from './pairs.ts';

const found = (...names: string[]): { name: string; path: string }[] =>
  names.map((name) => ({ name, path: `/${name}` }));

it.each([
  ['beside each other', ['images/a.jpg', 'masks/a.png'], { '/images/a.jpg': 'masks/a.png' }],
  [
    'within splits',
    ['train/images/a.jpg', 'train/masks/a.png', 'val/images/a.jpg', 'val/masks/a.png'],
    { '/train/images/a.jpg': 'train/masks/a.png', '/val/images/a.jpg': 'val/masks/a.png' },
  ],
  [
    'with splits within',
    ['images/x/a.jpg', 'masks/x/a.png', 'masks/y/a.png'],
    { '/images/x/a.jpg': 'masks/x/a.png' },
  ],
  [
    'by a word behind the name',
    ['images/a.jpg', 'masks/a_mask.png'],
    { '/images/a.jpg': 'masks/a_mask.png' },
  ],
  [
    'of nnU-Net, for each channel',
    ['imagesTr/c_0000.nii.gz', 'imagesTr/c_0001.nii.gz', 'labelsTr/c.nii.gz'],
    {
      '/imagesTr/c_0000.nii.gz': 'labelsTr/c.nii.gz',
      '/imagesTr/c_0001.nii.gz': 'labelsTr/c.nii.gz',
    },
  ],
  [
    'of nnU-Net’s test apart from its training',
    ['imagesTr/c_0000.nii.gz', 'labelsTr/c.nii.gz', 'imagesTs/c_0000.nii.gz'],
    { '/imagesTr/c_0000.nii.gz': 'labelsTr/c.nii.gz' },
  ],
  [
    'of MONAI Label, but what a model proposed',
    ['scans/a.nii.gz', 'scans/labels/final/a.nii.gz', 'scans/labels/original/a.nii.gz'],
    { '/scans/a.nii.gz': 'scans/labels/final/a.nii.gz' },
  ],
  [
    'written in two ways',
    ['images/e\u0301.jpg', 'masks/\u00e9.png'],
    { '/images/e\u0301.jpg': 'masks/\u00e9.png' },
  ],
  [
    'after all of the image’s name, before those after its stem',
    ['images/a.jpg', 'images/a.png', 'masks/a.png', 'masks/a.png.png'],
    { '/images/a.jpg': 'masks/a.png', '/images/a.png': 'masks/a.png.png' },
  ],
  [
    'of DICOM files called after their identifiers',
    ['images/1.2.3.4', 'images/1.2.3.5', 'masks/1.2.3.4.png', 'masks/1.2.3.5.png'],
    { '/images/1.2.3.4': 'masks/1.2.3.4.png', '/images/1.2.3.5': 'masks/1.2.3.5.png' },
  ],
  ['of no image folder', ['a.jpg', 'masks/a.png'], {}],
])('masks %s', (_, names, pairs) => {
  const { byImage } = pairMasks(found(...names));
  const named = [...byImage].map(([image, mask]) => [image, mask.name]);
  expect(Object.fromEntries(named)).toEqual(pairs);
});

const exported = (...names: string[]): { name: string; path: string; labelFolder?: string }[] =>
  found(...names).map((one) =>
    one.name.includes('masks/') ? { ...one, labelFolder: 'masks' } : one,
  );

it.each([
  ['in folders', ['cats/a.jpg', 'masks/cats/a.png'], { '/cats/a.jpg': 'masks/cats/a.png' }],
  [
    'beside two images',
    ['a.jpg', 'a.png', 'masks/a.jpg.png', 'masks/a.png.png'],
    { '/a.jpg': 'masks/a.jpg.png', '/a.png': 'masks/a.png.png' },
  ],
  [
    'of images with a folder of their own first',
    ['a.jpg', 'images/a.jpg', 'masks/a.png'],
    { '/images/a.jpg': 'masks/a.png' },
  ],
])('exported masks %s', (_, names, pairs) => {
  const { byImage, problems } = pairMasks(exported(...names));
  expect(Object.fromEntries([...byImage].map(([image, { name }]) => [image, name]))).toEqual(pairs);
  expect(problems).toEqual([]);
});

it('uses masks from an export folder among the images if there are no others', () => {
  const inside = (names: readonly string[]) =>
    found(...names).map((one) =>
      one.name.startsWith('labels-png/')
        ? { ...one, labelFolder: 'labels-png/masks', exportFolder: 'labels-png/' }
        : one,
    );
  const names = ['a.jpg', 'images/b.jpg', 'test/images/b.jpg', 'images/c.jpg', 'masks/c.png'];
  const masks = ['masks/a.png', 'masks/b.png', 'test/masks/b.png', 'masks/c.png'];
  const { byImage, problems } = pairMasks(
    inside([...names, ...masks.map((name) => `labels-png/${name}`)]),
  );
  expect(Object.fromEntries([...byImage].map(([image, { name }]) => [image, name]))).toEqual({
    '/a.jpg': 'labels-png/masks/a.png',
    '/images/b.jpg': 'labels-png/masks/b.png',
    '/test/images/b.jpg': 'labels-png/test/masks/b.png',
    '/images/c.jpg': 'masks/c.png',
  });
  // The mask of c.jpg, which has another one.
  expect(problems).toMatchObject([
    {
      path: 'labels-png/masks',
      reason: expect.stringMatching(/^its only image is a mask, which marks/) as string,
    },
  ]);
});

it('pairs masks with slices, each with at most one', () => {
  const masks = [
    'masks/v.nii#1.png',
    'masks/v.nii#2.png',
    'masks/v.nii#2.tif',
    'masks/w.nii#1.png',
  ];
  const { bySlice, problems } = pairMasks(found('images/v.nii', ...masks));
  expect([...bySlice].map(([slice, { name }]) => [slice, name])).toEqual([
    ['/images/v.nii#1', 'masks/v.nii#1.png'],
  ]);
  expect(problems).toMatchObject([{ path: '/images/v.nii#2' }, { path: '/masks/w.nii#1.png' }]);
  const both = pairMasks(found('images/v.tif', 'masks/v.tif', 'masks/v.tif#1.png'));
  expect(both.problems).toMatchObject([{ path: '/images/v.tif' }]);
});

it('gives an exported mask that matches two images to neither', () => {
  const { byImage, problems } = pairMasks(exported('a.jpg', 'a.png', 'masks/a.tif'));
  expect([byImage.size, problems.length]).toEqual([0, 2]);
});

it('reports masks without an image', () => {
  const { problems } = pairMasks(found('images/a.jpg', 'masks/a.png', 'masks/b.png'));
  expect(problems).toMatchObject([{ path: '/masks/b.png' }]);
});

it('gives a mask that matches two images to neither, and reports both', () => {
  const { byImage, masks, problems } = pairMasks(
    found('images/a.jpg', 'images/a.png', 'masks/a.tif'),
  );
  expect([[...byImage], masks]).toEqual([[], []]);
  expect(problems.map(({ path }) => path)).toEqual(['/images/a.jpg', '/images/a.png']);
});
