import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Raster } from './raster.ts';
import { resampleGrid, resampleRaster, type Box } from './resample.ts';

/** Image whose value at (x, y, channel) is a formula, modulo 256. */
function drawn(
  width: number,
  height: number,
  channels: number,
  value: (x: number, y: number, channel: number) => number,
): Raster {
  const data = new Uint8Array(width * height * channels);
  for (let at = 0; at < data.length; at++) {
    const pixel = Math.floor(at / channels);
    data[at] = value(pixel % width, Math.floor(pixel / width), at % channels);
  }
  return { width, height, channels, data };
}

const whole = ({ width, height }: Raster): Box => ({ x: 0, y: 0, width, height });

const size = fc.integer({ min: 1, max: 40 });

describe('resampleRaster', () => {
  // The expected values are Pillow 12.2's: Image.fromarray(a).resize((width, height), BICUBIC,
  // box=(x, y, x + width, y + height)), with a[y, x, c] = (7 x² + 31 y + 5 x y + 83 c) mod 256.
  const image = drawn(13, 9, 3, (x, y, c) => 7 * x * x + 31 * y + 5 * x * y + 83 * c);
  const grey = drawn(13, 9, 1, (x, y) => 7 * x * x + 31 * y + 5 * x * y);

  it.each([
    {
      name: 'shrinks three channels from a fractional box',
      raster: image,
      box: { x: 1.25, y: 0.5, width: 10.75, height: 8.25 },
      width: 5,
      height: 4,
      expected: [
        63, 156, 165, 150, 150, 91, 140, 125, 150, 104, 123, 141, 128, 139, 129, 159, 160, 73, 116,
        109, 163, 129, 114, 124, 116, 129, 118, 114, 117, 125, 152, 81, 147, 134, 150, 131, 147,
        138, 112, 136, 116, 109, 138, 139, 156, 81, 122, 144, 131, 123, 121, 138, 149, 109, 154,
        113, 130, 166, 156, 151,
      ],
    },
    {
      name: 'shrinks one channel',
      raster: grey,
      box: { x: 2, y: 1, width: 11, height: 7 },
      width: 6,
      height: 3,
      expected: [
        114, 140, 130, 109, 117, 138, 178, 106, 145, 127, 104, 123, 87, 153, 139, 142, 170, 130,
      ],
    },
    {
      name: 'enlarges one channel from a fractional box',
      raster: grey,
      box: { x: 6.5, y: 5.25, width: 4.75, height: 2.25 },
      width: 8,
      height: 4,
      expected: [
        66, 159, 99, 37, 141, 166, 86, 155, 98, 214, 144, 68, 194, 229, 141, 132, 134, 206, 164,
        120, 204, 236, 189, 134, 133, 81, 115, 157, 120, 142, 232, 206,
      ],
    },
  ])('$name as Pillow does', ({ raster, box, width, height, expected }) => {
    expect([...resampleRaster(raster, box, width, height).data]).toEqual(expected);
  });

  it('returns the same bytes at the same size, in new memory', () => {
    const same = resampleRaster(image, whole(image), 13, 9);
    expect(same).toEqual(image);
    expect(same.data).not.toBe(image.data);
    const part = resampleRaster(grey, { x: 3, y: 2, width: 4, height: 5 }, 4, 5);
    expect(part).toEqual(drawn(4, 5, 1, (x, y) => grey.data[(y + 2) * 13 + x + 3] ?? 0));
  });

  it('treats each channel as an image of its own', () => {
    const box = { x: 0.3, y: 1.1, width: 11.2, height: 7.4 };
    const together = resampleRaster(image, box, 6, 11);
    for (let channel = 0; channel < 3; channel++) {
      const plane = drawn(13, 9, 1, (x, y) => image.data[(y * 13 + x) * 3 + channel] ?? 0);
      const alone = resampleRaster(plane, box, 6, 11);
      expect(together.data.filter((_, at) => at % 3 === channel)).toEqual(alone.data);
    }
  });

  it('keeps every constant image constant, whatever the box', () => {
    const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({ width: size, height: size, toWidth: size, toHeight: size }),
        fc.tuple(share, share, share, share),
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 1, max: 4 }),
        ({ width, height, toWidth, toHeight }, [left, top, wide, high], value, channels) => {
          const flat = drawn(width, height, channels, () => value);
          const [x, y] = [width * left, height * top];
          const box = { x, y, width: (width - x) * wide, height: (height - y) * high };
          const resampled = resampleRaster(flat, box, toWidth, toHeight);
          expect(resampled.data.every((byte) => byte === value)).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('keeps a ramp a ramp away from the edges', () => {
    const ramp = drawn(48, 3, 1, (x) => 4 * x);
    const shrunk = resampleRaster(ramp, whole(ramp), 12, 3);
    // Column i is the middle of the four columns from 4 i on; two samples from the edge no tap is dropped.
    for (let column = 2; column < 10; column++) {
      expect(shrunk.data[12 + column]).toBe(4 * (4 * column + 1.5));
    }
  });

  it('clips values that overshoot', () => {
    const step = drawn(8, 1, 1, (x) => (x < 4 ? 0 : 255));
    const enlarged = [...resampleRaster(step, whole(step), 32, 1).data];
    expect(enlarged.slice(0, 13)).toEqual(Array<number>(13).fill(0));
    expect(enlarged.slice(19)).toEqual(Array<number>(13).fill(255));
  });

  it('writes into a part of a larger array and nowhere else', () => {
    const batch = new Uint8Array(3 * 60).fill(7);
    const { data } = resampleRaster(image, whole(image), 5, 4, batch.subarray(60, 120));
    expect(data.buffer).toBe(batch.buffer);
    expect(batch.subarray(60, 120)).toEqual(resampleRaster(image, whole(image), 5, 4).data);
    expect(batch.subarray(0, 60).every((byte) => byte === 7)).toBe(true);
    expect(batch.subarray(120).every((byte) => byte === 7)).toBe(true);
  });

  it.each([
    { x: -0.5, y: 0, width: 4, height: 4 },
    { x: 10, y: 0, width: 3.5, height: 4 },
    { x: 0, y: 6, width: 3, height: 4 },
    { x: 0, y: 0, width: 0, height: 4 },
    { x: 0, y: 0, width: 4, height: NaN },
  ])('refuses the box %o and says where the image ends', (box) => {
    expect(() => resampleRaster(image, box, 4, 4)).toThrow(/leaves the image, 13 × 9/);
  });

  it('refuses sizes and memory that do not fit', () => {
    const box = whole(image);
    expect(() => resampleRaster(image, box, 0, 4)).toThrow('width must be a positive whole number');
    expect(() => resampleRaster(image, box, 4, 2.5)).toThrow('height must be a positive whole');
    const target = new Uint8Array(47);
    expect(() => resampleRaster(image, box, 4, 4, target)).toThrow(
      '(4, 4, 3) needs 48 values, got 47',
    );
    const short = { ...image, data: image.data.subarray(1) };
    expect(() => resampleRaster(short, box, 4, 4)).toThrow('(9, 13, 3) needs 351 values, got 350');
  });
});

describe('resampleGrid', () => {
  it('agrees with PyTorch', () => {
    // interpolate(grid, size=(5, 5), mode='bicubic', antialias=True) of PyTorch 2.15, for
    // grid[i] = sin(i² / 100 + 0.3 i), i from 0 to 63, as (1, 1, 8, 8).
    const grid = Float32Array.from({ length: 64 }, (_, i) => Math.sin((i * i) / 100 + 0.3 * i));
    const expected = [
      0.006766, 0.006973, 0.142803, 0.381027, 0.515507, 0.626284, 0.369613, -0.443812, -0.93646,
      -0.390722, 0.795104, 0.602638, -0.449915, -0.571366, 0.264965, 0.152496, -0.312913, -0.09975,
      0.382796, -0.145808, -0.43486, 0.568042, -0.249268, -0.298139, 0.75453,
    ];
    const resampled = resampleGrid(grid, 1, [8, 8], [5, 5]);
    expect(resampled).toHaveLength(expected.length);
    expected.forEach((value, at) => {
      expect(resampled[at]).toBeCloseTo(value, 5);
    });
  });

  it('has weights that sum to 1 everywhere and follows a plane in the interior', () => {
    const plane = new Float32Array(20 * 16 * 2);
    for (let at = 0; at < 20 * 16; at++) {
      plane[2 * at] = 1;
      plane[2 * at + 1] = 3 * Math.floor(at / 16) - 2 * (at % 16);
    }
    const resampled = resampleGrid(plane, 2, [20, 16], [10, 32]);
    for (let row = 0; row < 10; row++) {
      for (let column = 0; column < 32; column++) {
        const at = 2 * (row * 32 + column);
        expect(resampled[at]).toBeCloseTo(1, 6);
        // Two new samples from the edge when shrinking, four when doubling, no tap is dropped.
        if (row < 2 || row > 7 || column < 4 || column > 27) continue;
        expect(resampled[at + 1]).toBeCloseTo(3 * (2 * row + 0.5) - 2 * (column / 2 - 0.25), 4);
      }
    }
  });

  it('is linear, and the same along rows as along columns', () => {
    const values = fc.float32Array({ minLength: 24, maxLength: 24, min: -8, max: 8, noNaN: true });
    fc.assert(
      fc.property(values, values, size, size, (a, b, rows, columns) => {
        const sum = a.map((value, at) => value + 2 * (b[at] ?? 0));
        const together = resampleGrid(sum, 1, [4, 6], [rows, columns]);
        const apart = resampleGrid(b, 1, [4, 6], [rows, columns]);
        resampleGrid(a, 1, [4, 6], [rows, columns]).forEach((value, at) => {
          expect(together[at]).toBeCloseTo(value + 2 * (apart[at] ?? 0), 3);
        });
        const turned = a.map((_, at) => a[(at % 4) * 6 + Math.floor(at / 4)] ?? 0);
        const across = resampleGrid(turned, 1, [6, 4], [columns, rows]);
        resampleGrid(a, 1, [4, 6], [rows, columns]).forEach((value, at) => {
          expect(across[(at % columns) * rows + Math.floor(at / columns)]).toBeCloseTo(value, 4);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('refuses a grid of another size', () => {
    expect(() => resampleGrid(new Float32Array(11), 2, [2, 3], [4, 4])).toThrow(
      'resampleGrid: shape (2, 3, 2) needs 12 values, got 11',
    );
    expect(() => resampleGrid(new Float32Array(12), 2, [2, 3], [4, 0])).toThrow('newColumns');
  });
});
