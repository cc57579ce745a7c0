import { expect, it } from 'vitest';
import { pngFile } from '../../testing/image-fixtures.ts';
import { indexedPng } from './index-png.ts';

const palette = Uint8Array.of(0, 0, 0, 255, 0, 0);

it('returns null for a grey PNG', () => {
  const pixels = { width: 4, height: 1, channels: 1, bits: 8 } as const;
  const grey = pngFile({ ...pixels, values: [0, 1, 1, 0] });
  expect(indexedPng(grey)).toBeNull();
});

it.each([24, 27, 32])(
  'leaves a header that ends after %d bytes of the file to the decoder',
  (end) => {
    const header = Buffer.alloc(33 + 12 + palette.length);
    header.write('\x89PNG\r\n\x1a\n', 'latin1');
    header.writeUInt32BE(13, 8);
    header.write('IHDR', 12, 'latin1');
    header[25] = 3;
    header.writeUInt32BE(palette.length, 33);
    header.write('PLTE', 37, 'latin1');
    header.set(palette, 41);
    expect(indexedPng(header)?.palette).toEqual(palette);
    expect(indexedPng(header.subarray(0, end))).toBeNull();
  },
);
