import { readFrames } from '../../formats/frames.ts';
import type { FileFrames } from '../../formats/frames.ts';
import type { TaskContext } from './task.ts';

/** How many images each file has, and what holds them together; undefined where it cannot be opened. */
export async function readHeaders(
  { paths }: { readonly paths: readonly string[] },
  { at }: TaskContext,
): Promise<(FileFrames | undefined)[]> {
  const headers = [];
  for (const path of paths) {
    at(path);
    // Also a file that a reader trips over must not cost the others.
    headers.push(await readFrames(path).catch(() => undefined));
  }
  return headers;
}
