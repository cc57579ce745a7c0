import { z } from 'zod';
import { largestSide, tileSide } from '../core/mask/tiles.ts';

/** How values lie in columns: SQLite knows neither booleans nor structures. */

/** 0 or 1. */
export const flag = z.literal([0, 1]).transform((value) => value === 1);

/** A number that counts something or gives a place in a list. */
export const count = z.int().min(0);

/** What an image may have on each side, px. Its area is for `isImageSize` to check. */
export const side = z.int().min(1).max(largestSide);

/** Column or row of a tile of a mask. */
export const tilePlace = z
  .int()
  .min(0)
  .max(largestSide / tileSide - 1);

/** A single number under the name `value`. */
export const oneNumber = z.object({ value: z.number() });

/**
 * A structure as JSON text. Rows outlive versions: when a stored schema changes, a migration has to
 * bring the rows along.
 */
export function json<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return z.string().transform(parsed).pipe(schema);
}

/** The text that `json` reads; what the schema refuses is not written. */
export function toJson<T>(schema: z.ZodType<T>, value: T): string {
  return JSON.stringify(schema.parse(value));
}

/** This moment, as columns hold it: UTC, so that text order is the order of time. */
export function now(): string {
  return new Date().toISOString();
}

function parsed(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('not JSON');
    return z.NEVER;
  }
}
