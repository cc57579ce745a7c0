import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareCodePoints } from '../../core/dataset/order.ts';
import { UserError } from '../../core/errors.ts';

/** Files that may hold the labels of many images. */
const wanted = /\.(?:json|geojson|zip)$/i;
/** Levels of folders, and files: more are no labels beside images. */
const depthLimit = 6;
const entryLimit = 1_000_000;
const fileLimit = 1000;

/**
 * Files in a folder and those below it that may hold labels, by their extension, in the order of their
 * names. Hidden ones and links are passed over, and so is what cannot be looked into.
 *
 * @throws UserError 'cancelled'
 */
export async function findLabelSources(folder: string, signal?: AbortSignal): Promise<string[]> {
  const files: string[] = [];
  let entries = 0;
  const look = async (path: string, depth: number): Promise<void> => {
    if (signal?.aborted === true) throw new UserError('cancelled', 'The search was stopped.');
    const inside = await readdir(path, { withFileTypes: true }).catch(() => []);
    entries += inside.length;
    for (const entry of inside) {
      if (entry.name.startsWith('.')) continue;
      if (entry.isFile() && wanted.test(entry.name) && files.length < fileLimit) {
        files.push(join(path, entry.name));
      }
      if (entry.isDirectory() && depth < depthLimit && entries < entryLimit) {
        await look(join(path, entry.name), depth + 1);
      }
    }
  };
  await look(folder, 0);
  return files.sort(compareCodePoints);
}
