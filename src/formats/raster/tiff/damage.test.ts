import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../core/errors.ts';
import { defaultLimits } from '../image-file.ts';
import { openTiff } from './open-tiff.ts';
import { testFolder, testImages } from '../testing/test-folder.ts';
import {
  bytes,
  doubles,
  long,
  short,
  text,
  tiffBytes,
  type PageSpec,
} from '../../testing/tiff-fixtures.ts';

const folder = testFolder();
const images = testImages(openTiff);

const values = Array.from({ length: 40 * 30 * 3 }, (_, i) => (i * 37) % 256);
const colours = { width: 40, height: 30, samples: 3, photometric: 2, values } as const;
const place = [doubles(33550, 1, 1, 0), doubles(33922, 0, 0, 0, 1, 1, 0)];
const keys = [
  short(34735, 1, 1, 0, 3, 1024, 0, 1, 1, 3072, 0, 1, 32632, 1026, 34737, 6, 0),
  text(34737, 'a name|'),
];

/** Reads all of a file: each frame and level, or the first of very many. */
async function readAll(path: string): Promise<number> {
  const limits = { ...defaultLimits, bytes: 2 ** 24, pixels: 2 ** 22, frames: 1000 };
  const file = await openTiff(path, limits);
  try {
    let read = 0;
    const { frames, levels } = file.header;
    for (let frame = 0; frame < Math.min(frames, 3); frame++) {
      for (const [level, size] of levels.slice(0, 3).entries()) {
        const region = {
          x: 0,
          y: 0,
          width: Math.min(size.width, 300),
          height: Math.min(size.height, 300),
        };
        read += (await file.read({ frame, level, region })).data.length;
      }
    }
    return read;
  } finally {
    await file.close();
  }
}

/** Files of many kinds, small enough to be broken at every byte. */
async function seeds(): Promise<Buffer[]> {
  const jpeg = await sharp(Uint8Array.from(values), { raw: { width: 40, height: 30, channels: 3 } })
    .jpeg()
    .toBuffer();
  const webp = await sharp(jpeg).webp().toBuffer();
  const embedded = (block: Buffer, compression: number, photometric: number): PageSpec => ({
    ...colours,
    photometric,
    compression,
    blocks: [block],
  });
  const child = { ...colours, width: 20, height: 15, fields: [short(254, 1)] };
  return [
    tiffBytes([{ ...colours, fields: [...place, ...keys, text(42113, '7')] }]),
    tiffBytes([{ ...colours, compression: 5, predictor: 2, tile: [16, 16] }], { isBig: true }),
    tiffBytes([{ ...colours, compression: 8, isPlanar: true, rowsPerStrip: 7 }], {
      isLittleEndian: false,
    }),
    tiffBytes([
      { ...colours, compression: 32773, rowsPerStrip: 4 },
      colours,
      { ...colours, bits: 4 },
    ]),
    tiffBytes([{ ...colours, compression: 50000, children: [child] }]),
    tiffBytes([{ ...colours, format: 3, bits: 32, compression: 8, predictor: 3 }]),
    tiffBytes([
      { ...colours, samples: 1, photometric: 3, fields: [short(320, ...values.slice(0, 768))] },
    ]),
    tiffBytes([embedded(jpeg, 7, 6)]),
    tiffBytes([embedded(webp, 50001, 2)]),
    tiffBytes([{ ...colours, fields: [text(270, 'ImageJ=1\nimages=2\n'), bytes(347, jpeg)] }]),
  ];
}

function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e37_79b9) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}

/** Reading ends, either successfully or with a message. */
async function expectSentence(file: Uint8Array, label: string): Promise<boolean> {
  try {
    await readAll(await folder.file('broken.tif', file));
    return true;
  } catch (error) {
    expect(error, `${label}: ${String(error)}`).toBeInstanceOf(UserError);
    const { code, message } = error as UserError;
    expect(['invalid-file', 'unsupported', 'too-large'], message).toContain(code);
    expect(message).toMatch(/broken\.tif .+\. [A-Z].+\.$/s);
    return false;
  }
}

describe('damaged files cause an error message', () => {
  test('cut at every place', async () => {
    let failed = 0;
    let cuts = 0;
    for (const [index, seed] of (await seeds()).entries()) {
      const step = Math.max(1, Math.floor(seed.length / 150));
      for (let length = 0; length < seed.length; length += step) {
        cuts++;
        if (!(await expectSentence(seed.subarray(0, length), `${index} cut at ${length}`)))
          failed++;
      }
    }
    expect(failed).toBeGreaterThan(cuts * 0.9);
  });

  test('with bytes changed', async () => {
    const next = random(20_260);
    let failed = 0;
    for (const [index, seed] of (await seeds()).entries()) {
      for (let round = 0; round < 250; round++) {
        const broken = Buffer.from(seed);
        const changes = 1 + next(4);
        for (let i = 0; i < changes; i++) {
          const value = [0, 255, 127, 128, 1, next(256)][next(6)] ?? 0;
          broken[next(broken.length)] = value;
        }
        if (!(await expectSentence(broken, `${index} round ${round}`))) failed++;
      }
    }
    expect(failed).toBeGreaterThan(100);
  });

  test('with fields changed: types, counts, values and offsets', async () => {
    const next = random(31_337);
    const extremes = [0, 1, 2, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xffff_fffe];
    let failed = 0;
    for (const [index, seed] of (await seeds()).entries()) {
      const isBig = seed[2] === 43 || seed[3] === 43;
      // The last directory of the file and its link are what was written last.
      const tail = Math.min(seed.length, isBig ? 330 : 230);
      for (let round = 0; round < 250; round++) {
        const broken = Buffer.from(seed);
        const at = seed.length - tail + 2 * next(Math.floor((tail - 4) / 2));
        const value = extremes[next(extremes.length)] ?? 0;
        if (seed[0] === 0x49) broken.writeUInt32LE(value, at);
        else broken.writeUInt32BE(value, at);
        if (!(await expectSentence(broken, `${index} round ${round}`))) failed++;
      }
    }
    expect(failed).toBeGreaterThan(500);
    // Memory has not been exhausted: decoded pixels are bounded above.
    expect(process.resourceUsage().maxRSS).toBeLessThan(2 ** 20 * 1.2);
  });
});

describe('impossible claims of a file are refused:', () => {
  const tiny = { width: 4, height: 4, values: new Array<number>(16).fill(1) };

  async function codeOf(spec: PageSpec): Promise<unknown> {
    return readAll(await images.write(tiffBytes([spec]))).catch((error: unknown) => error);
  }

  test.each([
    ['no width', [long(256, 0)]],
    ['a width beyond 2^31', [long(256, 4_294_967_295)]],
    ['no rows in its tiles', [long(322, 16), long(323, 0), long(324, 8), long(325, 16)]],
    ['no bands', [short(277, 0)]],
    ['pixels for a strip that is too short', [long(257, 4_000), long(278, 1), long(279, 4)]],
    ['strips that lie outside', [long(273, 4_000_000)]],
    ['no strips', [short(259, 7), long(273, 8)]],
  ])('%s', async (_, fields) => {
    expect(await codeOf({ ...tiny, fields })).toMatchObject({
      name: 'UserError',
      code: 'invalid-file',
    });
  });

  test.each([5, 8, 32773])('pixels beyond what compression %i can hold', async (compression) => {
    const fields = [long(256, 2_000), long(257, 2_000), long(278, 2_000)];
    const spec = { ...tiny, compression, fields, blocks: [Buffer.alloc(12, 1)] };
    expect(await codeOf(spec)).toMatchObject({ name: 'UserError', code: 'invalid-file' });
  });

  test('a small block that decodes to too much is cut off', async () => {
    const bomb = deflateSync(Buffer.alloc(64 * 2 ** 20));
    const spec = { ...tiny, compression: 8, blocks: [bomb] };
    expect(await codeOf(spec)).toMatchObject({ name: 'UserError', code: 'invalid-file' });
  });

  test('more bands than the limit', async () => {
    const spec = { ...tiny, fields: [short(277, 5000)] };
    expect(await codeOf(spec)).toMatchObject({ name: 'UserError', code: 'too-large' });
  });

  test('a page of a million fields', async () => {
    const file = tiffBytes([tiny], { isBig: true });
    file.writeBigUInt64LE(1_000_000n, Number(file.readBigUInt64LE(8)));
    const path = await images.write(file);
    await expect(openTiff(path, defaultLimits)).rejects.toMatchObject({ code: 'invalid-file' });
  });

  test('a large page is opened and read in parts, whatever its size in memory', async () => {
    const fields = [long(256, 2_000_000), long(257, 2_000_000), long(278, 2_000_000)];
    const file = await images.open(tiffBytes([{ ...tiny, fields }]));
    await expect(file.read()).rejects.toMatchObject({ code: 'too-large' });
    const region = { x: 0, y: 0, width: 16, height: 1 };
    expect((await file.read({ region })).data).toHaveLength(16);
  });
});

describe('files that are not a TIFF file are refused:', () => {
  const open = (path: string): Promise<unknown> => openTiff(path, defaultLimits);

  test('a missing file', async () => {
    const missing = join(dirname(await images.write(Buffer.alloc(1))), 'missing.tif');
    await expect(open(missing)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('a folder', async () => {
    const path = join(dirname(await images.write(Buffer.alloc(1))), 'folder.tif');
    await mkdir(path);
    await expect(open(path)).rejects.toMatchObject({ code: 'invalid-file' });
  });

  test('a device that never ends', async () => {
    const path = join(dirname(await images.write(Buffer.alloc(1))), 'device.tif');
    await symlink('/dev/zero', path);
    await expect(open(path)).rejects.toMatchObject({ code: 'invalid-file' });
  });

  test.each([
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('not an image at all')],
    ['the first bytes alone', Buffer.from('II*\0')],
    ['no page', Buffer.from('II*\0\0\0\0\0')],
    ['a page at the end', Buffer.from('II*\0\x08\0\0\0')],
  ])('%s', async (_, content) => {
    await expect(open(await images.write(content))).rejects.toMatchObject({ code: 'invalid-file' });
  });
});
