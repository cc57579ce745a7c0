import type { SourceClass } from '../../../contract/mask-sources.ts';
import { UserError } from '../../../core/errors.ts';
import { backgroundName, classLimit, reservedWord } from '../../../core/mask/class-names.ts';
import { ignoreValue } from '../../../core/mask/tiles.ts';
import { mapConcurrently } from '../../files/concurrently.ts';
import type { FoundImage, ImageProblem } from '../../labels/labelled-images.ts';
import { type MaskSource, type SourceRequest } from '../mask-source.ts';
import { segmentMask, type SegmentPart } from './frame-mask.ts';
import { indexDicomImages, mayBeDicom, type ImageIndex, type IndexedFrame } from './image-index.ts';
import { isSegmentationFile } from './kind.ts';
import { arePlanesEqual } from './plane.ts';
import { soundly } from '../sound-source.ts';
import { readSegmentation, type SegmentFrame, type Segmentation } from './segmentation.ts';
import { dicomSegmentationText } from '../../../text/index.ts';

const filesAtOnce = 8;

/**
 * Finds the DICOM segmentations among some files by their first bytes.
 *
 * @param most number of files that are inspected, those with `seg` in their name first; default: all
 * @throws UserError 'cancelled'
 */
export async function findSegmentations(
  found: readonly FoundImage[],
  signal?: AbortSignal,
  most = Infinity,
): Promise<FoundImage[]> {
  const all = found.filter(({ name }) => mayBeDicom(name));
  const likely = all.length <= most ? all : all.filter(({ name }) => /seg/i.test(name));
  const candidates = [...new Set([...likely, ...all])].slice(0, most);
  const are = await mapConcurrently(
    candidates,
    filesAtOnce,
    ({ path }) => isSegmentationFile(path),
    signal,
  );
  return candidates.filter((_, index) => are[index]);
}

/**
 * Opens DICOM segmentations, binary, fractional and label maps, for the images that they were made on: by the instances
 * that their frames name, else by their position in the same frame of reference. Frames must have the pixel grid of
 * their image. In fractional segmentations a pixel belongs to a segment from half the maximum on. Segments of the same
 * label are one class, also from several files.
 *
 * @throws UserError 'too-large' for more classes than a mask can hold, 'cancelled'
 */
export async function openSegmentations(request: SourceRequest): Promise<MaskSource> {
  const { path, folder, found, excluded, at, signal } = request;
  const files = path === folder ? await findSegmentations(found, signal) : [{ path, name: path }];
  const problems: ImageProblem[] = [];
  const claimed = new Set(files.map((file) => file.path));
  const segmentations: Segmentation[] = [];
  for (const file of files) {
    const excludedFor = excluded?.get(file.path);
    if (excludedFor !== undefined) {
      problems.push({ path: file.path, reason: excludedFor });
      continue;
    }
    at?.(file.path);
    try {
      segmentations.push(await soundly(file.path, () => readSegmentation(file.path)));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push({ path: file.path, reason: error.message });
    }
  }
  const images = found.filter((image) => !claimed.has(image.path));
  const index = await indexDicomImages(images, request);
  const { classes, valueOf } = classesOf(segmentations, folder);
  const laid = layFrames(segmentations, index, valueOf, problems);
  return {
    kind: 'dicom-seg',
    claimed,
    classes,
    images: new Set(laid.images).size,
    table: null,
    isComplete: true,
    properties: [],
    property: null,
    problems,
    maskFor(image) {
      const indexed = index.of(image.path, image.frame ?? 0);
      if (indexed === undefined) return Promise.resolve(undefined);
      // These frames are among the problems. A mask without them would show background instead of their segments.
      if (laid.refused.has(keyOf(indexed))) return Promise.resolve(undefined);
      const parts = laid.parts.get(keyOf(indexed)) ?? [];
      const isNamed = segmentations.some(({ instances }) => instances.has(indexed.instance));
      // Many files omit frames without any pixels.
      if (parts.length === 0 && !isNamed) return Promise.resolve(undefined);
      return Promise.resolve(segmentMask(image, classes, parts));
    },
    labelsOf: (path) => [...(laid.files.get(path) ?? [])],
    close: () => Promise.resolve(),
  };
}

function keyOf({ path, frame }: IndexedFrame): string {
  return `${frame} ${path}`;
}

interface SegmentClasses {
  readonly classes: SourceClass[];
  /** Null: its pixels are background. */
  readonly valueOf: (segmentation: Segmentation, segment: number) => number | undefined;
}

function classesOf(segmentations: readonly Segmentation[], folder: string): SegmentClasses {
  const classes: (SourceClass & { count: number })[] = [];
  const byKey = new Map<string, SourceClass & { count: number }>();
  const values = new Map<Segmentation, Map<number, number>>();
  for (const segmentation of segmentations) {
    const own = new Map<number, number>();
    values.set(segmentation, own);
    for (const { number, label, colour } of segmentation.segments) {
      if (number === 0 && (label === null || backgroundName.test(label))) {
        own.set(0, 0);
        continue;
      }
      if (label !== null && reservedWord(label) === 'ignore') {
        own.set(number, ignoreValue);
        continue;
      }
      // Segments without a readable label are distinguished by their numbers.
      const key = label === null ? `number ${number}` : `label ${label}`;
      const known = byKey.get(key);
      if (known) known.count++;
      const value = known?.value ?? classes.length + 1;
      own.set(number, value);
      if (known) continue;
      const added = {
        value,
        name: label,
        number: label === null ? number : null,
        colour,
        count: 1,
      };
      classes.push(added);
      byKey.set(key, added);
    }
    if (segmentation.type === 'LABELMAP' && !own.has(0)) own.set(0, 0);
  }
  if (classes.length > classLimit) {
    throw new UserError(
      'too-large',
      dicomSegmentationText.tooManyClasses(folder, classes.length, classLimit),
    );
  }
  return { classes, valueOf: (segmentation, segment) => values.get(segmentation)?.get(segment) };
}

interface LaidFrames {
  readonly parts: ReadonlyMap<string, SegmentPart[]>;
  /** Paths. */
  readonly images: string[];
  /** Segmentations by the path of the image. */
  readonly files: ReadonlyMap<string, ReadonlySet<string>>;
  /** Images whose own frames do not have their pixels. */
  readonly refused: ReadonlySet<string>;
}

/** Matches every frame of the segmentations with its images, and reports frames without one. */
function layFrames(
  segmentations: readonly Segmentation[],
  index: ImageIndex,
  valueOf: SegmentClasses['valueOf'],
  problems: ImageProblem[],
): LaidFrames {
  const parts = new Map<string, SegmentPart[]>();
  const images: string[] = [];
  const refused = new Set<string>();
  const files = new Map<string, Set<string>>();
  for (const segmentation of segmentations) {
    let lost = 0;
    let moved = 0;
    for (const [frame, described] of segmentation.frames.entries()) {
      const named = targetsOf(described, segmentation, index);
      const fitting = named.filter((target) => isFitting(target, described, segmentation));
      if (named.length === 0) lost++;
      else if (fitting.length === 0) {
        moved++;
        // If it names many images at once, it may belong to none of them.
        const [only, another] = named;
        if (only && another === undefined) refused.add(keyOf(only));
        for (const one of named) if (!isOfSize(one, segmentation)) refused.add(keyOf(one));
      }
      for (const target of fitting) {
        images.push(target.path);
        const own = files.get(target.path) ?? new Set();
        files.set(target.path, own.add(segmentation.path));
        const key = keyOf(target);
        const there = parts.get(key) ?? [];
        parts.set(key, there);
        there.push({ segmentation, frame, valueOf: (segment) => valueOf(segmentation, segment) });
      }
    }
    const all = segmentation.frames.length;
    const { path } = segmentation;
    if (lost > 0) {
      problems.push({
        path,
        reason: dicomSegmentationText.imagesMissing({ frames: lost, all }),
      });
    }
    if (moved > 0) {
      problems.push({
        path,
        reason: dicomSegmentationText.otherPixels({ frames: moved, all }),
      });
    }
  }
  return { parts, images, files, refused };
}

function targetsOf(
  { sources, plane }: SegmentFrame,
  { frameOfReference }: Segmentation,
  index: ImageIndex,
): readonly IndexedFrame[] {
  const named = sources.flatMap(({ instance, frame }) => {
    const frames = index.byInstance.get(instance) ?? [];
    return frame === null ? frames : frames.filter((one) => one.frame === frame);
  });
  if (named.length > 0) {
    // A frame may name many images at once: then the plane decides.
    const inPlane = named.filter((one) => plane && one.plane && arePlanesEqual(one.plane, plane));
    return inPlane.length > 0 ? inPlane : named;
  }
  if (plane === null || frameOfReference === null) return [];
  return index.at(frameOfReference, plane);
}

function isFitting(
  target: IndexedFrame,
  { plane }: SegmentFrame,
  segmentation: Segmentation,
): boolean {
  if (!isOfSize(target, segmentation)) return false;
  return plane === null || target.plane === null || arePlanesEqual(target.plane, plane);
}

function isOfSize(target: IndexedFrame, { rows, columns }: Segmentation): boolean {
  return target.rows === rows && target.columns === columns;
}
