import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { cpus } from 'node:os';
import type { WrittenPreparation } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { preparationOf } from '../../core/image/preparation.ts';
import type { Preparation } from '../../core/image/preparation.ts';
import { mapConcurrently } from '../../formats/concurrently.ts';
import { readFailure } from '../../formats/file-errors.ts';
import { findImages } from '../../formats/image-folder.ts';
import type { PassedOver } from '../../formats/image-folder.ts';
import { readLabelFile } from '../../formats/label-file.ts';
import { placeName } from '../../formats/labelled-images.ts';
import type { FoundImage, ImageProblem } from '../../formats/labelled-images.ts';
import {
  isImageFolder,
  maskProblems,
  refuseMasks,
  separateMasks,
} from '../../formats/mask-folders.ts';
import { withImage } from '../../formats/open-images.ts';
import { encodePicture } from '../../formats/pictures.ts';
import { readPrepared } from '../../formats/raster/prepared.ts';

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

export interface ListedFolder {
  /** Masks among it. */
  readonly found: readonly FoundImage[];
  readonly images: ImageToImport[];
  readonly problems: readonly ImageProblem[];
  /** That masks were left out. */
  readonly masks: readonly ImageProblem[];
}

/** px; twice the usual tile, for dense screens. */
export const thumbnailSide = 256;

const testNames = /^test(?:ing)?$/i;
const splitNames = /^(?:train(?:ing)?|val(?:id(?:ation)?)?|test(?:ing)?)$/i;

/**
 * Finds the images of a folder and what is said of them; masks are left out and told of. Throws
 * UserErrors as its parts do.
 *
 * @param pass told of what is no image, or could not be looked into
 * @param except a folder that is not looked into
 */
export async function listFolder(
  folder: string,
  labels: LabelSource,
  signal?: AbortSignal,
  pass?: (passed: PassedOver) => void,
  except?: string,
): Promise<ListedFolder> {
  const found = await findImages(folder, { except }, signal, pass);
  const parted = separateMasks(found);
  const masks = maskProblems(parted);
  const none = { found, masks, problems: [] };
  if (labels === 'none') return { ...none, images: parted.images.map(unlabelled) };
  if (labels === 'folders') {
    refuseMasks(folder, parted, 'Add them without labels: the masks are left out.');
    return { ...none, images: parted.images.map(labelByFolder) };
  }
  const table = await readLabelFile(labels.csv, folder, parted.images);
  const images = table.images.map(({ split, ...image }) => ({
    ...image,
    isTest: split === undefined ? isInTest(image) : testNames.test(split),
  }));
  return { ...none, images, problems: table.problems };
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
  preparation: WrittenPreparation,
  signal: AbortSignal,
  skip: (problem: ImageProblem) => void,
): Promise<ReadImage[]> {
  const seen = preparationOf(preparation);
  // Slices of one file are hashed together.
  const contents = new Map<string, Promise<FileContent>>();
  const read = await mapConcurrently(images, filesAtOnce, async (image) => {
    if (signal.aborted) return undefined;
    const content = contents.get(image.path) ?? contentOf(image.path);
    // A failure is told of where it is awaited.
    content.catch(() => undefined);
    contents.set(image.path, content);
    try {
      return await readOne(image, seen, content);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      skip({ path: placeName(image), reason: error.message });
      return undefined;
    }
  });
  return read.filter((image) => image !== undefined);
}

/** A file as it is now. */
interface FileContent {
  readonly sha256: Buffer;
  readonly bytes: number;
  readonly modified: number;
}

async function contentOf(path: string): Promise<FileContent> {
  try {
    const { size, mtimeMs } = await stat(path);
    const hash = createHash('sha256');
    // Not as a whole: satellite images and volumes may be larger than one buffer can be.
    for await (const part of createReadStream(path)) hash.update(part as Buffer);
    return { sha256: hash.digest(), bytes: size, modified: Math.round(mtimeMs) };
  } catch (error) {
    throw readFailure(error, path);
  }
}

async function readOne(
  image: ImageToImport,
  preparation: Preparation,
  content: Promise<FileContent>,
): Promise<ReadImage> {
  const { path, frame } = image;
  return withImage(path, async (file) => {
    // At full resolution; what a model sees of a very large image is smaller.
    const { width, height } = file.header;
    const raster = await readPrepared(file, { preparation, frame });
    const thumbnail = await encodePicture(raster, thumbnailSide, 80);
    return { ...image, ...(await content), width, height, thumbnail };
  });
}
