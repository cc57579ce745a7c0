import { z } from 'zod';
import type { PredictionStatus } from '../../contract/app.ts';
import { maskLayer, maskState } from '../../contract/masks.ts';
import type { MaskInfo, MaskLayer, MaskState, ModelLayer } from '../../contract/masks.ts';
import {
  ignoreValue,
  tileCounts,
  type Size,
  type TilePlace,
  type MaskTile,
} from '../../core/mask/tiles.ts';
import { count, now, oneNumber, side, tilePlace } from '../columns.ts';
import type { Connection } from '../connection.ts';
import { damageError } from '../failures.ts';
import { putTile, unpackStored } from '../mask-tiles.ts';
import type { TileChange } from '../mask-tiles.ts';
import { StagedMask } from '../staged-mask.ts';

const maskRow = z.object({
  id: z.number(),
  layer: maskLayer,
  run: z.number().nullable(),
  state: maskState,
  revision: count,
  changedAt: z.string(),
  width: side,
  height: side,
});

const placeRow = z.object({ x: tilePlace, y: tilePlace });
const sumRow = z.object({ value: z.int().min(1).max(ignoreValue), pixels: count });
const pixelsRow = z.object({ pixels: z.instanceof(Uint8Array) });
const tileRow = pixelsRow.extend({ id: z.number() });

const countsRow = z.object({
  images: z.number(),
  unlabelled: z.number(),
  predicted: z.number(),
  both: z.number(),
});

const selectMask = `
  SELECT masks.id, layer, run, state, revision, changed_at AS changedAt, width, height
  FROM masks JOIN images ON images.id = masks.image WHERE image = :image`;

/**
 * Queries of masks, tile by tile. Callers check the image's project and the classes' values. Layers
 * of models have one mask per run; without a run, the latest is used.
 */
export class MaskQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Lists the masks of an image: one of each layer. */
  list(image: number, run: number | null = null): MaskInfo[] {
    const found = maskLayer.options.flatMap((layer) => this.#row(image, layer, run) ?? []);
    return found.map((row) => this.#described(row));
  }

  get(image: number, layer: MaskLayer, run: number | null = null): MaskInfo | undefined {
    const row = this.#row(image, layer, run);
    return row && this.#described(row);
  }

  /** @throws UserError 'invalid-file' if a tile of the mask is outside its image */
  requireSound(image: number, layer: MaskLayer): void {
    const mask = this.#row(image, layer);
    if (mask) this.#places(mask.id, mask);
  }

  has(image: number, layer: MaskLayer): boolean {
    return this.#row(image, layer) !== undefined;
  }

  /** Reads the tiles at some positions; tiles that are all background are omitted. */
  tiles(
    image: number,
    layer: MaskLayer,
    places: readonly TilePlace[],
    run: number | null = null,
  ): MaskTile[] {
    const mask = this.#row(image, layer, run);
    if (!mask) return [];
    return places.flatMap(({ x, y }) => {
      const sql = 'SELECT pixels FROM mask_tiles WHERE mask = ? AND x = ? AND y = ?';
      const found = this.#connection.get(pixelsRow, sql, mask.id, x, y);
      return found ? [{ x, y, pixels: unpackStored(found.pixels, this.#connection.file) }] : [];
    });
  }

  /**
   * Saves tiles over the existing ones, all of them or none. A new mask is a draft.
   *
   * @throws UserError 'disk', 'not-found' without the image
   */
  save(image: number, layer: MaskLayer, tiles: readonly TileChange[]): MaskInfo {
    return this.#connection.transaction(() => {
      const mask = this.#touched(image, layer);
      for (const tile of tiles) putTile(this.#connection, mask, tile);
      return this.#required(image, layer);
    });
  }

  /** Starts a mask that is written in parts: see `StagedMask`. */
  stage(): StagedMask {
    return new StagedMask(this.#connection);
  }

  /**
   * Replaces a mask by a staged one, all of it or nothing, even if the process is killed.
   *
   * @throws UserError 'disk', 'not-found' without the image
   */
  replace(image: number, layer: MaskLayer, state: MaskState, staged: StagedMask): MaskInfo {
    return this.#connection.transaction(() => {
      this.#replaceTiles(this.#touched(image, layer), staged);
      return this.setState(image, layer, state);
    });
  }

  /** Replaces a mask predicted by a run's model, as `replace` does. */
  replacePredicted(image: number, layer: ModelLayer, run: number, staged: StagedMask): MaskInfo {
    return this.#connection.transaction(() => {
      this.#replaceTiles(this.#touched(image, layer, run), staged);
      return this.#required(image, layer, run);
    });
  }

  /** Counts a project's images, and those with a mask predicted by a run's student. */
  predictionCounts(project: number, run: number): Omit<PredictionStatus, 'seconds' | 'isAtWork'> {
    const counts = this.#connection.one(
      countsRow,
      `SELECT count(*) AS images, coalesce(sum(NOT is_labelled), 0) AS unlabelled,
         count(predicted.image) AS predicted,
         coalesce(sum(NOT is_labelled AND predicted.image IS NOT NULL), 0) AS both
       FROM images LEFT JOIN (SELECT image FROM masks WHERE run = :run AND layer = 'student')
         AS predicted ON predicted.image = images.id
       WHERE project = :project`,
      { project, run },
    );
    const { images, unlabelled, predicted, both } = counts;
    return { all: { images, predicted }, unlabelled: { images: unlabelled, predicted: both } };
  }

  /** Images with a mask predicted by a run's model. */
  predicted(run: number, layer: ModelLayer): Set<number> {
    const sql = 'SELECT image AS value FROM masks WHERE run = ? AND layer = ?';
    const rows = this.#connection.all(oneNumber, sql, run, layer);
    return new Set(rows.map(({ value }) => value));
  }

  /** Sets the state of a mask; a missing one is created empty. The revision counts changes of pixels only. */
  setState(image: number, layer: MaskLayer, state: MaskState): MaskInfo {
    return this.#connection.transaction(() => {
      const mask = this.#row(image, layer)?.id ?? this.#touched(image, layer);
      const sql = 'UPDATE masks SET state = ?, changed_at = ? WHERE id = ?';
      this.#connection.run(sql, state, now(), mask);
      if (layer === 'human') this.#setLabelled(image, state === 'done');
      return this.#required(image, layer);
    });
  }

  remove(image: number, layer: MaskLayer): void {
    this.#connection.transaction(() => {
      this.#connection.run('DELETE FROM masks WHERE image = ? AND layer = ?', image, layer);
      if (layer === 'human') this.#setLabelled(image, false);
    });
  }

  /**
   * Moves an image's mask to the image that has replaced it, as a draft: only the user can decide whether it still
   * fits. Returns false if there is no mask, the other image has one, or their sizes differ.
   */
  carryOver(from: number, to: number): boolean {
    return this.#connection.transaction(() => {
      const { rows } = this.#connection.run(
        `UPDATE masks SET image = :to, state = 'draft', revision = revision + 1, changed_at = :now
         WHERE image = :from AND layer = 'human'
           AND NOT EXISTS (SELECT 1 FROM masks WHERE image = :to AND layer = 'human')
           AND (SELECT width FROM images WHERE id = :from) = (SELECT width FROM images WHERE id = :to)
           AND (SELECT height FROM images WHERE id = :from) = (SELECT height FROM images WHERE id = :to)`,
        { from, to, now: now() },
      );
      return rows > 0;
    });
  }

  /** Images of a project that have a mask of that layer, with its state. */
  marked(project: number, layer: MaskLayer): Map<number, MaskState> {
    const rows = this.#connection.all(
      z.object({ image: z.number(), state: maskState }),
      `SELECT image, state FROM masks JOIN images ON images.id = masks.image
       WHERE layer = ? AND project = ?`,
      layer,
      project,
    );
    return new Map(rows.map(({ image, state }) => [image, state]));
  }

  /** Counts a project's images by the state of their mask, without those that have none. */
  count(project: number, layer: MaskLayer): Record<MaskState, number> {
    const counted = z.object({ state: maskState, value: z.number() });
    const rows = this.#connection.all(
      counted,
      `SELECT state, count(*) AS value FROM masks JOIN images ON images.id = masks.image
       WHERE layer = ? AND project = ? GROUP BY state`,
      layer,
      project,
    );
    const counts = { draft: 0, done: 0 };
    for (const { state, value } of rows) counts[state] = value;
    return counts;
  }

  /** Sets an image as labelled or not; in segmentation projects it is labelled once its mask is done. */
  #setLabelled(image: number, isLabelled: boolean): void {
    this.#connection.run(
      `UPDATE images SET is_labelled = :isLabelled WHERE id = :image
         AND project IN (SELECT id FROM projects WHERE task = 'segmentation')`,
      { image, isLabelled: Number(isLabelled) },
    );
  }

  #replaceTiles(mask: number, staged: StagedMask): void {
    this.#connection.run('DELETE FROM mask_tiles WHERE mask = ?', mask);
    staged.moveTo(mask);
  }

  /** Creates a mask or counts its change, and returns its id. */
  #touched(image: number, layer: MaskLayer, run: number | null = null): number {
    this.#connection.run(
      `INSERT INTO masks (image, layer, run, state, revision, changed_at)
       VALUES (:image, :layer, :run, 'draft', 1, :now)
       ON CONFLICT (image, layer, coalesce(run, 0))
       DO UPDATE SET revision = revision + 1, changed_at = :now`,
      { image, layer, run, now: now() },
    );
    const sql = 'SELECT id AS value FROM masks WHERE image = ? AND layer = ? AND run IS ?';
    return this.#connection.one(oneNumber, sql, image, layer, run).value;
  }

  #places(mask: number, image: Size): TilePlace[] {
    const sql = 'SELECT x, y FROM mask_tiles WHERE mask = ? ORDER BY y, x';
    const places = this.#connection.all(placeRow, sql, mask);
    requireInside(places, image, this.#connection.file);
    return places;
  }

  #row(
    image: number,
    layer: MaskLayer,
    run: number | null = null,
  ): z.infer<typeof maskRow> | undefined {
    return this.#connection.get(
      maskRow,
      `${selectMask} AND layer = :layer AND (run = :run OR :run IS NULL)
       ORDER BY run DESC LIMIT 1`,
      { image, layer, run: layer === 'human' ? null : run },
    );
  }

  #required(image: number, layer: MaskLayer, run: number | null = null): MaskInfo {
    const info = this.get(image, layer, run);
    if (!info)
      throw new Error(`expected a mask ${layer} of image ${image} after writing it, got none`);
    return info;
  }

  #described({ id, width, height, ...mask }: z.infer<typeof maskRow>): MaskInfo {
    // Summed in the database: a mosaic has thousands of tiles, and this runs after each save.
    const histogram = `
      SELECT CAST(key AS INTEGER) AS value, sum(json_each.value) AS pixels
      FROM mask_tiles, json_each(histogram) WHERE mask = ? GROUP BY key ORDER BY value`;
    return {
      ...mask,
      tiles: this.#places(id, { width, height }),
      histogram: this.#connection.all(sumRow, histogram, id),
    };
  }
}

/** @throws UserError 'invalid-file' for a tile outside of its image, whose content would be lost silently */
function requireInside(places: readonly TilePlace[], image: Size, file: string): void {
  const { columns, rows } = tileCounts(image);
  const outside = places.find(({ x, y }) => x >= columns || y >= rows);
  if (!outside) return;
  const size = `${image.width} × ${image.height} pixels`;
  throw damageError(file, `tile (${outside.x}, ${outside.y}) of a mask of an image of ${size}`);
}

/** Turns a class's pixels into background in all masks, before the class is removed. */
export function eraseClass(connection: Connection, id: number): void {
  const sql = 'SELECT project, mask_value AS value FROM classes WHERE id = ?';
  const row = z.object({ project: z.number(), value: z.number().nullable() });
  const found = connection.get(row, sql, id);
  if (found?.value == null) return;
  const { project, value } = found;
  const marked = connection.all(
    placeRow.extend({ id: z.number(), mask: z.number() }),
    `SELECT mask_tiles.id, mask, x, y FROM mask_tiles
     JOIN masks ON masks.id = mask_tiles.mask JOIN images ON images.id = masks.image
     WHERE project = ? AND json_extract(histogram, ?) IS NOT NULL`,
    project,
    `$."${value}"`,
  );
  for (const { id: tile, mask, x, y } of marked) {
    const stored = connection.get(tileRow, 'SELECT id, pixels FROM mask_tiles WHERE id = ?', tile);
    if (!stored) continue;
    const pixels = unpackStored(stored.pixels, connection.file);
    const without = pixels.map((one) => (one === value ? 0 : one));
    putTile(connection, mask, { x, y, pixels: without });
  }
  const masks = new Set(marked.map(({ mask }) => mask));
  for (const mask of masks) {
    connection.run(
      'UPDATE masks SET revision = revision + 1, changed_at = ? WHERE id = ?',
      now(),
      mask,
    );
  }
}
