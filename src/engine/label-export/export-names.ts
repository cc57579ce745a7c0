import { basename, posix } from 'node:path';
import { isImageFolder } from '../../formats/labels/mask-folders.ts';

/** File ending; `.nii.gz` counts as one, so that `scan.nii.gz` is called `scan`. */
const ending = /(?:\.nii\.gz|\.[^./]*)$/i;

/** Name of an image. */
export interface NamedImage {
  /** Absolute path of the imported folder. */
  readonly folder: string;
  /** Name relative to the folder, with `/`; a slice's name ends in its number. */
  readonly name: string;
  /** Slice of the file, from 0. */
  readonly frame?: number | undefined;
}

/**
 * Names of exported files, taken from the images' own names and folders. If images come from several folders, a
 * directory named after each is put in front.
 */
export class ExportNames {
  readonly #places = new Map<string, string>();
  readonly #taken = new Set<string>();
  /** Mask stems that several images share. */
  readonly #shared = new Set<string>();

  /**
   * Names for an export.
   *
   * @param images images that files may be written for
   * @param beside all images that will be next to the exported masks
   */
  constructor(images: readonly NamedImage[], beside: Iterable<NamedImage> = images) {
    const folders = [...new Set(images.map(({ folder }) => folder))];
    const labels = new Set<string>();
    for (const folder of folders) {
      const label = firstFree(basename(folder) || 'images', (name) => labels.has(name));
      labels.add(label.toLowerCase());
      this.#places.set(folder, folders.length === 1 ? '' : `${label}/`);
    }
    const seen = new Set<string>();
    for (const image of beside) {
      if (image.frame !== undefined || !this.#places.has(image.folder)) continue;
      const stem = folded(this.#maskPlace(image).replace(ending, ''));
      if (seen.has(stem)) this.#shared.add(stem);
      seen.add(stem);
    }
  }

  /** Returns the unique name of the image in the export, with `/`. */
  nameOf({ folder, name }: Pick<NamedImage, 'folder' | 'name'>): string {
    return `${this.#places.get(folder) ?? ''}${name}`;
  }

  /**
   * Returns the name of a mask: `images/x.jpg` becomes `masks/x.png`, and so does `x.jpg`. A slice keeps its whole
   * name (`scan.nii.gz#3.png`), and so does an image whose mask could otherwise be mistaken for another's.
   */
  maskFor(image: NamedImage, extension: string): string {
    const place = this.#maskPlace(image);
    const stem = place.replace(ending, '');
    const isOwn = image.frame === undefined && !this.#shared.has(folded(stem));
    return this.#claim(isOwn ? stem : place, place, extension);
  }

  #maskPlace(image: NamedImage): string {
    const parts = this.nameOf(image).split('/');
    const at = parts.slice(0, -1).findLastIndex(isImageFolder);
    if (at >= 0) parts[at] = 'masks';
    else parts.unshift('masks');
    return parts.join('/');
  }

  /** Returns the name as in `maskFor`, in another folder and for a file with all its slices. */
  fileFor(image: NamedImage, { folder, extension, stem = (name) => name }: FileNaming): string {
    const name = this.nameOf(image);
    const file = image.frame === undefined ? name : name.replace(/#\d+$/, '');
    const inside = file
      .split('/')
      .filter((part, index, all) => index === all.length - 1 || !isImageFolder(part))
      .join('/');
    const place = posix.join(folder, inside);
    return this.#claim(stem(place.replace(ending, '')), place, extension);
  }

  /** Claims the stem with the extension, else the whole name with it, else a numbered one. */
  #claim(stem: string, whole: string, extension: string): string {
    const isTaken = (name: string): boolean => this.#taken.has(folded(`${name}${extension}`));
    const free = isTaken(stem) ? firstFree(whole, isTaken) : stem;
    const name = `${free}${extension}`;
    this.#taken.add(folded(name));
    return name;
  }
}

/** Returns the name for comparison: without case, as in the least strict file systems. */
function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

export interface FileNaming {
  readonly folder: string;
  readonly extension: string;
  /** Changes the name without its ending. */
  readonly stem?: (name: string) => string;
}

function firstFree(name: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(name.toLowerCase()) && !isTaken(name)) return name;
  for (let number = 2; ; number++) {
    const candidate = `${name}-${number}`;
    if (!isTaken(candidate.toLowerCase()) && !isTaken(candidate)) return candidate;
  }
}
