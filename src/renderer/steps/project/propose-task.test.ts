import { expect, it } from 'vitest';
import { contentsOf } from '../../../contract/testing/folder-contents.ts';
import { maskFiles, proposeTask } from './propose-task.ts';

it('proposes segmentation if there are masks next to the images', () => {
  expect(proposeTask(contentsOf({ masks: 4 }))).toBe('segmentation');
  const coco = { kind: 'coco', path: '/a/coco.json', files: 1 } as const;
  const given = contentsOf({ maskSources: [coco] });
  expect(proposeTask(given)).toBe('segmentation');
  expect(maskFiles(given)).toBe(1);
});

it('proposes one class per image for class folders, and before the folder is scanned', () => {
  expect(proposeTask(null)).toBe('single');
  expect(proposeTask(contentsOf({ labelled: 4, classCount: 2 }))).toBe('single');
});
