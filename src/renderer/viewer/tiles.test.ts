import { describe, expect, it, vi } from 'vitest';
import { neighbours, SliceWheel } from './slices.ts';
import { newTileCache } from './tiles/tile-cache.ts';
import { ByteCache } from '../../core/byte-cache.ts';
import { wantedTileKey, TileLoader, type WantedTile } from './tiles/tile-loader.ts';
import { levelFor, tileInImage, tilesFor, levelTilesIn } from './tiles/tile-plan.ts';
import { tileValues, type TileValues } from './tiles/tile-values.ts';
import { ViewTransform } from './view-transform.ts';

const image = { width: 20_000, height: 12_000 };
const levels = [1, 2, 4, 8, 16, 32, 64].map((factor) => ({
  width: Math.ceil(image.width / factor),
  height: Math.ceil(image.height / factor),
}));
const room = { width: 1000, height: 700 };
const fitted = ViewTransform.fitted(image, room);

describe('the plan of tiles', () => {
  it('takes the coarsest level that is as fine as the screen', () => {
    expect(levelFor(levels, fitted, 1)).toBe(4);
    expect(levelFor(levels, fitted, 2)).toBe(3);
    expect(levelFor(levels, fitted.zoomedTo(1), 1)).toBe(0);
    expect(levelFor(levels, fitted.zoomedTo(0.5), 1)).toBe(1);
    expect(levelFor(levels, fitted.zoomedTo(30), 1)).toBe(0);
  });

  it('covers any view', () => {
    for (const scale of [0.05, 0.3, 1, 7]) {
      for (const by of [0, 400, -900, 5000]) {
        const view = fitted.zoomedTo(scale).movedBy(by, -by);
        const { level, places } = tilesFor(levels, view, 1, { x: 0, y: 0 });
        const fine = places.filter((one) => one.level === level);
        for (let step = 0; step < 40; step++) {
          const at = view.toImage({ x: (step * 997) % room.width, y: (step * 613) % room.height });
          if (at.x < 0 || at.y < 0 || at.x >= image.width || at.y >= image.height) continue;
          const covering = fine.filter((place) => {
            const part = tileInImage(place, levels, image);
            const isAcross = at.x >= part.x && at.x < part.x + part.width;
            return isAcross && at.y >= part.y && at.y < part.y + part.height;
          });
          expect(covering).toHaveLength(1);
        }
      }
    }
  });

  it('puts the coarsest level first, then the nearest tiles', () => {
    const nearest = { x: 9000, y: 5000 };
    const view = fitted.zoomedTo(1).centredOn(nearest);
    const { places } = tilesFor(levels, view, 1, nearest);
    expect(places[0]?.level).toBe(6);
    expect(places[1]).toEqual({ level: 0, x: 17, y: 9 });
    const far = ({ x, y }: { x: number; y: number }): number =>
      Math.hypot((x + 0.5) * 512 - 9000, (y + 0.5) * 512 - 5000);
    const distances = places.slice(1).map(far);
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
    expect(levelTilesIn(0, levels, image, { x: -50, y: 0, width: 50, height: 9 }, nearest)).toEqual(
      [],
    );
  });
});

const tile = (x: number, change: Partial<WantedTile> = {}): WantedTile => ({
  image: 1,
  level: 0,
  x,
  y: 0,
  bands: [0],
  ...change,
});
const values = (): TileValues => ({ width: 2, height: 2, bands: 1, data: new Uint8Array(4) });

describe('TileLoader', () => {
  it('fetches in order, four at a time, and aborts unwanted requests', async () => {
    const requests: { x: number; signal: AbortSignal; answer: (values: TileValues) => void }[] = [];
    const oncome = vi.fn();
    const loader = new TileLoader(
      newTileCache(),
      ({ x }, signal) =>
        new Promise((answer, fail) => {
          requests.push({ x, signal, answer });
          signal.addEventListener('abort', () => {
            fail(new Error('aborted'));
          });
        }),
      { oncome, onfail: vi.fn() },
    );
    loader.want([tile(3), tile(1), tile(2), tile(7), tile(5)]);
    expect(requests.map(({ x }) => x)).toEqual([3, 1, 2, 7]);
    loader.want([tile(5), tile(1)]);
    expect(requests.filter(({ signal }) => signal.aborted).map(({ x }) => x)).toEqual([3, 2, 7]);
    await vi.waitFor(() => {
      expect(requests.map(({ x }) => x)).toEqual([3, 1, 2, 7, 5]);
    });
    requests[1]?.answer(values());
    requests[4]?.answer(values());
    await vi.waitFor(() => {
      expect(oncome).toHaveBeenCalledTimes(2);
    });
    loader.want([tile(1), tile(5)]);
    expect(requests).toHaveLength(5);
  });

  it('tells of the first failure of an image, and asks no second time', async () => {
    const onfail = vi.fn();
    const fetch = vi.fn(() => Promise.reject(new Error('torn')));
    const loader = new TileLoader(newTileCache(), fetch, { oncome: vi.fn(), onfail });
    loader.want([tile(0), tile(1)]);
    await vi.waitFor(() => {
      expect(onfail).toHaveBeenCalledTimes(1);
    });
    loader.want([tile(0), tile(1)]);
    await vi.waitFor(() => {
      expect(fetch).toHaveBeenCalledTimes(2);
    });
  });
});

it('keeps the most recently used tiles within its size limit', () => {
  const cache = new ByteCache<number>(10, (bytes) => bytes);
  cache.set('a', 4);
  cache.set('b', 4);
  cache.get('a');
  cache.set('c', 4);
  expect(['a', 'b', 'c'].filter((key) => cache.has(key))).toEqual(['a', 'c']);
  cache.set('a', 1);
  expect(cache.bytes).toBe(5);
  cache.set('large', 99);
  expect(cache.bytes).toBe(99);
});

it('takes bytes as the values that they are, wherever they begin', () => {
  const bytes = new Uint8Array(13);
  new DataView(bytes.buffer).setInt16(1, -300, true);
  const facts = { width: 3, height: 2, bands: 1, sampleType: 'int16' } as const;
  const { data } = tileValues({ ...facts, values: bytes.subarray(1) });
  expect(data).toBeInstanceOf(Int16Array);
  expect([...data]).toEqual([-300, 0, 0, 0, 0, 0]);
});

it('tells tiles of other bands apart', () => {
  expect(wantedTileKey(tile(1))).not.toBe(wantedTileKey(tile(1, { bands: [0, 1] })));
});

describe('slices', () => {
  it('go by notches, or by as much of a touch pad', () => {
    const wheel = new SliceWheel();
    expect([wheel.turn(100, 0), wheel.turn(-120, 10), wheel.turn(300, 20)]).toEqual([1, -1, 3]);
    const pad = Array.from({ length: 12 }, (_, index) => wheel.turn(20, 1000 + 16 * index));
    expect(pad.reduce((sum, by) => sum + by, 0)).toBe(2);
    expect(wheel.turn(40, 9000)).toBe(0);
  });

  it('are fetched ahead in the direction of travel', () => {
    const stack = [10, 11, 12, 13, 14, 15];
    expect(neighbours(stack, 12, 1, 3)).toEqual([13, 11, 14, 15]);
    expect(neighbours(stack, 12, -1, 3)).toEqual([11, 13, 10]);
    expect(neighbours(stack, 99, 1, 3)).toEqual([]);
  });
});
