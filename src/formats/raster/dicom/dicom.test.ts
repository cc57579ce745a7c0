import { describe, expect, it } from 'vitest';
import { isDicom, openDicom } from './dicom.ts';
import { valuesOf } from '../testing/reading.ts';
import { testImages } from '../testing/test-folder.ts';
import {
  dicomFile,
  encapsulated,
  encapsulatedFile,
  pictureEntries,
  pictureFile,
  rleFrame,
  syntax,
  type Entry,
  type DicomImageSpec,
} from '../../testing/dicom-fixtures.ts';
import { defaultLimits } from '../image-file.ts';

const { open: opened, write: temporaryFile } = testImages(openDicom);

const grey: DicomImageSpec = { rows: 2, columns: 3 };
const greyValues = [1, 2, 3, 250, 251, 252];
const words: DicomImageSpec = { rows: 2, columns: 3, allocated: 16 };
const wordValues = [0, 1, 256, 4095, 32768, 65535];

describe('transfer syntaxes', () => {
  it.each([syntax.implicit, syntax.explicit, syntax.deflated, syntax.bigEndian])(
    'are read in words of %s',
    async (uid) => {
      const file = await opened(pictureFile(uid, words, wordValues));
      expect(file.header).toMatchObject({
        format: 'dicom',
        width: 3,
        height: 2,
        bands: 1,
        frames: 1,
        sampleType: 'uint16',
        interpretation: 'grey',
        notes: [],
      });
      expect(await valuesOf(file)).toEqual(wordValues);
    },
  );

  it('are ignored if the data set is written differently', async () => {
    const entries = [...pictureEntries(grey), [0x7fe00010, 'OB', Buffer.from(greyValues)] as const];
    for (const [uid, isImplicit] of [
      [syntax.implicit, false],
      [syntax.explicit, true],
    ] as const) {
      const file = await opened(dicomFile(uid, entries, { isImplicit }));
      expect(await valuesOf(file)).toEqual(greyValues);
    }
  });

  it('swap bytes that big-endian files store in words, even in frames with an odd number', async () => {
    const picture = { rows: 3, columns: 3, frames: 3 };
    const values = Array.from({ length: 27 }, (_, i) => 10 + i);
    const bytes = Buffer.from([...values, 0]).swap16();
    const inWords = await opened(
      dicomFile(syntax.bigEndian, [...pictureEntries(picture), [0x7fe00010, 'OW', bytes]]),
    );
    for (const frame of [0, 1, 2]) {
      expect(await valuesOf(inWords, { frame })).toEqual(values.slice(9 * frame, 9 * frame + 9));
    }
    const inBytes = await opened(pictureFile(syntax.bigEndian, grey, Buffer.from(greyValues)));
    expect(await valuesOf(inBytes)).toEqual(greyValues);
  });

  it('are read for 32-bit values of either byte order', async () => {
    const picture = { rows: 1, columns: 3, allocated: 32, isSigned: true };
    const values = [-2147483648, -1, 2147483647];
    const little = Buffer.from(Int32Array.from(values).buffer);
    const big = Buffer.from(little).swap32();
    for (const [uid, bytes] of [
      [syntax.explicit, little],
      [syntax.bigEndian, big],
    ] as const) {
      const file = await opened(pictureFile(uid, picture, bytes));
      expect(file.header.sampleType).toBe('int32');
      expect(await valuesOf(file)).toEqual(values);
    }
  });

  it.each([
    ['1.2.840.10008.1.2.4.103', 'MPEG-4 video'],
    ['1.2.840.10008.1.2.4.110', 'JPEG XL'],
    ['1.2.840.10008.1.2.4.55', 'a retired form of JPEG'],
    ['1.2.840.10008.1.2.4.100.1', 'MPEG-2 video'],
    ['1.2.3', 'an unknown transfer syntax'],
  ])('are refused by name: %s', async (uid, name) => {
    const path = await temporaryFile(pictureFile(uid, grey, Buffer.from(greyValues)));
    await expect(openDicom(path, defaultLimits)).rejects.toMatchObject({
      name: 'UserError',
      code: 'unsupported',
      message: expect.stringContaining(name) as string,
    });
  });
});

describe('stored values', () => {
  it('are extracted from the middle of their words, with their sign', async () => {
    const picture = { ...words, stored: 12, highBit: 13, isSigned: true };
    const values = [-2048, -1, 0, 1, 2047, -1000];
    // Two unrelated bits above and below.
    const pixels = values.map((value) => 0xc001 | ((value & 0xfff) << 2));
    const file = await opened(pictureFile(syntax.explicit, picture, pixels));
    expect(file.header.sampleType).toBe('int16');
    expect(await valuesOf(file)).toEqual(values);
  });

  it('lose surplus bits above unsigned values', async () => {
    const picture = { ...words, stored: 10 };
    const pixels = [0xfc01, 0x0401, 0x03ff, 0, 0x8000, 0x7c02];
    const file = await opened(pictureFile(syntax.explicit, picture, pixels));
    expect(await valuesOf(file)).toEqual([1, 1, 1023, 0, 0, 2]);
  });

  it('ignore the planar configuration of single-band images', async () => {
    const planes: Entry = [0x00280006, 'US', [7]];
    const file = await opened(pictureFile(syntax.explicit, words, wordValues, [planes]));
    expect(await valuesOf(file)).toEqual(wordValues);
  });

  it('come from the lowest bits, with a note, if the high bit is impossible', async () => {
    const file = await opened(
      pictureFile(syntax.explicit, { ...words, stored: 12, highBit: 3 }, [1, 2, 3, 4, 5, 4095]),
    );
    expect(file.header.notes).toEqual([expect.stringContaining('high bit 3')]);
    expect(await valuesOf(file)).toEqual([1, 2, 3, 4, 5, 4095]);
  });

  it('are unpacked from single bits, and from frames that begin within a byte', async () => {
    const picture = { rows: 3, columns: 3, allocated: 1, frames: 3 };
    const bits = Array.from('101010101110000001001111000', Number);
    const bytes = new Uint8Array(4);
    for (const [i, bit] of bits.entries()) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (bit << (i & 7));
    const file = await opened(pictureFile(syntax.explicit, picture, bytes));
    expect(file.header).toMatchObject({ sampleType: 'uint8', frames: 3 });
    for (const frame of [0, 1, 2]) {
      expect(await valuesOf(file, { frame })).toEqual(bits.slice(9 * frame, 9 * frame + 9));
    }
  });

  it.each([
    [0x7fe00008, 'OF', Float32Array.from([1.5, -2, 1e-9]), 'float32'],
    [0x7fe00009, 'OD', Float64Array.from([1.5, -2, 1e-300]), 'float64'],
  ] as const)('are read as floating-point pixels of %i', async (tag, vr, values, type) => {
    const entries = pictureEntries({ rows: 1, columns: 3 }).filter(([entry]) => entry < 0x00280100);
    const file = await opened(
      dicomFile(syntax.explicit, [...entries, [tag, vr, new Uint8Array(values.buffer)]]),
    );
    expect(file.header.sampleType).toBe(type);
    expect(await valuesOf(file)).toEqual([...values]);
  });

  it('include the padding value as decoded from the stored bits', async () => {
    const nodata = async (picture: DicomImageSpec, vr: string, value: number): Promise<unknown> => {
      const more = [[0x00280120, vr, [value]] as const];
      return (await opened(pictureFile(syntax.explicit, picture, wordValues, more))).header.nodata;
    };
    expect(await nodata({ ...words, isSigned: true }, 'SS', -2000)).toBe(-2000);
    expect(await nodata({ ...words, isSigned: true }, 'US', 63536)).toBe(-2000);
    expect(await nodata({ ...words, stored: 12 }, 'US', 0xffff)).toBe(4095);
    expect(
      (await opened(pictureFile(syntax.explicit, words, wordValues))).header.nodata,
    ).toBeNull();
  });
});

describe('requests', () => {
  it('return a region and bands of a frame', async () => {
    const picture = { rows: 3, columns: 4, samples: 3, photometric: 'RGB', frames: 2 };
    const pixels = Uint8Array.from({ length: 72 }, (_, i) => i);
    const file = await opened(pictureFile(syntax.explicit, picture, pixels));
    const region = { x: 1, y: 1, width: 2, height: 2 };
    const { data, ...size } = await file.read({ frame: 1, region, bands: [2, 0] });
    expect(size).toEqual({ width: 2, height: 2, bands: 2 });
    const at = (x: number, y: number, band: number): number => 36 + (y * 4 + x) * 3 + band;
    expect([...data]).toEqual(
      [
        [1, 1],
        [2, 1],
        [1, 2],
        [2, 2],
      ].flatMap(([x = 0, y = 0]) => [at(x, y, 2), at(x, y, 0)]),
    );
  });

  it.each([
    { frame: 1 },
    { frame: -1 },
    { frame: 0.5 },
    { level: 1 },
    { bands: [1] },
    { region: { x: 2, y: 0, width: 2, height: 1 } },
    { region: { x: 0, y: 0, width: 0, height: 1 } },
    { region: { x: NaN, y: 0, width: 1, height: 1 } },
  ])('are refused for %o', async (request) => {
    const file = await opened(pictureFile(syntax.explicit, grey, Buffer.from(greyValues)));
    await expect(file.read(request)).rejects.toBeInstanceOf(RangeError);
  });

  it('are stopped when cancelled', async () => {
    const file = await opened(pictureFile(syntax.explicit, grey, Buffer.from(greyValues)));
    await expect(file.read({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('are answered several at a time', async () => {
    const frames = [...new Array(20).keys()];
    const coded = frames.map((frame) => rleFrame([new Uint8Array(6).fill(frame)]));
    const file = await opened(
      encapsulatedFile(syntax.rle, { ...grey, frames: 20 }, encapsulated(coded)),
    );
    const read = await Promise.all(frames.map((frame) => valuesOf(file, { frame })));
    expect(read).toEqual(frames.map((frame) => new Array<number>(6).fill(frame)));
  });

  it('are refused after closing', async () => {
    const path = await temporaryFile(pictureFile(syntax.explicit, grey, Buffer.from(greyValues)));
    const file = await openDicom(path, defaultLimits);
    await file.close();
    await expect(file.read()).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('a file that is not a DICOM image', () => {
  it('is recognised by the missing signature', () => {
    expect(isDicom(pictureFile(syntax.explicit, grey, Buffer.from(greyValues)))).toBe(true);
    expect(isDicom(Buffer.alloc(200))).toBe(false);
    expect(isDicom(Buffer.from('DICM'))).toBe(false);
  });

  it.each([
    ['an empty file', Buffer.alloc(0), 'invalid-file', 'no file header'],
    ['a bare data set', Buffer.alloc(500), 'invalid-file', 'no file header'],
    [
      'a plan',
      dicomFile(syntax.implicit, [[0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.481.5']]),
      'unsupported',
      'radiotherapy plan',
    ],
    [
      'a report that only its modality tells',
      dicomFile(syntax.explicit, [[0x00080060, 'CS', 'SR']]),
      'unsupported',
      'structured report',
    ],
    [
      'pixels on a server',
      dicomFile(syntax.explicit, [[0x00287fe0, 'UR', 'http://example.org/1']]),
      'unsupported',
      'server',
    ],
    [
      'a header without pixels',
      dicomFile(syntax.explicit, pictureEntries(grey)),
      'invalid-file',
      'has no pixels',
    ],
    [
      'pixels without a description',
      dicomFile(syntax.explicit, [[0x7fe00010, 'OB', new Uint8Array(6)]]),
      'invalid-file',
      'has pixels, but no DICOM attribute Rows',
    ],
  ])('is refused: %s', async (_name, bytes, code, words_) => {
    const path = await temporaryFile(bytes);
    await expect(openDicom(path, defaultLimits)).rejects.toMatchObject({
      name: 'UserError',
      code,
      message: expect.stringContaining(words_) as string,
    });
  });

  it('is reported if it is missing, or a folder', async () => {
    const path = await temporaryFile(Buffer.alloc(1));
    await expect(openDicom(`${path}.gone`, defaultLimits)).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(openDicom(`${path}/..`, defaultLimits)).rejects.toMatchObject({
      name: 'UserError',
    });
  });
});

describe('free text in a file', () => {
  const secret = ['ERIKA', 'MUSTERMANN^ERIKA', '4711', '12345678', 'PID-4711'];

  it.each(secret)('is not repeated in place of the kind of pixels: %s', async (photometric) => {
    const picture: DicomImageSpec = { rows: 1, columns: 2, photometric };
    const path = await temporaryFile(pictureFile(syntax.explicit, picture, new Uint8Array(2)));
    const refusal = await openDicom(path, defaultLimits).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('that the DICOM standard does not define') as string,
    });
    expect(sentence(refusal, path)).not.toContain(photometric);
  });

  it.each([
    ...secret,
    '1.2.3.4711',
    '1.2.840.10008.4711',
    '1.2.840.10008.1.2.4.4711',
    '1.2.840.10008.1.2.4.110.4711',
  ])('is not repeated in place of the transfer syntax: %s', async (uid) => {
    const path = await temporaryFile(pictureFile(uid, grey, Buffer.from(greyValues)));
    const refusal = await openDicom(path, defaultLimits).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'unsupported' });
    expect(sentence(refusal, path)).toContain('an unknown transfer syntax');
    expect(sentence(refusal, path)).not.toMatch(/\d{2}|ERIKA/);
  });

  it('is nowhere in the header', async () => {
    const bytes = pictureFile(syntax.explicit, { rows: 1, columns: 2 }, new Uint8Array(2), [
      [0x00080008, 'CS', 'ERIKA'],
      [0x00080060, 'CS', 'ERIKA'],
      [0x00081030, 'LO', 'Erika'],
      [0x0008103e, 'LO', 'Erika'],
      [0x00100010, 'PN', 'Muster^Erika'],
      [0x00100030, 'DA', '19700101'],
      [0x00209311, 'CS', 'ERIKA'],
      [0x00281050, 'DS', '40'],
      [0x00281051, 'DS', '400'],
      [0x00281052, 'DS', '-1'],
      [0x00281053, 'DS', '1'],
      [0x00281054, 'LO', 'Erika'],
      [0x00281055, 'LO', 'Erika'],
      [0x00281056, 'CS', 'ERIKA'],
      [0x00282110, 'CS', 'ERIKA'],
      [0x00282114, 'CS', 'ERIKA'],
      [0x00283010, 'SQ', [[[0x00283003, 'LO', 'Erika']]]],
    ]);
    const { header } = await opened(bytes);
    expect(JSON.stringify(header)).not.toMatch(/erika|muster|1970/i);
  });
});

/** A refusal, without the file's own name. */
function sentence(refusal: unknown, path: string): string {
  if (!(refusal instanceof Error)) throw new Error('the file was not refused');
  return refusal.message.replace(path, '');
}
