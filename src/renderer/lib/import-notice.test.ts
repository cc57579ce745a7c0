import { expect, it } from 'vitest';
import { importNotice } from './import-notice.ts';

const report = { found: 10, added: 10, known: 0, copies: 0, masks: 10, masksLeftOut: 0 };
const fixed = { lost: 0, folder: '/scans', cancelled: false, skipped: [] };

it.each([
  [{}, 'done', '10 images were added, 10 with their masks.'],
  [{ cancelled: true, added: 3 }, 'attention', 'Stopped. 3 images were added.'],
  [
    { found: 7200, cancelled: true, added: 120, known: 136, copies: 136 },
    'attention',
    'Stopped. 120 images were added, 136 are copies of images in the project.',
  ],
  [
    { found: 4, added: 2, known: 2, copies: 1, masks: 0 },
    'done',
    '2 images were added, 1 was already in the project, 1 is a copy of an image in the project.',
  ],
  [
    {
      found: 113,
      added: 104,
      masks: 0,
      skipped: ['a#1', 'a#2', 'b'].map((path) => ({ path, reason: 'It is broken.' })),
    },
    'attention',
    '104 images were added. 2 files were left out; the import report says why.',
  ],
  [{ found: 0 }, 'attention', 'That folder contains no images.'],
  [
    { masks: 7, masksLeftOut: 3 },
    'attention',
    '10 images were added, 7 with their masks. 3 masks do not fit and were left out; the import report says why.',
  ],
  [
    { masks: 9, masksLeftOut: 1 },
    'attention',
    '10 images were added, 9 with their masks. One mask does not fit and was left out; the import report says why.',
  ],
  [
    { found: 1500, added: 825, masks: 0, lost: 675 },
    'attention',
    '825 images were added. 675 images were not added because their files are missing, for example because a drive was disconnected or a folder renamed. Make /scans available again, then try again.',
  ],
  [
    { found: 12, masks: 0, lost: 1 },
    'attention',
    '10 images were added. 1 image was not added because its file is missing, for example because a drive was disconnected or a folder renamed. Make /scans available again, then try again. 1 file was left out; the import report says why.',
  ],
] as const)('%j', (change, kind, message) => {
  expect(importNotice({ ...report, ...fixed, ...change })).toEqual({ kind, message });
});
