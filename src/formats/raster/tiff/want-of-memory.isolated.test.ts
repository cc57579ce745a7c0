import { expect, test, vi } from 'vitest';
import { testImages } from '../testing/test-folder.ts';
import { openTiff } from './open-tiff.ts';
import { tiffBytes } from '../../testing/tiff-fixtures.ts';

vi.mock('./embedded-image.ts', () => ({
  embeddedImage: () => {
    throw new Error('vips_tracked: out of memory -- size == 732MB');
  },
}));

const folder = testImages(openTiff);

test('does not report a block as damaged if its decoder lacks memory', async () => {
  const block = Uint8Array.from(Buffer.from('RIFF\0\0\0\0WEBP', 'latin1'));
  const page = { width: 4, height: 4, values: [], blocks: [block], samples: 3, photometric: 2 };
  const image = await folder.open(tiffBytes([{ ...page, compression: 50_001 }]));
  await expect(image.read()).rejects.toMatchObject({
    code: 'too-large',
    message: expect.stringMatching(/^There was not enough memory to read/) as string,
  });
});
