import { readFrames } from '../../formats/frames.ts';
import type { FileFrames } from '../../formats/patient-identities.ts';
import type { TaskContext } from './task.ts';

/**
 * Reads the number of frames of each file and its grouping; undefined for a file that cannot be opened.
 */
export async function readHeaders(
  { paths }: { readonly paths: readonly string[] },
  { at }: TaskContext,
): Promise<(FileFrames | undefined)[]> {
  const headers = [];
  for (const path of paths) {
    at(path);
    // A file that crashes its reader must not affect the others.
    headers.push(await readFrames(path).catch(() => undefined));
  }
  return headers;
}
