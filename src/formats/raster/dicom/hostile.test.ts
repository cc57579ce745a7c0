import { expect, it } from 'vitest';
import { defaultLimits } from '../image-file.ts';
import { openDicom } from './dicom.ts';
import { drawn, endsInSentence } from '../testing/reading.ts';
import { testFolder } from '../testing/test-folder.ts';
import {
  encapsulated,
  encapsulatedFile,
  pictureFile,
  rleFrame,
  syntax,
  type Entry,
} from '../../testing/dicom-fixtures.ts';

const groups: Entry[] = [
  [0x00281050, 'DS', '40\\50'],
  [0x00281051, 'DS', '400\\80'],
  [
    0x00283010,
    'SQ',
    [
      [
        [0x00283002, 'US', [4, 10, 12]],
        [0x00283006, 'US', [1, 2, 3, 4]],
      ],
    ],
  ],
  [0x52009229, 'SQ', [[[0x00289110, 'SQ', [[[0x00280030, 'DS', '1\\1']]]]]]],
  [0x52009230, 'SQ', [[[0x00209113, 'SQ', [[[0x00200032, 'DS', '1\\2\\3']]]]]]],
];
const picture = { rows: 4, columns: 6, allocated: 16, stored: 12, isSigned: true, frames: 2 };
const words = Array.from({ length: 48 }, (_, i) => i * 80);
const bytes = Uint8Array.from({ length: 24 }, (_, i) => i);
const rle = [0, 1].map(() => rleFrame([bytes, bytes]));
const palette = [0, 1, 2].flatMap((channel): Entry[] => [
  [0x00281101 + channel, 'US', [8, 0, 16]],
  [0x00281221 + channel, 'OW', [0, 2, 1, 2, 1, 4, 900, 2, 1, 0, 0]],
]);

const files = {
  implicit: pictureFile(syntax.implicit, picture, words, groups),
  explicit: pictureFile(syntax.explicit, picture, words, groups),
  'big-endian': pictureFile(syntax.bigEndian, picture, words, groups),
  deflated: pictureFile(syntax.deflated, picture, words, groups),
  'run-length': encapsulatedFile(
    syntax.rle,
    picture,
    encapsulated(rle, { table: [0, 8 + (rle[0]?.length ?? 0)] }),
    groups,
  ),
  palette: pictureFile(
    syntax.explicit,
    { rows: 4, columns: 6, photometric: 'PALETTE COLOR' },
    bytes,
    palette,
  ),
  colours: pictureFile(
    syntax.explicit,
    { rows: 2, columns: 4, samples: 3, photometric: 'YBR_FULL_422' },
    bytes.subarray(0, 16),
  ),
};

const folder = testFolder();

it.each(Object.entries(files))(
  '%s files end in pixels or an error message',
  async (name, whole) => {
    const attempt = async (bytes: Uint8Array): Promise<'read' | 'refused'> => {
      const path = await folder.file(name, bytes);
      return endsInSentence(() => openDicom(path, defaultLimits));
    };
    expect(await attempt(whole)).toBe('read');
    const random = drawn(1);
    for (let length = 0; length < whole.length; length += 1 + random(12)) {
      await attempt(whole.subarray(0, length));
    }
    for (let round = 0; round < 400; round++) {
      const changed = Buffer.from(whole);
      for (let i = 0; i <= random(4); i++) {
        const values = [0, 1, 0x7f, 0x80, 0xff, random(256)];
        changed[128 + random(whole.length - 128)] = values[random(values.length)] ?? 0;
      }
      await attempt(changed);
    }
  },
);

it('frames that would take too much memory to decode are refused before that', async () => {
  const coded = encapsulated([Buffer.alloc(64)]);
  const file = encapsulatedFile(syntax.jpeg2000, { rows: 16_000, columns: 16_000 }, coded);
  const image = await openDicom(await folder.file('large.dcm', file), defaultLimits);
  try {
    await expect(image.read()).rejects.toMatchObject({
      code: 'too-large',
      message: expect.stringMatching(/would take 1536 MB of memory to decode/) as string,
    });
  } finally {
    await image.close();
  }
});
