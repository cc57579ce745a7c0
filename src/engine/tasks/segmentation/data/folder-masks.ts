import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { MaskSourceKind, SourceClass } from '../../../../contract/mask-sources.ts';
import { UserError } from '../../../../core/errors.ts';
import { expandFrames, noSecret } from '../../../../formats/frames.ts';
import { findImages } from '../../../../formats/image-folder.ts';
import type { FoundImage, ImageProblem } from '../../../../formats/labels/labelled-images.ts';
import { isMaskFolder, separateMasks } from '../../../../formats/labels/mask-folders.ts';
import { detectMaskSources } from '../../../../formats/masks/detect.ts';
import { polygonKinds } from '../../../../formats/masks/file-kind.ts';
import type { MaskSource, SourceRequest } from '../../../../formats/masks/mask-source.ts';
import { openMaskSource } from '../../../../formats/masks/open-source.ts';
import { labelListNames } from '../../../../formats/masks/paired/label-list.ts';
import { namedValues } from './mask-values.ts';
import type { ImageWithMask } from './dataset.ts';
import { folderMasksText } from '../../../../text/index.ts';

/** A folder of images from the command line, with the source of its masks. */
export interface FolderMasks {
  /** Folder as it was given. */
  readonly origin: string;
  /** Slices of the images. */
  readonly images: readonly ImageWithMask[];
  readonly source: MaskSource;
  /** Classes of the source, with the names that options give them. */
  readonly classes: readonly SourceClass[];
  readonly problems: readonly ImageProblem[];
}

export interface NamingOptions {
  readonly named?: readonly string[];
  readonly isStrict?: boolean;
}

/** Kinds of sources whose files are in the folder itself. */
const ofFolder: ReadonlySet<string> = new Set(['masks', 'beside', 'dicom-seg']);

/** A folder that holds images and masks, with all files in it. */
interface Place {
  readonly root: string;
  readonly found: readonly FoundImage[];
}

/**
 * Finds images and their masks: `images/x.*` with `masks/x.png` in a folder or next to the given folder of images, or
 * a label file.
 *
 * @param labels `masks` or its synonym `imagefolder`, or the path of a label file
 * @param options `named`: `WHAT=CLASS` pairs, see `namedValues`; `isStrict`: true if each WHAT must occur in the
 * masks
 * @throws UserError 'invalid-labels' if there are no masks, 'not-found', and as the source's reader
 */
export async function openFolderMasks(
  folder: string,
  labels: string,
  signal: AbortSignal,
  { named = [], isStrict = true }: NamingOptions = {},
): Promise<FolderMasks> {
  const problems: ImageProblem[] = [];
  const listed = await findImages(folder, {}, signal, ({ kind, ...problem }) => {
    if (kind === 'skipped') problems.push(problem);
  });
  const isFile = labels !== 'masks' && labels !== 'imagefolder';
  const place = isFile
    ? { root: resolve(folder), found: listed }
    : await withLabelList(await withMasks(folder, listed, signal));
  const source = isFile
    ? await openFile(labels, place, signal)
    : await openFound(folder, place, signal);
  try {
    const names = namedValues(named, source.classes, isStrict);
    const own = place.found.filter(({ path }) => !source.claimed.has(path));
    const images = separateMasks(own).images.map((image) => ({ ...image, group: undefined }));
    return {
      origin: folder,
      images: await expandFrames<ImageWithMask>(images, { secret: noSecret, signal }),
      source,
      classes: source.classes.map((one) => ({ ...one, name: names.get(one.value) ?? one.name })),
      problems: [...problems, ...source.problems],
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Returns the folder itself if it holds the masks, else its parent with the mask folders next to it. */
async function withMasks(
  folder: string,
  listed: readonly FoundImage[],
  signal: AbortSignal,
): Promise<Place> {
  const own = resolve(folder);
  const root = dirname(own);
  const isWhole = separateMasks(listed).masks.length > 0 || root === own;
  if (isWhole) return { root: own, found: listed };
  const siblings = (await readdir(root, { withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isDirectory() && isMaskFolder(entry.name))
    .map(({ name }) => name)
    .filter((name) => join(root, name) !== own);
  if (siblings.length === 0) return { root: own, found: listed };
  const within = (name: string, images: readonly FoundImage[]): FoundImage[] =>
    images.map((image) => ({ ...image, name: `${name}/${image.name}` }));
  const found = within(basename(own), listed);
  for (const name of siblings) {
    const masks = await findImages(join(root, name), {}, signal).catch((error: unknown) => {
      if (error instanceof UserError && error.code === 'no-images') return [];
      throw error;
    });
    for (const mask of within(name, masks)) found.push(mask);
  }
  return { root, found };
}

/** Returns the parent folder if the list of classes is there, as when training and test images share it. */
async function withLabelList({ root, found }: Place): Promise<Place> {
  const parent = dirname(root);
  const folders = [root, ...new Set(found.map(({ path }) => dirname(path)))];
  const hasOwn = await Promise.all(folders.map(hasList));
  if (hasOwn.includes(true) || !(await hasList(parent))) return { root, found };
  const name = basename(root);
  return {
    root: parent,
    found: found.map((image) => ({ ...image, name: `${name}/${image.name}` })),
  };
}

async function hasList(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  return names.some((name) => labelListNames.includes(name.toLowerCase()));
}

async function openFound(
  folder: string,
  { root, found }: Place,
  signal: AbortSignal,
): Promise<MaskSource> {
  const sources = await detectMaskSources(root, found, signal);
  const beside = sources.filter(({ kind }) => ofFolder.has(kind));
  // Polygon files, one per image.
  const polygons = sources.filter(({ kind, path }) => polygonKinds.has(kind) && path === root);
  const [only, ...others] = beside.length > 0 ? beside : polygons;
  if (!only) {
    const files = sources.map(({ path }) => path);
    throw new UserError(
      'invalid-labels',
      files.length === 0 ? folderMasksText.none(folder) : folderMasksText.onlyFiles(folder, files),
    );
  }
  if (others.length > 0) {
    throw new UserError('invalid-labels', folderMasksText.severalKinds(folder));
  }
  return openWithProperty(only.kind, {
    path: only.path,
    folder: root,
    found,
    property: null,
    signal,
  });
}

async function openFile(
  labels: string,
  { root, found }: Place,
  signal: AbortSignal,
): Promise<MaskSource> {
  for (const path of [resolve(labels), join(root, labels)]) {
    if (!(await stat(path).catch(() => undefined))) continue;
    return openWithProperty('file', { path, folder: root, found, property: null, signal });
  }
  throw new UserError('not-found', folderMasksText.noLabelFile(labels, root));
}

/** Opens a source; for polygons, with the property that names the class. */
async function openWithProperty(kind: MaskSourceKind, request: SourceRequest): Promise<MaskSource> {
  const source = await openMaskSource(kind, request);
  if (source.properties.length === 0 || source.property !== null) return source;
  await source.close();
  const property = classProperty(source.properties, request.path);
  return openMaskSource(kind, { ...request, property });
}

/** Returns the property `class`, as in exported files, or the only property. */
function classProperty(properties: MaskSource['properties'], path: string): string {
  const names = properties.map(({ name }) => name);
  const [only] = names;
  const named = names.find((name) => name === 'class') ?? (names.length === 1 ? only : undefined);
  if (named !== undefined) return named;
  throw new UserError('invalid-labels', folderMasksText.noClassProperty(path, names));
}
