import { expect, it } from 'vitest';
import type { FolderContents } from '../../../contract/app.ts';
import { maskFiles, proposeTask } from './propose-task.ts';

const plain: FolderContents = {
  images: 4,
  hasVolumes: false,
  test: 0,
  masks: 0,
  maskSources: [],
  labelled: 0,
  classCount: 0,
  classes: [],
  table: null,
  inner: null,
};

it('proposes segmentation if there are masks next to the images', () => {
  expect(proposeTask({ ...plain, masks: 4 })).toBe('segmentation');
  const coco = { kind: 'coco', path: '/a/coco.json', files: 1 } as const;
  const given = { ...plain, maskSources: [coco] };
  expect(proposeTask(given)).toBe('segmentation');
  expect(maskFiles(given)).toBe(1);
});

it('proposes one class per image for class folders, and before the folder is scanned', () => {
  expect(proposeTask(null)).toBe('single');
  expect(proposeTask({ ...plain, labelled: 4, classCount: 2 })).toBe('single');
});
