import type {
  Adoption,
  MaskInfo,
  MaskLayer,
  MaskState,
  MaskTileChange,
} from '../../../contract/masks.ts';
import { UserError } from '../../../core/errors.ts';
import { countRuns, decodeRuns } from '../../../core/mask/run-length.ts';
import {
  halveTile,
  ignoreValue,
  tileCounts,
  tileExtent,
  tilePixels,
  tileSide,
  type MaskTile,
} from '../../../core/mask/tiles.ts';
import type { Size, TilePlace } from '../../../core/mask/tiles.ts';
import type { Store } from '../../../store/store.ts';
import { adoptMask } from './adopt-mask.ts';
import type { Adopted } from './adopt-mask.ts';
import type { Emit } from '../../events.ts';
import { maskEditingText } from '../../../text/index.ts';

/** Masks of images: the user's own, and predicted ones. */
export class MaskService {
  readonly #store: Store;
  readonly #emit: Emit;

  constructor(store: Store, emit: Emit) {
    this.#store = store;
    this.#emit = emit;
  }

  /** @throws UserError 'not-found' */
  list(image: number, run: number | null = null): MaskInfo[] {
    this.#store.images.get(image);
    return this.#store.masks.list(image, run);
  }

  /**
   * Tiles at a level that are not all background; one pixel covers 2^level × 2^level of the image.
   *
   * @throws UserError 'not-found'
   */
  tiles(
    image: number,
    layer: MaskLayer,
    level: number,
    places: readonly TilePlace[],
    run: number | null = null,
  ): MaskTile[] {
    const size = this.#store.images.get(image);
    const stored: StoredTile = (place) =>
      this.#store.masks.tiles(image, layer, [place], run)[0]?.pixels ?? null;
    if (level === 0) return this.#store.masks.tiles(image, layer, places, run);
    const { columns, rows } = tileCounts(size);
    return places.flatMap(({ x, y }) => {
      if (x * 2 ** level >= columns || y * 2 ** level >= rows) return [];
      const pixels = reduced(stored, level, { x, y });
      return pixels === null ? [] : [{ x, y, pixels }];
    });
  }

  /**
   * Saves tiles to the user's layer, all or none.
   *
   * @throws UserError 'not-found', 'invalid-option' for a tile outside the image, a value of no class of the project,
   * or runs of the wrong length
   */
  save(image: number, tiles: readonly MaskTileChange[]): MaskInfo {
    const { project, ...size } = this.#store.images.get(image);
    const known = new Set([0, ignoreValue]);
    for (const { maskValue } of this.#store.classes.list(project)) {
      if (maskValue !== null) known.add(maskValue);
    }
    for (const tile of tiles) requireFitting(tile, size, known);
    const isNew = !this.#store.masks.has(image, 'human');
    const saved = this.#store.masks.save(image, 'human', tiles);
    if (isNew) this.#emit('project.changed', { project });
    return saved;
  }

  /** @throws UserError as `adoptMask` */
  async adopt(image: number, asked: Adoption): Promise<Adopted> {
    const { project } = this.#store.images.get(image);
    const isNew = this.#store.masks.get(image, 'human') === undefined;
    const adopted = await adoptMask(this.#store, image, asked);
    if (isNew && adopted.info !== null) this.#emit('project.changed', { project });
    return adopted;
  }

  /** @throws UserError 'not-found' */
  setState(image: number, state: MaskState): MaskInfo {
    const { project } = this.#store.images.get(image);
    const info = this.#store.masks.setState(image, 'human', state);
    this.#emit('project.changed', { project });
    return info;
  }
}

type StoredTile = (place: TilePlace) => Uint8Array | null;

/**
 * Reduces four tiles of the level below, recursively from the stored tiles; null if all are background.
 */
function reduced(stored: StoredTile, level: number, { x, y }: TilePlace): Uint8Array | null {
  if (level === 0) return stored({ x, y });
  const half = tileSide / 2;
  let out: Uint8Array | null = null;
  for (const [down, right] of [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ] as const) {
    const below = reduced(stored, level - 1, { x: 2 * x + right, y: 2 * y + down });
    if (below === null) continue;
    out ??= new Uint8Array(tilePixels);
    const quarter = halveTile(below, tileSide);
    for (let row = 0; row < half; row++) {
      const line = quarter.subarray(row * half, (row + 1) * half);
      out.set(line, (down * half + row) * tileSide + right * half);
    }
  }
  return out;
}

function requireFitting(
  { x, y, runs }: MaskTileChange,
  image: Size,
  known: ReadonlySet<number>,
): void {
  const { width, height } = tileExtent({ x, y }, image);
  if (width === 0 || height === 0) {
    throw new UserError('invalid-option', maskEditingText.tileOutside({ x, y }));
  }
  if (runs === null) return;
  const { length, counts } = countRuns(runs);
  if (length !== tilePixels) {
    throw new UserError('invalid-option', maskEditingText.tileDamaged({ x, y }));
  }
  decodeRuns(runs, (from, to, value) => {
    // If the image does not fill the tile's width, a run inside the image ends in its row.
    const isInRow = width === tileSide || (from % tileSide) + to - from <= width;
    if (value === 0 || (isInRow && to <= height * tileSide)) return;
    throw new UserError('invalid-option', maskEditingText.marksOutside);
  });
  for (const value of counts.keys()) {
    if (known.has(value)) continue;
    throw new UserError('invalid-option', maskEditingText.unknownValue(value));
  }
}
