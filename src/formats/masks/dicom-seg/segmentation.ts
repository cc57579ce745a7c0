import { UserError } from '../../../core/errors.ts';
import { boundedSource } from '../../raster/dicom/byte-source.ts';
import type { DataSet } from '../../raster/dicom/data-set.ts';
import { userError } from '../../raster/dicom/faults.ts';
import { frameAttributes } from '../../raster/dicom/functional-groups.ts';
import { readPart10 } from '../../raster/dicom/part10.ts';
import { items, number, numbers, readableTexts, firstText } from '../../raster/dicom/values.ts';
import { FileSource } from '../../raster/file-source.ts';
import { defaultLimits } from '../../raster/image-file.ts';
import { cielabColour } from './cielab.ts';
import { isSegmentationClass } from './kind.ts';
import { labelOf } from './segments.ts';
import { planesOf, type ImagePlane } from './plane.ts';
import { dicomSegmentationText } from '../../../text/index.ts';

/** Frame that a segmentation was made on, as it states. */
interface SourceFrame {
  readonly instance: string;
  /** Frame from 0; null: the whole image. */
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
  /** Null if it is empty or cannot be decoded. */
  readonly label: string | null;
  /** sRGB, `#rrggbb`. */
  readonly colour: string | null;
}

/** Description of a segmentation (PS3.3, A.51). */
export interface Segmentation {
  readonly path: string;
  readonly type: 'BINARY' | 'FRACTIONAL' | 'LABELMAP';
  readonly rows: number;
  readonly columns: number;
  readonly segments: readonly Segment[];
  readonly frames: readonly SegmentFrame[];
  /** Value of a fully covered pixel, in fractional segmentations. */
  readonly maximum: number;
  readonly frameOfReference: string | null;
  /** Instances that it was made on; those without a frame have no segments in them. */
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
  if (!isSegmentationClass(firstText(elements, 'SOPClassUID') ?? '')) {
    throw wrong(path, dicomSegmentationText.otherClass);
  }
  if (firstText(elements, 'DimensionOrganizationType')?.startsWith('TILED') === true) {
    throw new UserError('unsupported', dicomSegmentationText.tiled(path));
  }
  const frames = number(elements, 'NumberOfFrames') ?? 1;
  const groups = items(elements, 'PerFrameFunctionalGroupsSequence').length;
  if (groups !== frames) {
    throw wrong(path, dicomSegmentationText.tooFewGroups(groups, frames));
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
    frameOfReference: firstText(elements, 'FrameOfReferenceUID'),
    instances: instancesOf(elements),
  };
}

function typeOf(elements: DataSet, path: string): Segmentation['type'] {
  const type = firstText(elements, 'SegmentationType');
  if (type === 'BINARY' || type === 'FRACTIONAL' || type === 'LABELMAP') return type;
  throw wrong(
    path,
    type === null
      ? dicomSegmentationText.attributeMissing('SegmentationType')
      : dicomSegmentationText.otherType,
  );
}

function segmentsOf(elements: DataSet, path: string): Segment[] {
  const set = firstText(elements, 'SpecificCharacterSet');
  const segments = items(elements, 'SegmentSequence').map((item) => {
    const [short = ''] = readableTexts(item, 'SegmentLabel', set);
    // A single text, in which a backslash does not separate values; ours has names that are too long for labels.
    const long = readableTexts(item, 'SegmentDescription', set).join('\\');
    const label = labelOf(long) === short ? long : short;
    return {
      number: required(item, 'SegmentNumber', path),
      label: label === '' ? null : label.normalize('NFC'),
      colour: cielabColour(numbers(item, 'RecommendedDisplayCIELabValue')),
    };
  });
  if (segments.length === 0)
    throw wrong(path, dicomSegmentationText.attributeMissing('SegmentSequence'));
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
      ? dicomSegmentationText.frameWithoutSegment(frame + 1)
      : dicomSegmentationText.frameOfUnlistedSegment(frame + 1, segment),
  );
}

function sourcesOf(elements: DataSet, frame: number): SourceFrame[] {
  const group = items(elements, 'PerFrameFunctionalGroupsSequence')[frame];
  return items(group, 'DerivationImageSequence')
    .flatMap((derivation) => items(derivation, 'SourceImageSequence'))
    .flatMap((source): SourceFrame[] => {
      const instance = firstText(source, 'ReferencedSOPInstanceUID');
      if (instance === null) return [];
      const numbered = numbers(source, 'ReferencedFrameNumber').filter(Number.isInteger);
      if (numbered.length === 0) return [{ instance, frame: null }];
      return numbered.map((one) => ({ instance, frame: one - 1 }));
    });
}

function instancesOf(elements: DataSet): Set<string> {
  const referenced = items(elements, 'ReferencedSeriesSequence')
    .flatMap((series) => items(series, 'ReferencedInstanceSequence'))
    .flatMap((instance) => firstText(instance, 'ReferencedSOPInstanceUID') ?? []);
  return new Set(referenced);
}

function required(
  item: DataSet,
  keyword: 'Rows' | 'Columns' | 'SegmentNumber',
  path: string,
): number {
  const value = number(item, keyword);
  if (value !== null && Number.isInteger(value)) return value;
  throw wrong(path, dicomSegmentationText.attributeMissing(keyword));
}

function wrong(path: string, why: string): UserError {
  return new UserError('invalid-labels', dicomSegmentationText.notValid(path, why));
}
