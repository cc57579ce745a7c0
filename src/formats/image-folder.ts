import type { Dirent } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { compareCodePoints } from '../core/dataset/order.ts';
import { UserError } from '../core/errors.ts';
import { commonText, imageFolderText } from '../text/index.ts';
import { isUndecodable, readFailure } from './files/file-errors.ts';
import { isLabelList, markExportedLabels } from './labels/exported-labels.ts';
import { imageExtensions } from './images.ts';
import { isDicom } from './raster/dicom/dicom.ts';
import { readHead } from './raster/file-source.ts';
import type { FoundImage, LabelledImages } from './labels/labelled-images.ts';
import { maskProblems, refuseMasks, separateMasks } from './labels/mask-folders.ts';

/** Limits of a search, so that a wrong folder (a whole disk) fails with a message instead of running for hours. */
export interface FolderLimits {
  readonly images: number;
  readonly folders: number;
  /** Levels of folders below the chosen one. */
  readonly depth: number;
  /** A folder that is not searched, as `realpath` returns it. */
  readonly except?: string | undefined;
}

const defaultLimits: FolderLimits = { images: 1_000_000, folders: 100_000, depth: 32 };

/** Number of bytes needed to recognise a DICOM file. */
const dicomHead = 132;
/** Number of entries of a folder that are in memory at a time. */
const entriesAtOnce = 256;

/** Files that a search skipped. */
export interface PassedOver {
  /** Absolute path. */
  readonly path: string;
  readonly reason: string;
  /** `skipped`: the user may miss it; `other`: a file whose name is not that of an image. */
  readonly kind: 'skipped' | 'other';
  /** True for a folder that was not searched. */
  readonly isFolder?: boolean | undefined;
  /** True if no image is lost by leaving it out. */
  readonly isExpected?: boolean;
}

interface Search {
  readonly root: string;
  /** Real path of the root, with links resolved: nothing outside is read. */
  readonly realRoot: string;
  readonly limits: FolderLimits;
  readonly signal: AbortSignal | undefined;
  readonly found: FoundImage[];
  readonly pass: (passed: PassedOver) => void;
  folders: number;
  /** Folders with a list of classes, in the form of `Place`. */
  readonly labelled: Set<string>;
  /** Number of links that lead outside. */
  outside: number;
}

/** A folder to search. */
interface Place {
  /** Relative to the root, '' or ending in `/`. */
  readonly prefix: string;
  readonly depth: number;
  /** Real paths of this folder and its parents; a link back to one of them is a loop. */
  readonly ancestors: readonly string[];
}

/**
 * Finds the images in a folder and those below it, by extension, ordered by the code points of their names. Hidden
 * files and folders are skipped. Links are followed if they lead to something within the folder: links that lead
 * outside, nowhere or back to one of their own parents are skipped, and so are folders that cannot be read. Exported
 * masks state their folder.
 *
 * @param pass called for each skipped file
 * @throws UserError 'not-found', 'invalid-file' (a file, not a folder), 'no-images', 'too-large' (past
 * a limit), 'disk', or 'cancelled' once `signal` aborts
 */
export async function findImages(
  directory: string,
  limits: Partial<FolderLimits> = {},
  signal?: AbortSignal,
  pass: (passed: PassedOver) => void = () => undefined,
): Promise<FoundImage[]> {
  await checkFolder(directory);
  const root = resolve(directory);
  const realRoot = await realpath(root);
  const search: Search = {
    root,
    realRoot,
    signal,
    pass,
    found: [],
    labelled: new Set(),
    folders: 0,
    outside: 0,
    limits: { ...defaultLimits, ...limits },
  };
  await look(search, { prefix: '', depth: 0, ancestors: [realRoot] });
  if (search.found.length === 0) throw noImages(directory, search.outside);
  const sorted = search.found.sort((a, b) => compareCodePoints(a.name, b.name));
  return markExportedLabels(sorted, search.labelled);
}

function noImages(directory: string, outside: number): UserError {
  const extensions = [...imageExtensions].join(', ');
  return new UserError(
    'no-images',
    outside === 0
      ? imageFolderText.noImages(directory, extensions)
      : imageFolderText.onlyLinksOutside(directory, extensions, outside),
  );
}

async function checkFolder(directory: string): Promise<void> {
  const { isFolder } = await kindOf(directory).catch((error: unknown) => {
    throw readFailure(error, directory);
  });
  if (!isFolder) {
    throw new UserError('invalid-file', imageFolderText.isFile(directory));
  }
}

async function look(search: Search, place: Place): Promise<void> {
  const { root, limits } = search;
  requireGoingOn(search);
  search.folders++;
  if (place.depth > limits.depth) throw tooLarge(imageFolderText.tooManyLevels(root, limits.depth));
  if (search.folders > limits.folders)
    throw tooLarge(imageFolderText.tooManyFolders(root, limits.folders));
  const folder = resolve(root, place.prefix);
  try {
    // In sequence: a folder may contain hundreds of thousands of files.
    for await (const entry of await opendir(folder, { bufferSize: entriesAtOnce })) {
      requireGoingOn(search);
      if (!entry.name.startsWith('.')) await visit(search, place, entry);
    }
  } catch (error) {
    const failure = readFailure(error, folder);
    const isOfRoot = place.depth === 0 || !(await isThere(root));
    if (isOfRoot || failure === error || !(failure instanceof UserError)) throw failure;
    search.pass({ path: folder, reason: failure.message, kind: 'skipped', isFolder: true });
  }
}

function requireGoingOn({ signal }: Search): void {
  if (signal?.aborted === true) throw new UserError('cancelled', commonText.stopped);
}

async function visit(search: Search, place: Place, entry: Dirent): Promise<void> {
  const name = place.prefix + entry.name;
  const path = join(search.root, name);
  if (isUndecodable(entry.name) && !(await isThere(path))) {
    reportName(search, path, entry);
    return;
  }
  if (entry.isSymbolicLink() && !(await leadsInside(search, path))) return;
  const kind = entry.isSymbolicLink()
    ? await kindOf(path).catch(() => ({ isFile: false, isFolder: false }))
    : { isFile: entry.isFile(), isFolder: entry.isDirectory() };
  if (kind.isFolder) {
    await visitFolder(search, place, name);
  } else if (await isImageName(entry.name, path, kind.isFile)) {
    if (search.found.length >= search.limits.images) {
      throw tooLarge(imageFolderText.tooManyImages(search.root, search.limits.images));
    }
    search.found.push(compact(path, name));
  } else {
    if (kind.isFile && isLabelList(entry.name)) search.labelled.add(place.prefix);
    search.pass({ path, reason: imageFolderText.notNamedAsImage, kind: 'other' });
  }
}

/** A file that may be an image, or a folder, with a name that cannot be read. */
function reportName({ pass }: Search, path: string, entry: Dirent): void {
  const isFolder = entry.isDirectory();
  const extension = extname(entry.name).toLowerCase();
  const isWanted = isFolder || extension === '' || imageExtensions.has(extension);
  const notUtf8 = isFolder ? imageFolderText.folderNameNotUtf8 : imageFolderText.nameNotUtf8;
  const reason = isWanted ? notUtf8(path) : imageFolderText.notNamedAsImage;
  pass({ path, reason, kind: isWanted ? 'skipped' : 'other', isFolder: isFolder || undefined });
}

/**
 * V8 keeps a concatenated string as its parts, which takes three times the memory: hundreds of MB for hundreds of
 * thousands of paths. Encoding and decoding it makes it one piece, of which the name is a slice.
 */
function compact(path: string, name: string): FoundImage {
  const whole = JSON.parse(JSON.stringify(path)) as string;
  return { path: whole, name: sep === '/' ? whole.slice(-name.length) : name };
}

async function visitFolder(search: Search, place: Place, name: string): Promise<void> {
  const path = join(search.root, name);
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) {
    const reason = imageFolderText.folderClosed(path);
    search.pass({ path, reason, kind: 'skipped', isFolder: true });
  } else if (real === search.limits.except) {
    const reason = imageFolderText.isWorkspace(path);
    search.pass({ path, reason, kind: 'skipped', isFolder: true, isExpected: true });
  } else if (place.ancestors.includes(real)) {
    const reason = imageFolderText.linkToParent(path);
    search.pass({ path, reason, kind: 'skipped', isFolder: true, isExpected: true });
  } else {
    const ancestors = [...place.ancestors, real];
    await look(search, { prefix: `${name}/`, depth: place.depth + 1, ancestors });
  }
}

/** Returns true if a link leads to something within the folder; reports a link that does not. */
async function leadsInside(search: Search, path: string): Promise<boolean> {
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) {
    search.pass({ path, reason: imageFolderText.brokenLink(path), kind: 'skipped' });
    return false;
  }
  const root = search.realRoot.endsWith(sep) ? search.realRoot : search.realRoot + sep;
  if (real === search.realRoot || real.startsWith(root)) return true;
  search.outside++;
  const reason = imageFolderText.linkOutside(path);
  search.pass({ path, reason, kind: 'skipped' });
  return false;
}

/**
 * Returns true if a file is an image by its extension. Medical archives often omit that of DICOM files: these are
 * recognised by their first bytes.
 */
async function isImageName(name: string, path: string, isFile: boolean): Promise<boolean> {
  if (!isFile) return false;
  const lower = name.toLowerCase();
  const extension = lower.endsWith('.nii.gz') ? '.nii.gz' : extname(lower);
  // Their names are often numbers with points: 1.2.840.113619.2.5.
  if (extension !== '' && !/^\.\d+$/.test(extension)) return imageExtensions.has(extension);
  const head = await readHead(path, dicomHead).catch(() => new Uint8Array());
  return isDicom(head);
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function kindOf(path: string): Promise<{ isFile: boolean; isFolder: boolean }> {
  const stats = await stat(path);
  return { isFile: stats.isFile(), isFolder: stats.isDirectory() };
}

function tooLarge(message: string): UserError {
  return new UserError('too-large', message);
}

const trainNames = new Set(['train', 'training']);
const splitNames = new Set([...trainNames, 'val', 'valid', 'validation', 'test', 'testing']);

/**
 * Labels images by the ImageFolder convention, `class/image.*`: the class is the first folder below `directory`; an
 * image directly in it is unlabelled.
 *
 * Throws `UserError('invalid-labels')` if the folders are splits (`train`, `test`) that contain the class folders,
 * because the splits would be used as classes, and 'unsupported' for images with masks.
 */
export function labelsFromFolders(
  directory: string,
  images: readonly FoundImage[],
): LabelledImages {
  const parted = separateMasks(images);
  refuseMasks(directory, parted, imageFolderText.listClasses);
  checkNoSplits(directory, parted.images);
  const labelled = parted.images.map((image) => {
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
  const problems = maskProblems(parted);
  return { images: labelled, classes: [...classes].sort(compareCodePoints), problems };
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
  const placeOf = (split: string | undefined): string | null =>
    split === undefined ? null : join(directory, split);
  throw new UserError(
    'invalid-labels',
    imageFolderText.splits(directory, splits, { train: placeOf(train), test: placeOf(test) }),
  );
}
