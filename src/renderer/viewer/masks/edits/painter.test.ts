import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readArea } from '../../../../core/mask/area.ts';
import { MaskEdit, paintOver } from '../../../../core/mask/edit.ts';
import type { MaskPatch } from '../../../../core/mask/patch.ts';
import { SparseMask, tileKey } from '../../../../core/mask/sparse-mask.ts';
import { tilePixels, type MaskTile } from '../../../../core/mask/tiles.ts';
import type { Rectangle, TilePlace } from '../../../../core/mask/tiles.ts';
import { LayerTiles } from '../layers/layer-tiles.ts';
import { lateStroke } from './late-stroke.ts';
import { MaskPainter, type ShownValues, type Stroke } from './painter.ts';

const size = { width: 1400, height: 600 };
const over = paintOver('everything');
const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Mask with one stored tile that loads with a delay. */
function setUp() {
  const stored: MaskTile = { x: 1, y: 0, pixels: new Uint8Array(tilePixels).fill(6, 0, 60_000) };
  const patches: MaskPatch[] = [];
  const touched = new Set<number>();
  const failures: unknown[] = [];
  const shown: Rectangle[] = [];
  let isBroken = false;
  const tiles = new LayerTiles({
    size,
    existing: [stored],
    fetch: async (_, places) => {
      await soon();
      if (isBroken) throw new Error('the engine has gone');
      const isAsked = places.some(({ x, y }) => x === stored.x && y === stored.y);
      return isAsked ? [{ ...stored, pixels: stored.pixels.slice() }] : [];
    },
    arrived: () => undefined,
    failed: () => undefined,
  });
  const painter = new MaskPainter(tiles, {
    changed: (part) => shown.push(part),
    edited: (patch) => patches.push(patch),
    touched: (places: readonly TilePlace[]) => {
      for (const place of places) touched.add(tileKey(place));
    },
    failed: (error) => failures.push(error),
  });
  const read = (): Uint8Array => readArea(tiles.mask, { x: 0, y: 0, ...size }).values;
  const breakEngine = (): void => void (isBroken = true);
  return { tiles, painter, patches, touched, failures, shown, read, breakEngine };
}

function copyOf(mask: SparseMask): SparseMask {
  const copy = new SparseMask(size, []);
  for (const place of mask.places()) copy.put(place, Uint8Array.from(mask.tile(place) ?? []));
  return copy;
}

const rectangle = fc.record({
  x: fc.integer({ min: 300, max: 1300 }),
  y: fc.integer({ min: 0, max: 500 }),
  value: fc.integer({ min: 0, max: 3 }),
  /** True if a pause follows the stroke. */
  rests: fc.boolean(),
});

describe('a painter', () => {
  it('undoes strokes exactly in any order of loading their tiles', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rectangle, { minLength: 1, maxLength: 6 }), async (strokes) => {
        const { tiles, painter, patches, read } = setUp();
        for (const { x, y, value, rests } of strokes) {
          const stroke = painter.begin({ value, over });
          for (const part of [0, 40]) {
            stroke.draw((take) => {
              for (let row = y; row < y + 30; row++) take(row, x + part, x + part + 80);
            });
            if (rests) await soon();
          }
          stroke.end();
        }
        await painter.settled();
        await tiles.load([{ x: 1, y: 0 }]);
        const after = read();
        for (const patch of [...patches].reverse()) await painter.apply(patch, 'before');
        const before = read();
        const fresh = setUp();
        await fresh.tiles.load([{ x: 1, y: 0 }]);
        expect(Buffer.compare(before, fresh.read())).toBe(0);
        for (const { x, y, value } of strokes) {
          fresh.painter.paint({ value, over }, (take) => {
            for (let row = y; row < y + 30; row++) take(row, x, x + 120);
          });
        }
        await fresh.painter.settled();
        expect(Buffer.compare(after, fresh.read())).toBe(0);
        for (const patch of patches) await painter.apply(patch, 'after');
        expect(Buffer.compare(read(), after)).toBe(0);
      }),
      { numRuns: 25 },
    );
  });

  it('says which tiles are to be saved, when a stroke ends', async () => {
    const { painter, touched, patches } = setUp();
    const stroke = painter.begin({ value: 1, over });
    stroke.draw((take) => {
      take(10, 0, 20);
    });
    await soon();
    expect(touched.size).toBe(0);
    stroke.end();
    await painter.settled();
    expect([...touched]).toEqual([tileKey({ x: 0, y: 0 })]);
    expect(patches).toHaveLength(1);
  });

  it('keeps the painted part of a stroke if the rest cannot be loaded, and reports the failure', async () => {
    const { painter, patches, touched, failures, breakEngine } = setUp();
    breakEngine();
    painter.paint({ value: 1, over }, (take) => {
      take(10, 500, 530);
    });
    await painter.settled();
    expect(failures).not.toEqual([]);
    expect(patches.map(({ rectangle: { x, width } }) => [x, width])).toEqual([[500, 12]]);
    expect([...touched]).toEqual([tileKey({ x: 0, y: 0 })]);
  });

  it('is busy while a stroke is drawn, and until it is complete', async () => {
    const { painter, touched } = setUp();
    const results: boolean[] = [];
    painter.onbusy = () => results.push(painter.isBusy);
    const stroke = painter.begin({ value: 1, over });
    expect([painter.isBusy, results]).toEqual([true, [true]]);
    stroke.draw((take) => {
      take(10, 500, 530);
    });
    stroke.end();
    expect([painter.isBusy, touched.size]).toEqual([true, 0]);
    await painter.settled();
    expect([painter.isBusy, touched.size]).toEqual([false, 2]);
    // False only at the end.
    expect(results.indexOf(false)).toBe(results.length - 1);
    const other = painter.begin({ value: 1, over });
    other.cancel();
    other.end();
    expect(painter.isBusy).toBe(false);
  });

  it('takes in an edit of others between strokes, and undoes all of them exactly', async () => {
    const { tiles, painter, patches, touched, read } = setUp();
    await tiles.load([{ x: 1, y: 0 }]);
    const start = read();
    const part = { x: 500, y: 10, width: 100, height: 20 };
    const stroke = (value: number): void => {
      painter.paint({ value, over }, (take) => {
        for (let row = 15; row < 40; row++) take(row, 450, 560);
      });
    };
    stroke(1);
    const taken = painter.take(async () => {
      await soon();
      // Like the engine: on top of earlier saved edits.
      const edit = new MaskEdit(copyOf(tiles.mask), { value: 9, over });
      for (let row = part.y; row < part.y + part.height; row++)
        edit.run(row, part.x, part.x + part.width);
      return edit.finish();
    });
    // Drawn during the request: painted on top of its result.
    stroke(2);
    expect(await taken).toMatchObject({ rectangle: part });
    await painter.settled();
    expect(patches).toHaveLength(3);
    const after = read();
    expect(after[12 * size.width + 590]).toBe(9);
    expect(after[20 * size.width + 520]).toBe(2);
    // Tiles saved elsewhere need not be saved again.
    expect(touched.size).toBe(2);
    for (const patch of patches.toReversed()) await painter.apply(patch, 'before');
    expect(read()).toEqual(start);
    for (const patch of patches) await painter.apply(patch, 'after');
    expect(read()).toEqual(after);
  });

  it('changes nothing without a prediction', async () => {
    const { painter, patches } = setUp();
    expect(await painter.take(() => Promise.resolve(undefined))).toBeUndefined();
    await expect(painter.take(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    expect([patches.length, painter.isBusy]).toEqual([0, false]);
  });

  it('removes all of a cancelled stroke', async () => {
    const { painter, patches, touched, read } = setUp();
    const stroke = painter.begin({ value: 1, over });
    stroke.draw((take) => {
      take(10, 0, 900);
    });
    stroke.cancel();
    stroke.end();
    await painter.settled();
    expect([patches.length, touched.size]).toEqual([0, 0]);
    expect(read().some((value) => value === 1)).toBe(false);
  });

  it('fills a region of the mask across tiles that load late', async () => {
    const { painter, read, shown: drawn } = setUp();
    const problem = await painter.fill({ value: 2, over }, 600, 20);
    expect(problem).toBeNull();
    const filled = read().filter((value) => value === 2).length;
    expect(filled).toBe(60_000);
    // The region has 118 rows of a tile, the last one incomplete.
    expect(drawn).toEqual([{ x: 512, y: 0, width: 512, height: 118 }]);
    expect(await painter.fill({ value: 2, over }, -4, 20)).toBe('outside');
  });

  it('selects pixels similar to a pixel of the image', async () => {
    const { painter, read } = setUp();
    const values = Uint8Array.from({ length: tilePixels }, (_, at) => (at % 512 < 100 ? 40 : 90));
    const shown: ShownValues = {
      size,
      tile: () => values,
      load: () => Promise.resolve(),
    };
    await painter.pick({ value: 3, over }, shown, 20, 20, 5);
    expect(read().filter((value) => value === 3)).toHaveLength(100 * 600);
    await painter.pick({ value: 4, over }, shown, 20, 20, 60);
    expect(read().every((value) => value === 4)).toBe(true);
  });
});

it('draws a stroke that was begun before the mask was open', async () => {
  const { painter, patches, read } = setUp();
  let open: (stroke: Stroke | undefined) => void = () => undefined;
  const stroke = lateStroke((begun) => (open = begun));
  stroke.draw((take) => {
    take(3, 0, 10);
  });
  open(painter.begin({ value: 1, over }));
  await soon();
  stroke.draw((take) => {
    take(4, 0, 10);
  });
  stroke.end();
  await painter.settled();
  expect(patches).toHaveLength(1);
  expect(read().filter((value) => value === 1)).toHaveLength(20);
});
