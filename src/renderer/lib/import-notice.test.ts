import { expect, it } from 'vitest';
import { importNotice } from './import-notice.ts';

const report = { found: 10, added: 10, known: 0, masks: 10, masksLeftOut: 0 };
const fixed = { lost: 0, folder: '/scans', cancelled: false };

it.each([
  [{}, 'done', '10 images were added, 10 came with their masks.'],
  [{ cancelled: true, added: 3 }, 'attention', 'Stopped. 3 images are in the project.'],
  [{ found: 0 }, 'attention', 'There is no image in that folder.'],
  [
    { masks: 7, masksLeftOut: 3 },
    'attention',
    '10 images were added, 7 came with their masks. 3 masks do not fit and were left out; the list of what was left out says why.',
  ],
  [
    { masks: 9, masksLeftOut: 1 },
    'attention',
    '10 images were added, 9 came with their masks. One mask does not fit and was left out; the list of what was left out says why.',
  ],
  [
    { found: 1500, added: 825, masks: 0, lost: 675 },
    'attention',
    '825 images were added. 675 images were not added because their files are gone, as when a drive is disconnected or a folder is renamed. Bring /scans back, then try again.',
  ],
  [
    { found: 12, masks: 0, lost: 1 },
    'attention',
    '10 images were added. 1 image was not added because its file is gone, as when a drive is disconnected or a folder is renamed. Bring /scans back, then try again. 1 image could not be read; the list of what was left out says why.',
  ],
] as const)('%j', (change, kind, message) => {
  expect(importNotice({ ...report, ...fixed, ...change })).toEqual({ kind, message });
});
