import { z } from 'zod';

/**
 * Masks as they cross processes: tiles of 512 × 512 values, 0 background, 1 to 254 the `maskValue` of a
 * class, 255 nothing known (see core/mask/tiles, which has the same numbers and their reasons).
 */

export const maskClassValue = z.int().min(1).max(254);

/** Whose a mask is. */
export const maskLayer = z.enum(['human', 'teacher', 'student']);
export type MaskLayer = z.infer<typeof maskLayer>;

/** Done: a person said that all of it is as it should be. */
export const maskState = z.enum(['draft', 'done']);
export type MaskState = z.infer<typeof maskState>;

/** Column and row, from 0; no image has more. */
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
export type MaskTile = z.infer<typeof maskTile>;

/** A tile as it shall be; null: all background. */
export const maskTileChange = maskTilePlace.extend({ pixels: pixels.nullable() });
export type MaskTileChange = z.infer<typeof maskTileChange>;

export const maskInfo = z.strictObject({
  layer: maskLayer,
  state: maskState,
  /** Counts its changes. */
  revision: z.int().nonnegative(),
  changedAt: z.iso.datetime(),
  /** Those that are not all background. */
  tiles: z.array(maskTilePlace),
  /** Pixels of each value that it has, without background. */
  histogram: z.array(
    z.strictObject({ value: z.int().min(1).max(255), pixels: z.int().positive() }),
  ),
});
export type MaskInfo = z.infer<typeof maskInfo>;
