import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { cpus } from 'node:os';
import { UserError } from '../../core/errors.ts';
import { mapConcurrently } from '../../formats/concurrently.ts';
import { readFailure } from '../../formats/file-errors.ts';
import { readImage } from '../../formats/images.ts';
import { findImages } from '../../formats/image-folder.ts';
import { readLabelFile } from '../../formats/label-file.ts';
import type { FoundImage, ImageProblem } from '../../formats/labelled-images.ts';
import {
  isImageFolder,
  maskProblems,
  refuseMasks,
  separateMasks,
} from '../../formats/mask-folders.ts';
import { encodePicture } from '../../formats/pictures.ts';

/** How labels come with a folder. */
export type LabelSource = 'folders' | 'none' | { readonly csv: string };

/** An image to come in, and what is said of it. */
export interface ImageToImport extends FoundImage {
  readonly labels: readonly string[];
  readonly isLabelled: boolean;
  readonly group: string | undefined;
  readonly isTest: boolean;
}

/** An image that was read. */
export interface ReadImage extends ImageToImport {
  /** Of the file's content. */
  readonly sha256: Buffer;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly width: number;
  readonly height: number;
  /** WebP. */
  readonly thumbnail: Uint8Array;
}

/** px; twice the usual tile, for dense screens. */
export const thumbnailSide = 256;

const testNames = /^test(?:ing)?$/i;
const splitNames = /^(?:train(?:ing)?|val(?:id(?:ation)?)?|test(?:ing)?)$/i;

/**
 * Finds the images of a folder and what is said of them; masks are left out and told of. Throws
 * UserErrors as its parts do.
 */
export async function listFolder(
  folder: string,
  labels: LabelSource,
  signal?: AbortSignal,
): Promise<{ images: ImageToImport[]; problems: readonly ImageProblem[] }> {
  const parted = separateMasks(await findImages(folder, {}, signal));
  const left = maskProblems(parted);
  if (labels === 'none') return { images: parted.images.map(unlabelled), problems: left };
  if (labels === 'folders') {
    refuseMasks(folder, parted, 'Add them without labels: the masks are left out.');
    return { images: parted.images.map(labelByFolder), problems: left };
  }
  const table = await readLabelFile(labels.csv, folder, parted.images);
  const images = table.images.map(({ split, ...image }) => ({
    ...image,
    isTest: split === undefined ? isInTest(image) : testNames.test(split),
  }));
  return { images, problems: [...table.problems, ...left] };
}

/**
 * `class/image`, or below folders named train and test `split/class/image`: what is in test is held
 * out. An image outside a class folder is unlabelled.
 */
export function labelByFolder(image: FoundImage): ImageToImport {
  const [first, second] = foldersOf(image);
  const label = isSplit(first) ? second : first;
  return label === undefined
    ? unlabelled(image)
    : { ...unlabelled(image), labels: [label], isLabelled: true };
}

/** A folder named train or test, say. */
export function isSplit(folder: string | undefined): boolean {
  return folder !== undefined && splitNames.test(folder);
}

export function foldersOf({ name }: FoundImage): string[] {
  return name.split('/').slice(0, -1);
}

/** In a folder named test, which may lie in one of images: `images/test`. */
function isInTest(image: FoundImage): boolean {
  const [first = '', second = ''] = foldersOf(image);
  const split = isImageFolder(first) && isSplit(second) ? second : first;
  return testNames.test(split);
}

function unlabelled(image: FoundImage): ImageToImport {
  const isTest = isInTest(image);
  return { ...image, labels: [], isLabelled: false, group: undefined, isTest };
}

/** Files read at a time; hashing and decoding run on libuv's threads. */
const filesAtOnce = Math.max(2, Math.min(4, cpus().length));

/**
 * Reads some images: content, size, thumbnail. What cannot be read is told and left out.
 *
 * @param skip told of what was left out
 */
export async function readImages(
  images: readonly ImageToImport[],
  signal: AbortSignal,
  skip: (problem: ImageProblem) => void,
): Promise<ReadImage[]> {
  const read = await mapConcurrently(images, filesAtOnce, async (image) => {
    if (signal.aborted) return undefined;
    try {
      return await readOne(image);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      skip({ path: image.path, reason: error.message });
      return undefined;
    }
  });
  return read.filter((image) => image !== undefined);
}

async function readOne(image: ImageToImport): Promise<ReadImage> {
  const { path } = image;
  const raster = await readImage(image);
  try {
    const { size, mtimeMs } = await stat(path);
    const sha256 = createHash('sha256')
      .update(await readFile(path))
      .digest();
    return {
      ...image,
      sha256,
      bytes: size,
      modified: Math.round(mtimeMs),
      width: raster.width,
      height: raster.height,
      thumbnail: await encodePicture(raster, thumbnailSide, 80),
    };
  } catch (error) {
    throw readFailure(error, path);
  }
}
