import { basename, dirname, posix, relative, sep } from 'node:path';
import {
  placeName,
  type FoundImage,
  type ImagePlace,
  type ImageProblem,
} from '../../labels/labelled-images.ts';
import { isMaskFolder } from '../../labels/mask-folders.ts';
import { pairMasks } from '../paired/pairs.ts';

/** Polygon files named after an image, by the rules for masks that are images. */
export interface NamedFiles {
  /** Returns the file of an image, or of one of its slices; undefined if it has none. */
  fileOf(image: ImagePlace): string | undefined;
  /** Files that some image has, each once. */
  readonly files: ReadonlySet<string>;
  /** Images whose file is ambiguous, by `placeName`. */
  readonly unclear: readonly ImageProblem[];
}

/**
 * Finds the images of files: `images/x.tif` of `masks/x.geojson`, and `x.tif` of `x.geojson` next to it, of
 * `masks/x.geojson` and of `labels-geojson/masks/x.geojson`.
 *
 * @param paths absolute. @param folder that the images were searched in. @param images without masks
 */
export function nameFiles(
  paths: readonly string[],
  folder: string,
  images: readonly FoundImage[],
): NamedFiles {
  const files = paths.map((path) => asMask(path, folder));
  const { byImage, bySlice, masks, unclear } = pairMasks([...images, ...files]);
  return {
    fileOf: (image) => (bySlice.get(placeName(image)) ?? byImage.get(image.path))?.path,
    files: new Set(masks.map(({ path }) => path)),
    unclear,
  };
}

/** Treats a file like exported masks: as if in a folder of that name. */
function asMask(path: string, folder: string): FoundImage {
  const inside = relative(folder, path);
  // A file that the user chose may be anywhere.
  const isOutside = inside === '' || inside.startsWith('..') || inside === path;
  const name = isOutside ? basename(path) : inside.replaceAll(sep, '/');
  const folders = posix
    .dirname(name)
    .split('/')
    .filter((part) => part !== '.');
  const at = folders.findIndex(isMaskFolder);
  if (at < 0) folders.push('masks');
  const [first] = folders;
  return {
    path,
    name: [...folders, posix.basename(name)].join('/'),
    labelFolder: dirname(name),
    exportFolder: at > 0 && first !== undefined ? `${first}/` : undefined,
  };
}
