import { z } from 'zod';
import { largestSide, tileSide } from '../core/mask/tiles.ts';

/** Schemas for values that SQLite has no types for, such as booleans and structures. */

/** Boolean, stored as 0 or 1. */
export const flag = z.literal([0, 1]).transform((value) => value === 1);

/** Number that counts something or is a position in a list. */
export const count = z.int().min(0);

/** Side of an image, px; `isImageSize` checks its area. */
export const side = z.int().min(1).max(largestSide);

/** Column or row of a mask's tile. */
export const tilePlace = z
  .int()
  .min(0)
  .max(largestSide / tileSide - 1);

/** Row with a single number named `value`. */
export const oneNumber = z.object({ value: z.number() });

/**
 * Structure stored as JSON text. Rows outlive versions: when a stored schema changes, a migration has to
 * convert the rows.
 */
export function json<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return z.string().transform(parsed).pipe(schema);
}

/** Formats a value as the text that `json` reads; throws if the schema refuses it. */
export function toJson<T>(schema: z.ZodType<T>, value: T): string {
  return JSON.stringify(schema.parse(value));
}

/** Returns the current time as columns store it: UTC, so that text order is chronological. */
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
