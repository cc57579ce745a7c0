import { describe, expect, it } from 'vitest';
import { Random } from '../../core/random.ts';
import { tileSide, type Size } from '../../core/mask/tiles.ts';
import { cocoPolygonRuns } from './coco/polygon.ts';
import { runShape } from './coco/run-shape.ts';
import { ringShape } from './polygons/rings.ts';
import { layeredMask, type MaskShape } from './layers.ts';
import { drawingBudget } from './work-budget.ts';

/** Returns the values of a mask, row by row. */
async function drawn(shape: MaskShape | undefined, image: Size): Promise<Uint8Array> {
  const mask = layeredMask(image, [], shape ? [shape] : [], drawingBudget(image, 'labels'));
  const values = new Uint8Array(image.width * image.height);
  for (let y = 0; y * tileSide < image.height; y++) {
    for (let x = 0; x * tileSide < image.width; x++) {
      const tile = await mask.tile(x, y);
      for (let row = 0; tile && row < Math.min(tileSide, image.height - y * tileSide); row++) {
        const width = Math.min(tileSide, image.width - x * tileSide);
        const line = tile.subarray(row * tileSide, row * tileSide + width);
        values.set(line, (y * tileSide + row) * image.width + x * tileSide);
      }
    }
  }
  return values;
}

/** The even-odd rule by definition: a pixel is inside if an odd number of edges is to the left of its centre. */
function byRule(rings: readonly Float64Array[], { width, height }: Size): Uint8Array {
  const values = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const places: number[] = [];
    for (const ring of rings) {
      for (let at = 0; at < ring.length; at += 2) {
        const next = (at + 2) % ring.length;
        const [x1, y1, x2, y2] = [ring[at], ring[at + 1], ring[next], ring[next + 1]] as number[];
        if (x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined) continue;
        const middle = y + 0.5;
        if (middle < Math.min(y1, y2) || middle >= Math.max(y1, y2)) continue;
        places.push(Math.floor(x1 + (middle - y1) * ((x2 - x1) / (y2 - y1)) + 0.5));
      }
    }
    for (let x = 0; x < width; x++) {
      values[y * width + x] = places.filter((place) => place <= x).length % 2;
    }
  }
  return values;
}

describe('polygons', () => {
  const random = new Random(5);
  it.each([
    ['few edges', 5, 3],
    ['as many as are indexed', 400, 2],
    ['more crossings than are sorted', 2500, 1],
  ])('of %s are filled by the even-odd rule', async (_, points, times) => {
    for (let time = 0; time < times; time++) {
      const image = { width: 560, height: 530 };
      const rings = [0, 1].map(() =>
        Float64Array.from({ length: 2 * points }, (_, at) => {
          const place =
            (1.6 * random.uniform() - 0.3) * (at % 2 === 0 ? image.width : image.height);
          return time % 2 === 0 ? place : Math.round(2 * place) / 2;
        }),
      );
      expect(await drawn(ringShape(rings, 1, image), image)).toEqual(byRule(rings, image));
    }
  });

  it('with the largest numbers are filled in finite time, inside the image', async () => {
    const image = { width: 30, height: 20 };
    const ring = Float64Array.of(-1e308, -1e308, 1e308, -1e308, 1e308, 1e308, -1e308, 1e308);
    expect([...(await drawn(ringShape([ring], 1, image), image))]).toContain(1);
  });
});

describe('drawing with too much work', () => {
  const image = { width: 4000, height: 4000 };
  const draw = (shapes: readonly (MaskShape | undefined)[]): unknown =>
    layeredMask(
      image,
      [],
      shapes.flatMap((shape) => shape ?? []),
      drawingBudget(image, 'bad.json'),
    );

  it('is refused before it begins: a jagged outline', () => {
    const ring = Float64Array.from({ length: 2_000_000 }, (_, at) =>
      at % 2 === 0 ? (at / 2_000_000) * 4000 : ((at - 1) / 2) % 2 === 0 ? 0 : 4000,
    );
    expect(() => draw([ringShape([ring], 1, image)])).toThrow(
      /^bad\.json takes more than 1128 million steps to draw on one image of 4000 × 4000 pixels/,
    );
  });

  it('is refused before it begins: areas over each other', () => {
    const whole = runShape(Uint32Array.of(0, 16_000_000), 1, image);
    expect(() => draw(new Array<MaskShape | undefined>(100).fill(whole))).toThrow(
      /overlap too often/,
    );
  });
});

it('COCO outlines with a million crossings use memory in proportion', () => {
  const size = { width: 2000, height: 2000 };
  const points = Array.from({ length: 4000 }, (_, at) =>
    at % 2 === 0 ? ((at / 2) % 2) * 1999 : (at / 4000) * 1999,
  );
  const runs = cocoPolygonRuns(points, size);
  expect(runs.reduce((sum, run) => sum + run, 0)).toBe(4_000_000);
});
