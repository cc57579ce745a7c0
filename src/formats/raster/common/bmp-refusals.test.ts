import { describe, expect, it, test } from 'vitest';
import type { ErrorCode } from '../../../core/errors.ts';
import { defaultLimits } from '../image-file.ts';
import { drawn, endsInSentence, expectRefusal } from '../testing/reading.ts';
import { testFolder } from '../testing/test-folder.ts';
import { bmpFile, type BmpOptions } from './bmp-fixtures.ts';
import { openCommon } from './open-common.ts';

const folder = testFolder();

const colours = Array.from({ length: 16 }, (_, index) => [index * 16, 255 - index, index + 1]);

describe('refusals', () => {
  const plain: BmpOptions = { width: 2, height: 2, bits: 24, data: new Array<number>(16).fill(1) };
  const small = { width: 2, height: 1, bits: 8, palette: colours };
  const cases: [name: string, bytes: Buffer, code: ErrorCode, words: RegExp][] = [
    ['cut in its first header', bmpFile(plain).subarray(0, 20), 'invalid-file', /cut short/],
    ['cut in its second header', bmpFile(plain).subarray(0, 40), 'invalid-file', /cut short/],
    [
      'of no known header',
      Buffer.from(bmpFile(plain)).fill(41, 14, 15),
      'invalid-file',
      /41 bytes/,
    ],
    ['without columns', bmpFile({ ...plain, width: 0 }), 'invalid-file', /0 × 2/],
    ['without rows', bmpFile({ ...plain, height: 0 }), 'invalid-file', /2 × 0/],
    ['of negative width', bmpFile({ ...plain, width: -2 }), 'invalid-file', /-2 × 2/],
    [
      'of few run lengths and millions of rows',
      bmpFile({ ...small, height: 2 ** 25, compression: 1, data: [2, 1, 0, 1] }),
      'invalid-file',
      /bytes cannot hold the 2 × 33554432 pixels/,
    ],
    ['of 7 bits', bmpFile({ ...plain, bits: 7 }), 'invalid-file', /bits per pixel/],
    ['of runs in 24 bits', bmpFile({ ...plain, compression: 1 }), 'invalid-file', /\(1\).*24 bits/],
    ['of an unknown packing', bmpFile({ ...plain, compression: 77 }), 'invalid-file', /\(77\)/],
    ['with JPEG inside', bmpFile({ ...plain, compression: 4 }), 'unsupported', /JPEG/],
    ['with PNG inside', bmpFile({ ...plain, compression: 5 }), 'unsupported', /PNG inside/],
    [
      'with Huffman codes',
      bmpFile({ ...plain, bits: 1, headerSize: 64, compression: 3 }),
      'unsupported',
      /Huffman/,
    ],
    [
      'with masks of 10 bits',
      bmpFile({ ...plain, bits: 32, compression: 3, masks: [0x3ff00000, 0xffc00, 0x3ff] }),
      'unsupported',
      /10-bit colours/,
    ],
    [
      'with masks that have gaps',
      bmpFile({ ...plain, bits: 32, compression: 3, masks: [0xf0f0, 0xff, 0xff] }),
      'invalid-file',
      /gaps/,
    ],
    [
      'with masks beyond its pixels',
      bmpFile({ ...plain, bits: 16, compression: 3, masks: [0xff0000, 0xff00, 0xff] }),
      'invalid-file',
      /gaps/,
    ],
    [
      'with pixels inside its header',
      bmpFile(plain).fill(20, 10, 11),
      'invalid-file',
      /begin at byte 20/,
    ],
    [
      'without a palette',
      bmpFile({ ...small, palette: [], data: [0, 0, 0, 0] }),
      'invalid-file',
      /no palette/,
    ],
  ];

  it.each(cases)('a file %s', async (_name, bytes, code, words) => {
    const path = await folder.file('refused.bmp', bytes);
    await expectRefusal(openCommon(path, defaultLimits), code, words);
    await expectRefusal(openCommon(path, defaultLimits), code, /refused\.bmp/);
  });

  it.each<[string, Buffer, RegExp]>([
    ['rows that are cut short', bmpFile(plain).subarray(0, -3), /cut short/],
    [
      'a colour beyond its palette',
      bmpFile({ ...small, data: [1, 16, 0, 0] }),
      /colour 16 of a palette of 16/,
    ],
    ['runs that are cut short', bmpFile({ ...small, compression: 1, data: [1] }), /cut short/],
    [
      'a plain stretch that is cut short',
      bmpFile({ ...small, compression: 1, data: [0, 9, 1] }),
      /cut short/,
    ],
  ])('%s, when it is read', async (_name, bytes, words) => {
    const file = await openCommon(await folder.file('read.bmp', bytes), defaultLimits);
    await expectRefusal(file.read(), 'invalid-file', words);
    await file.close();
  });

  it('refuses more pixels than the limit before decoding', async () => {
    const bytes = bmpFile({
      ...small,
      width: 40_000,
      height: 40_000,
      compression: 1,
      data: [0, 1],
    });
    const path = await folder.file('bomb.bmp', bytes);
    await expectRefusal(openCommon(path, defaultLimits), 'too-large', /40000 × 40000/);
  });
});

test('damaged files cause an error message', async () => {
  const files = [
    bmpFile({
      width: 5,
      height: 3,
      bits: 8,
      palette: colours,
      colours: 16,
      compression: 1,
      data: [5, 1, 0, 0, 0, 4, 6, 7, 8, 9, 0, 2, 1, 1, 0, 1],
    }),
    bmpFile({
      width: 4,
      height: 1,
      bits: 16,
      compression: 3,
      masks: [0xf800, 0x07e0, 0x001f],
      data: [1, 2, 3, 4, 5, 6, 7, 8],
    }),
    bmpFile({
      width: 3,
      height: -2,
      bits: 4,
      palette: colours,
      data: [0x12, 0x30, 0, 0, 0x45, 0x60, 0, 0],
    }),
  ];
  const limits = { ...defaultLimits, pixels: 2 ** 20 };
  const next = drawn(9);
  const outcomes = { read: 0, refused: 0 };
  for (let round = 0; round < 900; round++) {
    const original = files[round % files.length] ?? Buffer.alloc(0);
    const file = Buffer.from(
      original.subarray(0, original.length - (round % 5 === 0 ? next(60) : 0)),
    );
    for (let change = 0; change <= next(3); change++) {
      file[2 + next(file.length - 2)] = [0, 1, 127, 128, 255, next(256)][next(6)] ?? 0;
    }
    const path = await folder.file('changed.bmp', file);
    outcomes[await endsInSentence(() => openCommon(path, limits))]++;
  }
  expect(outcomes.read).toBeGreaterThan(50);
  expect(outcomes.refused).toBeGreaterThan(50);
});
