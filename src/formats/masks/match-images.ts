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
  /** By the whole path, and by each of its ends: `a/b.png` is found by that and by `b.png`. At most two images each. */
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

  /** The images that a name stands for, of several at least two, and how. */
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

/** What of a path is left after each of its folders, of no more than so many characters. */
function* endsOf(path: string, longest = Infinity): Generator<string> {
  const first = Math.max(0, path.length - longest - 1);
  for (let at = path.indexOf('/', first); at >= 0; at = path.indexOf('/', at + 1)) {
    yield path.slice(at + 1);
  }
}

function withoutExtension(name: string): string {
  return name.replace(/\.[^./]*$/, '');
}
