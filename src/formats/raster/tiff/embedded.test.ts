import { readFile } from 'node:fs/promises';
import { deflateSync, zstdCompressSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { defaultLimits } from '../image-file.ts';
import { isTiff, openTiff } from './open-tiff.ts';
import { testImages } from '../testing/test-folder.ts';
import { bytes, short, tiffBytes, type PageSpec } from '../../testing/tiff-fixtures.ts';

const folder = testImages(openTiff);

const width = 32;
const height = 24;

/** Smooth bands, so that lossy schemes come near. */
function picture(samples: number): Uint8Array {
  return Uint8Array.from({ length: width * height * samples }, (_, i) => {
    const pixel = Math.floor(i / samples);
    const across = (pixel % width) / width;
    const down = Math.floor(pixel / width) / height;
    return Math.round(30 + 180 * (((i % samples) + 1) / (samples + 1)) * (across + down) * 0.6);
  });
}

function encoder(samples: 1 | 3 | 4): Sharp {
  return sharp(picture(samples), { raw: { width, height, channels: samples } });
}

/** A page of one strip with an encoded block. */
function page(block: Uint8Array, compression: number, more: Partial<PageSpec>): PageSpec {
  return { width, height, values: [], blocks: [block], compression, ...more };
}

async function read(spec: PageSpec): Promise<number[]> {
  return [...(await (await folder.open(tiffBytes([spec]))).read()).data];
}

async function decoded(stream: Buffer): Promise<number[]> {
  return [...(await sharp(stream).raw().toBuffer())];
}

function largest(a: readonly number[], b: ArrayLike<number>): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0);
}

const rgb = { samples: 3, photometric: 2 };
const ycbcr = { samples: 3, photometric: 6 };

describe('JPEG', () => {
  test.each(['4:4:4', '4:2:0'] as const)('YCbCr %s becomes RGB', async (chromaSubsampling) => {
    const stream = await encoder(3).jpeg({ quality: 95, chromaSubsampling }).toBuffer();
    const values = await read(page(stream, 7, ycbcr));
    expect(values).toEqual(await decoded(stream));
    expect(largest(values, picture(3))).toBeLessThan(16);
  });

  test('grey', async () => {
    const stream = await encoder(1).toColourspace('b-w').jpeg({ quality: 95 }).toBuffer();
    expect(largest(await read(page(stream, 7, {})), picture(1))).toBeLessThan(8);
  });

  test('keeps RGB components, whatever the stream states', async () => {
    // A grey picture in YCbCr: the first component is the grey, the others are in the middle.
    const grey = Uint8Array.from(
      { length: width * height * 3 },
      (_, i) => 8 * (Math.floor(i / 3) % 32),
    );
    const stream = await sharp(grey, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer();
    const values = await read(page(stream, 7, rgb));
    const expected = grey.map((value, i) => (i % 3 === 0 ? value : 128));
    expect(largest(values, expected)).toBeLessThan(3);
  });

  test('does not treat four bands as CMYK', async () => {
    const bands = picture(4);
    // Four components come only from CMYK, which the encoder stores inverted.
    const stream = await cmykStream(bands);
    const values = await read(page(stream, 7, { samples: 4 }));
    expect(
      largest(
        values,
        bands.map((value) => 255 - value),
      ),
    ).toBeLessThan(8);
  });

  test('uses tables common to all blocks', async () => {
    const stream = await encoder(3).jpeg({ quality: 90 }).toBuffer();
    const { tables, rest } = splitTables(stream);
    const values = await read(page(rest, 7, { ...ycbcr, fields: [bytes(347, tables)] }));
    expect(values).toEqual(await decoded(stream));
    await expect(read(page(rest, 7, ycbcr))).rejects.toMatchObject({ code: 'invalid-file' });
  });

  test("reports another size than the block's as damage", async () => {
    const stream = await encoder(3).jpeg().toBuffer();
    await expect(read(page(stream, 7, { ...ycbcr, width: 31 }))).rejects.toMatchObject({
      code: 'invalid-file',
    });
    await expect(read(page(stream, 7, {}))).rejects.toMatchObject({ code: 'invalid-file' });
  });

  test('reports a truncated block as damage', async () => {
    const stream = await encoder(3).jpeg().toBuffer();
    const half = stream.subarray(0, stream.length >> 1);
    await expect(read(page(half, 7, ycbcr))).rejects.toMatchObject({ code: 'invalid-file' });
  });

  test('reports another format as damage', async () => {
    const stream = await encoder(3).png().toBuffer();
    await expect(read(page(stream, 7, ycbcr))).rejects.toMatchObject({ code: 'invalid-file' });
    await expect(read(page(stream, 50001, rgb))).rejects.toMatchObject({ code: 'invalid-file' });
  });

  test('refuses 16 bits', async () => {
    const spec = page(Buffer.alloc(10), 7, { fields: [short(258, 16)] });
    await expect(read(spec)).rejects.toMatchObject({ code: 'unsupported' });
  });
});

/** Four components through libvips, which keeps CMYK as it is given when both ends are CMYK. */
async function cmykStream(bands: Uint8Array): Promise<Buffer> {
  const tiff = tiffBytes([{ width, height, samples: 4, photometric: 5, values: [...bands] }]);
  return sharp(tiff)
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .jpeg({ quality: 100 })
    .toBuffer();
}

/** Quantization and Huffman tables apart from the rest, as libtiff stores them. */
function splitTables(stream: Buffer): { tables: Buffer; rest: Buffer } {
  const tables: Buffer[] = [];
  const rest: Buffer[] = [];
  let at = 2;
  while (stream[at + 1] !== 0xda) {
    const end = at + 2 + stream.readUInt16BE(at + 2);
    const isTable = stream[at + 1] === 0xdb || stream[at + 1] === 0xc4;
    (isTable ? tables : rest).push(stream.subarray(at, end));
    at = end;
  }
  const start = Buffer.from([0xff, 0xd8]);
  return {
    tables: Buffer.concat([start, ...tables, Buffer.from([0xff, 0xd9])]),
    rest: Buffer.concat([start, ...rest, stream.subarray(at)]),
  };
}

describe('WebP', () => {
  test.each([3, 4] as const)('without loss, %i bands', async (samples) => {
    const stream = await encoder(samples).webp({ lossless: true, exact: true }).toBuffer();
    expect(await read(page(stream, 50001, { ...rgb, samples }))).toEqual([...picture(samples)]);
  });

  test('reads an opaque block of a page with alpha', async () => {
    const stream = await encoder(3).webp({ lossless: true }).toBuffer();
    const values = await read(page(stream, 50001, { ...rgb, samples: 4 }));
    const colours = picture(3);
    const expected = Array.from({ length: width * height * 4 }, (_, i) =>
      i % 4 === 3 ? 255 : colours[(i >> 2) * 3 + (i % 4)],
    );
    expect(values).toEqual(expected);
  });

  test('reports a truncated block, or another size, as damage', async () => {
    const stream = await encoder(3).webp().toBuffer();
    const damage = { code: 'invalid-file' };
    await expect(read(page(stream.subarray(0, 40), 50001, rgb))).rejects.toMatchObject(damage);
    await expect(read(page(stream, 50001, { ...rgb, width: 30 }))).rejects.toMatchObject(damage);
  });
});

/**
 * A LERC 2 blob, version 2 (Esri, "LERC: Limited Error Raster Compression"): all pixels valid, one block
 * of plain values.
 *
 * @param type 1 bytes, 6 floats
 */
function lercBlob(type: 1 | 6, values: readonly number[]): Buffer {
  const data = type === 1 ? Buffer.from(values) : Buffer.from(Float32Array.from(values).buffer);
  const head = Buffer.alloc(58);
  head.write('Lerc2 ');
  const blobSize = head.length + 4 + 1 + data.length;
  const numbers = [2, height, width, width * height, 8, blobSize, type];
  for (const [i, value] of numbers.entries()) head.writeInt32LE(value, 6 + 4 * i);
  const range = [type === 1 ? 0.5 : 0, Math.min(...values), Math.max(...values)];
  for (const [i, value] of range.entries()) head.writeDoubleLE(value, 34 + 8 * i);
  // No bytes of a mask, then: the values follow in one sweep.
  return Buffer.concat([head, Buffer.from([0, 0, 0, 0, 1]), data]);
}

describe('LERC', () => {
  const greys = [...picture(1)];
  const floats = greys.map((value) => Math.fround(value / 7));

  test('bytes', async () => {
    expect(await read(page(lercBlob(1, greys), 34887, {}))).toEqual(greys);
  });

  test('floats, compressed in addition', async () => {
    const blob = lercBlob(6, floats);
    const more = { bits: 32, format: 3 } as const;
    const packed = [blob, deflateSync(blob), zstdCompressSync(blob)];
    for (const [packing, block] of packed.entries()) {
      const fields = [{ tag: 50674, type: 4, values: [4, packing] }] as const;
      expect(await read(page(block, 34887, { ...more, fields }))).toEqual(floats);
    }
  });

  test('reports another size or type, or no blob, as damage', async () => {
    const damage = { code: 'invalid-file' };
    const blob = lercBlob(1, greys);
    await expect(read(page(blob, 34887, { width: 31 }))).rejects.toMatchObject(damage);
    await expect(read(page(blob, 34887, { bits: 16 }))).rejects.toMatchObject(damage);
    await expect(read(page(blob.subarray(0, 200), 34887, {}))).rejects.toMatchObject(damage);
    await expect(read(page(Buffer.alloc(100), 34887, {}))).rejects.toMatchObject(damage);
  });
});

test('distinguishes another format from TIFF', async () => {
  const path = await folder.write(await encoder(3).png().toBuffer());
  expect(isTiff(await readFile(path))).toBe(false);
  await expect(openTiff(path, defaultLimits)).rejects.toMatchObject({ code: 'invalid-file' });
});
