import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { SourceClass } from '../../contract/mask-sources.ts';
import { UserError } from '../../core/errors.ts';
import { expandFrames, noSecret } from '../../formats/frames.ts';
import { findImages } from '../../formats/image-folder.ts';
import type { FoundImage, ImageProblem } from '../../formats/labelled-images.ts';
import { isMaskFolder, separateMasks } from '../../formats/mask-folders.ts';
import { detectMaskSources } from '../../formats/masks/detect.ts';
import type { MaskSource } from '../../formats/masks/mask-source.ts';
import { openMaskSource } from '../../formats/masks/open-source.ts';
import { labelListNames } from '../../formats/masks/paired/label-list.ts';
import { namedValues } from '../mask-values.ts';
import type { OutlinedImage } from './dataset.ts';

/** A folder of images as a command line names it, with what says where their regions are. */
export interface FolderMasks {
  /** As it was given. */
  readonly origin: string;
  /** All slices of all images. */
  readonly images: readonly OutlinedImage[];
  readonly source: MaskSource;
  /** Of the source, with the names that options give them. */
  readonly classes: readonly SourceClass[];
  readonly problems: readonly ImageProblem[];
}

export interface NamingOptions {
  readonly named?: readonly string[];
  readonly isStrict?: boolean;
}

/** Sources that are files of the folder itself. */
const ofFolder: ReadonlySet<string> = new Set(['masks', 'beside', 'dicom-seg']);

/** A folder that holds images and masks, with the names of all that is in it. */
interface Place {
  readonly root: string;
  readonly found: readonly FoundImage[];
}

/**
 * Finds images and their masks: `images/x.*` beside `masks/x.png` in a folder or, where the folder of images itself is
 * given, beside it; or a label file.
 *
 * @param named `WHAT=CLASS` pairs, see `namedValues`; `isStrict` whether the masks must have each WHAT
 * @param labels `masks`, `imagefolder`, which is the same here, or the path of a label file
 * @throws UserError 'invalid-labels' where there are no masks, 'not-found', and as the source's reader
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
  const names = namedValues(named, source.classes, isStrict);
  const own = place.found.filter(({ path }) => !source.claimed.has(path));
  const images = separateMasks(own).images.map((image) => ({ ...image, group: undefined }));
  return {
    origin: folder,
    images: await expandFrames<OutlinedImage>(images, { secret: noSecret, signal }),
    source,
    classes: source.classes.map((one) => ({ ...one, name: names.get(one.value) ?? one.name })),
    problems: [...problems, ...source.problems],
  };
}

/** The folder itself where it holds the masks, else what holds it and its folders of masks. */
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

/** One folder up where the list of classes lies there, as it does where training and test share it. */
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
  const [only, ...others] = sources.filter(({ kind }) => ofFolder.has(kind));
  if (!only) {
    const files = sources.map(({ path }) => path);
    const advice =
      files.length === 0
        ? 'Put them into a folder "masks" beside the folder "images", with the names of their images, or name a label file with --labels.'
        : `Name the label file with --labels: ${files.join(', ')}.`;
    throw new UserError(
      'invalid-labels',
      `${folder}: no masks of these images were found. ${advice}`,
    );
  }
  if (others.length > 0) {
    throw new UserError(
      'invalid-labels',
      `${folder}: there are masks as files beside the images and as DICOM segmentations among them. Keep one of the two in the folder.`,
    );
  }
  return openMaskSource(only.kind, {
    ...{ path: only.path, folder: root, found, property: null, signal },
  });
}

async function openFile(
  labels: string,
  { root, found }: Place,
  signal: AbortSignal,
): Promise<MaskSource> {
  for (const path of [resolve(labels), join(root, labels)]) {
    if (!(await stat(path).catch(() => undefined))) continue;
    const request = { path, folder: root, found, property: null, signal };
    const source = await openMaskSource('file', request);
    // It asks which property of its polygons names their class.
    if (source.properties.length === 0 || source.property !== null) return source;
    await source.close();
    return openMaskSource('file', { ...request, property: classProperty(source.properties, path) });
  }
  throw new UserError(
    'not-found',
    `The label file ${labels} is neither in the current folder nor in ${root}. Give its path, or "masks" for a folder of masks beside the images.`,
  );
}

/** The property "class", as in the files that are written here, or the only one. */
function classProperty(properties: MaskSource['properties'], path: string): string {
  const names = properties.map(({ name }) => name);
  const [only] = names;
  const named = names.find((name) => name === 'class') ?? (names.length === 1 ? only : undefined);
  if (named !== undefined) return named;
  throw new UserError(
    'invalid-labels',
    `${path}: its polygons have the properties ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}, and none called "class": which one names their class cannot be told. Rename that one to "class".`,
  );
}
