export type AffineRow = readonly [number, number, number, number];

/**
 * Affine from voxel (i, j, k), counted from 0, to millimetres (or the file's unit): x to the patient's right, y to
 * the front, z to the head. Three rows; the fourth would be (0, 0, 0, 1).
 */
export type Affine = readonly [AffineRow, AffineRow, AffineRow];

/** Direction of a volume's axis: 0 right, 1 front (anterior), 2 head (superior); or the opposite. */
interface AxisDirection {
  readonly world: 0 | 1 | 2;
  readonly sign: 1 | -1;
}

export type AxisDirections = readonly [AxisDirection, AxisDirection, AxisDirection];

type Matrix = readonly (readonly [number, number, number])[];

/**
 * Returns the nearest anatomical axis for each axis of the volume, each used once: finds the rotation nearest to the
 * affine (polar decomposition), and assigns the axes from the most decided to the least, as nibabel's `io_orientation`
 * does. Undefined if the affine is singular (an axis has no length, or two are parallel).
 */
export function axisDirections(affine: Affine): AxisDirections | undefined {
  const rotation = nearestRotation(unitColumns(affine));
  if (rotation === undefined) return undefined;
  // Rounded, so that the first of equal values always wins, whatever the last digit.
  const sizes = [0, 1, 2].map((axis) =>
    rotation.map((row) => Math.round(Math.abs(row[axis] ?? 0) * 1e9)),
  );
  const strongest = (axis: number): number => Math.max(...(sizes[axis] ?? []));
  const order = [0, 1, 2].sort((a, b) => strongest(b) - strongest(a));
  const free = new Set<0 | 1 | 2>([0, 1, 2]);
  const found = new Map<number, AxisDirection>();
  for (const axis of order) {
    const size = sizes[axis] ?? [];
    const world = [...free].reduce((best, candidate) =>
      (size[candidate] ?? 0) > (size[best] ?? 0) ? candidate : best,
    );
    free.delete(world);
    found.set(axis, { world, sign: (rotation[world]?.[axis] ?? 0) < 0 ? -1 : 1 });
  }
  const [x, y, z] = [found.get(0), found.get(1), found.get(2)];
  return x && y && z ? [x, y, z] : undefined;
}

const letters = ['LR', 'PA', 'IS'] as const;

/** Returns `RAS` and the like: the direction of each axis of the volume (nibabel's `aff2axcodes`). */
export function orientationCode(directions: AxisDirections): string {
  return directions.map(({ world, sign }) => letters[world][sign > 0 ? 1 : 0]).join('');
}

/** Returns the largest angle between an axis of the volume and the anatomical axis assigned to it, degrees. */
export function obliqueness(affine: Affine, directions: AxisDirections): number {
  const rows = unitColumns(affine) ?? [];
  const angles = directions.map(({ world, sign }, axis) => {
    const row: readonly number[] = rows[world] ?? [];
    return Math.acos(Math.min(1, Math.max(-1, sign * (row[axis] ?? 0))));
  });
  return (Math.max(...angles) * 180) / Math.PI;
}

/** Returns the affine without its sizes: columns of length 1. */
function unitColumns(affine: Affine): Matrix | undefined {
  const lengths = [0, 1, 2].map((axis) => Math.hypot(...affine.map((row) => row[axis] ?? 0)));
  const [x = 0, y = 0, z = 0] = lengths;
  if (!lengths.every((length) => length > 0 && Number.isFinite(length))) return undefined;
  return affine.map(([a, b, c]) => [a / x, b / y, c / z]);
}

/** Determinant below which columns of length 1 are practically in one plane. */
const smallestDeterminant = 1e-9;

/**
 * Returns the orthogonal factor of the polar decomposition, by Newton's iteration X ← (X + X⁻ᵀ) / 2 (Higham 1986, SIAM
 * J. Sci. Stat. Comput. 7, 1160), which converges from every matrix of full rank.
 */
function nearestRotation(start: Matrix | undefined): Matrix | undefined {
  if (start === undefined) return undefined;
  if (Math.abs(determinant(start)) < smallestDeterminant) return undefined;
  let current = start;
  for (let step = 0; step < 100; step++) {
    const inverse = inverseTransposed(current);
    const next = current.map((row, i) =>
      row.map((value, j) => (value + (inverse[i]?.[j] ?? 0)) / 2),
    );
    const change = next.map((row, i) =>
      row.map((value, j) => Math.abs(value - (current[i]?.[j] ?? 0))),
    );
    current = next as unknown as Matrix;
    if (Math.max(...change.flat()) < 1e-14) break;
  }
  return current;
}

/** Returns cofactors divided by the determinant. */
function inverseTransposed(matrix: Matrix): Matrix {
  const scale = determinant(matrix);
  const at = (i: number, j: number): number => matrix[i % 3]?.[j % 3] ?? 0;
  const cofactor = (i: number, j: number): number =>
    (at(i + 1, j + 1) * at(i + 2, j + 2) - at(i + 1, j + 2) * at(i + 2, j + 1)) / scale;
  return [0, 1, 2].map((i) => [cofactor(i, 0), cofactor(i, 1), cofactor(i, 2)]);
}

function determinant(matrix: Matrix): number {
  const [a = [0, 0, 0], b = [0, 0, 0], c = [0, 0, 0]] = matrix;
  return (
    a[0] * (b[1] * c[2] - b[2] * c[1]) -
    a[1] * (b[0] * c[2] - b[2] * c[0]) +
    a[2] * (b[0] * c[1] - b[1] * c[0])
  );
}
