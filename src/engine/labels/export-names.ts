import { basename, posix } from 'node:path';
import { isImageFolder } from '../../formats/mask-folders.ts';

/** Endings that are two: `scan.nii.gz` is called `scan`. */
const ending = /(?:\.nii\.gz|\.[^./]*)$/i;

/** What an image is called. */
export interface NamedImage {
  /** Absolute; what was imported. */
  readonly folder: string;
  /** Relative to the folder, with `/`; of a slice with its number behind. */
  readonly name: string;
  /** Which slice of the file, from 0. */
  readonly frame?: number | undefined;
}

/**
 * Names for what is written for images: their own, in the folders that they lie in. Images that come from
 * several folders get one more in front, called after theirs.
 */
export class ExportNames {
  readonly #places = new Map<string, string>();
  readonly #taken = new Set<string>();
  /** Stems of masks that several images have. */
  readonly #shared = new Set<string>();

  /**
   * @param images all that anything may be written for
   * @param beside all images that lie beside the masks once they are put there
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

  /** The image's name among all, with `/`. */
  nameOf({ folder, name }: Pick<NamedImage, 'folder' | 'name'>): string {
    return `${this.#places.get(folder) ?? ''}${name}`;
  }

  /**
   * The name of a mask: `images/x.jpg` becomes `masks/x.png`, and so does `x.jpg`. A slice keeps all of
   * its name (`scan.nii.gz#3.png`), and so does an image whose mask might else be taken for another's.
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

  /** As `maskFor`, in a folder of another name and for a file whatever its slices. */
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

  /** The stem with an ending, else the whole name with it, else with a number. */
  #claim(stem: string, whole: string, extension: string): string {
    const isTaken = (name: string): boolean => this.#taken.has(folded(`${name}${extension}`));
    const free = isTaken(stem) ? firstFree(whole, isTaken) : stem;
    const name = `${free}${extension}`;
    this.#taken.add(folded(name));
    return name;
  }
}

/** As file systems compare names, the most generous of them. */
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
