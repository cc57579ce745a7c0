import { countRuns, encodeRuns } from '../core/mask/run-length.ts';
import type { TilePlace } from '../core/mask/tiles.ts';
import type { Connection } from './connection.ts';
import { packHistogram } from './mask-tiles.ts';
import { packTile } from './packed-tile.ts';

/**
 * Tiles of a mask that is not complete yet. They are stored in a temporary table of this connection, on disk and not in
 * memory, which is deleted with the connection.
 */
export class StagedMask {
  static #count = 0;
  readonly #connection: Connection;
  readonly #id = ++StagedMask.#count;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.execute(
      `CREATE TEMP TABLE IF NOT EXISTS staged_tiles (
         stage INTEGER, x INTEGER, y INTEGER, histogram TEXT, pixels BLOB)`,
    );
  }

  /** Adds tiles, each place once. */
  put(tiles: readonly (TilePlace & { readonly pixels: Uint8Array })[]): void {
    this.#connection.transaction(() => {
      for (const { x, y, pixels } of tiles) {
        const runs = encodeRuns(pixels);
        const { counts } = countRuns(runs);
        if (counts.size === 0) continue;
        this.#connection.run(
          `INSERT INTO temp.staged_tiles (stage, x, y, histogram, pixels)
           VALUES (:stage, :x, :y, :histogram, :pixels)`,
          {
            stage: this.#id,
            x,
            y,
            histogram: packHistogram(counts),
            pixels: packTile(runs),
          },
        );
      }
    });
  }

  /** Moves the tiles to a mask; call it within a transaction. */
  moveTo(mask: number): void {
    this.#connection.run(
      `INSERT INTO mask_tiles (mask, x, y, histogram, pixels)
       SELECT ?, x, y, histogram, pixels FROM temp.staged_tiles WHERE stage = ?`,
      mask,
      this.#id,
    );
  }

  drop(): void {
    this.#connection.run('DELETE FROM temp.staged_tiles WHERE stage = ?', this.#id);
  }
}
