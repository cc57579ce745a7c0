import { FileSource } from '../../raster/file-source.ts';
import { defaultLimits } from '../../raster/image-file.ts';
import type { Keyword } from '../../raster/dicom/attributes.ts';
import { boundedSource } from '../../raster/dicom/byte-source.ts';
import type { DataSet } from '../../raster/dicom/data-set.ts';
import { DicomFault, userError } from '../../raster/dicom/faults.ts';
import { frameAttributes } from '../../raster/dicom/functional-groups.ts';
import { readPart10 } from '../../raster/dicom/part10.ts';
import { integer, firstText, texts } from '../../raster/dicom/values.ts';
import { dicomExportText } from '../../../text/index.ts';

/** A frame of an image, as referenced by a segmentation. */
export interface SegFrame {
  readonly sopClass: string;
  readonly instance: string;
  /** Number from 1 in a file with several; null in a file with one. */
  readonly number: number | null;
  /** Centre of the first pixel, mm, as the source writes it; null without a frame of reference. */
  readonly position: readonly string[] | null;
}

/** Elements that a segmentation copies from its image. None identifies a patient. */
export interface SegSource {
  readonly study: string;
  readonly series: string;
  /** Null if the image does not state its position in the patient. */
  readonly frameOfReference: string | null;
  /** px */
  readonly rows: number;
  readonly columns: number;
  /** Directions of a row and of a column, as the source writes them. */
  readonly orientation: readonly string[] | null;
  /** mm, of rows and of columns, as the source writes them. */
  readonly spacing: readonly string[] | null;
  /** mm, as the source writes them. */
  readonly thickness: string | null;
  readonly sliceSpacing: string | null;
  /** Lossy compression that the image went through. */
  readonly lossy: {
    readonly ratios: readonly string[];
    readonly methods: readonly string[];
  } | null;
  readonly frames: readonly SegFrame[];
}

/**
 * Reads the elements that a segmentation of a DICOM file needs.
 *
 * @throws UserError as `openDicom` does; 'unsupported' names the attribute that is missing
 */
export async function readSegSource(path: string): Promise<SegSource> {
  const file = await FileSource.open(path);
  try {
    const { elements } = await readPart10(boundedSource(file), defaultLimits);
    return sourceOf(elements);
  } catch (error) {
    throw userError(error, path);
  } finally {
    await file.close();
  }
}

function sourceOf(elements: DataSet): SegSource {
  if (firstText(elements, 'DimensionOrganizationType')?.startsWith('TILED') === true) {
    throw refused(dicomExportText.tilesOfSlide);
  }
  const frameOfReference = firstText(elements, 'FrameOfReferenceUID');
  const isPlaced = frameOfReference !== null;
  const count = Math.max(1, integer(elements, 'NumberOfFrames') ?? 1);
  const measures = frameAttributes(elements, 0, 'PixelMeasuresSequence');
  const spacing = numbersOf(measures, 'PixelSpacing', 2);
  const orientation = orientationOf(elements, count);
  if (isPlaced && spacing === null) throw missing('PixelSpacing');
  if (isPlaced && orientation === null) throw missing('ImageOrientationPatient');
  const sopClass = present(firstText(elements, 'SOPClassUID'), 'SOPClassUID');
  const instance = present(firstText(elements, 'SOPInstanceUID'), 'SOPInstanceUID');
  return {
    study: present(firstText(elements, 'StudyInstanceUID'), 'StudyInstanceUID'),
    series: present(firstText(elements, 'SeriesInstanceUID'), 'SeriesInstanceUID'),
    frameOfReference,
    rows: present(integer(elements, 'Rows'), 'Rows'),
    columns: present(integer(elements, 'Columns'), 'Columns'),
    orientation: isPlaced ? orientation : null,
    spacing,
    thickness: numbersOf(measures, 'SliceThickness', 1)?.[0] ?? null,
    sliceSpacing: numbersOf(measures, 'SpacingBetweenSlices', 1)?.[0] ?? null,
    lossy: lossyOf(elements),
    frames: Array.from({ length: count }, (_, frame) => ({
      sopClass,
      instance,
      number: count === 1 ? null : frame + 1,
      position: isPlaced ? positionOf(elements, frame, count) : null,
    })),
  };
}

function present<T>(value: T | null, keyword: Keyword): T {
  if (value === null) throw missing(keyword);
  return value;
}

/** Returns the orientation, which must be the same in all frames. */
function orientationOf(elements: DataSet, count: number): readonly string[] | null {
  const of = (frame: number): readonly string[] | null =>
    numbersOf(
      frameAttributes(elements, frame, 'PlaneOrientationSequence'),
      'ImageOrientationPatient',
      6,
    );
  const first = of(0);
  for (let frame = 1; frame < count; frame++) {
    if (String(of(frame)) === String(first)) continue;
    throw refused(dicomExportText.differentOrientations);
  }
  return first;
}

function positionOf(elements: DataSet, frame: number, count: number): readonly string[] {
  const group = frameAttributes(elements, frame, 'PlanePositionSequence');
  // A single position for several frames is only that of the first, as in dose grids and in nuclear medicine.
  const position =
    count > 1 && group === elements ? null : numbersOf(group, 'ImagePositionPatient', 3);
  if (position !== null) return position;
  const attribute = 'ImagePositionPatient' satisfies Keyword;
  throw missing(count > 1 ? dicomExportText.attributeOfFrame(attribute, frame + 1) : attribute);
}

/** A list of numbers as the file writes it; null if it is absent or another list. */
function numbersOf(elements: DataSet, keyword: Keyword, count: number): readonly string[] | null {
  const values = texts(elements, keyword);
  const isSound =
    values.length === count &&
    values.every((value) => value !== '' && Number.isFinite(Number(value)));
  return isSound ? values.map(decimal) : null;
}

/** Shortens a decimal to at most 16 characters (PS3.5, 6.2); some writers exceed them. */
function decimal(value: string): string {
  if (value.length <= 16) return value;
  const number = Number(value);
  for (let digits = 15; digits > 0; digits--) {
    const short = String(Number(number.toPrecision(digits)));
    if (short.length <= 16) return short;
  }
  return '0';
}

function lossyOf(elements: DataSet): SegSource['lossy'] {
  if (firstText(elements, 'LossyImageCompression') !== '01') return null;
  const ratios = texts(elements, 'LossyImageCompressionRatio').filter((value) => value !== '');
  const methods = texts(elements, 'LossyImageCompressionMethod').filter((value) => value !== '');
  return { ratios: ratios.map(decimal), methods };
}

function missing(attribute: string): DicomFault {
  return refused(dicomExportText.attributeMissing(attribute));
}

function refused(what: string): DicomFault {
  return new DicomFault('unsupported', what, dicomExportText.advice);
}

/**
 * Returns a key that is equal for files that can share a segmentation: slices of a series side by side. Null for a
 * file of several frames or without a position, which gets its own segmentation.
 */
export function seriesKey(source: SegSource): string | null {
  const [first] = source.frames;
  if (source.frames.length !== 1 || first?.position === null) return null;
  const { study, series, frameOfReference, rows, columns, orientation, spacing } = source;
  return JSON.stringify([study, series, frameOfReference, rows, columns, orientation, spacing]);
}

/** Joins the slices of a series into one source, in the order of their positions. */
export function joinSources(sources: readonly SegSource[]): SegSource {
  const [first] = sources;
  if (first === undefined) throw new Error('joined: no sources');
  const frames = sources.flatMap((source) => source.frames);
  const lossy = sources.find((source) => source.lossy !== null)?.lossy ?? null;
  return { ...first, lossy, frames };
}

/** Position along the normal of the slices, mm (PS3.3, C.7.6.2.1.1); 0 without a position. */
export function depthOf({ orientation }: SegSource, { position }: SegFrame): number {
  if (orientation === null || position === null) return 0;
  const [rx = 0, ry = 0, rz = 0, cx = 0, cy = 0, cz = 0] = orientation.map(Number);
  const [x = 0, y = 0, z = 0] = position.map(Number);
  return (ry * cz - rz * cy) * x + (rz * cx - rx * cz) * y + (rx * cy - ry * cx) * z;
}
