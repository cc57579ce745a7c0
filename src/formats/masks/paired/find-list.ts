import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { UserError } from '../../../core/errors.ts';
import { parseJson } from '../../files/json.ts';
import { readText } from '../bounded-file.ts';
import { labelListLimit, labelListNames, parseLabelList, type ListedLabel } from './label-list.ts';
import { nnunetLabels } from './nnunet.ts';
import { classListText, maskFileText } from '../../../text/index.ts';

/**
 * Finds the list of classes of some masks: `labelmap.txt`, `classes.txt` or the like, or the `dataset.json` of
 * nnU-Net, in one of `folders` or next to the innermost of them. Empty if there is none; a link that
 * leads out of `root` is not followed.
 *
 * @param root the folder that was chosen. @param at called with each list before it is read
 * @throws UserError 'invalid-labels' if it cannot be read, or if several differ
 */
export async function findLabelList(
  folders: readonly string[],
  root: string,
  at?: (path: string) => void,
): Promise<ListedLabel[]> {
  const found: { path: string; labels: ListedLabel[] }[] = [];
  for (const folder of new Set(folders)) {
    const names = await readdir(folder).catch(() => []);
    const byLower = new Map(names.map((name) => [name.toLowerCase(), name]));
    for (const wanted of [...labelListNames, 'dataset.json']) {
      const name = byLower.get(wanted);
      if (name === undefined || !(await isFileWithin(join(folder, name), root))) continue;
      at?.(join(folder, name));
      const labels = await readList(join(folder, name));
      if (labels === null) continue;
      found.push({ path: join(folder, name), labels });
      break;
    }
  }
  const [first, ...others] = found;
  if (first === undefined) return [];
  const odd = others.find(({ labels }) => JSON.stringify(labels) !== JSON.stringify(first.labels));
  if (odd === undefined) return first.labels;
  throw new UserError('invalid-labels', classListText.twoLists(first.path, odd.path));
}

/** Returns true for a file, but not for a folder of that name or a link to elsewhere. */
async function isFileWithin(path: string, root: string): Promise<boolean> {
  try {
    const [real, realRoot] = [await realpath(path), await realpath(root)];
    return (
      real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep) &&
      (await stat(real)).isFile()
    );
  } catch {
    return false;
  }
}

/** Reads a list; null for a `dataset.json` of another program. */
async function readList(path: string): Promise<ListedLabel[] | null> {
  const text = await readText(path, labelListLimit, maskFileText.listOfClasses);
  if (!path.toLowerCase().endsWith('.json')) return parseLabelList(text, path);
  return nnunetLabels(parseJson(text), join(basename(dirname(path)), basename(path)));
}
