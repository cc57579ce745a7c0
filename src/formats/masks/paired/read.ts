import { basename, dirname, join } from 'node:path';
import { UserError } from '../../../core/errors.ts';
import type { Size } from '../../../core/mask/tiles.ts';
import { mapConcurrently } from '../../files/concurrently.ts';
import { placeName, type FoundImage, type ImageProblem } from '../../labels/labelled-images.ts';
import { withImage } from '../../open-images.ts';
import type { ImageHeader } from '../../raster/image-file.ts';
import { isNiftiFile } from '../../raster/nifti/open-nifti.ts';
import { areOverlapping, placeRaster, requireSameSize } from '../geotiff/place.ts';
import type { MaskSource, OpenMask, SizedImage, SourceRequest } from '../mask-source.ts';
import { placeLabelMap } from '../nifti/place.ts';
import { findLabelList } from './find-list.ts';
import type { ListedLabel } from './label-list.ts';
import { placedMask, type MaskPlacing } from './mask-tiles.ts';
import { type MaskPairs, pairMasks } from './pairs.ts';
import { openStoredMask, type StoredMask } from './stored-mask.ts';
import { surveyFile } from './survey-file.ts';
import { valueTable, type ValueTable } from './values.ts';
import { pairedMaskText } from '../../../text/index.ts';

/** Number of masks read at a time: decoding runs in parallel with the engine's own thread. */
const masksAtOnce = 4;

/**
 * Opens the masks next to the images of a folder. All of them are read once, so that every class
 * is known before the user assigns it.
 *
 * @throws UserError 'invalid-labels' for a list of classes that cannot be read, 'too-large', 'cancelled'
 */
export async function openPairedMasks(request: SourceRequest): Promise<MaskSource> {
  return openPairs(request, pairMasks(request.found));
}

/** Opens masks like `openPairedMasks`, given the pairs. */
export async function openPairs(request: SourceRequest, pairs: MaskPairs): Promise<MaskSource> {
  const { found, table: decided, excluded = new Map<string, string>() } = request;
  const problems = [...pairs.problems, ...exclusions(pairs, excluded)];
  const wanted = pairs.masks.filter(({ path }) => !excluded.has(path));
  const { table, masks, distinct } = decided
    ? { table: decided, masks: wanted, distinct: undefined }
    : await surveyAll(wanted, request, problems);
  const readable = new Set(masks.map(({ path }) => path));
  const slices = sliceMasks(pairs);
  return {
    kind: 'masks',
    claimed: new Set(pairs.masks.map(({ path }) => path)),
    classes: table.classes,
    table,
    samples: distinct && samplesOf(found, pairs, distinct),
    images: countImages(pairs, readable),
    isComplete: true,
    properties: [],
    property: null,
    problems,
    async maskFor(image) {
      const { path, frame = 0 } = image;
      const own = pairs.bySlice.get(placeName({ path, frame }));
      const mask = own ?? pairs.byImage.get(path);
      // Masks that could not be read are among the problems.
      if (mask === undefined || !readable.has(mask.path)) return undefined;
      return openMaskOf(own ? { ...image, frame: undefined } : image, mask.path, table);
    },
    misfits: (signal) => {
      const read = maskFiles(pairs).filter(({ mask }) => readable.has(mask));
      return findMisfits(read, table, signal);
    },
    labelsOf: (path) => {
      const own = pairs.byImage.get(path);
      return [...(own ? [own.path] : []), ...(slices.get(path) ?? [])];
    },
    close: () => Promise.resolve(),
  };
}

/** Returns the user's reasons for leaving out masks. */
function exclusions(
  { masks }: MaskPairs,
  excluded: ReadonlyMap<string, string>,
): readonly ImageProblem[] {
  return masks.flatMap(({ path }) => {
    const reason = excluded.get(path);
    return reason === undefined ? [] : [{ path, reason }];
  });
}

interface MaskFile {
  /** Path of the image. */
  readonly path: string;
  /** Path of its mask, or of the mask of one of its slices. */
  readonly mask: string;
}

/** Lists masks of whole files, then those of slices. */
function maskFiles({ byImage, bySlice }: MaskPairs): MaskFile[] {
  return [
    ...[...byImage].map(([path, mask]) => ({ path, mask: mask.path })),
    ...[...bySlice].map(([place, mask]) => ({ path: fileOfSlice(place), mask: mask.path })),
  ];
}

/** Masks of slices by the file of the image. */
function sliceMasks({ bySlice }: MaskPairs): ReadonlyMap<string, readonly string[]> {
  const slices = new Map<string, string[]>();
  for (const [place, mask] of bySlice) {
    const path = fileOfSlice(place);
    slices.set(path, [...(slices.get(path) ?? []), mask.path]);
  }
  return slices;
}

/** Number of files of images with a readable mask. */
function countImages(pairs: MaskPairs, readable: ReadonlySet<string>): number {
  const masked = maskFiles(pairs).filter(({ mask }) => readable.has(mask));
  return new Set(masked.map(({ path }) => path)).size;
}

/** Removes the number of a slice from its name. */
function fileOfSlice(place: string): string {
  return place.replace(/#\d+$/, '');
}

async function findMisfits(
  pairs: readonly MaskFile[],
  table: ValueTable,
  signal: AbortSignal | undefined,
): Promise<ImageProblem[]> {
  const found = await mapConcurrently(
    pairs,
    masksAtOnce,
    async ({ path, mask }): Promise<ImageProblem[]> => {
      // An image that cannot be read is reported elsewhere.
      const size = await sizeOf(path);
      if (size === undefined) return [];
      try {
        await (await openMaskOf({ name: path, path, ...size }, mask, table)).close();
        return [];
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return [{ path: mask, reason: error.message }];
      }
    },
    signal,
  );
  return found.flat();
}

async function sizeOf(path: string): Promise<Size | undefined> {
  try {
    return await withImage(path, ({ header: { width, height } }) =>
      Promise.resolve({ width, height }),
    );
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}

interface SurveyedMasks {
  readonly table: ValueTable;
  /** Readable masks. */
  readonly masks: readonly FoundImage[];
  /** Number of distinct values per mask, by its path. */
  readonly distinct: ReadonlyMap<string, number>;
}

/** Reads all masks to find out what their values mean; returns those that can be read. */
async function surveyAll(
  masks: readonly FoundImage[],
  { folder, surveyed: before, at, signal }: SourceRequest,
  problems: ImageProblem[],
): Promise<SurveyedMasks> {
  const surveyed = await mapConcurrently(
    masks,
    masksAtOnce,
    async ({ path }) => before?.get(path) ?? surveyFile(path, signal),
    signal,
  );
  for (const [index, one] of surveyed.entries()) {
    if (!one.ok) problems.push({ path: masks[index]?.path ?? folder, reason: one.reason });
  }
  const list = await listOf(masks, folder, at);
  const values = surveyed.flatMap((one) => (one.ok ? [one.values] : []));
  return {
    table: valueTable(values, list, folder),
    masks: masks.filter((_, index) => surveyed[index]?.ok === true),
    distinct: new Map(values.map((one) => [one.path, one.values.size])),
  };
}

/** Returns the images with a readable mask, in descending order of the number of values in the mask. */
function samplesOf(
  found: readonly FoundImage[],
  { byImage, bySlice }: MaskPairs,
  distinct: ReadonlyMap<string, number>,
): FoundImage[] {
  const names = new Map(found.map(({ path, name }) => [path, name]));
  const nameOf = (path: string): string => names.get(path) ?? path;
  const masked: { readonly image: FoundImage; readonly values: number }[] = [
    ...[...byImage].map(([path, mask]) => ({
      image: { path, name: nameOf(path) },
      values: distinct.get(mask.path) ?? 0,
    })),
    ...[...bySlice].map(([place, mask]) => {
      const path = fileOfSlice(place);
      const frame = Number(place.slice(path.length + 1)) - 1;
      return {
        image: { path, frame, name: `${nameOf(path)}#${frame + 1}` },
        values: distinct.get(mask.path) ?? 0,
      };
    }),
  ];
  return masked
    .filter(({ values }) => values > 0)
    .sort((a, b) => b.values - a.values)
    .map(({ image }) => image);
}

/** Names of folders that share a list of classes with their neighbours. */
const splitName = /^(?:train(?:ing)?|val(?:id(?:ation)?)?|test(?:ing)?)$/i;

/** Returns the list of the masks; that of a folder for training or for tests may be one folder up. */
async function listOf(
  masks: readonly FoundImage[],
  folder: string,
  at: SourceRequest['at'],
): Promise<ListedLabel[]> {
  const list = await findLabelList(foldersOf(masks, folder), folder, at);
  const parent = dirname(folder);
  if (list.length > 0 || !splitName.test(basename(folder))) return list;
  return findLabelList([parent], parent, at);
}

/** Returns the folders that may hold the list: those of the masks and their parents, up to the chosen one. */
function foldersOf(masks: readonly FoundImage[], folder: string): string[] {
  const folders = new Set<string>();
  for (const { name } of masks) {
    for (let inner = dirname(name); ; inner = dirname(inner)) {
      if (folders.has(inner)) break;
      folders.add(inner);
      if (inner === '.') break;
    }
  }
  if (folders.size === 0) folders.add('.');
  return [...folders].map((inner) => join(folder, inner));
}

/** @throws UserError 'invalid-labels' if mask and image do not fit; as `openImage` */
async function openMaskOf(image: SizedImage, path: string, table: ValueTable): Promise<OpenMask> {
  const stored = await openStoredMask(path);
  try {
    return placedMask(stored, image, await placingOf(image, stored), table);
  } catch (error) {
    await stored.close();
    throw error;
  }
}

async function placingOf(image: SizedImage, stored: StoredMask): Promise<MaskPlacing> {
  const { file } = stored;
  const atCorner = { x: 0, y: 0 };
  const frame = image.frame ?? 0;
  if (isNiftiFile(file)) {
    return withImage(image.path, (shown) => {
      if (!isNiftiFile(shown)) throw otherKind(stored.path);
      return Promise.resolve({ frame: placeLabelMap(shown, file, frame), offset: atCorner });
    });
  }
  if (file.header.geo !== null) {
    const offset = await withImage(image.path, ({ header }) => {
      const place = placeRaster(header, file.header, stored.path);
      if (areOverlapping(header, file.header, place)) return Promise.resolve(place);
      throw new UserError('invalid-labels', pairedMaskText.doesNotOverlap(stored.path));
    });
    return { frame: frameOf(file.header, frame, stored.path), offset };
  }
  requireSameSize(image, file.header, stored.path);
  return { frame: frameOf(file.header, frame, stored.path), offset: atCorner };
}

function frameOf({ frames }: ImageHeader, frame: number, path: string): number {
  if (frame < frames) return frame;
  throw new UserError('invalid-labels', pairedMaskText.tooFewPages(path, frames, frame + 1));
}

function otherKind(path: string): UserError {
  return new UserError('invalid-labels', pairedMaskText.niftiWithoutVolume(basename(path)), path);
}
