import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { makePrivate, makePrivateFolder } from './private-place.ts';

/**
 * A small JSON file of ours. A missing or damaged one, or one from another version, reads as `fallback`, so that a
 * damaged file never prevents a start.
 */
export function readKept<S extends z.ZodType>(
  file: string,
  schema: S,
  fallback: z.output<S>,
): z.output<S> {
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : fallback;
  } catch {
    return fallback;
  }
}

/** Replaces the file as a whole, so that a crash leaves the old one or the new one. */
export function writeKept(file: string, content: unknown): void {
  makePrivateFolder(dirname(file));
  rmSync(`${file}.partial`, { force: true });
  writeFileSync(`${file}.partial`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  makePrivate(`${file}.partial`, 0o600);
  renameSync(`${file}.partial`, file);
}
