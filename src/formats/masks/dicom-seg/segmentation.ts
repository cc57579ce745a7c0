import { UserError } from '../../../core/errors.ts';
import { boundedSource } from '../../raster/dicom/byte-source.ts';
import type { DataSet } from '../../raster/dicom/data-set.ts';
import { userError } from '../../raster/dicom/faults.ts';
import { frameAttributes } from '../../raster/dicom/functional-groups.ts';
import { readPart10 } from '../../raster/dicom/part10.ts';
import { items, number, numbers, readableTexts, text } from '../../raster/dicom/values.ts';
import { FileSource } from '../../raster/file-source.ts';
import { defaultLimits } from '../../raster/image-file.ts';
import { cielabColour } from './cielab.ts';
import { isSegmentationClass } from './kind.ts';
import { labelOf } from './segments.ts';
import { planesOf, type ImagePlane } from './plane.ts';

/** A frame that a segmentation says it was made on. */
interface SourceFrame {
  readonly instance: string;
  /** From 0; null: the whole image. */
  readonly frame: number | null;
}

export interface SegmentFrame {
  /** Null in label maps, whose pixels name the segment. */
  readonly segment: number | null;
  readonly sources: readonly SourceFrame[];
  readonly plane: ImagePlane | null;
}

interface Segment {
  readonly number: number;
  /** Null where its letters cannot be told. */
  readonly label: string | null;
  /** sRGB, `#rrggbb`. */
  readonly colour: string | null;
}

/** What a segmentation says of itself (PS3.3, A.51). */
export interface Segmentation {
  readonly path: string;
  readonly type: 'BINARY' | 'FRACTIONAL' | 'LABELMAP';
  readonly rows: number;
  readonly columns: number;
  readonly segments: readonly Segment[];
  readonly frames: readonly SegmentFrame[];
  /** Value of a frame that means all of a pixel; of fractional ones. */
  readonly maximum: number;
  readonly frameOfReference: string | null;
  /** Instances that it was made on; those without a frame of their own have nothing in them. */
  readonly instances: ReadonlySet<string>;
}

/** @throws UserError 'invalid-labels' (what is missing, by name), 'unsupported', as `openImage` */
export async function readSegmentation(path: string): Promise<Segmentation> {
  const file = await FileSource.open(path);
  try {
    const { elements, fault } = await readPart10(boundedSource(file), defaultLimits);
    if (fault !== null) throw fault;
    return segmentationOf(elements, path);
  } catch (error) {
    throw userError(error, path);
  } finally {
    await file.close();
  }
}

function segmentationOf(elements: DataSet, path: string): Segmentation {
  if (!isSegmentationClass(text(elements, 'SOPClassUID') ?? '')) {
    throw wrong(path, 'it is no segmentation, by its SOPClassUID');
  }
  if (text(elements, 'DimensionOrganizationType')?.startsWith('TILED') === true) {
    throw new UserError(
      'unsupported',
      `${path} is a segmentation of a slide in tiles, which cannot be read yet. Export it as an image.`,
    );
  }
  const frames = number(elements, 'NumberOfFrames') ?? 1;
  const groups = items(elements, 'PerFrameFunctionalGroupsSequence').length;
  if (groups !== frames) {
    throw wrong(
      path,
      `its PerFrameFunctionalGroupsSequence has ${groups} items for ${frames} frames`,
    );
  }
  const type = typeOf(elements, path);
  const segments = segmentsOf(elements, path);
  const planes = planesOf(elements, frames);
  const known = new Set(segments.map((one) => one.number));
  return {
    path,
    type,
    rows: required(elements, 'Rows', path),
    columns: required(elements, 'Columns', path),
    segments,
    frames: planes.map((plane, frame) => ({
      segment: type === 'LABELMAP' ? null : segmentOfFrame(elements, frame, known, path),
      sources: sourcesOf(elements, frame),
      plane,
    })),
    maximum: number(elements, 'MaximumFractionalValue') ?? 255,
    frameOfReference: text(elements, 'FrameOfReferenceUID'),
    instances: instancesOf(elements),
  };
}

function typeOf(elements: DataSet, path: string): Segmentation['type'] {
  const type = text(elements, 'SegmentationType');
  if (type === 'BINARY' || type === 'FRACTIONAL' || type === 'LABELMAP') return type;
  throw wrong(
    path,
    type === null
      ? 'its SegmentationType is missing'
      : 'its SegmentationType is none of BINARY, FRACTIONAL and LABELMAP',
  );
}

function segmentsOf(elements: DataSet, path: string): Segment[] {
  const set = text(elements, 'SpecificCharacterSet');
  const segments = items(elements, 'SegmentSequence').map((item) => {
    const [short = ''] = readableTexts(item, 'SegmentLabel', set);
    // A text of its own, in which a backslash parts nothing; ours has names that are too long for labels.
    const long = readableTexts(item, 'SegmentDescription', set).join('\\');
    const label = labelOf(long) === short ? long : short;
    return {
      number: required(item, 'SegmentNumber', path),
      label: label === '' ? null : label.normalize('NFC'),
      colour: cielabColour(numbers(item, 'RecommendedDisplayCIELabValue')),
    };
  });
  if (segments.length === 0) throw wrong(path, 'its SegmentSequence is missing');
  return segments;
}

function segmentOfFrame(
  elements: DataSet,
  frame: number,
  known: ReadonlySet<number>,
  path: string,
): number {
  const item = frameAttributes(elements, frame, 'SegmentIdentificationSequence');
  const segment = number(item, 'ReferencedSegmentNumber');
  if (segment !== null && known.has(segment)) return segment;
  throw wrong(
    path,
    segment === null
      ? `the ReferencedSegmentNumber of frame ${frame + 1} is missing`
      : `frame ${frame + 1} is of segment ${segment}, which its SegmentSequence lacks`,
  );
}

function sourcesOf(elements: DataSet, frame: number): SourceFrame[] {
  const group = items(elements, 'PerFrameFunctionalGroupsSequence')[frame];
  return items(group, 'DerivationImageSequence')
    .flatMap((derivation) => items(derivation, 'SourceImageSequence'))
    .flatMap((source): SourceFrame[] => {
      const instance = text(source, 'ReferencedSOPInstanceUID');
      if (instance === null) return [];
      const numbered = numbers(source, 'ReferencedFrameNumber').filter(Number.isInteger);
      if (numbered.length === 0) return [{ instance, frame: null }];
      return numbered.map((one) => ({ instance, frame: one - 1 }));
    });
}

function instancesOf(elements: DataSet): Set<string> {
  const referenced = items(elements, 'ReferencedSeriesSequence')
    .flatMap((series) => items(series, 'ReferencedInstanceSequence'))
    .flatMap((instance) => text(instance, 'ReferencedSOPInstanceUID') ?? []);
  return new Set(referenced);
}

function required(
  item: DataSet,
  keyword: 'Rows' | 'Columns' | 'SegmentNumber',
  path: string,
): number {
  const value = number(item, keyword);
  if (value !== null && Number.isInteger(value)) return value;
  throw wrong(path, `its ${keyword} is missing`);
}

function wrong(path: string, why: string): UserError {
  return new UserError(
    'invalid-labels',
    `${path} cannot be read as a DICOM segmentation: ${why}. Export it again.`,
  );
}
