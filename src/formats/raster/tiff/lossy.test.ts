import { describe, expect, it } from 'vitest';
import { openStoredMask } from '../../masks/paired/stored-mask.ts';
import { sharp } from '../../libvips.ts';
import { tiffBytes } from '../../testing/tiff-fixtures.ts';
import { openImage } from '../open.ts';
import { testFolder } from '../testing/test-folder.ts';

const folder = testFolder();
const side = 32;
const raw = { width: side, height: side, channels: 3 } as const;
const colours = Uint8Array.from({ length: 3 * side * side }, (_, at) => (at * 97) % 251);
const image = sharp(colours, { raw });

async function schemeOf(bytes: Buffer): Promise<string | undefined> {
  const file = await openImage(await folder.file('image.tif', bytes));
  await file.close();
  return file.header.lossy;
}

/** The head of a LERC 2 blob of version 4, as far as the bound of its error (`HeaderInfo` in LERC's `Lerc2.h`). */
function lercHead(maxError: number): Buffer {
  const blob = Buffer.alloc(128);
  blob.write('Lerc2 ', 'latin1');
  blob.writeInt32LE(4, 6);
  blob.writeDoubleLE(maxError, 42);
  return blob;
}

function lercFile(maxError: number): Buffer {
  const page = { width: 8, height: 8, rowsPerStrip: 8, compression: 34887, values: [] };
  return tiffBytes([{ ...page, blocks: [lercHead(maxError)] }]);
}

describe('lossy compression', () => {
  it.each([
    ['JPEG', { compression: 'jpeg' }, 'JPEG'],
    ['WebP', { compression: 'webp', quality: 70 }, 'WebP'],
    ['LZW', { compression: 'lzw' }, undefined],
    ['none', { compression: 'none' }, undefined],
  ] as const)('is detected in a TIFF with %s', async (_, options, scheme) => {
    expect(await schemeOf(await image.clone().tiff(options).toBuffer())).toBe(scheme);
  });

  it('is detected in LERC by its error bound, below a half for integers', async () => {
    expect(await schemeOf(lercFile(2))).toBe('LERC');
    expect(await schemeOf(lercFile(0.5))).toBeUndefined();
  });

  it('makes a TIFF unusable as a mask', async () => {
    const bytes = await image.clone().tiff({ compression: 'jpeg' }).toBuffer();
    const opening = openStoredMask(await folder.file('mask.tif', bytes));
    await expect(opening).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('lossy compression (JPEG)') as string,
    });
  });
});
