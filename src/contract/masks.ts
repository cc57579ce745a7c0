import { z } from 'zod';
import { id } from './values.ts';

/**
 * Masks as they cross processes: tiles of 512 × 512 values, 0 background, 1 to 254 the `maskValue` of a class, 255
 * unknown (see core/mask/tiles, which has the same numbers and their reasons).
 */

export const maskClassValue = z.int().min(1).max(254);

/** Models whose masks are stored: the three of a run. */
export const modelLayer = z.enum(['teacher', 'copy', 'student']);
export type ModelLayer = z.infer<typeof modelLayer>;

/** Author of a mask: the user or a model. */
export const maskLayer = z.enum(['human', ...modelLayer.options]);
export type MaskLayer = z.infer<typeof maskLayer>;

/** State of a mask; `done`: the user confirmed all of it. */
export const maskState = z.enum(['draft', 'done']);
export type MaskState = z.infer<typeof maskState>;

/** Column and row of a tile, from 0, up to the maximum of any image. */
export const maskTilePlace = z.strictObject({
  x: z
    .int()
    .min(0)
    .max(2 ** 20),
  y: z
    .int()
    .min(0)
    .max(2 ** 20),
});

const pixels = z.custom<Uint8Array>(
  (value) => value instanceof Uint8Array && value.length === 512 * 512,
  'must be 512 × 512 bytes',
);

export const maskTile = maskTilePlace.extend({ pixels });

/** Run-length encoding; at its longest every pixel is a run. */
const runs = z.custom<Uint8Array>(
  (value) => value instanceof Uint8Array && value.length <= 2 * 512 * 512,
  'must be bytes, two a pixel at most',
);

/**
 * New content of a tile, run-length encoded as by `encodeRuns` of core/mask/runs; null: all background. Encoded
 * because the user waits for a stroke to be saved, and 256 KiB per tile would be copied between processes each time.
 */
export const maskTileChange = maskTilePlace.extend({ runs: runs.nullable() });
export type MaskTileChange = z.infer<typeof maskTileChange>;

export const maskInfo = z.strictObject({
  layer: maskLayer,
  /** Run of the model that made the mask; null for the user's. */
  run: id.nullable(),
  state: maskState,
  /** Revision: counts changes of the mask. */
  revision: z.int().nonnegative(),
  changedAt: z.iso.datetime(),
  /** Number of tiles that are not entirely background. */
  tiles: z.array(maskTilePlace),
  /** Number of pixels of each of its values, without background. */
  histogram: z.array(
    z.strictObject({ value: z.int().min(1).max(255), pixels: z.int().positive() }),
  ),
});
export type MaskInfo = z.infer<typeof maskInfo>;

/**
 * Suggestions. The user marks a few strokes; a classifier of pixels learns from them and proposes the rest.
 *
 * How to use it: `mask.prepareSuggestion` when the tool is selected, so that the first analysis of the image
 * (seconds; reported by `suggest.progress`) is over by the first stroke; then `mask.suggest` after each stroke with
 * ALL strokes so far and the region in view, aborting the request before. The engine stores nothing: the strokes and
 * the proposal stay in the page until it saves accepted pixels by `mask.save`. The same strokes give the same
 * proposal.
 *
 * Request the displayed level, and level 0 once the user accepts: the labels are the same, since large regions are
 * always worked on coarser (about 1,000 × 1,000 px); level 0 adds edges that follow the image, which takes about
 * three times as long for 4096 × 4096 px. Pan and zoom change the working scale with the region's size, so keep to
 * one region from the proposal to its acceptance.
 *
 * Strokes are tiles like a mask's at full resolution, but mean something else: 0 not marked, 1 to 254 the `maskValue`
 * of a class, 255 background ("none of the classes is here"). Strokes of at least two kinds are needed: two classes,
 * or a class and background. Only kinds that have strokes (or marks, with `useMask`) are proposed.
 */
const strokeTile = maskTile;

/** Rectangle in px of the image at full resolution; anything outside the image is left out. */
const maskRegion = z.strictObject({
  x: z.int().min(0),
  y: z.int().min(0),
  width: z.int().positive(),
  height: z.int().positive(),
});
export type MaskRegion = z.infer<typeof maskRegion>;

/**
 * Adopting: copies a predicted mask into the user's layer, as an edit that can be undone. Painting before it must be
 * saved first. The answer has the changes in the form of `MaskPatch` of core/mask/patch, so `patchOf(tiles)` can be
 * added to the edit history.
 */
export const adoption = z.strictObject({
  layer: modelLayer,
  /** Run whose mask is adopted; null: the latest that has such a mask of the image. */
  run: id.nullable().default(null),
  /** Classes to accept; null accepts every predicted pixel, including background unless `keep` is set. */
  classes: z.array(maskClassValue).min(1).max(254).nullable().default(null),
  /** Region to accept; null for the whole image. */
  region: maskRegion.nullable().default(null),
  /** Pixel whose connected region of one class is accepted. */
  at: z
    .strictObject({ x: z.int().nonnegative(), y: z.int().nonnegative() })
    .nullable()
    .default(null),
  /** True to keep what the user has marked; false lets the prediction replace it. */
  keep: z.boolean().default(true),
});
export type Adoption = z.infer<typeof adoption>;

const offset = z.int().min(0).max(511);
const extent = z.int().min(1).max(512);

/** Change of a tile: values of a rectangle (px of the tile) as run lengths, before and after. */
export const maskTilePatch = maskTilePlace.extend({
  rectangle: z.strictObject({ x: offset, y: offset, width: extent, height: extent }),
  before: runs,
  after: runs,
});
export type MaskTilePatch = z.infer<typeof maskTilePatch>;

export const suggestionPlace = z.strictObject({
  /** Region of at most 81 tiles of the level: 4096 × 4096 px of it, wherever it begins. */
  region: maskRegion,
  /** Level of the tiles: one pixel for 2^level × 2^level pixels of the image, as in `mask.tiles`. */
  level: z.int().min(0).max(16).default(0),
});

export const suggestionRequest = suggestionPlace.extend({
  strokes: z.array(strokeTile).max(256),
  /** True to train also on the user's saved layer wherever there is no stroke. */
  useMask: z.boolean().default(false),
});

export const suggestion = z.strictObject({
  /**
   * Every tile of the level that the region touches, with mask values: 0 background or outside the region. Strokes
   * keep their value.
   */
  tiles: z.array(maskTile),
  /** Share of the region for each class, background (0) included, and its confidence. */
  classes: z.array(
    z.strictObject({
      value: z.int().min(0).max(254),
      /** Pixels at the level. */
      pixels: z.int().nonnegative(),
      /** Mean probability of the proposed pixels, in [0, 1]; null if nothing was proposed. */
      confidence: z.number().min(0).max(1).nullable(),
    }),
  ),
});
export type Suggestion = z.infer<typeof suggestion>;
