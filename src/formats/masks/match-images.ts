import { basename } from 'node:path/posix';
import type { FoundImage, ImageProblem } from '../labelled-images.ts';

/** How well a name fits: as a path, as the end of one, or as the name of a file alone. */
type Fit = 'path' | 'end' | 'file';
const fits: readonly Fit[] = ['path', 'end', 'file'];

/** What names of a label file stand for. */
export interface NamedImages<Named> {
  /** By the image's path. */
  readonly byImage: ReadonlyMap<string, Named>;
  readonly problems: readonly ImageProblem[];
}

/**
 * Finds images by the names that a label file gives them: that of the same path below the folder, else one
 * whose path is the end of the name or the other way round, else the one of the same file name, which is
 * told of. Where several images fit a name, or several names an image, none is taken.
 *
 * @param named what the file describes. @param path of the file
 * @param isWithoutExtension whether its names have no extensions
 */
export function findNamedImages<Named>(
  named: readonly Named[],
  nameOf: (one: Named) => string,
  { images, path, isWithoutExtension = false }: NameSearch,
): NamedImages<Named> {
  const names = new ImagesByName(images, isWithoutExtension);
  const claims = new Map<string, { one: Named; fit: Fit; isShared: boolean }>();
  const problems: ImageProblem[] = [];
  let missing = 0;
  for (const one of named) {
    const { images: candidates, fit } = names.find(nameOf(one));
    const [first, second] = candidates;
    if (first === undefined) {
      missing++;
    } else if (second !== undefined) {
      const reason = `several images have the name that ${path} gives (${second.path} is another); it was left without a mask`;
      problems.push({ path: first.path, reason });
    } else {
      const before = claims.get(first.path);
      const rank = fits.indexOf(fit) - fits.indexOf(before?.fit ?? 'file');
      if (before === undefined || rank < 0) claims.set(first.path, { one, fit, isShared: false });
      else if (rank === 0) before.isShared = true;
    }
  }
  const byImage = new Map<string, Named>();
  const loose: string[] = [];
  for (const [image, { one, fit, isShared }] of claims) {
    if (isShared) {
      const reason = `${path} has more than one entry that may be this image; it was left without a mask`;
      problems.push({ path: image, reason });
      continue;
    }
    byImage.set(image, one);
    if (fit === 'file') loose.push(`${nameOf(one)} is ${image}`);
  }
  const [example] = loose;
  if (example !== undefined) {
    const count = loose.length === 1 ? 'One image was' : `${loose.length} images were`;
    const reason = `${count} found by the name of the file alone, since its folders are others (${example}). Check that they are the same images`;
    problems.push({ path, reason });
  }
  if (missing > 0) {
    const reason = `${missing} of the ${named.length} images that it names are not in the folder`;
    problems.push({ path, reason });
  }
  return { byImage, problems };
}

export interface NameSearch {
  readonly images: readonly FoundImage[];
  readonly path: string;
  readonly isWithoutExtension?: boolean;
}

class ImagesByName {
  readonly #byBase = new Map<string, FoundImage[]>();
  readonly #of: (name: string) => string;

  constructor(images: readonly FoundImage[], isWithoutExtension: boolean) {
    this.#of = isWithoutExtension ? withoutExtension : (name) => name;
    for (const image of images) {
      const base = this.#of(basename(image.name.normalize('NFC')));
      const there = this.#byBase.get(base);
      if (there) there.push(image);
      else this.#byBase.set(base, [image]);
    }
  }

  /** The images that a name stands for, and how. */
  find(name: string): { readonly images: readonly FoundImage[]; readonly fit: Fit } {
    const wanted = name
      .normalize('NFC')
      .replaceAll('\\', '/')
      .replace(/^\.?\/+/, '');
    const candidates = this.#byBase.get(basename(wanted)) ?? [];
    for (const fit of fits) {
      const images = candidates.filter((image) => {
        const path = this.#of(image.name.normalize('NFC'));
        return isFitting(path, wanted, fit);
      });
      if (images.length > 0) return { images, fit };
    }
    return { images: [], fit: 'file' };
  }
}

function isFitting(path: string, wanted: string, fit: Fit): boolean {
  if (fit === 'path') return path === wanted;
  return fit === 'file' || path.endsWith(`/${wanted}`) || wanted.endsWith(`/${path}`);
}

function withoutExtension(name: string): string {
  return name.replace(/\.[^./]*$/, '');
}
