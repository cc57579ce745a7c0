export type PatientVector = readonly [x: number, y: number, z: number];

/**
 * Directions of an image in patient coordinates: x to the patient's left, y to the back, z to the head (DICOM PS3.3,
 * C.7.6.2.1.1).
 */
export interface ImageDirections {
  /** Direction from a pixel to the next in its row. */
  readonly right: PatientVector;
  /** Direction from a pixel to the next in its column. */
  readonly down: PatientVector;
}

/** Right, left, front (anterior), back (posterior), head and feet of the patient. */
export const directionLetters = ['R', 'L', 'A', 'P', 'H', 'F'] as const;
export type DirectionLetter = (typeof directionLetters)[number];

/** Patient direction at each edge of an image. */
export interface EdgeLetters {
  readonly left: DirectionLetter;
  readonly right: DirectionLetter;
  readonly top: DirectionLetter;
  readonly bottom: DirectionLetter;
}

/** Negative and positive end of each axis. */
const ends = [
  ['R', 'L'],
  ['A', 'P'],
  ['F', 'H'],
] as const satisfies readonly (readonly [DirectionLetter, DirectionLetter])[];

/** Largest cosine between rows and columns of an image that still counts as a right angle. */
const rightAngleTolerance = 0.05;

/**
 * Letters of the anatomical axes nearest to an image's rows and columns, each axis used once: the more clearly
 * aligned of the two chooses first. Null if the directions cannot be those of an image.
 */
export function edgeLetters({ right, down }: ImageDirections): EdgeLetters | null {
  const [row, column] = [unit(right), unit(down)];
  if (row === null || column === null) return null;
  const cosine = row.reduce((sum, value, axis) => sum + value * (column[axis] ?? 0), 0);
  if (Math.abs(cosine) > rightAngleTolerance) return null;
  const isRowFirst = largest(row) >= largest(column);
  const first = nearest(isRowFirst ? row : column);
  const second = nearest(isRowFirst ? column : row, first.axis);
  const [across, along] = isRowFirst ? [first, second] : [second, first];
  return { left: across.from, right: across.to, top: along.from, bottom: along.to };
}

function unit(vector: PatientVector): PatientVector | null {
  const length = Math.hypot(...vector);
  if (!(length > 0) || !Number.isFinite(length)) return null;
  const [x, y, z] = vector;
  return [x / length, y / length, z / length];
}

function largest(vector: PatientVector): number {
  return Math.max(...vector.map(Math.abs));
}

interface Nearest {
  readonly axis: number;
  readonly from: DirectionLetter;
  readonly to: DirectionLetter;
}

/** @param taken axis that is already in use */
function nearest(vector: PatientVector, taken?: number): Nearest {
  const free = ([0, 1, 2] as const).filter((axis) => axis !== taken);
  const axis = free.reduce((best, other) =>
    Math.abs(vector[other]) > Math.abs(vector[best]) ? other : best,
  );
  const [low, high] = ends[axis];
  return vector[axis] < 0 ? { axis, from: high, to: low } : { axis, from: low, to: high };
}
