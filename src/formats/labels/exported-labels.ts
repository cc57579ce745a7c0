import type { FoundImage } from './labelled-images.ts';
import { maskPlaces, type PlaceInKind } from './mask-folders.ts';
import { labelListNames } from '../masks/paired/label-list.ts';

/** Lists of classes next to folders of labels, including our own. */
const lists: ReadonlySet<string> = new Set([...labelListNames, 'dataset.json']);

/** Returns true if a file is a list of classes, judging by its name. */
export function isLabelList(name: string): boolean {
  return lists.has(name.toLowerCase());
}

const ending = /(?:\.nii\.gz|\.[^./]*)$/i;

/**
 * Recognises exported labels by a class list next to a folder of masks. A list in the chosen folder itself counts only
 * for masks whose images are there too; otherwise the user chose the folder of masks on purpose.
 *
 * @param folders folders with a list, relative to the search: '' or ending in `/`
 * @returns the same images in the same order
 */
export function markExportedLabels(
  found: readonly FoundImage[],
  folders: ReadonlySet<string>,
): FoundImage[] {
  if (folders.size === 0) return [...found];
  let named: ReadonlySet<string> | undefined;
  return found.map((image) => {
    const holder = holderOf(image.name, folders);
    if (holder === undefined) return image;
    const place = maskPlaces(image.name).find(({ parent }) => parent.startsWith(holder));
    if (place === undefined) return image;
    if (holder === '') {
      named ??= new Set(found.flatMap(({ name }) => namesOfLabels(name)));
      if (!namesOfImage(place).some((name) => named?.has(name))) return image;
    }
    const inner = image.name.slice(0, image.name.length - place.rest.length - 1);
    return { ...image, labelFolder: inner, exportFolder: holder === '' ? undefined : holder };
  });
}

/** Returns the outermost folder with a list around a file; the chosen folder only if there is no other. */
function holderOf(name: string, folders: ReadonlySet<string>): string | undefined {
  for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) {
    const folder = name.slice(0, at + 1);
    if (folders.has(folder)) return folder;
  }
  return folders.has('') ? '' : undefined;
}

/** Returns possible names of an image's labels: nnU-Net numbers the channels of a case, but not its labels. */
function namesOfLabels(name: string): string[] {
  const stem = name.replace(ending, '');
  return [name, stem, stem.replace(/_\d{4}$/, '')];
}

/** Returns possible names of a mask's image: `x`, and `x.tif` for `x.tif#3`, the mask of a slice. */
function namesOfImage({ parent, rest }: PlaceInKind): string[] {
  const stem = parent + rest.replace(ending, '');
  return [stem, stem.replace(/#\d+$/, '')];
}
