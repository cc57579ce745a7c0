import { basename } from 'node:path/posix';
import { UserError } from '../../../core/errors.ts';
import { mapConcurrently } from '../../files/concurrently.ts';
import type { ImageProblem } from '../../labels/labelled-images.ts';
import { decodeText } from '../bounded-file.ts';
import { requireSameSize } from '../geotiff/place.ts';
import type { MaskSource, SizedImage, SourceRequest } from '../mask-source.ts';
import { findNamedImages, type NamedImages } from '../match-images.ts';
import { parseLabelList, type ListedLabel } from '../paired/label-list.ts';
import { placedMask } from '../paired/mask-tiles.ts';
import { storedPngMask, type StoredMask } from '../paired/stored-mask.ts';
import { surveyMask, type MaskValues } from '../paired/survey.ts';
import { valueTable } from '../paired/values.ts';
import { openZip, type Zip } from './zip.ts';
import { cvatText } from '../../../text/index.ts';

/**
 * Returns the image that a mask of classes in the archive belongs to; undefined for other files. Masks of objects, next
 * to it, mark the same regions with one number per object.
 */
function classMask(name: string): string | undefined {
  if (!name.endsWith('.png')) return undefined;
  const parts = name.split('/');
  const at = parts.lastIndexOf('SegmentationClass');
  const rest = parts
    .slice(at + 1)
    .join('/')
    .slice(0, -'.png'.length);
  return at < 0 || rest === '' ? undefined : rest;
}

const labelMap = /^(?:.*\/)?labelmap\.txt$/;
const masksAtOnce = 2;

/** Returns true if the names in an archive are those of masks exported by CVAT. */
export function isCvatArchive(names: readonly string[]): boolean {
  return names.some((name) => classMask(name) !== undefined);
}

/**
 * Opens an archive of CVAT’s “Segmentation mask” (PASCAL VOC with `labelmap.txt`). Every mask is read once to find the
 * classes. Images in the archive are not imported: those of the folder are used.
 *
 * @throws UserError as `openZip`; 'invalid-labels' without masks or with a list that cannot be read
 */
export async function openCvatMasks(request: SourceRequest): Promise<MaskSource> {
  const zip = await openZip(request.path);
  try {
    return await openMasks(zip, request);
  } catch (error) {
    await zip.close();
    throw error;
  }
}

async function openMasks(
  zip: Zip,
  { path, found, table: decided, signal }: SourceRequest,
): Promise<MaskSource> {
  const { byImage: matched, problems: unclear } = matchMasks(zip, path, found);
  const problems: ImageProblem[] = [...unclear];
  const masks = [...new Set(matched.values())];
  const values = await mapConcurrently(
    masks,
    masksAtOnce,
    (name) => survey(zip, name, path, problems, signal),
    signal,
  );
  const surveyed = values.filter((one) => one !== undefined);
  const table = decided ?? valueTable(surveyed, await readLabelMap(zip, path), path);
  const readable = new Set(masks.filter((_, index) => values[index] !== undefined));
  return {
    kind: 'cvat',
    claimed: new Set(),
    classes: table.classes,
    table,
    samples: found.filter(({ path }) => readable.has(matched.get(path) ?? '')),
    images: [...matched.values()].filter((name) => readable.has(name)).length,
    isComplete: true,
    properties: [],
    property: null,
    problems,
    async maskFor(image) {
      const name = matched.get(image.path);
      if (name === undefined || !readable.has(name)) return undefined;
      const stored = await openEntry(zip, name, path);
      requireFitting(image, stored);
      return placedMask(stored, image, { frame: 0, offset: { x: 0, y: 0 } }, table);
    },
    labelsOf: () => [path],
    close: () => zip.close(),
  };
}

function requireFitting(image: SizedImage, { path, file }: StoredMask): void {
  requireSameSize(image, file.header, path);
  if (image.frame === undefined) return;
  throw new UserError('invalid-labels', cvatText.severalPages(image.path, path));
}

/** Matches masks to images: the name of each mask by the image's path. */
function matchMasks(zip: Zip, path: string, found: SourceRequest['found']): NamedImages<string> {
  const masks = zip.names.filter((name) => classMask(name) !== undefined);
  if (masks.length === 0) {
    throw new UserError('invalid-labels', cvatText.noMasks(path));
  }
  return findNamedImages(masks, (mask) => classMask(mask) ?? basename(mask), {
    images: found,
    path,
    isWithoutExtension: true,
  });
}

async function survey(
  zip: Zip,
  name: string,
  path: string,
  problems: ImageProblem[],
  signal: AbortSignal | undefined,
): Promise<MaskValues | undefined> {
  try {
    return await surveyMask(await openEntry(zip, name, path), signal);
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'cancelled') throw error;
    problems.push({ path: name, reason: error.message });
    return undefined;
  }
}

async function openEntry(zip: Zip, name: string, path: string): Promise<StoredMask> {
  return storedPngMask(await zip.read(name), cvatText.entry(name, path));
}

async function readLabelMap(zip: Zip, path: string): Promise<ListedLabel[]> {
  const name = zip.names.find((one) => labelMap.test(one));
  if (name === undefined) return [];
  const place = cvatText.entry(name, path);
  return parseLabelList(decodeText(await zip.read(name), place), place);
}
