import { expect, it } from 'vitest';
import { reasonText } from './reason-text.ts';

it.each([
  ['it is a DICOM segmentation, not an image', 'It is a DICOM segmentation, not an image.'],
  ['/scans/a.dcm is damaged: its end is missing.', 'a.dcm is damaged: its end is missing.'],
  [null, ''],
])('%s is shown as: %s', (reason, expected) => {
  expect(reasonText({ path: '/scans/a.dcm', reason })).toBe(expected);
});
