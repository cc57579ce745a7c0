import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { compareCodePoints } from '../core/dataset/order.ts';
import { UserError } from '../core/errors.ts';
import { readFailure, systemCode } from './file-errors.ts';
import { imageExtensions } from './images.ts';
import { isDicom } from './raster/dicom/dicom.ts';
import { readHead } from './raster/file-source.ts';
import type { FoundImage, LabelledImages } from './labelled-images.ts';
import { refuseMasks, separateMasks } from './mask-folders.ts';

/** Bounds of a search, so that a wrong folder (a whole disk) fails with a sentence, not with time. */
export interface FolderLimits {
  readonly images: number;
  readonly folders: number;
  /** Levels of folders below the one given. */
  readonly depth: number;
}

const defaultLimits: FolderLimits = { images: 1_000_000, folders: 100_000, depth: 32 };

/** Bytes by which a DICOM file is known. */
const dicomHead = 132;

interface Search {
  readonly root: string;
  readonly limits: FolderLimits;
  readonly signal: AbortSignal | undefined;
  readonly found: FoundImage[];
  folders: number;
}

/** A folder to look into. */
interface Place {
  /** Relative to the root, '' or ending in `/`. */
  readonly prefix: string;
  readonly depth: number;
  /** Real paths of this folder and those above it; a link back to one of them is a loop. */
  readonly ancestors: readonly string[];
}

/**
 * Finds the images in a folder and those below it, by extension, ordered by the code points of their
 * names. Hidden files and folders are passed over, and so are folders whose name is no UTF-8 and links that lead nowhere or back to a
 * folder they lie in; other links are followed.
 *
 * Throws `UserError`: 'not-found', 'invalid-file' (a file, not a folder), 'no-images', 'too-large' (past
 * a limit), 'disk', or 'cancelled' once `signal` aborts.
 */
export async function findImages(
  directory: string,
  limits: Partial<FolderLimits> = {},
  signal?: AbortSignal,
): Promise<FoundImage[]> {
  await checkFolder(directory);
  const root = resolve(directory);
  const bounds = { ...defaultLimits, ...limits };
  const search: Search = { root, limits: bounds, signal, found: [], folders: 0 };
  await look(search, { prefix: '', depth: 0, ancestors: [await realpath(root)] });
  if (search.found.length === 0) {
    const extensions = [...imageExtensions].join(', ');
    throw new UserError(
      'no-images',
      `${directory} holds no images (${extensions}). Choose the folder that holds them or their class folders.`,
    );
  }
  return search.found.sort((a, b) => compareCodePoints(a.name, b.name));
}

async function checkFolder(directory: string): Promise<void> {
  const { isFolder } = await kindOf(directory).catch((error: unknown) => {
    throw readFailure(error, directory);
  });
  if (!isFolder) {
    throw new UserError('invalid-file', `${directory} is a file. Choose a folder of images.`);
  }
}

async function look(search: Search, place: Place): Promise<void> {
  const { root, limits } = search;
  const folder = join(root, place.prefix);
  if (search.signal?.aborted === true) throw new UserError('cancelled', 'The search was stopped.');
  search.folders++;
  if (place.depth > limits.depth) throw tooLarge(root, `more than ${limits.depth} levels`);
  if (search.folders > limits.folders) throw tooLarge(root, `more than ${limits.folders} folders`);
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw readFailure(error, folder);
  });
  for (const entry of entries) {
    if (!entry.name.startsWith('.')) await visit(search, place, entry);
  }
}

async function visit(search: Search, place: Place, entry: Dirent): Promise<void> {
  const name = place.prefix + entry.name;
  const path = join(search.root, name);
  const kind = entry.isSymbolicLink()
    ? await followed(path)
    : { isFile: entry.isFile(), isFolder: entry.isDirectory() };
  if (kind.isFile && (await isImageName(entry.name, path))) {
    if (search.found.length >= search.limits.images) {
      throw tooLarge(search.root, `more than ${search.limits.images} images`);
    }
    search.found.push({ path, name });
  } else if (kind.isFolder) {
    // A name that is no UTF-8 cannot be asked for again.
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined || place.ancestors.includes(real)) return;
    const ancestors = [...place.ancestors, real];
    await look(search, { prefix: `${name}/`, depth: place.depth + 1, ancestors });
  }
}

/**
 * Whether a file is an image by its extension. Medical archives often give DICOM files none: those are
 * known by their first bytes.
 */
async function isImageName(name: string, path: string): Promise<boolean> {
  const lower = name.toLowerCase();
  const extension = lower.endsWith('.nii.gz') ? '.nii.gz' : extname(lower);
  // Their names are often numbers with points: 1.2.840.113619.2.5.
  if (extension !== '' && !/^\.\d+$/.test(extension)) return imageExtensions.has(extension);
  const head = await readHead(path, dicomHead).catch(() => new Uint8Array());
  return isDicom(head);
}

/** What a link leads to; neither file nor folder when it leads nowhere. */
async function followed(path: string): Promise<{ isFile: boolean; isFolder: boolean }> {
  try {
    return await kindOf(path);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return { isFile: false, isFolder: false };
  }
}

async function kindOf(path: string): Promise<{ isFile: boolean; isFolder: boolean }> {
  const stats = await stat(path);
  return { isFile: stats.isFile(), isFolder: stats.isDirectory() };
}

function tooLarge(root: string, what: string): UserError {
  return new UserError('too-large', `${root} holds ${what}. Choose a smaller folder of images.`);
}

/** What to do with images beside masks on the command line. */
const nameInTable =
  'Name the classes of the images in a CSV file and give it with --labels: the masks are then left out.';

const trainNames = new Set(['train', 'training']);
const splitNames = new Set([...trainNames, 'val', 'valid', 'validation', 'test', 'testing']);

/**
 * Labels images by the ImageFolder convention, `class/image.*`: the class is the first folder below
 * `directory`; an image that lies directly in it is unlabelled.
 *
 * Throws `UserError('invalid-labels')` when the folders are splits (`train`, `test`) that hold the
 * class folders, because the splits would be taken for classes, and 'unsupported' for images beside masks.
 */
export function labelsFromFolders(
  directory: string,
  images: readonly FoundImage[],
): LabelledImages {
  refuseMasks(directory, separateMasks(images), nameInTable);
  checkNoSplits(directory, images);
  const labelled = images.map((image) => {
    const label = firstFolder(image.name);
    return {
      ...image,
      labels: label === undefined ? [] : [label],
      isLabelled: label !== undefined,
      group: undefined,
      split: undefined,
    };
  });
  const classes = new Set(labelled.flatMap(({ labels }) => labels));
  return { images: labelled, classes: [...classes].sort(compareCodePoints), problems: [] };
}

function firstFolder(name: string): string | undefined {
  const slash = name.indexOf('/');
  return slash < 0 ? undefined : name.slice(0, slash);
}

function checkNoSplits(directory: string, images: readonly FoundImage[]): void {
  const nested = images.filter(({ name }) => name.split('/').length > 2);
  const folders = new Set(images.flatMap(({ name }) => firstFolder(name) ?? []));
  const splits = [...folders].filter((folder) => splitNames.has(folder.toLowerCase()));
  if (nested.length === 0 || splits.length < folders.size) return;
  const train = splits.find((folder) => trainNames.has(folder.toLowerCase()));
  const test = splits.find((folder) => folder !== train);
  const advice = [
    train === undefined ? 'Give one of them' : `Give ${join(directory, train)} for training`,
    test === undefined || train === undefined ? '' : ` and --test ${join(directory, test)}`,
  ].join('');
  throw new UserError(
    'invalid-labels',
    `${directory} holds splits (${splits.join(', ')}) with the class folders inside. ${advice}.`,
  );
}
