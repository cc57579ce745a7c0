import { describe, expect, it } from 'vitest';
import type { Raster } from '../image/raster.ts';
import { Random } from '../random.ts';
import { cropAround, extendByReflection, randomCrop, extendToSquare } from './crops.ts';

/** Image in which each pixel has a unique number. */
function numbered(width: number, height: number, channels = 1): Raster {
  const data = Uint8Array.from({ length: width * height * channels }, (_, at) => at);
  return { width, height, channels, data };
}

const still = { flipHorizontal: false, flipVertical: false, quarterTurns: 0 };

describe('randomCrop', () => {
  it('is within the image, and reaches every part of it', () => {
    const random = new Random(3);
    const seen = new Set<number>();
    for (let count = 0; count < 300; count++) {
      const { box } = randomCrop(random, { width: 9, height: 7 }, 4, 'overhead');
      expect([box.width, box.height]).toEqual([4, 4]);
      for (let y = box.y; y < box.y + 4; y++) {
        for (let x = box.x; x < box.x + 4; x++) {
          expect(x < 9 && y < 7).toBe(true);
          seen.add(9 * y + x);
        }
      }
    }
    expect(seen.size).toBe(63);
  });

  it('is the whole image if that is smaller', () => {
    const { box } = randomCrop(new Random(1), { width: 3, height: 20 }, 8, 'upright');
    expect([box.x, box.width, box.height]).toEqual([0, 3, 8]);
  });

  it('keeps upright images upright, and rotates others in all eight ways', () => {
    const turns = (orientation: 'upright' | 'overhead'): Set<string> => {
      const random = new Random(4);
      const size = { width: 9, height: 9 };
      return new Set(
        Array.from({ length: 200 }, () =>
          extendToSquare(numbered(2, 2), 2, randomCrop(random, size, 2, orientation).turn).join(),
        ),
      );
    };
    expect(turns('upright')).toEqual(new Set(['0,1,2,3', '1,0,3,2']));
    expect(turns('overhead').size).toBe(8);
  });
});

describe('cropAround', () => {
  it.each([
    { x: 0, y: 0 },
    { x: 10, y: 6 },
    { x: 5, y: 3 },
  ])('shows the pixel %o, in different places of the crop', (pixel) => {
    const random = new Random(9);
    const places = new Set<string>();
    for (let count = 0; count < 100; count++) {
      const { box } = cropAround(random, { width: 11, height: 7 }, 4, 'overhead', pixel);
      expect(box.x >= 0 && box.x + box.width <= 11).toBe(true);
      expect(box.y >= 0 && box.y + box.height <= 7).toBe(true);
      expect(pixel.x >= box.x && pixel.x < box.x + box.width).toBe(true);
      expect(pixel.y >= box.y && pixel.y < box.y + box.height).toBe(true);
      places.add(`${box.x},${box.y}`);
    }
    // A corner pixel fits in one crop only; others fit in several.
    expect(places.size > 1).toBe(pixel.x === 5);
  });
});

describe('extendByReflection', () => {
  it('mirrors repeatedly without repeating the edge', () => {
    const { data } = extendByReflection(numbered(3, 1), { width: 10, height: 1 });
    expect([...data]).toEqual([0, 1, 2, 1, 0, 1, 2, 1, 0, 1]);
  });

  it('does so in both directions, with all channels', () => {
    const { data } = extendByReflection(numbered(1, 2, 2), { width: 2, height: 3 });
    expect([...data]).toEqual([0, 1, 0, 1, 2, 3, 2, 3, 0, 1, 0, 1]);
  });
});

describe('extendToSquare', () => {
  it('returns a square unchanged if it is not rotated', () => {
    expect([...extendToSquare(numbered(2, 2, 3), 2, still)]).toEqual([...numbered(2, 2, 3).data]);
  });

  it('rotates mask and image alike', () => {
    const turn = { flipHorizontal: true, flipVertical: false, quarterTurns: 1 };
    const one = extendToSquare(numbered(3, 3), 3, turn);
    const colours = { ...numbered(3, 3, 3), data: new Uint8Array(27) };
    numbered(3, 3).data.forEach((value, at) => colours.data.fill(value, 3 * at, 3 * at + 3));
    const three = extendToSquare(colours, 3, turn);
    expect([...three].filter((_, at) => at % 3 === 1)).toEqual([...one]);
    expect([...one]).not.toEqual([...numbered(3, 3).data]);
  });
});
