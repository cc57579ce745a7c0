import { execFileSync } from 'node:child_process';
import { crc32 } from 'node:zlib';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../core/errors.ts';
import { pngFile } from '../../testing/image-fixtures.ts';
import { defaultLimits, type ReadLimits } from '../image-file.ts';
import { cut, drawn, endsInSentence, expectRefusal, valuesOf } from '../testing/reading.ts';
import { testFolder } from '../testing/test-folder.ts';
import { isCommon, openCommon } from './open-common.ts';

const folder = testFolder();

async function opened(bytes: Uint8Array, limits: ReadLimits = defaultLimits) {
  return openCommon(await folder.file('image', bytes), limits);
}

const size = { width: 4, height: 3 };

describe('values are as stored', () => {
  it.each([
    [1, 8],
    [2, 8],
    [3, 8],
    [4, 8],
    [1, 16],
    [2, 16],
    [3, 16],
    [4, 16],
  ] as const)('in PNG of %i channels and %i bits', async (channels, bits) => {
    const largest = 2 ** bits - 1;
    const values = Array.from({ length: 12 * channels }, (_, index) =>
      index === 0 ? largest : (index * 40_503) % (largest + 1),
    );
    const file = await opened(pngFile({ ...size, channels, bits, values }));
    expect(file.header).toMatchObject({
      format: 'png',
      ...size,
      bands: channels,
      frames: 1,
      sampleType: `uint${bits}`,
      interpretation: channels < 3 ? 'grey' : 'rgb',
      alpha: channels % 2 === 0 ? channels - 1 : null,
      levels: [size],
      spacing: null,
      geo: null,
      notes: [],
      display: { rescale: null },
    });
    const { data } = await file.read();
    expect(data).toBeInstanceOf(bits === 8 ? Uint8Array : Uint16Array);
    expect([...data]).toEqual(values);
    await file.close();
  });

  it.each([1, 2, 4])('in grey PNG of %i bits', async (bits) => {
    const largest = 2 ** bits - 1;
    const values = Array.from({ length: 12 }, (_, index) => index % (largest + 1));
    const file = await opened(smallPng(bits, 0, values));
    expect(file.header.display.rescale).toEqual({ slope: 255 / largest, intercept: 0 });
    expect(file.header).toMatchObject({ bands: 1, interpretation: 'grey', sampleType: 'uint8' });
    expect(await valuesOf(file)).toEqual(values);
    await file.close();
  });

  it('in grey PNG of 2 bits with a transparent value', async () => {
    const values = [0, 1, 2, 3, 0, 1, 2, 3, 3, 2, 1, 0];
    const file = await opened(smallPng(2, 0, values, [['tRNS', [0, 2]]]));
    expect(file.header).toMatchObject({ bands: 2, alpha: 1 });
    expect(await valuesOf(file)).toEqual(values.flatMap((value) => [value, value === 2 ? 0 : 255]));
    await file.close();
  });

  it.each([1, 2, 4, 8])('of palettes of %i bits become colours', async (bits) => {
    const palette = [
      [10, 20, 30],
      [200, 100, 0],
    ];
    const indices = Array.from({ length: 12 }, (_, index) => (index * 5) % 2);
    const file = await opened(smallPng(bits, 3, indices, [['PLTE', palette.flat()]]));
    expect(file.header).toMatchObject({ bands: 3, interpretation: 'rgb', sampleType: 'uint8' });
    expect(file.header.display.rescale).toBeNull();
    expect(await valuesOf(file)).toEqual(indices.flatMap((index) => palette[index] ?? []));
    await file.close();
  });

  it('in lossless WebP, and in spite of a colour profile', async () => {
    const values = Array.from({ length: 36 }, (_, index) => (index * 37) % 256);
    const image = sharp(Buffer.from(values), { raw: { ...size, channels: 3 } });
    const webp = await opened(await image.clone().webp({ lossless: true }).toBuffer());
    expect(webp.header).toMatchObject({ format: 'webp', ...size, bands: 3 });
    expect(await valuesOf(webp)).toEqual(values);
    await webp.close();
    const png = await image.clone().withIccProfile('p3').png().toBuffer();
    const stored = await sharp(png, { ignoreIcc: true }).raw().toBuffer();
    const file = await opened(png);
    expect(await valuesOf(file)).toEqual([...stored]);
    await file.close();
  });

  it('in WebP with alpha', async () => {
    const values = Array.from({ length: 48 }, (_, index) => (index % 4 === 3 ? 90 : index * 3));
    const image = sharp(Buffer.from(values), { raw: { ...size, channels: 4 } });
    const file = await opened(await image.webp({ lossless: true, exact: true }).toBuffer());
    expect(file.header).toMatchObject({ bands: 4, alpha: 3 });
    expect(await valuesOf(file)).toEqual(values);
    await file.close();
  });

  it.each([1, 3] as const)('approximately in JPEG of %i channels', async (channels) => {
    const raw = { width: 16, height: 16, channels };
    const flat = Buffer.alloc(256 * channels, 77);
    const file = await opened(
      await sharp(flat, { raw })
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .jpeg()
        .toBuffer(),
    );
    expect(file.header).toMatchObject({ format: 'jpeg', bands: channels, sampleType: 'uint8' });
    expect(await valuesOf(file)).toEqual([...flat]);
    await file.close();
  });
});

/** A PNG of small values, one channel; values are packed from the highest bits on. */
function smallPng(
  bits: number,
  colourType: 0 | 3,
  values: readonly number[],
  chunks: readonly (readonly [string, readonly number[]])[] = [],
): Buffer {
  const rows = [0, 1, 2].flatMap((row) => {
    const line = values.slice(4 * row, 4 * row + 4);
    const word = line.reduce((all, value) => all * 2 ** bits + value, 0) * 2 ** (32 - 4 * bits);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(word);
    return [...bytes.subarray(0, Math.ceil((4 * bits) / 8))];
  });
  // The stencil's data are replaced: 8-bit grey as wide as the packed rows.
  const packed = pngFile({ width: rows.length / 3, height: 3, channels: 1, bits: 8, values: rows });
  const header = Buffer.from(packed.subarray(0, 33));
  header.writeUInt32BE(4, 16);
  header[24] = bits;
  header[25] = colourType;
  header.writeUInt32BE(crc32(header.subarray(12, 29)), 29);
  const extra = chunks.map(([type, data]) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), Buffer.from(data)]);
    const chunk = Buffer.alloc(8 + body.length);
    chunk.writeUInt32BE(data.length, 0);
    body.copy(chunk, 4);
    chunk.writeUInt32BE(crc32(body), 4 + body.length);
    return chunk;
  });
  return Buffer.concat([header, ...extra, packed.subarray(33)]);
}

describe('EXIF', () => {
  it.each([
    [1, 3, [1, 2, 3, 4, 5, 6]],
    [3, 3, [6, 5, 4, 3, 2, 1]],
    [6, 2, [4, 1, 5, 2, 6, 3]],
    [8, 2, [3, 6, 2, 5, 1, 4]],
  ])('orientation %i is undone', async (orientation, width, expected) => {
    const stored = Buffer.from([1, 2, 3, 4, 5, 6].flatMap((value) => [value, value, value]));
    const image = sharp(stored, { raw: { width: 3, height: 2, channels: 3 } });
    const file = await opened(
      await image.withMetadata({ orientation }).webp({ lossless: true }).toBuffer(),
    );
    expect(file.header).toMatchObject({ width, height: 6 / width });
    expect(await valuesOf(file, { bands: [0] })).toEqual(expected);
    await file.close();
  });
});

it('CMYK becomes RGB with a note', async () => {
  const background = { r: 180, g: 90, b: 60 };
  const bytes = await sharp({ create: { width: 16, height: 16, channels: 3, background } })
    .toColourspace('cmyk')
    .jpeg({ quality: 95 })
    .toBuffer();
  const file = await opened(bytes);
  expect(file.header).toMatchObject({ bands: 3, interpretation: 'rgb', alpha: null });
  expect(file.header.notes).toEqual([expect.stringContaining('CMYK')]);
  const [red = 0, green = 0, blue = 0] = await valuesOf(file);
  // CMYK inks cannot reproduce every colour: within a tenth of the range, far from inverted or clipped.
  for (const [value, wanted] of [
    [red, 180],
    [green, 90],
    [blue, 60],
  ] as const) {
    expect(Math.abs(value - wanted)).toBeLessThan(25);
  }
  await file.close();
});

it('reads the first frame of an animation, with a note', async () => {
  const frames = Buffer.concat([Buffer.alloc(48, 10), Buffer.alloc(48, 200)]);
  const raw = { width: 4, height: 8, channels: 3, pageHeight: 4 } as const;
  const file = await opened(await sharp(frames, { raw }).webp({ lossless: true }).toBuffer());
  expect(file.header).toMatchObject({ width: 4, height: 4, frames: 1 });
  expect(file.header.notes).toEqual([expect.stringContaining('2 frames')]);
  expect(await valuesOf(file)).toEqual(new Array(48).fill(10));
  await file.close();
});

it('reads a region as a part of the whole', async () => {
  const values = Array.from({ length: 4 * 35 }, (_, index) => index * 400);
  const file = await opened(pngFile({ width: 7, height: 5, channels: 4, bits: 16, values }));
  const whole = await file.read();
  for (const region of [
    { x: 0, y: 0, width: 7, height: 5 },
    { x: 6, y: 4, width: 1, height: 1 },
    { x: 2, y: 1, width: 3, height: 3 },
  ]) {
    for (const bands of [[0, 1, 2, 3], [3], [2, 0], [1, 1]]) {
      expect(await valuesOf(file, { region, bands })).toEqual(cut(whole, region, bands));
    }
  }
  // The caller's changes do not affect what it gets later.
  whole.data.fill(0);
  expect(await valuesOf(file)).toEqual(values);
  await expect(file.read({ region: { x: 5, y: 0, width: 3, height: 1 } })).rejects.toThrow(
    RangeError,
  );
  await expect(file.read({ frame: 1 })).rejects.toThrow(RangeError);
  await file.close();
});

describe('refusals', () => {
  const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, index) => (index * 7919) >> 3);
  const image = sharp(noise, { raw: { width: 64, height: 64, channels: 3 } });
  const half = (file: Buffer): Buffer => file.subarray(0, file.length / 2);

  it.each([
    ['PNG', async () => half(await image.clone().png().toBuffer())],
    ['JPEG', async () => half(await image.clone().jpeg().toBuffer())],
    ['WebP', async () => half(await image.clone().webp().toBuffer())],
  ] as const)('%s that is cut short', async (_name, make) => {
    const bytes = await make();
    const work = async (): Promise<unknown> => (await opened(bytes)).read();
    await expectRefusal(work(), 'invalid-file', /cut short/);
    await expectRefusal(work(), 'invalid-file', /image/);
  });

  it.each<[string, Uint8Array, ErrorCode, RegExp]>([
    ['text', Buffer.from('path,label\n'), 'invalid-file', /not a PNG/],
    ['nothing', Buffer.alloc(0), 'invalid-file', /not a PNG/],
    ['a signature alone', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'invalid-file', /damaged/],
  ])('%s', async (_name, bytes, code, words) => {
    await expectRefusal(opened(bytes), code, words);
  });

  const values = new Array<number>(12).fill(1);

  it.each<[Partial<ReadLimits>, boolean]>([
    [{ pixels: 12 }, true],
    [{ pixels: 11 }, false],
    [{ bytes: 24 }, true],
    [{ bytes: 23 }, false],
  ])('refuses a frame beyond %j: %s', async (limits, isWithin) => {
    const bytes = pngFile({ ...size, channels: 1, bits: 16, values });
    const work = opened(bytes, { ...defaultLimits, ...limits });
    if (isWithin) {
      const file = await work;
      expect(file.header).toMatchObject(size);
      await file.close();
    } else await expectRefusal(work, 'too-large', /4 × 3 pixels/);
  });

  it('refuses a frame that claims to be huge before decoding', async () => {
    const claims = pngFile({ ...size, channels: 1, bits: 8, values });
    claims.writeUInt32BE(60_000, 16);
    claims.writeUInt32BE(60_000, 20);
    claims.writeUInt32BE(crc32(claims.subarray(12, 29)), 29);
    await expectRefusal(opened(claims), 'too-large', /60000 × 60000/);
  });

  it('refuses a missing file, a folder and a pipe', async () => {
    const missing = join(folder.path, 'missing.png');
    await expectRefusal(openCommon(missing, defaultLimits), 'not-found', /missing\.png/);
    await expectRefusal(openCommon(folder.path, defaultLimits), 'invalid-file', /file/);
    if (process.platform === 'win32') return;
    const pipe = join(folder.path, 'pipe.png');
    execFileSync('mkfifo', [pipe]);
    await expectRefusal(openCommon(pipe, defaultLimits), 'invalid-file', /not a file/);
  });
});

it('stops reading on request, and when the file is closed', async () => {
  const bytes = await sharp({ create: { width: 600, height: 600, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const file = await opened(bytes);
  const stop = new AbortController();
  const stopped = file.read({ signal: stop.signal });
  const other = file.read({ region: { x: 0, y: 0, width: 1, height: 1 } });
  stop.abort();
  await expectRefusal(stopped, 'cancelled', /^Stopped/);
  expect([...(await other).data]).toEqual([255, 0, 0]);
  await file.close();
  await expectRefusal(file.read(), 'cancelled', /closed/);
  const closed = await opened(bytes);
  const reading = closed.read();
  const failure = expectRefusal(reading, 'cancelled', /closed/);
  await closed.close();
  await failure;
});

it('damaged files cause an error message', async () => {
  const noise = Uint8Array.from({ length: 16 * 16 * 3 }, (_, index) => (index * 7919) >> 3);
  const image = sharp(noise, { raw: { width: 16, height: 16, channels: 3 } });
  const files = [
    await image.clone().png().toBuffer(),
    await image.clone().jpeg().toBuffer(),
    await image.clone().webp().toBuffer(),
    await image.clone().webp({ lossless: true }).toBuffer(),
  ];
  const limits = { ...defaultLimits, pixels: 2 ** 20 };
  const next = drawn(4);
  const outcomes = { read: 0, refused: 0 };
  for (let round = 0; round < 400; round++) {
    const file = Buffer.from(files[round % files.length] ?? Buffer.alloc(0));
    for (let change = 0; change <= next(3); change++) {
      file[12 + next(file.length - 12)] = next(256);
    }
    const path = await folder.file('changed', file);
    outcomes[await endsInSentence(() => openCommon(path, limits))]++;
  }
  expect(outcomes.read).toBeGreaterThan(20);
  expect(outcomes.refused).toBeGreaterThan(20);
});

it('a file that would take too much memory as a whole is refused before decoding', async () => {
  const create = { width: 512, height: 512, channels: 3, background: 'white' } as const;
  const noise = Buffer.from(
    Uint8Array.from({ length: 512 * 512 * 3 }, (_, at) => (at * 7919) >> 3),
  );
  const image = sharp(noise, { raw: create });
  const frame = 512 * 512 * 3;
  const plain = { ...defaultLimits, whole: 1.5 * frame };
  await opened(await image.clone().png().toBuffer(), plain);
  await opened(await image.clone().jpeg().toBuffer(), plain);
  for (const file of [
    image.clone().webp({ lossless: true }),
    image.clone().png({ progressive: true }),
    image.clone().jpeg({ progressive: true }),
    image.clone().withMetadata({ orientation: 6 }).png(),
  ]) {
    const bytes = await file.toBuffer();
    await expectRefusal(opened(bytes, plain), 'too-large', /would take \d+ MB of memory/);
  }
});

it('a few bytes that claim many pixels are refused', async () => {
  const background = { r: 1, g: 2, b: 3, alpha: 1 };
  const create = { width: 6000, height: 6000, channels: 4, background } as const;
  const bytes = await sharp({ create }).webp({ lossless: true }).toBuffer();
  expect(bytes.length).toBeLessThan(10_000);
  await expectRefusal(opened(bytes), 'too-large', /claims 6000 × 6000 pixels/);
  // An empty mask is as small as a PNG can be, but is a valid mask.
  const mask = { width: 9000, height: 9000, channels: 3, background: 'black' } as const;
  const empty = sharp({ create: mask }).toColourspace('b-w').png({ compressionLevel: 9 });
  await opened(await empty.toBuffer());
});

it('isCommon goes by content', () => {
  expect(isCommon(pngFile({ ...size, channels: 1, bits: 8, values: [] }).subarray(0, 12))).toBe(
    true,
  );
  expect(isCommon(Buffer.from('BM0123456789'))).toBe(true);
  for (const other of ['II*\0', 'GIF89a', '<svg', ''])
    expect(isCommon(Buffer.from(other))).toBe(false);
});
