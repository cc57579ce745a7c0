import type { MaskSourceKind, SourceClass } from '../../contract/mask-sources.ts';
import { tileCounts, type MaskTile } from '../../core/mask/tiles.ts';
import { UserError } from '../../core/errors.ts';
import type { ImageProblem } from '../../formats/labels/labelled-images.ts';
import type {
  MaskSource,
  OpenMask,
  SizedImage,
  SourceRequest,
} from '../../formats/masks/mask-source.ts';
import { openMaskSource } from '../../formats/masks/open-source.ts';
import { pairMasks } from '../../formats/masks/paired/pairs.ts';
import { surveyFile } from '../../formats/masks/paired/survey-file.ts';
import { shared } from '../images/draw-views.ts';
import type { TaskContext } from './task.ts';
import type { SurveyedMask } from '../../formats/masks/paired/survey.ts';
import { readingText } from '../../text/index.ts';

/**
 * Tasks on a source of masks, which stays open in the dedicated thread that opened it: it is read once for its classes
 * and then image by image. See threaded-source.ts.
 */

/**
 * Request that crosses to the thread; without a signal, because the thread itself is ended when unwanted.
 */
export type MasksRequest = Omit<SourceRequest, 'signal' | 'at'>;

export interface OpenMasksTask {
  readonly kind: MaskSourceKind;
  readonly request: MasksRequest;
}

/** A mask source as known outside its thread. */
export type MaskFacts = Omit<MaskSource, 'maskFor' | 'misfits' | 'labelsOf' | 'close'> & {
  /** Mask files of each image, by the image's path; `all` if one file holds all masks. */
  readonly labels: ReadonlyMap<string, readonly string[]> | 'all';
};

/** Some of the tiles of a mask, row by row. */
export interface MaskPart {
  readonly classes: readonly SourceClass[];
  /** Tiles of the part that are not all background. */
  readonly tiles: readonly MaskTile[];
  /** Index of the first tile after this part; null for the last part. */
  readonly next: number | null;
  /** Notes of the mask, in the last part only; see `OpenMask.notes`. */
  readonly notes: readonly string[];
}

export interface MaskPartTask {
  readonly image: SizedImage;
  /** Index of the first requested tile, row by row. */
  readonly from: number;
}

/** Tiles per part, 16 MB. */
const tilesOfPart = 64;

let opened: MaskSource | undefined;
/** Mask of the last request, if it has more parts. */
let current: { readonly key: string; readonly mask: OpenMask } | undefined;

/** Paths of the masks next to images that have to be surveyed before their source is opened. */
export function masksToSurvey({ request }: OpenMasksTask): Promise<string[]> {
  return Promise.resolve(pairMasks(request.found).masks.map(({ path }) => path));
}

/** Surveys some masks: the values of each, or the reason why it cannot be read. */
export async function surveyMasks(
  { paths }: { readonly paths: readonly string[] },
  { at }: TaskContext,
): Promise<SurveyedMask[]> {
  const surveyed: SurveyedMask[] = [];
  for (const path of paths) {
    at(path);
    surveyed.push(await surveyFile(path));
  }
  return surveyed;
}

/**
 * Opens a source of masks in this thread.
 *
 * @throws UserError as `openMaskSource`
 */
export async function openMasks(
  { kind, request }: OpenMasksTask,
  { at }: TaskContext,
): Promise<MaskFacts> {
  await opened?.close();
  at(request.path);
  const source = await openMaskSource(kind, { ...request, at });
  opened = source;
  const { claimed, classes, samples, images, isComplete, properties } = source;
  const { property, table, problems } = source;
  return {
    kind: source.kind,
    claimed,
    classes,
    samples,
    images,
    isComplete,
    properties,
    property,
    table,
    problems,
    labels: labelsOf(source, request),
  };
}

/** Kinds of sources with several files. */
const ofFiles: ReadonlySet<MaskSourceKind> = new Set(['masks', 'dicom-seg', 'geojson', 'gpkg']);

function labelsOf(source: MaskSource, { found }: MasksRequest): MaskFacts['labels'] {
  if (!ofFiles.has(source.kind)) return 'all';
  const labels = found.map(({ path }) => [path, source.labelsOf(path)] as const);
  return new Map(labels.filter(([, files]) => files.length > 0));
}

/**
 * Reads a part of an image's mask; null if the source has no mask for the image.
 *
 * @throws UserError as `MaskSource.maskFor`
 */
export async function maskPart(
  { image, from }: MaskPartTask,
  { alive, at }: TaskContext,
): Promise<MaskPart | null> {
  const source = requireOpen();
  at(source.labelsOf(image.path)[0] ?? image.path);
  const mask = await maskOf(source, image, from);
  if (mask === undefined) return null;
  try {
    const { columns, rows } = tileCounts(image);
    const tiles: MaskTile[] = [];
    let index = from;
    for (; index < columns * rows && tiles.length < tilesOfPart; index++) {
      alive();
      const place = { x: index % columns, y: Math.floor(index / columns) };
      const pixels = await mask.tile(place.x, place.y);
      if (pixels !== null) tiles.push({ ...place, pixels: shared(pixels) });
    }
    const isLast = index === columns * rows;
    const notes = isLast ? mask.notes() : [];
    if (isLast) await closeCurrent();
    return { classes: source.classes, tiles, next: isLast ? null : index, notes };
  } catch (error) {
    await closeCurrent();
    throw error;
  }
}

async function maskOf(
  source: MaskSource,
  image: SizedImage,
  from: number,
): Promise<OpenMask | undefined> {
  const key = `${image.frame ?? 0} ${image.path}`;
  if (from > 0 && current?.key === key) return current.mask;
  await closeCurrent();
  const mask = await source.maskFor(image);
  current = mask && { key, mask };
  return mask;
}

async function closeCurrent(): Promise<void> {
  const closing = current;
  current = undefined;
  await closing?.mask.close();
}

/** Runs `MaskSource.misfits`; empty if the source does not support it. */
export async function findMisfits(_: null, { at }: TaskContext): Promise<ImageProblem[]> {
  const source = requireOpen();
  const [first] = source.claimed;
  if (first !== undefined) at(first);
  return (await source.misfits?.()) ?? [];
}

function requireOpen(): MaskSource {
  if (opened !== undefined) return opened;
  throw new UserError('invalid-labels', readingText.masksClosed);
}
