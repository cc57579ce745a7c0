import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareCodePoints } from '../../core/dataset/order.ts';
import { UserError } from '../../core/errors.ts';
import { commonText } from '../../text/index.ts';

/** Files that may hold the labels of many images. */
const wanted = /\.(?:json|geojson|gpkg|zip)$/i;
/** Polygon files, of which there may be one per image. */
const ofPolygons = /\.(?:geojson|gpkg)$/i;
/** Limits on levels of folders, and on files: folders of images with labels have fewer. */
const depthLimit = 6;
const entryLimit = 1_000_000;
const fileLimit = 1000;
const polygonFileLimit = 200_000;

/**
 * Finds files in a folder and those below it that may hold labels, by their extension, in the order of their
 * names. Skips hidden files, links and folders that cannot be read.
 *
 * @throws UserError 'cancelled'
 */
export async function findLabelSources(folder: string, signal?: AbortSignal): Promise<string[]> {
  const files: string[] = [];
  let entries = 0;
  let others = 0;
  const take = (path: string, name: string): void => {
    const isPolygons = ofPolygons.test(name);
    const isFull = isPolygons ? files.length >= polygonFileLimit : others >= fileLimit;
    if (isFull) return;
    if (!isPolygons) others++;
    files.push(join(path, name));
  };
  const look = async (path: string, depth: number): Promise<void> => {
    if (signal?.aborted === true) throw new UserError('cancelled', commonText.stopped);
    const inside = await readdir(path, { withFileTypes: true }).catch(() => []);
    entries += inside.length;
    for (const entry of inside) {
      if (entry.name.startsWith('.')) continue;
      if (entry.isFile() && wanted.test(entry.name)) take(path, entry.name);
      if (entry.isDirectory() && depth < depthLimit && entries < entryLimit) {
        await look(join(path, entry.name), depth + 1);
      }
    }
  };
  await look(folder, 0);
  return files.sort(compareCodePoints);
}
