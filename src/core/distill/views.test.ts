import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resampleRaster } from '../image/resample.ts';
import type { Raster } from '../image/raster.ts';
import {
  batchOfImages,
  centreView,
  drawView,
  toPlanes,
  viewParameters,
  viewRecipe,
  workingCopy,
  type ViewParameters,
} from './views.ts';

/** Pixels that differ from their neighbours; integers only, so equal on every machine. */
function image(width: number, height: number, channels = 3): Raster {
  const data = new Uint8Array(width * height * channels);
  for (let at = 0; at < data.length; at++) data[at] = (at * at * 7 + at * 31) % 253;
  return { width, height, channels, data };
}

/** FNV-1a, 32 bits. */
function hashOf(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

const upright = viewRecipe('upright');
const overhead = viewRecipe('overhead');

/** Parameters of views 0 to `count` - 1 of one image. */
function many(count: number, width: number, height: number, recipe = overhead): ViewParameters[] {
  return Array.from({ length: count }, (_, view) =>
    viewParameters(5, 0, view, { width, height }, recipe),
  );
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.filter(holds).length / items.length;
}

describe('viewParameters', () => {
  it('returns the same views for the same numbers, in any order, and different ones for others', () => {
    const forwards = Array.from({ length: 20 }, (_, view) =>
      viewParameters(1, view % 4, view, { width: 90, height: 70 }, overhead),
    );
    const backwards = Array.from({ length: 20 }, (_, index) =>
      viewParameters(1, (19 - index) % 4, 19 - index, { width: 90, height: 70 }, overhead),
    );
    expect(backwards.reverse()).toEqual(forwards);
    const base = viewParameters(1, 2, 3, { width: 900, height: 700 }, overhead).box;
    expect(viewParameters(2, 2, 3, { width: 900, height: 700 }, overhead).box).not.toEqual(base);
    expect(viewParameters(1, 3, 3, { width: 900, height: 700 }, overhead).box).not.toEqual(base);
    expect(viewParameters(1, 2, 4, { width: 900, height: 700 }, overhead).box).not.toEqual(base);
    expect(viewParameters(1, 3, 2, { width: 900, height: 700 }, overhead).box).not.toEqual(base);
  });

  it('cuts whole pixels inside the image, of any size and shape', () => {
    const side = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(fc.integer(), fc.nat(), side, side, (seed, view, width, height) => {
        const { box } = viewParameters(seed, 0, view, { width, height }, upright);
        expect(Object.values(box).every((value) => Number.isInteger(value))).toBe(true);
        expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(0);
        expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(1);
        expect(box.x + box.width).toBeLessThanOrEqual(width);
        expect(box.y + box.height).toBeLessThanOrEqual(height);
      }),
      { numRuns: 200 },
    );
  });

  it('cuts areas from 0.2 to 1 and aspects from 3/4 to 4/3', () => {
    const boxes = many(4000, 1000, 1000).map(({ box }) => box);
    const areas = boxes.map(({ width, height }) => (width * height) / 1e6);
    const aspects = boxes.map(({ width, height }) => Math.log(width / height) / Math.log(4 / 3));
    // Rounding to whole pixels moves both by less than 0.003.
    expect(Math.min(...areas)).toBeGreaterThan(0.197);
    expect(Math.min(...areas)).toBeLessThan(0.21);
    expect(Math.max(...areas)).toBeGreaterThan(0.95);
    expect(Math.max(...aspects.map(Math.abs))).toBeLessThan(1.01);
    expect(Math.min(...aspects)).toBeLessThan(-0.97);
    expect(Math.max(...aspects)).toBeGreaterThan(0.97);
    // Below 3/4 of the area every aspect fits, so the area is uniform there and the logarithm of the
    // aspect uniform as well; the tolerance is four standard errors.
    const small = boxes.filter(({ width, height }) => width * height < 0.74e6);
    const smallArea = small.map(({ width, height }) => (width * height) / 1e6);
    expect(Math.abs(share(smallArea, (area) => area < 0.47) - 0.5)).toBeLessThan(0.04);
    const smallAspects = small.map(({ width, height }) => Math.log(width / height));
    const half = Math.log(4 / 3) / 2;
    expect(Math.abs(share(smallAspects, (aspect) => Math.abs(aspect) < half) - 0.5)).toBeLessThan(
      0.04,
    );
    expect(Math.abs(share(smallAspects, (aspect) => aspect < 0) - 0.5)).toBeLessThan(0.04);
  });

  it('puts crops everywhere they fit, with equal chance', () => {
    const boxes = many(4000, 1000, 1000).map(({ box }) => box);
    for (const place of [
      boxes.map(({ x, width }) => x / (1000 - width + 1)),
      boxes.map(({ y, height }) => y / (1000 - height + 1)),
    ]) {
      for (const quarter of [0, 0.25, 0.5, 0.75]) {
        const inside = share(place, (value) => value >= quarter && value < quarter + 0.25);
        expect(Math.abs(inside - 0.25)).toBeLessThan(0.03);
      }
    }
  });

  it('falls back to the largest centred box if no crop fits', () => {
    // No crop of at least a fifth of 1000 × 10 pixels is at most 10 high with an aspect of at most 4 : 3.
    expect(viewParameters(0, 0, 0, { width: 1000, height: 10 }, upright).box).toEqual({
      x: 493,
      y: 0,
      width: 13,
      height: 10,
    });
    expect(viewParameters(0, 0, 0, { width: 10, height: 1000 }, upright).box).toEqual({
      x: 0,
      y: 493,
      width: 10,
      height: 13,
    });
  });

  it('flips upright images sideways only, and overhead ones every way alike', () => {
    const standing = many(4000, 64, 64, upright);
    const lying = many(4000, 64, 64, overhead);
    expect(standing.map(({ box }) => box)).toEqual(lying.map(({ box }) => box));
    expect(standing.some((view) => view.flipVertical || view.quarterTurns !== 0)).toBe(false);
    for (const views of [standing, lying]) {
      expect(Math.abs(share(views, (view) => view.flipHorizontal) - 0.5)).toBeLessThan(0.032);
    }
    expect(Math.abs(share(lying, (view) => view.flipVertical) - 0.5)).toBeLessThan(0.032);
    for (const turns of [0, 1, 2, 3]) {
      expect(Math.abs(share(lying, (view) => view.quarterTurns === turns) - 0.25)).toBeLessThan(
        0.03,
      );
    }
  });
});

describe('drawView', () => {
  const whole = { x: 0, y: 0, width: 4, height: 4 };
  const straight = { box: whole, flipHorizontal: false, flipVertical: false, quarterTurns: 0 };
  const square = image(4, 4);
  const moved = (raster: Raster, change: Partial<ViewParameters>): Raster =>
    drawView(raster, { ...straight, ...change }, 4);

  it('renders the same bytes on every machine', () => {
    const raster = image(50, 41);
    const hashes = [0, 1, 2, 3].map((view) =>
      hashOf(
        drawView(raster, viewParameters(7, 3, view, { width: 50, height: 41 }, overhead), 16).data,
      ),
    );
    // Pillow 12.2 (box resize) and NumPy (flips, rot90) give these from the same parameters.
    expect(hashes).toEqual(['5471c6e5', '304b30b2', 'a42e94a3', '8e474047']);
  });

  it('flips first sideways, then upside down, then turns anticlockwise', () => {
    const digits = { width: 2, height: 2, channels: 1, data: Uint8Array.of(1, 2, 3, 4) };
    const box = { x: 0, y: 0, width: 2, height: 2 };
    const drawn = (flipHorizontal: boolean, flipVertical: boolean, quarterTurns: number) => [
      ...drawView(digits, { box, flipHorizontal, flipVertical, quarterTurns }, 2).data,
    ];
    expect(drawn(false, false, 0)).toEqual([1, 2, 3, 4]);
    expect(drawn(true, false, 0)).toEqual([2, 1, 4, 3]);
    expect(drawn(false, true, 0)).toEqual([3, 4, 1, 2]);
    expect(drawn(false, false, 1)).toEqual([2, 4, 1, 3]);
    expect(drawn(false, false, 3)).toEqual([3, 1, 4, 2]);
    expect(drawn(true, false, 1)).toEqual([1, 3, 2, 4]);
    expect(drawn(false, true, 1)).toEqual([4, 2, 3, 1]);
  });

  it.each([{ flipHorizontal: true }, { flipVertical: true }, { quarterTurns: 2 }])(
    'undoes %o by doing it again',
    (change) => {
      const once = moved(square, change);
      expect(once.data).not.toEqual(square.data);
      expect(moved(once, change)).toEqual(square);
    },
  );

  it('adds up turns, and half a turn is both flips', () => {
    const turned = [0, 1, 2, 3].map((quarterTurns) => moved(square, { quarterTurns }));
    turned.forEach((raster, turns) => {
      expect(moved(raster, { quarterTurns: 1 })).toEqual(turned[(turns + 1) % 4]);
    });
    expect(turned[2]).toEqual(moved(square, { flipHorizontal: true, flipVertical: true }));
  });

  it('is the resampled box, before it is flipped', () => {
    const raster = image(30, 20);
    const box = { x: 3, y: 2, width: 20, height: 15 };
    const view = drawView(raster, { ...straight, box }, 8);
    expect(view).toEqual(resampleRaster(raster, box, 8, 8));
  });

  it('fills one slice of a batch', () => {
    const batch = new Uint8Array(3 * 48).fill(9);
    const view = { ...straight, quarterTurns: 1 };
    drawView(square, view, 4, batch.subarray(48, 96));
    expect(batch.subarray(48, 96)).toEqual(drawView(square, view, 4).data);
    expect([...batch.subarray(0, 48), ...batch.subarray(96)].every((byte) => byte === 9)).toBe(
      true,
    );
    expect(() => drawView(square, view, 4, batch.subarray(0, 47))).toThrow('48 bytes, got 47');
  });
});

describe('centreView', () => {
  it('is the image itself at its own size', () => {
    const square = image(12, 12);
    expect(centreView(square, 12)).toEqual(square);
    expect(centreView(square, 12, 'centre')).toEqual(square);
  });

  it('crops the centre or stretches the whole', () => {
    // Columns 0 to 9 hold their number; the centred square is columns 3 to 6.
    const data = Uint8Array.from({ length: 40 }, (_, at) => at % 10);
    const wide = { width: 10, height: 4, channels: 1, data };
    expect([...centreView(wide, 4, 'centre').data.subarray(0, 4)]).toEqual([3, 4, 5, 6]);
    expect(centreView(wide, 4)).toEqual(
      resampleRaster(wide, { x: 0, y: 0, width: 10, height: 4 }, 4, 4),
    );
    const rows = Uint8Array.from({ length: 44 }, (_, at) => 20 * Math.floor(at / 4));
    const tall = { width: 4, height: 11, channels: 1, data: rows };
    const centre = centreView(tall, 4, 'centre');
    // Rows 3.5 to 7.5: halfway between the rows 3 to 7.
    expect([0, 1, 2, 3].map((row) => centre.data[4 * row])).toEqual([70, 90, 110, 130]);
  });
});

describe('workingCopy', () => {
  it('is the image itself up to three times the size of a view', () => {
    const small = image(24, 40);
    expect(workingCopy(small, 8)).toBe(small);
  });

  it('brings the shorter side to three times the size and keeps the shape', () => {
    const copy = workingCopy(image(120, 90), 8);
    expect([copy.width, copy.height, copy.channels]).toEqual([32, 24, 3]);
    // An image of waves longer than a new pixel looks the same when rendered from the copy.
    const data = Uint8Array.from({ length: 120 * 90 }, (_, at) => {
      return 128 + 100 * Math.sin((at % 120) / 15) * Math.cos(Math.floor(at / 120) / 13);
    });
    const smooth = { width: 120, height: 90, channels: 1, data };
    const near = centreView(workingCopy(smooth, 8), 8).data;
    const difference = centreView(smooth, 8).data.map((value, at) =>
      Math.abs(value - (near[at] ?? 0)),
    );
    expect(Math.max(...difference)).toBeLessThanOrEqual(2);
  });
});

describe('planes', () => {
  it('separates channels and divides by 255', () => {
    const bytes = Uint8Array.from({ length: 2 * 2 * 2 * 3 }, (_, at) => 10 * at);
    const out = new Float32Array(24);
    toPlanes(bytes, 2, 2, 3, out);
    const tens = [
      0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11, 12, 15, 18, 21, 13, 16, 19, 22, 14, 17, 20, 23,
    ];
    expect(out).toEqual(Float32Array.from(tens, (value) => (10 * value) / 255));
  });

  it('joins images that need not be square', () => {
    const [one, two] = [image(5, 3), image(5, 3)];
    two.data.reverse();
    const batch = batchOfImages([one, two]);
    for (const [index, { data }] of [one, two].entries()) {
      for (let at = 0; at < data.length; at++) {
        const place = index * 45 + (at % 3) * 15 + Math.floor(at / 3);
        expect(batch[place]).toBe(Math.fround((data[at] ?? 0) / 255));
      }
    }
    expect(batchOfImages([])).toHaveLength(0);
  });

  it('refuses sizes that do not fit', () => {
    expect(() => batchOfImages([image(5, 3), image(3, 5)])).toThrow(
      'image 1 is 3 × 5 × 3, image 0 is 5 × 3 × 3',
    );
    expect(() => {
      toPlanes(new Uint8Array(12), 1, 2, 3, new Float32Array(11));
    }).toThrow('(1, 2, 2, 3) has 12 values, got 12 bytes and room for 11');
  });
});
