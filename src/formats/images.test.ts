import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../core/errors.ts';
import type { Preparation } from '../core/image/preparation.ts';
import { pngFile, tiffFile, words } from './testing/image-fixtures.ts';
import { readImage, writePng } from './images.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-images-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

function pixelsOf(raster: { data: Uint8Array }): number[] {
  return [...raster.data];
}

const three = (values: readonly number[]): number[] => values.flatMap((v) => [v, v, v]);
/** 16-bit values around the points where rounding and truncation differ. */
const wide = [0, 128, 129, 257, 385, 386, 32768, 40000, 65406, 65407, 65534, 65535];
const rounded = wide.map((value) => Math.round(value / 257));
const wideColours = wide.flatMap((value) => [value, 65535 - value, 1000]);
const roundedColours = wideColours.map((value) => Math.round(value / 257));
const alpha = (values: readonly number[], channels: number, value: number): number[] =>
  values.flatMap((v, i) => (i % channels === channels - 1 ? [v, value] : [v]));
const size = { width: 4, height: 3 };
const grey = { ...size, channels: 1, photometric: 1 } as const;
const colour = { ...size, channels: 3, photometric: 2 } as const;

const byHand: [name: string, file: Buffer, expected: readonly number[]][] = [
  ['grey PNG', pngFile({ ...size, channels: 1, bits: 8, values: rounded }), three(rounded)],
  ['16-bit grey PNG', pngFile({ ...size, channels: 1, bits: 16, values: wide }), three(rounded)],
  [
    '16-bit grey PNG with alpha',
    pngFile({ ...size, channels: 2, bits: 16, values: alpha(wide, 1, 300) }),
    three(rounded),
  ],
  [
    '16-bit RGB PNG',
    pngFile({ ...size, channels: 3, bits: 16, values: wideColours }),
    roundedColours,
  ],
  [
    'RGBA PNG, wholly transparent',
    pngFile({ ...size, channels: 4, bits: 8, values: alpha(roundedColours, 3, 0) }),
    roundedColours,
  ],
  [
    '16-bit RGBA PNG',
    pngFile({ ...size, channels: 4, bits: 16, values: alpha(wideColours, 3, 77) }),
    roundedColours,
  ],
  ['grey TIFF', tiffFile({ ...grey, bits: 8, data: Uint8Array.from(rounded) }), three(rounded)],
  ['16-bit grey TIFF', tiffFile({ ...grey, bits: 16, data: words(wide) }), three(rounded)],
  [
    '16-bit grey TIFF, white is zero',
    tiffFile({ ...grey, photometric: 0, bits: 16, data: words(wide.map((v) => 65535 - v)) }),
    three(rounded),
  ],
  ['16-bit RGB TIFF', tiffFile({ ...colour, bits: 16, data: words(wideColours) }), roundedColours],
  [
    '16-bit RGB TIFF with a fourth band',
    tiffFile({ ...colour, channels: 4, extra: 1, bits: 16, data: words(alpha(wideColours, 3, 9)) }),
    roundedColours,
  ],
];

/** 16-bit TIFF files usually contain measurements, of which a share is clipped by default. */
const asStored: Preparation = { bands: null, range: { kind: 'stored' } };

test.each(byHand)('%s keeps its values', async (name, file, expected) => {
  const raster = await readImage({ path: await fileOf(`${name}.png`, file) }, asStored);
  expect(raster).toMatchObject({ ...size, channels: 3 });
  expect(pixelsOf(raster)).toEqual(expected);
});

test('every 16-bit value is v / 257, rounded', async () => {
  const values = Array.from({ length: 65536 }, (_, value) => value);
  const file = pngFile({ width: 256, height: 256, channels: 1, bits: 16, values });
  const { data } = await readImage({ path: await fileOf('all.png', file) });
  const wrong = values.filter((value) => data[3 * value] !== Math.round(value / 257));
  expect(wrong).toEqual([]);
});

test('lossless formats agree, whatever the extension', async () => {
  const image = sharp(Buffer.from(roundedColours), { raw: { ...size, channels: 3 } });
  for (const file of [
    await image.clone().webp({ lossless: true }).toBuffer(),
    await image.clone().tiff({ compression: 'lzw' }).toBuffer(),
    await image.clone().png({ palette: true }).toBuffer(),
  ]) {
    expect(pixelsOf(await readImage({ path: await fileOf('any.jpg', file) }))).toEqual(
      roundedColours,
    );
  }
});

test('a colour profile does not change the values', async () => {
  const image = sharp(Buffer.from(roundedColours), { raw: { ...size, channels: 3 } });
  const file = await image.withIccProfile('p3').png().toBuffer();
  const stored = await sharp(file, { ignoreIcc: true }).raw().toBuffer();
  expect((await sharp(file).metadata()).hasProfile).toBe(true);
  expect(pixelsOf(await readImage({ path: await fileOf('p3.png', file) }))).toEqual([...stored]);
});

describe('orientation', () => {
  // Expected by EXIF 2.3, "Orientation": where the stored rows and columns belong in the upright image.
  const stored = [1, 2, 3, 4, 5, 6];
  const cases: [orientation: number, width: number, expected: number[]][] = [
    [1, 3, [1, 2, 3, 4, 5, 6]],
    [2, 3, [3, 2, 1, 6, 5, 4]],
    [3, 3, [6, 5, 4, 3, 2, 1]],
    [4, 3, [4, 5, 6, 1, 2, 3]],
    [5, 2, [1, 4, 2, 5, 3, 6]],
    [6, 2, [4, 1, 5, 2, 6, 3]],
    [7, 2, [6, 3, 5, 2, 4, 1]],
    [8, 2, [3, 6, 2, 5, 1, 4]],
  ];

  test.each(cases)('%i is undone in TIFF', async (orientation, width, expected) => {
    for (const bits of [8, 16] as const) {
      const data = bits === 8 ? Uint8Array.from(stored) : words(stored.map((v) => v * 257));
      const file = tiffFile({ ...grey, width: 3, height: 2, bits, orientation, data });
      const raster = await readImage({ path: await fileOf('turned.tif', file) }, asStored);
      expect(raster.width).toBe(width);
      expect(pixelsOf(raster)).toEqual(three(expected));
    }
  });

  test('is undone in JPEG', async () => {
    const file = await sharp({ create: { width: 24, height: 8, channels: 3, background: 'red' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect(await readImage({ path: await fileOf('turned.jpg', file) })).toMatchObject({
      width: 8,
      height: 24,
    });
  });
});

test('CMYK becomes sRGB', async () => {
  const background = { r: 180, g: 90, b: 60 };
  const file = await sharp({ create: { width: 16, height: 16, channels: 3, background } })
    .toColourspace('cmyk')
    .jpeg({ quality: 95 })
    .toBuffer();
  expect((await sharp(file).metadata()).space).toBe('cmyk');
  const { data, channels } = await readImage({ path: await fileOf('print.jpg', file) });
  expect(channels).toBe(3);
  // The inks cannot give every colour: within a tenth of the range, far from inverted or clipped.
  const differences = [180, 90, 60].map((value, i) => Math.abs(value - (data[i] ?? 0)));
  expect(Math.max(...differences)).toBeLessThan(25);
});

describe('measurements', () => {
  const about = { ...grey, width: 4, height: 1 };
  const floats = new Uint8Array(Float32Array.of(-1, 0, 3, NaN).buffer);

  test('floating-point, signed and many bands are cut to shades', async () => {
    const float = await fileOf('a.tif', tiffFile({ ...about, bits: 32, format: 3, data: floats }));
    expect(pixelsOf(await readImage({ path: float }))).toEqual(three([0, 64, 255, 0]));
    const signed = tiffFile({ ...about, bits: 16, format: 2, data: words([65535, 0, 3, 1]) });
    const path = await fileOf('b.tif', signed);
    expect(pixelsOf(await readImage({ path }))).toEqual(three([0, 64, 255, 128]));
  });

  test('reads chosen bands, and reports missing ones', async () => {
    const data = Uint8Array.from({ length: 16 }, (_, at) => at);
    const file = tiffFile({ ...about, channels: 4, extra: 3, bits: 8, data });
    const path = await fileOf('bands.tif', file);
    const [first, second] = [{ bands: [3, 0, 1] }, { bands: [0, 4, 1] }];
    const { data: seen } = await readImage({ path }, { ...asStored, ...first });
    expect([...seen.subarray(0, 6)]).toEqual([3, 0, 1, 7, 4, 5]);
    await expect(readImage({ path }, { ...asStored, ...second })).rejects.toThrow(
      `${path}: band 5 was chosen`,
    );
  });

  test('reports a slice that no longer exists', async () => {
    const path = await fileOf('one.tif', tiffFile({ ...grey, bits: 8, data: new Uint8Array(12) }));
    await expect(readImage({ path, frame: 4 })).rejects.toThrow(/has one slice, not 5 as before/);
  });
});

describe('refusals', () => {
  const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) >> 3);
  const image = sharp(noise, { raw: { width: 64, height: 64, channels: 3 } });
  const half = (file: Buffer): Buffer => file.subarray(0, file.length / 2);
  const text = (content: string): Buffer => Buffer.from(content, 'latin1');

  const cases: [name: string, make: () => Buffer | Promise<Buffer>, ErrorCode, words: RegExp][] = [
    ['cut JPEG', async () => half(await image.clone().jpeg().toBuffer()), 'invalid-file', /cut/],
    ['cut PNG', async () => half(await image.clone().png().toBuffer()), 'invalid-file', /cut/],
    ['cut WebP', async () => half(await image.clone().webp().toBuffer()), 'invalid-file', /cut/],
    ['cut TIFF', async () => half(await image.clone().tiff().toBuffer()), 'invalid-file', /cut/],
    ['empty file', () => text(''), 'invalid-file', /empty/],
    ['text', () => text('path,label\n'), 'invalid-file', /not an image/],
    ['SVG', () => text('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'unsupported', /SVG/],
    ['SVG with a prologue', () => text('\n<?xml version="1.0"?><svg/>'), 'unsupported', /SVG/],
    ['GIF', () => image.clone().gif().toBuffer(), 'unsupported', /GIF/],
    ['PDF', () => text('%PDF-1.7\n'), 'unsupported', /PDF/],
    ['DICOM without pixels', () => text('\0'.repeat(128) + 'DICM'), 'unsupported', /DICOM/],
  ];

  test.each(cases)('%s', async (name, make, code, pattern) => {
    const path = await fileOf(`${name}.png`, await make());
    await expect(readImage({ path: path })).rejects.toMatchObject({
      name: 'UserError',
      code,
      message: expect.stringMatching(pattern) as string,
    });
    await expect(readImage({ path: path })).rejects.toThrow(path);
  });

  test('refuses more pixels than the limit before they are decoded', async () => {
    const claims = pngFile({ ...size, channels: 1, bits: 8, values: rounded });
    claims.writeUInt32BE(60_000, 16);
    claims.writeUInt32BE(60_000, 20);
    // The changed header needs its checksum, else the file is refused as damaged.
    const { crc32 } = await import('node:zlib');
    claims.writeUInt32BE(crc32(claims.subarray(12, 29)), 29);
    const path = await fileOf('bomb.png', claims);
    await expect(readImage({ path: path })).rejects.toMatchObject({ code: 'too-large' });
  });

  test('refuses a missing file and a folder', async () => {
    const missing = join(folder, 'missing.png');
    await expect(readImage({ path: missing })).rejects.toMatchObject({ code: 'not-found' });
    await expect(readImage({ path: folder })).rejects.toMatchObject({ code: 'invalid-file' });
  });
});

describe('writePng', () => {
  test.each([1, 3] as const)('keeps %i channels', async (channels) => {
    const data = Uint8Array.from({ length: 12 * channels }, (_, i) => (i * 53) % 256);
    const path = join(folder, `written-${channels}.png`);
    await writePng(path, { ...size, channels, data });
    // The colour type of the PNG header: 0 grey, 2 RGB.
    expect((await readFile(path))[25]).toBe(channels === 1 ? 0 : 2);
    const raster = await readImage({ path: path });
    expect(pixelsOf(raster)).toEqual(channels === 1 ? three([...data]) : [...data]);
  });

  test('leaves nothing behind if the folder is missing', async () => {
    const raster = { ...size, channels: 1, data: new Uint8Array(12) };
    const before = await readdir(folder);
    await expect(writePng(join(folder, 'no', 'x.png'), raster)).rejects.toMatchObject({
      code: 'disk',
    });
    expect(await readdir(folder)).toEqual(before);
  });
});
