import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tileSide } from '../../../../core/mask/tiles.ts';
import { wholeMask } from '../../../../formats/masks/strips.ts';
import { memoryMask, randomMask } from '../../../../formats/masks/testing/memory-mask.ts';
import { testFolder } from '../../../../formats/raster/testing/test-folder.ts';
import { writeMaskFile, openMaskFile, translatedMask } from './mask-file.ts';

const folder = testFolder();
const size = { width: 2 * tileSide + 7, height: tileSide + 5 };

it('a mask is read as it was written, and a later one replaces it', async () => {
  const file = join(folder.path, 'a', 'twice.mask');
  for (const seed of [1, 2]) {
    const pixels = randomMask(seed, size, [1, 2, 255]);
    await writeMaskFile(file, memoryMask(pixels, size));
    const mask = await openMaskFile(file, size, []);
    expect(Buffer.compare(await wholeMask(mask), pixels)).toBe(0);
    await mask.close();
  }
});

it('a mask of only background is read back too', async () => {
  const file = join(folder.path, 'blank.mask');
  await writeMaskFile(file, memoryMask(new Uint8Array(size.width * size.height), size));
  const mask = await openMaskFile(file, size, []);
  expect(await mask.tile(0, 0)).toBeNull();
  await mask.close();
});

it.each([
  ['of another size', (bytes: Buffer) => bytes, { ...size, width: 1 }],
  ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 40), size],
  ['damaged', (bytes: Buffer) => bytes.fill(7, 90, 120), size],
])('a mask file that is %s is reported', async (name, harm, asked) => {
  const file = join(folder.path, `${name}.mask`);
  await writeMaskFile(file, memoryMask(randomMask(3, size, [1, 2]), size));
  await writeFile(file, harm(await readFile(file)));
  await expect(openMaskFile(file, asked, [])).rejects.toMatchObject({ code: 'invalid-file' });
});

it('a missing mask file is reported, and none is created', async () => {
  const file = join(folder.path, 'none.mask');
  for (let time = 0; time < 2; time++) {
    await expect(openMaskFile(file, size, [])).rejects.toMatchObject({ code: 'not-found' });
  }
});

it('stopping ends the writing at once', async () => {
  const mask = memoryMask(randomMask(1, size, [1]), size);
  const file = join(folder.path, 'stopped.mask');
  await expect(writeMaskFile(file, mask, AbortSignal.abort())).rejects.toMatchObject({
    code: 'cancelled',
  });
});

it('translating to other values makes all values missing from the table unknown', async () => {
  const pixels = Uint8Array.of(0, 1, 2, 255);
  const table = new Uint8Array(256).fill(255);
  table.set([0, 9]);
  const mask = translatedMask(memoryMask(pixels, { width: 4, height: 1 }), table, []);
  expect([...(await wholeMask(mask))]).toEqual([0, 9, 255, 255]);
});
