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

/** Finds the images of a folder and what is said of them. Throws UserErrors as its parts do. */
export async function listFolder(
  folder: string,
  labels: LabelSource,
): Promise<{ images: ImageToImport[]; problems: readonly ImageProblem[] }> {
  const found = await findImages(folder);
  if (labels === 'none') return { images: found.map((image) => unlabelled(image)), problems: [] };
  if (labels === 'folders') {
    const images = found.map(labelByFolder);
    refuseMasks(images, folder);
    return { images, problems: [] };
  }
  const table = await readLabelFile(labels.csv, folder, found);
  const images = table.images.map((image) => ({
    ...image,
    isTest: testNames.test(image.split ?? ''),
  }));
  return { images, problems: table.problems };
}

/** Images beside their masks are no two classes. */
function refuseMasks(images: readonly ImageToImport[], folder: string): void {
  const classes = new Set(images.flatMap(({ labels }) => labels.map((name) => name.toLowerCase())));
  const hasMasks = ['masks', 'mask', 'labels', 'annotations'].some((name) => classes.has(name));
  if (!hasMasks || !(classes.has('images') || classes.has('image')) || classes.size > 2) return;
  throw new UserError(
    'unsupported',
    `${folder} holds images and masks, which are for segmentation; this version tells classes apart. To use the images all the same, add their folder alone, without labels.`,
  );
}

/**
 * `class/image`, or below folders named train and test `split/class/image`: what is in test is held
 * out. An image outside a class folder is unlabelled.
 */
export function labelByFolder(image: FoundImage): ImageToImport {
  const folders = image.name.split('/').slice(0, -1);
  const [first = ''] = folders;
  const isSplit = splitNames.test(first);
  const label = isSplit ? folders[1] : folders[0];
  const plain = { ...unlabelled(image), isTest: isSplit && testNames.test(first) };
  return label === undefined ? plain : { ...plain, labels: [label], isLabelled: true };
}

function unlabelled(image: FoundImage): ImageToImport {
  return { ...image, labels: [], isLabelled: false, group: undefined, isTest: false };
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
