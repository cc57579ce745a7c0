import type { MaskSourceKind, SourceClass } from '../../contract/mask-sources.ts';
import { tileCounts, type TilePlace } from '../../core/mask/tiles.ts';
import { UserError } from '../../core/errors.ts';
import type { ImageProblem } from '../../formats/labelled-images.ts';
import type {
  MaskSource,
  OpenMask,
  SizedImage,
  SourceRequest,
} from '../../formats/masks/mask-source.ts';
import { openMaskSource } from '../../formats/masks/open-source.ts';
import { pairMasks } from '../../formats/masks/paired/pairs.ts';
import { surveyFile } from '../../formats/masks/paired/survey-file.ts';
import { shared } from './draw-task.ts';
import type { TaskContext } from './task.ts';
import type { SurveyedMask } from '../../formats/masks/paired/survey.ts';

/*
 * A source of masks stays open in the thread that opened it, which is its own: it is read once for its classes and
 * then image by image. See engine/mask-threads.
 */

/** What crosses to the thread; it is ended where nobody wants it any more. */
export type MasksRequest = Omit<SourceRequest, 'signal' | 'at'>;

export interface OpenMasksTask {
  readonly kind: MaskSourceKind;
  readonly request: MasksRequest;
}

/** A source as whoever is outside of its thread knows it. */
export type MaskFacts = Omit<MaskSource, 'maskFor' | 'misfits' | 'labelsOf' | 'close'> & {
  /** Files with the masks of each image, by its path; `all`: all of them are in one file. */
  readonly labels: ReadonlyMap<string, readonly string[]> | 'all';
};

export interface MaskTile extends TilePlace {
  readonly pixels: Uint8Array;
}

/** Some of the tiles of a mask, row by row. */
export interface MaskPart {
  readonly classes: readonly SourceClass[];
  /** Those of the part that are not all background. */
  readonly tiles: readonly MaskTile[];
  /** The index of the first tile that is in no part yet; null: this was the last. */
  readonly next: number | null;
  /** Of the last part; see `OpenMask.notes`. */
  readonly notes: readonly string[];
}

export interface MaskPartTask {
  readonly image: SizedImage;
  /** Index of the first tile that is asked for, row by row. */
  readonly from: number;
}

/** Tiles of a part, 16 MB. */
const tilesOfPart = 64;

let opened: MaskSource | undefined;
/** The mask that was asked for last and has more parts. */
let current: { readonly key: string; readonly mask: OpenMask } | undefined;

/** Paths of the masks beside images that are to be read before their source can be opened. */
export function masksToSurvey({ request }: OpenMasksTask): Promise<string[]> {
  return Promise.resolve(pairMasks(request.found).masks.map(({ path }) => path));
}

/** What each of some masks holds, or why it cannot be read. */
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

/** @throws UserError as `openMaskSource` */
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
    ...{ kind: source.kind, claimed, classes, samples, images, isComplete, properties },
    ...{ property, table, problems, labels: labelsOf(source, request) },
  };
}

function labelsOf(source: MaskSource, { found }: MasksRequest): MaskFacts['labels'] {
  if (source.kind !== 'masks' && source.kind !== 'dicom-seg') return 'all';
  const labels = found.map(({ path }) => [path, source.labelsOf(path)] as const);
  return new Map(labels.filter(([, files]) => files.length > 0));
}

/**
 * A part of an image's mask; null where the source says nothing of the image.
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

/** As `MaskSource.misfits`; empty where the source cannot tell. */
export async function findMisfits(_: null, { at }: TaskContext): Promise<ImageProblem[]> {
  const source = requireOpen();
  const [first] = source.claimed;
  if (first !== undefined) at(first);
  return (await source.misfits?.()) ?? [];
}

function requireOpen(): MaskSource {
  if (opened !== undefined) return opened;
  throw new UserError(
    'invalid-labels',
    'The masks are not open any more. Import the folder again.',
  );
}
