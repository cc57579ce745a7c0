import { spaceOf, type NiftiVolume } from '../../raster/nifti/volume.ts';
import type { ImagePlane } from '../dicom-seg/plane.ts';
import type { Affine } from '../../raster/nifti/orientation.ts';
import { labelVolumeText } from '../../../text/index.ts';

/** Frame of a DICOM image: its position, and its size in px. */
export interface PlacedFrame {
  readonly plane: ImagePlane;
  readonly rows: number;
  readonly columns: number;
}

/** Voxels under the pixels of a frame: those of one slice, along two axes of the volume. */
export interface VolumeSlice {
  /** Axis of the file perpendicular to the slice, and the slice's index along it. */
  readonly axis: 0 | 1 | 2;
  readonly index: number;
  /** The voxel (i, j, k) of pixel (column, row). */
  readonly voxel: (column: number, row: number) => [number, number, number];
}

/** Tolerance as a share of the smallest distance of voxels, as for two volumes: see `placeLabelMap`. */
const tolerance = 0.05;

type Point = readonly [number, number, number];

/**
 * Finds the slice of a volume that has the pixels of a DICOM frame. DICOM counts towards the patient's left and
 * back (LPS; PS3.3, C.7.6.2.1.1), NIfTI towards right and front (RAS), and either may store its slices in
 * reverse order: the positions of pixels in the patient count.
 *
 * @returns null if the frame is before or behind the volume; a reason, as part of a sentence, if they do not fit
 */
export function sliceUnder(
  volume: Pick<NiftiVolume, 'affine' | 'shape' | 'zooms'>,
  frame: PlacedFrame,
): VolumeSlice | string | null {
  const space = spaceOf(volume.shape);
  const at = pixelPlaces(frame);
  const toVoxel = inverseOf(volume.affine);
  const first = toVoxel(at(0, 0));
  const across = stepOf(first, toVoxel(at(1, 0)));
  const down = stepOf(first, toVoxel(at(0, 1)));
  if (across === null || down === null || across.axis === down.axis) {
    return labelVolumeText.otherVoxels;
  }
  const { columns, rows } = frame;
  if (space[across.axis] !== columns || space[down.axis] !== rows) {
    return labelVolumeText.otherSlices(
      { across: space[across.axis], down: space[down.axis] },
      { across: columns, down: rows },
    );
  }
  const axis = ([0, 1, 2] as const).find((one) => one !== across.axis && one !== down.axis) ?? 2;
  const start = first.map(Math.round);
  const voxel = (column: number, row: number): [number, number, number] => {
    const place: [number, number, number] = [start[0] ?? 0, start[1] ?? 0, start[2] ?? 0];
    place[across.axis] += across.sign * column;
    place[down.axis] += down.sign * row;
    return place;
  };
  const index = start[axis] ?? 0;
  const spacing = Math.min(...volume.zooms.slice(0, 3).map(Math.abs));
  const corners = [0, columns - 1].flatMap((x) => [0, rows - 1].map((y) => [x, y] as const));
  const apart = Math.max(
    ...corners.map(([x, y]) => distance(at(x, y), placeOf(volume.affine, voxel(x, y)))),
  );
  const isInside = corners.every(([x, y]) =>
    voxel(x, y).every((place, one) => one === axis || (place >= 0 && place < (space[one] ?? 0))),
  );
  if (apart > tolerance * spacing || !isInside) {
    return labelVolumeText.elsewhere;
  }
  return index >= 0 && index < space[axis] ? { axis, index, voxel } : null;
}

/** Returns the centres of pixels, mm in RAS. */
function pixelPlaces({ plane }: PlacedFrame): (column: number, row: number) => Point {
  const { position, orientation, spacing } = plane;
  const [betweenRows = NaN, betweenColumns = NaN] = spacing;
  return (column, row) => {
    const lps = [0, 1, 2].map(
      (part) =>
        (position[part] ?? NaN) +
        (orientation[part] ?? NaN) * betweenColumns * column +
        (orientation[part + 3] ?? NaN) * betweenRows * row,
    );
    return [-(lps[0] ?? NaN), -(lps[1] ?? NaN), lps[2] ?? NaN];
  };
}

/** Returns the axis and direction of a step of one voxel, or null. */
function stepOf(from: Point, to: Point): { axis: 0 | 1 | 2; sign: 1 | -1 } | null {
  const step = to.map((value, part) => value - (from[part] ?? NaN));
  const axis = ([0, 1, 2] as const).find((part) => Math.abs(step[part] ?? 0) > 0.5);
  if (axis === undefined) return null;
  const sign = (step[axis] ?? 0) > 0 ? 1 : -1;
  const isUnit = step.every((part, one) => Math.abs(part - (one === axis ? sign : 0)) <= tolerance);
  return isUnit ? { axis, sign } : null;
}

function placeOf(affine: Affine, [i, j, k]: Point): Point {
  const [x, y, z] = affine.map(([a, b, c, d]) => a * i + b * j + c * k + d);
  return [x ?? NaN, y ?? NaN, z ?? NaN];
}

/** Inverts a matrix by Cramer's rule; one without an inverse yields no finite numbers. */
function inverseOf([x, y, z]: Affine): (place: Point) => Point {
  const columns = [0, 1, 2].map((at): Point => [x[at] ?? NaN, y[at] ?? NaN, z[at] ?? NaN]);
  const [a = [NaN, NaN, NaN], b = [NaN, NaN, NaN], c = [NaN, NaN, NaN]] = columns;
  const whole = determinant(a, b, c);
  return (place) => {
    const rest: Point = [place[0] - x[3], place[1] - y[3], place[2] - z[3]];
    return [
      determinant(rest, b, c) / whole,
      determinant(a, rest, c) / whole,
      determinant(a, b, rest) / whole,
    ];
  };
}

function determinant(a: Point, b: Point, c: Point): number {
  return (
    a[0] * (b[1] * c[2] - b[2] * c[1]) -
    b[0] * (a[1] * c[2] - a[2] * c[1]) +
    c[0] * (a[1] * b[2] - a[2] * b[1])
  );
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
