import { UserError } from '../../core/errors.ts';
import { imageFolderText } from '../../text/index.ts';
import type { FoundImage, ImageProblem } from './labelled-images.ts';

/** Names of folders for the images of a segmentation data set, and for its masks. */
const imageNames = /^(?:images?|imgs?|jpegimages|imagest[rs])$/i;
const maskNames =
  /^(?:masks?|labels?|labelst[rs]|annotations?|segmentations?|segmentationclass|ground[ _-]?truths?|gt)$/i;
/** nnU-Net has folders for training and for the test side by side. */
const ofTest = /^(?:images|labels)ts$/i;
/** MONAI Label keeps `labels/final/x` and `labels/original/x` for the image `x`. */
interface MonaiLabel {
  /** '' or ending in `/`. */
  readonly parent: string;
  readonly isFinal: boolean;
  readonly rest: string;
}

/** Undefined for a file that is in no such folder; of several folders, the innermost counts. */
function monaiLabel(name: string): MonaiLabel | undefined {
  const parts = name.split('/');
  for (let at = parts.length - 3; at >= 0; at--) {
    const stage = parts[at + 1];
    if (parts[at] !== 'labels' || (stage !== 'final' && stage !== 'original')) continue;
    const parent = parts.slice(0, at).map((part) => `${part}/`);
    const rest = parts.slice(at + 2).join('/');
    return { parent: parent.join(''), isFinal: stage === 'final', rest };
  }
  return undefined;
}

/** A folder named `masks` or similar. */
export function isMaskFolder(folder: string): boolean {
  return maskNames.test(folder);
}

/** A folder named `images` or similar. */
export function isImageFolder(folder: string): boolean {
  return imageNames.test(folder);
}

export interface MaskFolders {
  /** Files that are not masks. */
  readonly images: FoundImage[];
  readonly masks: FoundImage[];
  /** Number of masks with images; the others were exported. */
  readonly besideImages: number;
  /** Folders that contain masks, relative to the search, with `/`. */
  readonly folders: string[];
}

/**
 * Distinguishes masks from images by folder names: if folders named `images` and `masks`, or similar, are side by side,
 * the second has masks, not images. Masks without such a folder of images are images like any others, unless they were
 * exported.
 */
export function separateMasks(found: readonly FoundImage[]): MaskFolders {
  const imageParents = new Set(found.flatMap(({ name }) => placesOf(name, imageNames)));
  const names = new Set(found.map(({ name }) => name));
  const images: FoundImage[] = [];
  const masks: FoundImage[] = [];
  const folders = new Set<string>();
  let besideImages = 0;
  for (const image of found) {
    const place =
      placesOf(image.name, maskNames).find((parent) => imageParents.has(parent)) ??
      monaiPlace(image.name, names);
    if (place !== undefined) besideImages++;
    const folder =
      place === undefined
        ? image.labelFolder
        : place + (image.name.slice(place.length).split('/')[0] ?? '');
    (folder === undefined ? images : masks).push(image);
    if (folder !== undefined) folders.add(folder);
  }
  return { images, masks, besideImages, folders: [...folders] };
}

/** Returns the folder of images that a MONAI Label mask belongs to. */
function monaiPlace(name: string, names: ReadonlySet<string>): string | undefined {
  const label = monaiLabel(name);
  return label && names.has(label.parent + label.rest) ? label.parent : undefined;
}

/** Position of a file among the folders of its kind: the parent of that folder, and the name within it. */
export interface PlaceInKind {
  /** '' or ending in `/`; images and their masks have the same. */
  readonly parent: string;
  readonly rest: string;
}

/** Returns the parent for labels in a folder among the images themselves. */
const besideIt = (folder = ''): string => `MONAI: ${folder}`;

/** Returns the places in which a mask, or an image, may have its counterpart. */
export function maskPlaces(name: string, kind: 'images' | 'masks' = 'masks'): PlaceInKind[] {
  const monai = kind === 'masks' ? monaiLabel(name) : undefined;
  if (monai !== undefined) {
    // A model's proposal is not a label.
    return monai.isFinal ? [{ parent: besideIt(monai.parent), rest: monai.rest }] : [];
  }
  const parts = name.split('/');
  const places = parts.slice(0, -1).flatMap((folder, depth): PlaceInKind[] => {
    if (!(kind === 'images' ? imageNames : maskNames).test(folder)) return [];
    const parent = parts.slice(0, depth).map((part) => `${part}/`);
    const rest = parts.slice(depth + 1).join('/');
    return [{ parent: parent.join('') + (ofTest.test(folder) ? 'test: ' : ''), rest }];
  });
  const folder = parts.slice(0, -1).map((part) => `${part}/`);
  const own = { parent: besideIt(folder.join('')), rest: parts.at(-1) ?? name };
  return kind === 'images' ? [...places, own] : places;
}

/** Returns the parents of folders with such a name that contain the image: '' or ending in `/`. */
function placesOf(name: string, wanted: RegExp): string[] {
  const folders = name.split('/').slice(0, -1);
  return folders.flatMap((folder, depth) =>
    wanted.test(folder)
      ? [
          folders
            .slice(0, depth)
            .map((part) => `${part}/`)
            .join(''),
        ]
      : [],
  );
}

/** Reports skipped masks once per folder, because nobody reads thousands of lines. */
export function maskProblems({
  masks,
  folders,
}: Pick<MaskFolders, 'masks' | 'folders'>): ImageProblem[] {
  return folders.flatMap((folder) => {
    const count = masks.filter(({ name }) => name.startsWith(`${folder}/`)).length;
    if (count === 0) return [];
    const reason = imageFolderText.masksLeftOut(count);
    return [{ path: folder, reason, isFolder: true, isExpected: true }];
  });
}

/**
 * Refuses folders of images and masks if class folders are requested: they are not two classes.
 *
 * @param advice sentence on what to do
 * @throws UserError 'unsupported'
 */
export function refuseMasks(
  directory: string,
  { besideImages }: MaskFolders,
  advice: string,
): void {
  if (besideImages === 0) return;
  throw new UserError(
    'unsupported',
    imageFolderText.imagesWithMasks(directory, besideImages, advice),
  );
}
