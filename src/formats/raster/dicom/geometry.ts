import type { ImageDirections } from '../../../core/image/directions.ts';
import { dicomNotes } from '../../../text/index.ts';
import type { Grouping, PixelSpacing } from '../image-file.ts';
import type { Keyword } from './attributes.ts';
import type { DataSet } from './data-set.ts';
import { areSame, frameAttributes, perFrame } from './functional-groups.ts';
import { personDigest } from './person.ts';
import { number, numbers, firstText } from './values.ts';

/** Pixel spacing, and notes for the user. */
export interface Spacing {
  readonly spacing: PixelSpacing | null;
  readonly notes: readonly string[];
}

/** Spacings that were not measured in the patient, with their notes. */
const substitutes: readonly (readonly [keyword: Keyword, note: string])[] = [
  ['ImagerPixelSpacing', dicomNotes.spacingOfDetector],
  ['NominalScannedPixelSpacing', dicomNotes.spacingOfScanner],
];

/**
 * Returns the distance of pixels (PS3.3, 10.7.1), in the patient if the file states it, else at the detector or on the
 * film.
 */
export function readSpacing(dataSet: DataSet, frames: number): Spacing {
  const each = perFrame(dataSet, frames, 'PixelMeasuresSequence', (attributes) =>
    spacingIn(attributes, 'PixelSpacing'),
  );
  if (!areSame(each)) {
    return { spacing: null, notes: [dicomNotes.spacingDiffers] };
  }
  const [measured = null] = each;
  if (measured !== null) return { spacing: measured, notes: [] };
  for (const [keyword, note] of substitutes) {
    const spacing = spacingIn(dataSet, keyword);
    if (spacing !== null) return { spacing, notes: [note] };
  }
  return { spacing: null, notes: [] };
}

/** The first value is the distance of rows, and so of pixels within a column. */
function spacingIn(attributes: DataSet, keyword: Keyword): PixelSpacing | null {
  const [y = NaN, x = NaN] = numbers(attributes, keyword);
  const isSound = [x, y].every((distance) => Number.isFinite(distance) && distance > 0);
  return isSound ? { x, y, unit: 'mm' } : null;
}

/**
 * Returns the common directions of all frames in the patient; null if the file does not state them, or they differ.
 */
export function readDirections(dataSet: DataSet, frames: number): ImageDirections | null {
  const each = perFrame(dataSet, frames, 'PlaneOrientationSequence', (attributes) =>
    numbers(attributes, 'ImageOrientationPatient'),
  );
  const [cosines = []] = each;
  if (cosines.length !== 6 || !cosines.every(Number.isFinite) || !areSame(each)) return null;
  const [rx = 0, ry = 0, rz = 0, cx = 0, cy = 0, cz = 0] = cosines;
  return { right: [rx, ry, rz], down: [cx, cy, cz] };
}

/** Reads what links an image to others: identifiers, and a digest in place of the patient's name and date of birth. */
export function readGrouping(dataSet: DataSet): Grouping {
  return {
    patient: firstText(dataSet, 'PatientID'),
    person: personDigest(dataSet),
    study: firstText(dataSet, 'StudyInstanceUID'),
    series: firstText(dataSet, 'SeriesInstanceUID'),
    position: slicePosition(dataSet) ?? instanceNumber(dataSet),
  };
}

/**
 * Returns the position of the first frame along the normal of its slice, mm (PS3.3, C.7.6.2.1.1): slices of a series
 * are in this order, however they were numbered.
 */
function slicePosition(dataSet: DataSet): number | null {
  const plane = frameAttributes(dataSet, 0, 'PlanePositionSequence');
  const orientation = frameAttributes(dataSet, 0, 'PlaneOrientationSequence');
  const [x = NaN, y = NaN, z = NaN] = numbers(plane, 'ImagePositionPatient');
  const [rx = NaN, ry = NaN, rz = NaN, cx = NaN, cy = NaN, cz = NaN] = numbers(
    orientation,
    'ImageOrientationPatient',
  );
  const normal = [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx] as const;
  const position = (normal[0] * x + normal[1] * y + normal[2] * z) / Math.hypot(...normal);
  return Number.isFinite(position) ? position : null;
}

function instanceNumber(dataSet: DataSet): number | null {
  const instance = number(dataSet, 'InstanceNumber');
  return Number.isFinite(instance) ? instance : null;
}
