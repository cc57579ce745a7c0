import { setImmediate } from 'node:timers/promises';
import type { Adoption, MaskInfo, MaskTileChange, MaskTilePatch } from '../../../contract/masks.ts';
import { UserError } from '../../../core/errors.ts';
import { Flood } from '../../../core/mask/flood.ts';
import { tilePatch } from '../../../core/mask/patch.ts';
import { Extent } from '../../../core/mask/rectangle.ts';
import { encodeRuns } from '../../../core/mask/run-length.ts';
import { blankTile, tileKey, valueAt } from '../../../core/mask/sparse-mask.ts';
import type { TiledValues } from '../../../core/mask/sparse-mask.ts';
import { tileSide, tilesIn, type MaskTile } from '../../../core/mask/tiles.ts';
import type { Rectangle, Size, TilePlace } from '../../../core/mask/tiles.ts';
import type { Store } from '../../../store/store.ts';
import { maskEditingText } from '../../../text/index.ts';

/** Largest edit in a page's undo history, bytes. */
const largestEdit = 64 * 2 ** 20;

export interface Adopted {
  /** The saved mask; null if nothing changed. */
  readonly info: MaskInfo | null;
  readonly tiles: MaskTilePatch[];
}

/** Columns of a row of a tile; `to` is exclusive. */
interface Span {
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Copies a predicted mask into the user's layer, all or nothing; see `adoption` in the contract.
 *
 * @throws UserError 'not-found' without the image or such a mask, 'invalid-option' for a position outside the image,
 * 'too-large' for more than one edit can hold, 'in-use' if the user's mask changed in the meantime
 */
export async function adoptMask(store: Store, image: number, asked: Adoption): Promise<Adopted> {
  const size = store.images.get(image);
  const { layer, run, region } = asked;
  const found = store.masks.get(image, layer, run);
  if (!found) {
    throw new UserError('not-found', maskEditingText.noPrediction);
  }
  const predicted = new PredictedTiles(store, image, size, found);
  const before = store.masks.get(image, 'human');
  const part = region ?? { x: 0, y: 0, ...size };
  if (part.x >= size.width || part.y >= size.height) {
    throw new UserError('invalid-option', maskEditingText.regionOutside);
  }
  const piece = asked.at && connectedTo(predicted, asked.at);
  const changes: MaskTileChange[] = [];
  const tiles: MaskTilePatch[] = [];
  let bytes = 0;
  for (const place of placesOf(asked, part, predicted, before)) {
    // Yields to other requests.
    await setImmediate();
    if (piece?.has(tileKey(place)) === false) continue;
    const copied = {
      place,
      pixels: predicted.tile(place),
      spans: spansIn(place, part, size, piece?.get(tileKey(place))),
    };
    const edit = changeOf(store, image, copied, asked);
    if (!edit) continue;
    changes.push(edit.change);
    tiles.push(edit.patch);
    bytes += edit.patch.before.length + edit.patch.after.length;
    if (bytes > largestEdit) {
      throw new UserError('too-large', maskEditingText.predictionTooFine);
    }
  }
  if (store.masks.get(image, 'human')?.revision !== before?.revision) {
    throw new UserError('in-use', maskEditingText.changedMeanwhile);
  }
  // Saving no changes would count as a change.
  return { info: changes.length === 0 ? null : store.masks.save(image, 'human', changes), tiles };
}

/** Tiles kept decompressed, 32 MB of them. */
const keptTiles = 128;

/** Tiles of a stored mask; the most recently read stay in memory. */
class PredictedTiles implements TiledValues {
  readonly size: Size;
  readonly info: MaskInfo;
  readonly #store: Store;
  readonly #image: number;
  readonly #stored: ReadonlySet<number>;
  readonly #kept = new Map<number, Uint8Array>();

  constructor(store: Store, image: number, { width, height }: Size, info: MaskInfo) {
    this.#store = store;
    this.#image = image;
    this.size = { width, height };
    this.info = info;
    this.#stored = new Set(info.tiles.map(tileKey));
  }

  tile(place: TilePlace): Uint8Array {
    const key = tileKey(place);
    if (!this.#stored.has(key)) return blankTile;
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const { layer, run } = this.info;
    const [read] = this.#store.masks.tiles(this.#image, layer, [place], run);
    const pixels = read?.pixels ?? blankTile;
    if (this.#kept.size >= keptTiles) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    this.#kept.set(key, pixels);
    return pixels;
  }
}

/** Tiles that may change. */
function placesOf(
  { classes, keep }: Adoption,
  part: Rectangle,
  { info, size }: PredictedTiles,
  before: MaskInfo | undefined,
): TilePlace[] {
  const there = new Set(info.tiles.map(tileKey));
  // The user's marks are removed wherever nothing is predicted.
  if (!keep && classes === null) for (const place of before?.tiles ?? []) there.add(tileKey(place));
  return tilesIn(part, size).filter((place) => there.has(tileKey(place)));
}

/** Pixels connected to a pixel with the same value, as spans by tile. */
function connectedTo(
  predicted: PredictedTiles,
  { x, y }: { readonly x: number; readonly y: number },
): ReadonlyMap<number, readonly Span[]> {
  const value = valueAt(predicted, x, y);
  if (value === undefined) {
    throw new UserError('invalid-option', maskEditingText.pointOutside);
  }
  const flood = new Flood(predicted, { x, y }, value, value);
  flood.grow();
  if (flood.isTooLarge) {
    throw new UserError('too-large', maskEditingText.regionTooLarge);
  }
  const spans = new Map<number, Span[]>();
  flood.runs((row, left, right) => {
    const place = { x: Math.floor(left / tileSide), y: Math.floor(row / tileSide) };
    const key = tileKey(place);
    const corner = place.x * tileSide;
    const span = { row: row % tileSide, from: left - corner, to: right - corner };
    const known = spans.get(key);
    if (known) known.push(span);
    else spans.set(key, [span]);
  });
  return spans;
}

/**
 * Spans of a tile to copy: those within the part, and within the connected piece if there is one.
 */
function spansIn(
  { x, y }: TilePlace,
  part: Rectangle,
  size: Size,
  piece: readonly Span[] | undefined,
): Span[] {
  const [left, top] = [x * tileSide, y * tileSide];
  const from = Math.max(0, part.x - left);
  const to = Math.min(tileSide, part.x + part.width - left, size.width - left);
  const first = Math.max(0, part.y - top);
  const last = Math.min(tileSide, part.y + part.height - top, size.height - top);
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, row) => first + row);
  if (!piece) return rows.map((row) => ({ row, from, to }));
  return piece.flatMap((span) => {
    if (span.row < first || span.row >= last) return [];
    const cut = { row: span.row, from: Math.max(from, span.from), to: Math.min(to, span.to) };
    return cut.from < cut.to ? [cut] : [];
  });
}

/** Predicted tile, and the spans of it to copy. */
interface CopiedTile extends Pick<MaskTile, 'pixels'> {
  readonly place: TilePlace;
  readonly spans: readonly Span[];
}

/** Returns the change of a tile; undefined if nothing changes. */
function changeOf(
  store: Store,
  image: number,
  { place, pixels, spans }: CopiedTile,
  { classes, keep }: Adoption,
): { change: MaskTileChange; patch: MaskTilePatch } | undefined {
  const wanted = classes && new Set(classes);
  const before = store.masks.tiles(image, 'human', [place])[0]?.pixels ?? null;
  const after = before?.slice() ?? new Uint8Array(pixels.length);
  const extent = new Extent();
  for (const { row, from, to } of spans) {
    let [first, last] = [-1, -1];
    for (let column = from; column < to; column++) {
      const at = row * tileSide + column;
      const value = pixels[at] ?? 0;
      const own = after[at] ?? 0;
      if (value === own || (keep && own !== 0) || wanted?.has(value) === false) continue;
      after[at] = value;
      if (first < 0) first = column;
      last = column;
    }
    if (first >= 0) extent.add(first, row, last + 1, row + 1);
  }
  const rectangle = extent.rectangle();
  if (!rectangle) return undefined;
  const { x, y } = place;
  return {
    change: { x, y, runs: encodeRuns(after) },
    patch: tilePatch({ x, y }, before, after, rectangle),
  };
}
