import { join } from 'node:path';
import type { FolderContents } from '../../../contract/app.ts';
import { compareCodePoints } from '../../../core/dataset/order.ts';
import { isVolumeName } from '../../../formats/frames.ts';
import { findImages } from '../../../formats/image-folder.ts';
import type { FoundImage } from '../../../formats/labels/labelled-images.ts';
import { separateMasks } from '../../../formats/labels/mask-folders.ts';
import type { ImagePool } from '../../image-pool/image-pool.ts';
import { foldersOf, isSplit, labelByFolder } from './import-images.ts';

/** Maximum number of listed classes; more would not be read. */
const listedClasses = 200;

/**
 * Previews the import of a folder. Reads only names, and the beginnings of tables and of files that may hold masks.
 *
 * @param except folder to skip
 * @throws UserError as `findImages`
 */
export async function previewFolder(
  folder: string,
  pool: ImagePool,
  signal: AbortSignal,
  except?: string,
): Promise<FolderContents> {
  const found = await findImages(folder, { except }, signal);
  const { images, masks, besideImages } = separateMasks(found);
  const listed = images.map(labelByFolder);
  // Folders named images and masks are not classes.
  const labels = besideImages > 0 ? [] : listed.flatMap((image) => image.labels);
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const classes = [...counts.keys()].sort(compareCodePoints);
  const [table = null] = await pool.run('labelFiles', { folder }, { signal, turn: 'now' });
  return {
    images: images.length,
    hasVolumes: images.some(({ name }) => isVolumeName(name)),
    test: listed.filter(({ isTest }) => isTest).length,
    masks: masks.length,
    maskSources: await pool.run('detectMasks', { folder, found }, { signal, turn: 'now' }),
    labelled: labels.length,
    classCount: classes.length,
    classes: classes
      .slice(0, listedClasses)
      .map((name) => ({ name: name.slice(0, 200), images: counts.get(name) ?? 0 })),
    table,
    inner: innerFolder(folder, found),
  };
}

/**
 * Returns the only subfolder, if it holds everything and has several subfolders: probably it is the intended folder.
 */
function innerFolder(folder: string, found: readonly FoundImage[]): string | null {
  const firsts = new Set(found.map((image) => foldersOf(image)[0]));
  const [first] = firsts;
  if (firsts.size !== 1 || first === undefined || isSplit(first)) return null;
  const seconds = new Set(found.flatMap((image) => foldersOf(image)[1] ?? []));
  return seconds.size > 1 ? join(folder, first) : null;
}
