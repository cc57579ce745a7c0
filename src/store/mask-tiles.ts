import { z } from 'zod';
import type { MaskTileChange } from '../contract/masks.ts';
import { countRuns, encodeRuns } from '../core/mask/run-length.ts';
import type { TilePlace } from '../core/mask/tiles.ts';
import { toJson } from './columns.ts';
import type { Connection } from './connection.ts';
import { damageError } from './failures.ts';
import { packTile, unpackTile } from './packed-tile.ts';

/** Pixel counts by value. */
const histogram = z.record(z.string().regex(/^\d{1,3}$/), z.number());

/** New content of a tile, as pixels or run-length coded; null: all background. */
export type TileChange = MaskTileChange | (TilePlace & { readonly pixels: Uint8Array | null });

/** Saves a tile; one that is all background is deleted. */
export function putTile(connection: Connection, mask: number, tile: TileChange): void {
  const { x, y } = tile;
  const runs = 'runs' in tile ? tile.runs : tile.pixels && encodeRuns(tile.pixels);
  const { counts } = countRuns(runs ?? new Uint8Array());
  if (runs === null || counts.size === 0) {
    connection.run('DELETE FROM mask_tiles WHERE mask = ? AND x = ? AND y = ?', mask, x, y);
    return;
  }
  connection.run(
    `INSERT INTO mask_tiles (mask, x, y, histogram, pixels)
     VALUES (:mask, :x, :y, :histogram, :pixels)
     ON CONFLICT (mask, x, y) DO UPDATE SET histogram = :histogram, pixels = :pixels`,
    { mask, x, y, histogram: packHistogram(counts), pixels: packTile(runs) },
  );
}

export function packHistogram(counts: ReadonlyMap<number, number>): string {
  return toJson(histogram, Object.fromEntries(counts));
}

/** @throws UserError 'invalid-file' if the tile is damaged */
export function unpackStored(packed: Uint8Array, file: string): Uint8Array {
  try {
    return unpackTile(packed);
  } catch (error) {
    throw damageError(file, error instanceof Error ? error.message : 'a tile of a mask is damaged');
  }
}
