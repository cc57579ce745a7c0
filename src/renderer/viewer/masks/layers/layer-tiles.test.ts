import { describe, expect, it } from 'vitest';
import { MaskEdit, paintOver } from '../../../../core/mask/edit.ts';
import { SparseMask, tileKey } from '../../../../core/mask/sparse-mask.ts';
import {
  halveTile,
  tilePixels,
  tileSide,
  tilesIn,
  type MaskTile,
} from '../../../../core/mask/tiles.ts';
import type { Rectangle, TilePlace } from '../../../../core/mask/tiles.ts';
import { type FetchTiles, LayerTiles, sizeAt } from './layer-tiles.ts';

const size = { width: 1100, height: 1000 };

/** Stored mask of the engine, in which tile (1, 0) is marked. */
const stored = new Uint8Array(tilePixels);
stored.fill(4, 100 * tileSide, 140 * tileSide);

function engine(): { fetch: FetchTiles; requests: [level: number, places: TilePlace[]][] } {
  const requests: [number, TilePlace[]][] = [];
  return {
    requests,
    fetch: (level, places) => {
      requests.push([level, places]);
      const tiles: MaskTile[] = places.flatMap(({ x, y }) => {
        if (y > 0 || x !== (level === 0 ? 1 : 0)) return [];
        if (level === 0) return [{ x, y, pixels: stored.slice() }];
        return [{ x, y, pixels: coarseOf(stored, level) }];
      });
      return Promise.resolve(tiles);
    },
  };
}

/** Coarse tile of level 1 or 2 as the engine makes it from tile (1, 0). */
function coarseOf(tile: Uint8Array, level: number): Uint8Array {
  let small = tile;
  for (let halved = 0; halved < level; halved++) small = halveTile(small, tileSide / 2 ** halved);
  const side = tileSide / 2 ** level;
  const out = new Uint8Array(tilePixels);
  for (let row = 0; row < side; row++) {
    out.set(small.subarray(row * side, (row + 1) * side), row * tileSide + side);
  }
  return out;
}

function opened(): { tiles: LayerTiles; arrived: Rectangle[] } & ReturnType<typeof engine> {
  const { fetch, requests } = engine();
  const arrived: Rectangle[] = [];
  const tiles = new LayerTiles({
    size,
    existing: [{ x: 1, y: 0 }],
    fetch,
    arrived: (part) => arrived.push(part),
    failed: (error) => {
      throw error as Error;
    },
  });
  return { tiles, arrived, fetch, requests };
}

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe('the tiles of a layer', () => {
  it('are requested once, and only if they are not empty', async () => {
    const { tiles, requests, arrived } = opened();
    tiles.want(0, { x: 0, y: 0 });
    tiles.want(0, { x: 1, y: 0 });
    tiles.want(0, { x: 1, y: 0 });
    await soon();
    tiles.want(0, { x: 1, y: 0 });
    await soon();
    expect(requests).toEqual([[0, [{ x: 1, y: 0 }]]]);
    expect(arrived).toEqual([{ x: 512, y: 0, width: 512, height: 512 }]);
    expect(tiles.at(0).tile({ x: 1, y: 0 })?.[100 * tileSide]).toBe(4);
  });

  it('are requested by position alone, for example for the tiles of an edit', async () => {
    const { tiles, requests } = opened();
    const patch = { x: 1, y: 0, rectangle: { x: 0, y: 0, width: 1, height: 1 } };
    await tiles.load([patch]);
    expect(requests).toEqual([[0, [{ x: 1, y: 0 }]]]);
  });

  it('show an edit at every level, whenever the tiles of that level arrive', async () => {
    const early = opened();
    const late = opened();
    early.tiles.want(2, { x: 0, y: 0 });
    await soon();
    for (const { tiles } of [early, late]) {
      await tiles.load([{ x: 1, y: 0 }]);
      const edit = new MaskEdit(tiles.mask, { value: 9, over: paintOver('everything') });
      for (let y = 120; y < 200; y++) edit.run(y, 400, 700);
      const dirty = edit.takeDirty();
      if (dirty) tiles.changed(dirty);
    }
    late.tiles.want(2, { x: 0, y: 0 });
    await soon();
    const pixels = early.tiles.at(2).tile({ x: 0, y: 0 });
    expect(late.tiles.at(2).tile({ x: 0, y: 0 })).toEqual(pixels);
    // Row 30 covers rows 120 to 123; columns 100 to 174 were painted, 128 to 255 were marked.
    const row = pixels && [...(pixels as Uint8Array).subarray(30 * tileSide, 31 * tileSide)];
    expect(row?.[99]).toBe(0);
    expect(row?.slice(100, 175)).toEqual(Array(75).fill(9));
    expect(row?.slice(175, 256)).toEqual(Array(81).fill(4));
  });

  it('show an edit where all was background', () => {
    const { tiles, requests } = opened();
    const edit = new MaskEdit(tiles.mask, { value: 9, over: paintOver('everything') });
    edit.run(600, 4, 12);
    const dirty = edit.takeDirty();
    if (dirty) tiles.changed(dirty);
    const pixels = tiles.at(1).tile({ x: 0, y: 0 });
    // The tile of level 1 there also has stored marks, so it is fetched.
    expect(pixels).toBeUndefined();
    expect(requests).toEqual([]);
  });

  it('are dropped and requested again, so that a mosaic takes at most 64 MiB', async () => {
    const mosaic = { width: 20_000, height: 20_000 };
    const all = tilesIn({ x: 0, y: 0, ...mosaic }, mosaic);
    const unsaved = new Set<number>();
    const requests: number[] = [];
    const none = (): void => undefined;
    const tiles: LayerTiles = new LayerTiles({
      size: mosaic,
      existing: all,
      fetch: (level, places) => {
        requests.push(...places.map((place) => level * 2 ** 44 + tileKey(place)));
        return Promise.resolve(
          places.map(({ x, y }) => ({ x, y, pixels: new Uint8Array(tilePixels).fill(1) })),
        );
      },
      arrived: none,
      failed: none,
      isUnsaved: (place) => unsaved.has(tileKey(place)),
    });
    const most = 256;
    const pan = async (level: number): Promise<number> => {
      let greatest = 0;
      for (const place of tilesIn(
        { x: 0, y: 0, ...sizeAt(mosaic, level) },
        sizeAt(mosaic, level),
      )) {
        tiles.want(level, place);
        if (place.x % 8 === 7) await soon();
        const held = [0, 1, 2, 3].reduce((sum, one) => sum + tiles.count(one), 0);
        greatest = Math.max(greatest, held);
      }
      await soon();
      return greatest;
    };
    // A painted tile stays until it is saved.
    await tiles.load([{ x: 0, y: 0 }]);
    const edit = new MaskEdit(tiles.mask, { value: 9, over: paintOver('everything') });
    edit.run(0, 0, 100);
    tiles.changed({ x: 0, y: 0, width: 100, height: 1 });
    unsaved.add(0);
    expect(await pan(0)).toBeLessThanOrEqual(most);
    expect(new Set(requests).size).toBe(all.length);
    expect(tiles.mask.tile({ x: 0, y: 0 })?.[50]).toBe(9);
    expect(tiles.mask.tile({ x: 1, y: 0 })).toBeUndefined();
    expect(tiles.mask.tile({ x: 39, y: 39 })?.[0]).toBe(1);
    expect(await pan(1)).toBeLessThanOrEqual(most);
    expect(tiles.at(1).tile({ x: 0, y: 0 })).toBeUndefined();
    tiles.want(1, { x: 0, y: 0 });
    await soon();
    expect([...(tiles.at(1).tile({ x: 0, y: 0 }) as Uint8Array).subarray(48, 52)]).toEqual([
      ...[9, 9, 1, 1],
    ]);
    // While held, no tile is evicted.
    const release = tiles.hold();
    await tiles.load(all.slice(0, 400));
    expect(tiles.count(0)).toBeGreaterThanOrEqual(400);
    unsaved.clear();
    release();
    expect(tiles.count(0) + tiles.count(1)).toBe(most);
  });

  it('keep unsaved tiles if an image is opened again', async () => {
    const { fetch } = engine();
    const mask = new SparseMask(size, [{ x: 1, y: 0 }]);
    mask.writable({ x: 0, y: 1 })?.fill(5);
    const none = (): void => undefined;
    const tiles = new LayerTiles({
      size,
      existing: [{ x: 1, y: 0 }],
      fetch,
      arrived: none,
      failed: none,
      mask,
    });
    tiles.want(1, { x: 0, y: 0 });
    await soon();
    const pixels = tiles.at(1).tile({ x: 0, y: 0 });
    expect(pixels?.[256 * tileSide]).toBe(5);
    expect(pixels?.[50 * tileSide + 256]).toBe(4);
  });
});
