import { describe, expect, it } from 'vitest';
import { sharp } from '../../libvips.ts';
import { plainJpeg } from './plain-jpeg.ts';

type Kind = 'b-w' | 'srgb' | 'cmyk';

async function jpeg(space: Kind, progressive = false, orientation?: number): Promise<Buffer> {
  const background = { r: 200, g: 20, b: 90 };
  const image = sharp({ create: { width: 5, height: 3, channels: 3, background } });
  const turned = orientation === undefined ? image : image.withMetadata({ orientation });
  return turned.toColourspace(space).jpeg({ progressive }).toBuffer();
}

const segment = (marker: number, body: readonly number[]): number[] => [
  ...[0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255],
  ...body,
];
const start = [0xff, 0xd8];
const frame = (marker: number, precision: number, height: number, components: number): number[] => {
  const each = Array.from({ length: components }, (_, id) => [id + 1, 0x11, 0]);
  return segment(marker, [precision, 0, height, 0, 7, components, ...each.flat()]);
};
const scan = segment(0xda, [1, 1, 0, 0, 63, 0]);
const stream = (...parts: readonly number[][]): Uint8Array =>
  Uint8Array.from([...start, ...parts.flat(), ...scan]);

describe('plainJpeg', () => {
  it.each(['b-w', 'srgb'] as const)('agrees with the decoder on %s', async (space) => {
    for (const progressive of [false, true]) {
      const bytes = await jpeg(space, progressive);
      const { width, height, channels } = await sharp(bytes).metadata();
      expect(plainJpeg(bytes)).toEqual({
        width,
        height,
        bands: channels,
        isProgressive: progressive,
      });
    }
  });

  it('leaves files with an orientation, and CMYK, to the decoder', async () => {
    expect(plainJpeg(await jpeg('srgb', false, 6))).toBeNull();
    expect(plainJpeg(await jpeg('cmyk'))).toBeNull();
  });

  it('finds the frame after tables and comments', () => {
    const bytes = stream(segment(0xdb, [1, 2]), segment(0xfe, [3]), frame(0xc1, 8, 9, 1));
    expect(plainJpeg(bytes)).toEqual({ width: 7, height: 9, bands: 1, isProgressive: false });
  });

  it.each([
    ['another file', Uint8Array.from([1, 2, 3, 4])],
    ['no frame', stream()],
    ['two frames', stream(frame(0xc0, 8, 9, 3), frame(0xc0, 8, 9, 3))],
    ['no scan', stream(frame(0xc0, 8, 9, 3)).subarray(0, -scan.length)],
    ['12 bits', stream(frame(0xc1, 12, 9, 3))],
    ['a height told later', stream(frame(0xc0, 8, 0, 3))],
    ['two components', stream(frame(0xc0, 8, 9, 2))],
    ['a lossless frame', stream(frame(0xc3, 8, 9, 1))],
    ['a frame cut short', stream(segment(0xc0, [8, 0, 9, 0, 7, 3, 1]))],
    ['EXIF data behind the frame', stream(frame(0xc0, 8, 9, 3), segment(0xe1, [1]))],
    ['a broken header', stream([0, 1, 2], frame(0xc0, 8, 9, 3))],
  ])('leaves %s to the decoder', (_name, bytes) => {
    expect(plainJpeg(bytes)).toBeNull();
  });
});
