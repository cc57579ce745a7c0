import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../core/errors.ts';
import { pngFile } from '../testing/image-fixtures.ts';
import { bmpFile } from './common/bmp-fixtures.ts';
import { defaultLimits } from './image-file.ts';
import { niftiFile, niftiParts } from './nifti/nifti-fixtures.ts';
import { openImage } from './open.ts';
import { expectRefusal, valuesOf } from './testing/reading.ts';
import { testFolder } from './testing/test-folder.ts';

const folder = testFolder();

const volume = { type: 'uint8', shape: [2, 1], values: [1, 2] } as const;
const flat = sharp({ create: { width: 2, height: 1, channels: 3, background: 'white' } });

describe('openImage recognises formats by content, whatever the name:', () => {
  it.each<[string, () => Buffer | Promise<Buffer>]>([
    ['png', () => pngFile({ width: 2, height: 1, channels: 1, bits: 8, values: [1, 2] })],
    ['jpeg', () => flat.clone().jpeg().toBuffer()],
    ['webp', () => flat.clone().webp().toBuffer()],
    ['bmp', () => bmpFile({ width: 2, height: 1, bits: 24, data: [1, 2, 3, 4, 5, 6, 0, 0] })],
    ['nifti', () => niftiFile(volume)],
    ['nifti', () => gzipSync(niftiFile({ ...volume, version: 2, littleEndian: false }))],
  ])('%s', async (format, make) => {
    for (const name of ['image', 'image.tif', 'image.txt', 'image.img']) {
      const file = await openImage(await folder.file(name, await make()));
      expect(file.header).toMatchObject({ format, width: 2, height: 1 });
      expect((await file.read()).data.length).toBe(2 * file.header.bands);
      await file.close();
    }
  });

  it('the voxels of a pair by the header next to them', async () => {
    const { header, voxels } = niftiParts({ ...volume, isPair: true });
    await folder.file('pair.hdr', header);
    const file = await openImage(await folder.file('pair.img', voxels));
    expect((await valuesOf(file)).sort()).toEqual([1, 2]);
    await file.close();
  });
});

describe('openImage refuses', () => {
  it.each<[string, Buffer, ErrorCode, RegExp]>([
    ['nothing', Buffer.alloc(0), 'invalid-file', /empty/],
    ['text', Buffer.from('path,label\n'), 'invalid-file', /not an image/],
    ['gzip of something else', gzipSync('text'), 'invalid-file', /not an image/],
    ['SVG', Buffer.from('<svg xmlns="x"/>'), 'unsupported', /SVG.*PNG, JPEG, WebP, BMP/],
    ['GIF', Buffer.from('GIF89a'), 'unsupported', /a GIF file/],
    ['PDF', Buffer.from('%PDF-1.7'), 'unsupported', /a PDF file/],
    ['HEIC', Buffer.from('\0\0\0\x18ftypheic', 'latin1'), 'unsupported', /HEIC/],
  ])('%s', async (_name, bytes, code, words) => {
    const path = await folder.file('other.png', bytes);
    await expectRefusal(openImage(path), code, words);
    await expectRefusal(openImage(path), code, /other\.png/);
  });

  it('voxels next to a header of another kind', async () => {
    await folder.file('envi.hdr', Buffer.from('ENVI\nsamples = 2\n'));
    const path = await folder.file('envi.img', Buffer.from([1, 2]));
    await expectRefusal(openImage(path), 'invalid-file', /envi\.img is not an image/);
  });

  it('a missing file and a folder', async () => {
    await expectRefusal(openImage(join(folder.path, 'no.png')), 'not-found', /no\.png/);
    await expectRefusal(openImage(folder.path), 'invalid-file', /file/);
  });

  it('files beyond the limits', async () => {
    const path = await folder.file('limit.nii', niftiFile({ ...volume, shape: [1, 1, 2] }));
    await expectRefusal(
      openImage(path, { ...defaultLimits, frames: 1 }),
      'too-large',
      /limit of 1/,
    );
  });
});
