import type { WrittenPreparation } from '../../contract/jobs.ts';
import type { ReadFrames } from '../../formats/frames.ts';
import { findImages } from '../../formats/image-folder.ts';
import type { PassedOver } from '../../formats/image-folder.ts';
import type { readLabelFile } from '../../formats/label-file.ts';
import { placeName } from '../../formats/labelled-images.ts';
import type { FoundImage, ImageProblem } from '../../formats/labelled-images.ts';
import {
  isImageFolder,
  maskProblems,
  refuseMasks,
  separateMasks,
} from '../../formats/mask-folders.ts';
import type { ImagePool } from '../image-pool/image-pool.ts';
import type { Indexed, IndexedImage } from '../image-pool/index-task.ts';
import { LostThread } from '../image-pool/lost-thread.ts';
import { SourceThread } from '../mask-threads/source-thread.ts';

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
export type ReadImage = ImageToImport & IndexedImage;

export interface ListedFolder {
  /** Masks among it. */
  readonly found: readonly FoundImage[];
  readonly images: ImageToImport[];
  readonly problems: readonly ImageProblem[];
  /** That masks were left out. */
  readonly masks: readonly ImageProblem[];
}

const testNames = /^test(?:ing)?$/i;
const splitNames = /^(?:train(?:ing)?|val(?:id(?:ation)?)?|test(?:ing)?)$/i;

/**
 * Finds the images of a folder and what is said of them; masks are left out and told of. Throws
 * UserErrors as its parts do.
 *
 * @param pass told of what is no image, or could not be looked into
 * @param readLabels reads a table of labels, as `readLabelsIn` a pool
 * @param except a folder that is not looked into
 */
export async function listFolder(
  folder: string,
  labels: LabelSource,
  readLabels: typeof readLabelFile,
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
  const table = await readLabels(labels.csv, folder, parted.images);
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

/** Images that a thread reads in one go: enough that asking, and waiting for the last, take little of the time. */
const batchLength = 8;

/** Every slice of it takes all of the file unpacked, so that one thread reads them one after the other. */
function isPacked({ path, frame }: ImageToImport): boolean {
  return frame !== undefined && /\.gz$/i.test(path);
}

/**
 * Reads some images: content, size, thumbnail. What cannot be read is told and left out, in their order.
 *
 * @param skip told of what was left out
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

/** Images between two looks at the clock, the database and the wish to stop. */
const chunkLength = 32;

/** Why an image could not be read. */
export interface ReadProblem extends ImageProblem {
  /** Whether reading it cost a thread. */
  readonly isLost: boolean;
}

/** Some images that an import is through with. */
export interface ReadChunk {
  readonly chunk: readonly ImageToImport[];
  readonly read: readonly ReadImage[];
  /** Of those that could not be read. */
  readonly problems: readonly ReadProblem[];
}

/**
 * `readImages` chunk by chunk, in order. While the caller keeps one, the next is read, so that no thread
 * waits for the database. Ends with the chunk at work once `signal` is aborted.
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
      // It is told of where it is awaited, if it is.
      next.catch(() => undefined);
    }
    yield await current;
  }
}

/** Slices of one packed file together, and all else a few at a time. */
function batchesOf(images: readonly ImageToImport[]): ImageToImport[][] {
  const batches: ImageToImport[][] = [];
  for (const image of images) {
    const batch = batches.at(-1);
    const [first] = batch ?? [];
    const isOfFile = first?.path === image.path;
    // A file that costs its thread costs no other then.
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
    // One of them costs a thread; the others need not be lost with it.
    const alone = batch.map((image) => indexBatch([image], preparation, signal, pool));
    return (await Promise.all(alone)).flat();
  }
}

/** Reads tables of labels in a thread of their own, since one of a million rows takes more memory than an image. */
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

/** Reads the headers of files in threads; nothing is known of one that costs its thread. */
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
