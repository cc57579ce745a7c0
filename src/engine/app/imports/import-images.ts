import type { LabelSource } from '../../../contract/app.ts';
import type { WrittenPreparation } from '../../../contract/jobs.ts';
import type { ReadFrames } from '../../../formats/frames.ts';
import { findImages } from '../../../formats/image-folder.ts';
import type { PassedOver } from '../../../formats/image-folder.ts';
import type { readLabelFile } from '../../../formats/labels/label-file.ts';
import { placeName } from '../../../formats/labels/labelled-images.ts';
import type { FoundImage, ImageProblem } from '../../../formats/labels/labelled-images.ts';
import {
  isImageFolder,
  type MaskFolders,
  refuseMasks,
  separateMasks,
} from '../../../formats/labels/mask-folders.ts';
import type { ImagePool } from '../../image-pool/image-pool.ts';
import type { Indexed, IndexedImage } from '../../image-pool/index-task.ts';
import { LostThread } from '../../image-pool/lost-thread.ts';
import { SourceThread } from '../../image-pool/source-thread.ts';
import { folderImportText } from '../../../text/index.ts';

/** An image to import, with its labels. */
export interface ImageToImport extends FoundImage {
  readonly labels: readonly string[];
  readonly isLabelled: boolean;
  readonly group: string | undefined;
  readonly isTest: boolean;
}

/** An image that was read. */
export type ReadImage = ImageToImport & IndexedImage;

export interface ListedFolder {
  /** Images found, including masks. */
  readonly found: readonly FoundImage[];
  readonly images: ImageToImport[];
  readonly problems: readonly ImageProblem[];
  /** Masks that were left out, and their folders. */
  readonly masks: Pick<MaskFolders, 'masks' | 'folders'>;
}

export interface ListOptions {
  readonly signal?: AbortSignal;
  /** Called for files that are not images or cannot be read. */
  readonly pass?: (passed: PassedOver) => void;
  /** Folder to skip. */
  readonly except?: string | undefined;
}

const testNames = /^test(?:ing)?$/i;
const splitNames = /^(?:train(?:ing)?|val(?:id(?:ation)?)?|test(?:ing)?)$/i;

/**
 * Finds the images of a folder with their labels; masks are left out and reported.
 *
 * @param readLabels reads a table of labels, such as `readLabelsIn`
 * @throws UserError as its parts do
 */
export async function listFolder(
  folder: string,
  labels: LabelSource,
  readLabels: typeof readLabelFile,
  { signal, pass, except }: ListOptions = {},
): Promise<ListedFolder> {
  const found = await findImages(folder, { except }, signal, pass);
  const parted = separateMasks(found);
  const none = { found, masks: parted, problems: [] };
  if (labels === 'none') return { ...none, images: parted.images.map(unlabelled) };
  if (labels === 'folders') {
    refuseMasks(folder, parted, folderImportText.addWithoutLabels);
    return { ...none, images: parted.images.map(labelByFolder) };
  }
  const table = await readLabels(labels.csv, folder, parted.images);
  const images = table.images.map(({ split, ...image }) => ({
    ...image,
    isTest: split === undefined ? isInTest(image) : testNames.test(split),
  }));
  return { ...none, images, problems: table.problems };
}

/**
 * Labels an image by its folder: `class/image` or `split/class/image` with splits named train and test; test images
 * are held out. An image outside a class folder is unlabelled.
 */
export function labelByFolder(image: FoundImage): ImageToImport {
  const [first, second] = foldersOf(image);
  const label = isSplit(first) ? second : first;
  return label === undefined
    ? unlabelled(image)
    : { ...unlabelled(image), labels: [label], isLabelled: true };
}

/** Returns true for a folder named after a split, such as train or test. */
export function isSplit(folder: string | undefined): boolean {
  return folder !== undefined && splitNames.test(folder);
}

export function foldersOf({ name }: FoundImage): string[] {
  return name.split('/').slice(0, -1);
}

/** Returns true for images in a folder named test, also inside a folder of images: `images/test`. */
function isInTest(image: FoundImage): boolean {
  const [first = '', second = ''] = foldersOf(image);
  const split = isImageFolder(first) && isSplit(second) ? second : first;
  return testNames.test(split);
}

function unlabelled(image: FoundImage): ImageToImport {
  const isTest = isInTest(image);
  return { ...image, labels: [], isLabelled: false, group: undefined, isTest };
}

/**
 * Images that a thread reads per task: enough that requests, and waiting for the last image, take little of the time.
 */
const batchLength = 8;

/**
 * Returns true for slices of a compressed file: each needs the whole file decompressed, so one thread reads them all.
 */
function isPacked({ path, frame }: ImageToImport): boolean {
  return frame !== undefined && /\.gz$/i.test(path);
}

/**
 * Reads images: content hash, size and thumbnail. Unreadable images are reported in order and left out.
 *
 * @param skip called for images that were left out
 */
export async function readImages(
  images: readonly ImageToImport[],
  preparation: WrittenPreparation,
  signal: AbortSignal,
  skip: (problem: ReadProblem) => void,
  pool: ImagePool,
): Promise<ReadImage[]> {
  const batches = batchesOf(images);
  const read = await Promise.all(
    batches.map((batch) => indexBatch(batch, preparation, signal, pool)),
  );
  if (signal.aborted) return [];
  return batches.flatMap((batch, at) =>
    batch.flatMap((image, index) => {
      const indexed = read[at]?.[index];
      if (indexed?.ok === true) return [{ ...image, ...indexed.image }];
      if (indexed?.ok === false) {
        const { reason, isLost = false } = indexed;
        skip({ path: placeName(image), reason, isLost });
      }
      return [];
    }),
  );
}

/** Images between two updates of progress and database, and checks for cancellation. */
const chunkLength = 32;

/** Reason why an image could not be read. */
export interface ReadProblem extends ImageProblem {
  /** True if reading it crashed a thread. */
  readonly isLost: boolean;
}

/** A chunk of processed images. */
export interface ReadChunk {
  readonly chunk: readonly ImageToImport[];
  readonly read: readonly ReadImage[];
  /** Problems of unreadable images. */
  readonly problems: readonly ReadProblem[];
}

/**
 * Runs `readImages` chunk by chunk, in order. While the caller stores one chunk, the next is read, so that no thread
 * waits for the database. Ends with the current chunk once `signal` is aborted.
 */
export async function* readInChunks(
  images: readonly ImageToImport[],
  preparation: WrittenPreparation,
  signal: AbortSignal,
  pool: ImagePool,
): AsyncGenerator<ReadChunk> {
  const read = async (from: number): Promise<ReadChunk> => {
    const chunk = images.slice(from, from + chunkLength);
    const problems: ReadProblem[] = [];
    const skip = (problem: ReadProblem): void => void problems.push(problem);
    return { chunk, read: await readImages(chunk, preparation, signal, skip, pool), problems };
  };
  let next = read(0);
  for (let from = chunkLength; from - chunkLength < images.length; from += chunkLength) {
    if (signal.aborted) return;
    const current = next;
    if (from < images.length) {
      next = read(from);
      // A failure is thrown where the chunk is awaited.
      next.catch(() => undefined);
    }
    yield await current;
  }
}

/** Batches of images: slices of one compressed file together, other images a few at a time. */
function batchesOf(images: readonly ImageToImport[]): ImageToImport[][] {
  const batches: ImageToImport[][] = [];
  for (const image of images) {
    const batch = batches.at(-1);
    const [first] = batch ?? [];
    const isOfFile = first?.path === image.path;
    // Multi-frame files are not mixed with others, which would be lost with a file that crashes its thread.
    const isAlike = isOfFile || (first?.frame ?? image.frame) === undefined;
    const isFull = (batch?.length ?? 0) >= batchLength && !(isOfFile && isPacked(image));
    if (first !== undefined && isAlike && !isFull) batch?.push(image);
    else batches.push([image]);
  }
  return batches;
}

async function indexBatch(
  batch: readonly ImageToImport[],
  preparation: WrittenPreparation,
  signal: AbortSignal,
  pool: ImagePool,
): Promise<Indexed[]> {
  const places = batch.map(({ path, frame }) => ({ path, frame }));
  const [first] = places;
  const isOneFile = places.every(({ path }) => path === first?.path);
  try {
    return await pool.run(
      'index',
      { images: places, preparation },
      {
        subject: isOneFile ? first?.path : undefined,
        file: batch.some(isPacked) ? first?.path : undefined,
        signal,
      },
    );
  } catch (error) {
    if (signal.aborted) return [];
    if (!(error instanceof LostThread)) throw error;
    if (isOneFile) return batch.map(() => ({ ok: false, reason: error.message, isLost: true }));
    // One of the files crashes a thread; the others are read again separately.
    const alone = batch.map((image) => indexBatch([image], preparation, signal, pool));
    return (await Promise.all(alone)).flat();
  }
}

/**
 * Reads tables of labels in a dedicated thread, since a million rows take more memory than an image.
 */
export function readLabelsIn(signal: AbortSignal): typeof readLabelFile {
  return async (csv, folder, images) => {
    const thread = new SourceThread();
    try {
      return await thread.run('labelFile', { csv, folder, images }, csv, signal);
    } finally {
      await thread.close();
    }
  };
}

/** Reads the headers of files in threads; undefined for a file that crashes its thread. */
export function readFramesIn(pool: ImagePool, signal: AbortSignal): ReadFrames {
  const read: ReadFrames = async (paths) => {
    const isOneFile = paths.length === 1;
    try {
      return await pool.run(
        'headers',
        { paths },
        { subject: isOneFile ? paths[0] : undefined, signal },
      );
    } catch (error) {
      if (!(error instanceof LostThread)) throw error;
      if (isOneFile) return [undefined];
      return (await Promise.all(paths.map((path) => read([path])))).flat();
    }
  };
  return read;
}
