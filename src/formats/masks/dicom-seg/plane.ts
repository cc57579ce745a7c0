import type { DataSet } from '../../raster/dicom/data-set.ts';
import { perFrame } from '../../raster/dicom/functional-groups.ts';
import { numbers } from '../../raster/dicom/values.ts';

/** Position of a frame's pixels in the patient (PS3.3, C.7.6.2). */
export interface ImagePlane {
  /** Centre of the first pixel, mm. */
  readonly position: readonly number[];
  /** Direction cosines of a row and of a column. */
  readonly orientation: readonly number[];
  /** Distance of rows and of columns, mm. */
  readonly spacing: readonly number[];
}

/** Returns the plane of each frame; null if the file does not state it. */
export function planesOf(elements: DataSet, frames: number): (ImagePlane | null)[] {
  const positions = perFrame(elements, frames, 'PlanePositionSequence', (item) =>
    numbers(item, 'ImagePositionPatient'),
  );
  const orientations = perFrame(elements, frames, 'PlaneOrientationSequence', (item) =>
    numbers(item, 'ImageOrientationPatient'),
  );
  const spacings = perFrame(elements, frames, 'PixelMeasuresSequence', (item) =>
    numbers(item, 'PixelSpacing'),
  );
  return positions.map((position, frame) => {
    const plane = {
      position,
      orientation: orientations[frame] ?? [],
      spacing: spacings[frame] ?? [],
    };
    return isWhole(plane) ? plane : null;
  });
}

function isWhole({ position, orientation, spacing }: ImagePlane): boolean {
  const hasAll = position.length === 3 && orientation.length === 6 && spacing.length === 2;
  return hasAll && [...position, ...orientation, ...spacing].every(Number.isFinite);
}

/** Tolerances in mm, direction cosines and shares of the spacing: far below a pixel, far above rounding. */
const positionTolerance = 0.05;
const cosineTolerance = 1e-3;
const spacingTolerance = 1e-3;

/** Returns true if two frames of the same size have the same pixel positions. */
export function arePlanesEqual(a: ImagePlane, b: ImagePlane): boolean {
  return (
    areNear(a.position, b.position, positionTolerance) &&
    areNear(a.orientation, b.orientation, cosineTolerance) &&
    areNear(a.spacing, b.spacing, spacingTolerance * Math.max(...a.spacing))
  );
}

function areNear(a: readonly number[], b: readonly number[], tolerance: number): boolean {
  return a.every((value, index) => Math.abs(value - (b[index] ?? NaN)) <= tolerance);
}

/**
 * Returns the lookup keys of a plane: for any two planes within the tolerance, the keys of one include the first key of
 * the other.
 */
export function planeKeys(reference: string, { position }: ImagePlane): string[] {
  const cell = 4 * positionTolerance;
  const rounded = position.map((value) => {
    const near = Math.round(value / cell);
    const other = value / cell > near ? near + 1 : near - 1;
    return [near, other];
  });
  const [xs = [], ys = [], zs = []] = rounded;
  return xs.flatMap((x) => ys.flatMap((y) => zs.map((z) => `${reference} ${x} ${y} ${z}`)));
}
