import { extname } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { mapConcurrently } from '../../files/concurrently.ts';
import type { FoundImage } from '../../labels/labelled-images.ts';
import { boundedSource } from '../../raster/dicom/byte-source.ts';
import { readPart10 } from '../../raster/dicom/part10.ts';
import { number, firstText } from '../../raster/dicom/values.ts';
import { FileSource } from '../../raster/file-source.ts';
import { defaultLimits } from '../../raster/image-file.ts';
import type { SourceRequest } from '../mask-source.ts';
import { arePlanesEqual, planeKeys, planesOf, type ImagePlane } from './plane.ts';

/** Frame of an image that a segmentation may refer to. */
export interface IndexedFrame {
  readonly path: string;
  /** Frame, from 0. */
  readonly frame: number;
  readonly instance: string;
  readonly rows: number;
  readonly columns: number;
  readonly plane: ImagePlane | null;
}

/** Frames of DICOM images, by their identifiers and by their positions. */
export interface ImageIndex {
  readonly byInstance: ReadonlyMap<string, readonly IndexedFrame[]>;
  /** Returns the frames in the same plane of the same frame of reference. */
  at(reference: string, plane: ImagePlane): readonly IndexedFrame[];
  /** Returns a frame; undefined for a file that is not a DICOM image. */
  of(path: string, frame: number): IndexedFrame | undefined;
}

/** A worker thread reads one file at a time, so that it can report which file it is reading. */
const filesAtOnce = isMainThread ? 8 : 1;

/**
 * Reads the headers of the DICOM files among some images; unreadable and excluded files are reported elsewhere.
 *
 * @throws UserError 'cancelled'
 */
export async function indexDicomImages(
  images: readonly FoundImage[],
  { excluded, at, signal }: Pick<SourceRequest, 'excluded' | 'at' | 'signal'>,
): Promise<ImageIndex> {
  const dicom = images.filter(({ name, path }) => mayBeDicom(name) && excluded?.has(path) !== true);
  const read = await mapConcurrently(
    dicom,
    filesAtOnce,
    ({ path }) => {
      at?.(path);
      return framesOf(path);
    },
    signal,
  );
  const byInstance = new Map<string, IndexedFrame[]>();
  const byPath = new Map<string, IndexedFrame[]>();
  const byPlace = new Map<string, IndexedFrame[]>();
  for (const { frames, reference } of read) {
    const [first] = frames;
    if (first === undefined) continue;
    byPath.set(first.path, frames);
    byInstance.set(first.instance, [...(byInstance.get(first.instance) ?? []), ...frames]);
    for (const frame of frames) {
      const [key] = frame.plane && reference !== null ? planeKeys(reference, frame.plane) : [];
      if (key === undefined) continue;
      const there = byPlace.get(key);
      if (there) there.push(frame);
      else byPlace.set(key, [frame]);
    }
  }
  return {
    byInstance,
    at: (reference, plane) =>
      planeKeys(reference, plane)
        .flatMap((key) => byPlace.get(key) ?? [])
        .filter((frame) => frame.plane !== null && arePlanesEqual(frame.plane, plane)),
    of: (path, frame) => byPath.get(path)?.[frame],
  };
}

export function mayBeDicom(name: string): boolean {
  const extension = extname(name).toLowerCase();
  return ['', '.dcm', '.dicom', '.ima'].includes(extension) || /^\.\d+$/.test(extension);
}

interface FileFrames {
  readonly frames: IndexedFrame[];
  readonly reference: string | null;
}

async function framesOf(path: string): Promise<FileFrames> {
  const none = { frames: [], reference: null };
  try {
    const file = await FileSource.open(path);
    try {
      const { elements } = await readPart10(boundedSource(file), defaultLimits);
      const instance = firstText(elements, 'SOPInstanceUID');
      if (instance === null) return none;
      const count = Math.min(number(elements, 'NumberOfFrames') ?? 1, defaultLimits.frames);
      const rows = number(elements, 'Rows') ?? 0;
      const columns = number(elements, 'Columns') ?? 0;
      const frames = planesOf(elements, count).map((plane, frame) => ({
        path,
        frame,
        instance,
        rows,
        columns,
        // Frames without groups of their own would all have the same plane.
        plane: count > 1 && !elements.has('PerFrameFunctionalGroupsSequence') ? null : plane,
      }));
      return { frames, reference: firstText(elements, 'FrameOfReferenceUID') };
    } finally {
      await file.close();
    }
  } catch {
    return none;
  }
}
