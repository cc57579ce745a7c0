import { join } from 'node:path';
import type { FolderContents } from '../../contract/app.ts';
import { compareCodePoints } from '../../core/dataset/order.ts';
import { findImages } from '../../formats/image-folder.ts';
import type { FoundImage } from '../../formats/labelled-images.ts';
import { separateMasks } from '../../formats/mask-folders.ts';
import type { ImagePool } from '../image-pool/image-pool.ts';
import { foldersOf, isSplit, labelByFolder } from './import-images.ts';

/** More than anybody reads. */
const toldClasses = 200;

/**
 * What an import of a folder would bring in; nothing is read but names, and the beginnings of
 * tables and of what may hold masks. Throws
 * UserErrors as `findImages` does.
 *
 * @param except a folder that is not looked into
 */
export async function lookAtFolder(
  folder: string,
  pool: ImagePool,
  signal: AbortSignal,
  except?: string,
): Promise<FolderContents> {
  const found = await findImages(folder, { except }, signal);
  const { images, masks, besideImages } = separateMasks(found);
  const listed = images.map(labelByFolder);
  // Folders of images and masks are no classes.
  const labels = besideImages > 0 ? [] : listed.flatMap((image) => image.labels);
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const classes = [...counts.keys()].sort(compareCodePoints);
  const [table = null] = await pool.run('labelFiles', { folder }, { signal, turn: 'now' });
  return {
    images: images.length,
    test: listed.filter(({ isTest }) => isTest).length,
    masks: masks.length,
    maskSources: await pool.run('detectMasks', { folder, found }, { signal, turn: 'now' }),
    labelled: labels.length,
    classCount: classes.length,
    classes: classes
      .slice(0, toldClasses)
      .map((name) => ({ name: name.slice(0, 200), images: counts.get(name) ?? 0 })),
    table,
    inner: innerFolder(folder, found),
  };
}

/** The one folder that holds everything and has folders of its own: it was meant, more likely than not. */
function innerFolder(folder: string, found: readonly FoundImage[]): string | null {
  const firsts = new Set(found.map((image) => foldersOf(image)[0]));
  const [first] = firsts;
  if (firsts.size !== 1 || first === undefined || isSplit(first)) return null;
  const seconds = new Set(found.flatMap((image) => foldersOf(image)[1] ?? []));
  return seconds.size > 1 ? join(folder, first) : null;
}
