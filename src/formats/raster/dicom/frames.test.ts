import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../image-file.ts';
import { openDicom } from './dicom.ts';
import { valuesOf } from '../testing/reading.ts';
import { testImages } from '../testing/test-folder.ts';
import {
  dicomFile,
  elementHeader,
  encapsulated,
  encapsulatedFile,
  pictureEntries,
  pictureFile,
  rleFrame,
  syntax,
  type Entry,
  type DicomImageSpec,
} from '../../testing/dicom-fixtures.ts';

const { open: opened, write: temporaryFile } = testImages(openDicom);

const picture: DicomImageSpec = { rows: 2, columns: 3, frames: 3 };
const values = [0, 1, 2].map((frame) => Array.from({ length: 6 }, (_, i) => 10 * frame + i));
const coded = values.map((frame) => rleFrame([Uint8Array.from(frame)]));
/** Offset of each frame's item, in bytes from the end of the table. */
const offsets = coded.reduce<number[]>(
  (list, frame) => [...list, (list.at(-1) ?? 0) + 8 + frame.length],
  [0],
);
const table = offsets.slice(0, 3);

async function all(bytes: Uint8Array): Promise<{ values: number[][]; notes: readonly string[] }> {
  const file = await opened(bytes);
  const read: number[][] = [];
  for (let frame = 0; frame < file.header.frames; frame++)
    read.push(await valuesOf(file, { frame }));
  return { values: read, notes: file.header.notes };
}

const rle = (fragments: readonly Uint8Array[], ...more: Parameters<typeof encapsulated>[1][]) =>
  encapsulatedFile(syntax.rle, picture, encapsulated(fragments, ...more));

/** A frame in two fragments of even length. */
const halves = (frame: Uint8Array): Uint8Array[] => [frame.subarray(0, 32), frame.subarray(32)];

describe('fragments and frames', () => {
  it('are one each without a table, and with one', async () => {
    expect(await all(rle(coded))).toEqual({ values, notes: [] });
    expect(await all(rle(coded, { table }))).toEqual({ values, notes: [] });
  });

  it('are joined by the basic offset table', async () => {
    const split = table.map((offset, i) => offset + 8 * i);
    expect(await all(rle(coded.flatMap(halves), { table: split }))).toEqual({ values, notes: [] });
  });

  it('are joined by the extended offset table', async () => {
    const split = table.map((offset, i) => offset + 8 * i);
    const more: Entry[] = [
      [0x7fe00001, 'OV', split],
      [0x7fe00002, 'OV', coded.map((frame) => frame.length)],
    ];
    const pixels = encapsulated(coded.flatMap(halves));
    expect(await all(encapsulatedFile(syntax.rle, picture, pixels, more))).toEqual({
      values,
      notes: [],
    });
  });

  it('one fragment is taken as one frame if the offset table is wrong', async () => {
    for (const broken of [[0, 10, 20], [0, 0, 0], [8, ...table.slice(1)], table.slice(0, 2)]) {
      expect(await all(rle(coded, { table: broken }))).toEqual({ values, notes: [] });
    }
  });

  it('all belong to a single frame', async () => {
    const bytes = encapsulatedFile(
      syntax.rle,
      { ...picture, frames: 1 },
      encapsulated(halves(coded[1] ?? Buffer.alloc(0))),
    );
    expect(await all(bytes)).toEqual({ values: [values[1]], notes: [] });
  });

  it('may be empty, or lack the end of their sequence', async () => {
    expect(await all(rle([Buffer.alloc(0), ...coded, Buffer.alloc(0)]))).toMatchObject({ values });
    expect(await all(rle(coded, { hasEnd: false }))).toMatchObject({ values });
  });

  it('may contain bytes that look like the end of their sequence', async () => {
    const end = elementHeader(0xfffee0dd, '', 0, { isImplicit: true });
    // Eight columns of literal bytes: the delimiter is in the middle of them.
    const tricky = rleFrame([Buffer.concat([Buffer.alloc(4, 5), end, Buffer.alloc(4, 6)])]);
    const bytes = encapsulatedFile(syntax.rle, { rows: 2, columns: 8 }, encapsulated([tricky]));
    expect((await all(bytes)).values).toEqual([[5, 5, 5, 5, ...end, 6, 6, 6, 6]]);
  });

  it('are refused if they cannot be assigned', async () => {
    const path = await temporaryFile(rle(coded.flatMap(halves)));
    await expect(openDicom(path, defaultLimits)).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining('which of its fragments form a frame') as string,
    });
  });

  it('may be more or fewer than declared, with a note', async () => {
    const more = encapsulatedFile(
      syntax.rle,
      { ...picture, frames: 2 },
      encapsulated(coded, { table }),
    );
    expect(await all(more)).toEqual({
      values: values.slice(0, 2),
      notes: [expect.stringContaining('more pixels than its 2')],
    });
    const fewer = encapsulatedFile(syntax.rle, { ...picture, frames: 5 }, encapsulated(coded));
    expect(await all(fewer)).toEqual({
      values,
      notes: ['The file contains only 3 of its 5 frames: it declares more than it holds.'],
    });
  });
});

describe('a file that is cut short', () => {
  const native = pictureFile(syntax.explicit, picture, Uint8Array.from(values.flat()));
  const compressed = rle(coded, { table });

  it.each([
    ['native', native, 2],
    ['compressed', compressed, 8 + 4],
  ] as const)('keeps the complete frames of %s pixels, with a note', async (_name, bytes, cut) => {
    expect(await all(bytes.subarray(0, -cut))).toEqual({
      values: values.slice(0, 2),
      notes: ['The file contains only 2 of its 3 frames: it is cut short.'],
    });
  });

  it('loses the frame whose fragment is missing', async () => {
    const split = table.map((offset, i) => offset + 8 * i);
    const bytes = rle(coded.flatMap(halves), { table: split });
    // In the last frame's second half, in its first half, and in the second frame's second half.
    for (const [cut, whole] of [
      [8 + 4, 2],
      [8 + 48 + 4, 2],
      [8 + 48 + 40 + 4, 1],
    ] as const) {
      expect((await all(bytes.subarray(0, -cut))).values).toEqual(values.slice(0, whole));
    }
  });

  it('reports a frame of unknown end when it is read', async () => {
    const split = table.map((offset, i) => offset + 8 * i);
    // Cut between two fragments: they could be all.
    const bytes = rle(coded.flatMap(halves), { table: split }).subarray(0, -(8 + 48));
    const file = await opened(bytes);
    expect(await valuesOf(file, { frame: 1 })).toEqual(values[1]);
    await expect(file.read({ frame: 2 })).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining('cut short (frame 3)') as string,
    });
  });

  it.each([
    ['native', native],
    ['compressed', compressed],
  ])('is refused if no frame of %s pixels is complete', async (_name, bytes) => {
    const start = bytes.lastIndexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00]));
    for (const length of [14, 16, 24, 28, 40]) {
      const path = await temporaryFile(bytes.subarray(0, Math.min(start + length, start + 16)));
      await expect(openDicom(path, defaultLimits)).rejects.toMatchObject({
        name: 'UserError',
        code: 'invalid-file',
      });
    }
  });
});

describe('pixels that do not fit their transfer syntax', () => {
  it.each([
    ['fragments', encapsulatedFile(syntax.explicit, picture, encapsulated(coded))],
    ['plain bytes', pictureFile(syntax.rle, picture, Uint8Array.from(values.flat()))],
    [
      'no table',
      encapsulatedFile(syntax.rle, picture, elementHeader(0x7fe00010, 'OB', 0xffffffff)),
    ],
  ])('are refused: %s', async (_name, bytes) => {
    const path = await temporaryFile(bytes);
    await expect(openDicom(path, defaultLimits)).rejects.toMatchObject({ code: 'invalid-file' });
  });
});

describe('limits', () => {
  const claims = (rows: number, columns: number, more: readonly Entry[] = []): Buffer =>
    dicomFile(syntax.explicit, [
      ...more,
      ...pictureEntries({ rows, columns }),
      [0x7fe00010, 'OB', new Uint8Array(8)],
    ]);

  it.each([
    ['pixels', claims(65535, 65535), {}],
    ['pixels', claims(3, 3), { pixels: 8 }],
    ['frames', claims(1, 1, [[0x00280008, 'IS', '200000']]), {}],
    ['frames', claims(1, 1, [[0x00280008, 'IS', '3']]), { frames: 2 }],
    [
      'bands',
      pictureFile(
        syntax.explicit,
        { rows: 1, columns: 1, samples: 3, photometric: 'RGB' },
        new Uint8Array(4),
      ),
      { bands: 2 },
    ],
    [
      'a deflated file',
      pictureFile(syntax.deflated, { rows: 1, columns: 4 }, new Uint8Array(4)),
      { bytes: 40 },
    ],
  ])('apply to %s', async (_name, bytes, limits) => {
    const path = await temporaryFile(bytes);
    await expect(openDicom(path, { ...defaultLimits, ...limits })).rejects.toMatchObject({
      name: 'UserError',
      code: 'too-large',
    });
  });

  it('apply to the bytes of a frame', async () => {
    const file = await opened(claims(2, 4), { bytes: 7 });
    await expect(file.read()).rejects.toMatchObject({ code: 'too-large' });
  });

  it.each([
    [0, 5, 'invalid-file'],
    [5, 0, 'invalid-file'],
    [100, 100, 'invalid-file'],
  ])('refuse %i × %i pixels in eight bytes', async (rows, columns, code) => {
    const path = await temporaryFile(claims(rows, columns));
    await expect(openDicom(path, defaultLimits)).rejects.toMatchObject({ code });
  });
});
