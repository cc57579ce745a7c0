import { basename } from 'node:path/posix';
import type { FoundImage, ImageProblem } from '../labels/labelled-images.ts';
import { namedImagesText } from '../../text/index.ts';

/** Match of a name: the whole path, the end of a path, or the name of a file alone. */
type Fit = 'path' | 'end' | 'file';
const fits: readonly Fit[] = ['path', 'end', 'file'];

/** Images named in a label file. */
export interface NamedImages<Named> {
  /** Names by the image's path. */
  readonly byImage: ReadonlyMap<string, Named>;
  readonly problems: readonly ImageProblem[];
}

/**
 * Finds images by the names in a label file: the image with the same path below the folder, else an image whose path
 * is the end of the name or the other way round, else the image with the same file name, which is reported. If several
 * images match a name, or several names an image, none is used.
 *
 * @param named descriptions of images in the file. @param path of the file
 * @param isWithoutExtension true if its names have no extensions
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
      const reason = namedImagesText.severalImages(path, second.path);
      problems.push({ path: first.path, reason });
    } else {
      const before = claims.get(first.path);
      const rank = fits.indexOf(fit) - fits.indexOf(before?.fit ?? 'file');
      if (before === undefined || rank < 0) claims.set(first.path, { one, fit, isShared: false });
      else if (rank === 0) before.isShared = true;
    }
  }
  const byImage = new Map<string, Named>();
  const loose: { name: string; image: string }[] = [];
  for (const [image, { one, fit, isShared }] of claims) {
    if (isShared) {
      const reason = namedImagesText.severalEntries(path);
      problems.push({ path: image, reason });
      continue;
    }
    byImage.set(image, one);
    if (fit === 'file') loose.push({ name: nameOf(one), image });
  }
  const [example] = loose;
  if (example !== undefined) {
    const reason = namedImagesText.matchedByFileName(loose.length, example);
    problems.push({ path, reason });
  }
  if (missing > 0) {
    const reason = namedImagesText.missing(missing, named.length);
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
  /**
   * Images by whole path and by each of its ends: `a/b.png` is found by that and by `b.png`. At most two images each.
   */
  readonly #byPath = new Map<string, FoundImage[]>();
  readonly #byEnd = new Map<string, FoundImage[]>();
  #longest = 0;

  constructor(images: readonly FoundImage[], isWithoutExtension: boolean) {
    for (const image of images) {
      const name = image.name.normalize('NFC');
      const path = isWithoutExtension ? withoutExtension(name) : name;
      this.#longest = Math.max(this.#longest, path.length);
      add(this.#byPath, path, image);
      add(this.#byEnd, path, image);
      for (const end of endsOf(path)) add(this.#byEnd, end, image);
    }
  }

  /** Returns the images that match a name, at least two if several do, and the kind of match. */
  find(name: string): { readonly images: readonly FoundImage[]; readonly fit: Fit } {
    const wanted = name
      .normalize('NFC')
      .replaceAll('\\', '/')
      .replace(/^\.?\/+/, '');
    const path = this.#byPath.get(wanted);
    if (path) return { images: path, fit: 'path' };
    const ends = new Set(this.#byEnd.get(wanted));
    for (const end of endsOf(wanted, this.#longest)) {
      for (const image of this.#byPath.get(end) ?? []) ends.add(image);
    }
    if (ends.size > 0) return { images: [...ends], fit: 'end' };
    return { images: this.#byEnd.get(basename(wanted)) ?? [], fit: 'file' };
  }
}

function add(map: Map<string, FoundImage[]>, key: string, image: FoundImage): void {
  const there = map.get(key);
  if (!there) map.set(key, [image]);
  else if (there.length < 2) there.push(image);
}

/** Yields the ends of a path after each of its folders, up to a length. */
function* endsOf(path: string, longest = Infinity): Generator<string> {
  const first = Math.max(0, path.length - longest - 1);
  for (let at = path.indexOf('/', first); at >= 0; at = path.indexOf('/', at + 1)) {
    yield path.slice(at + 1);
  }
}

function withoutExtension(name: string): string {
  return name.replace(/\.[^./]*$/, '');
}
