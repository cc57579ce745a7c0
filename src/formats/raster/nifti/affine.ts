import { niftiNotes } from '../../../text/index.ts';
import type { NiftiHeader } from './header.ts';
import { axisDirections } from './orientation.ts';
import type { Affine, AffineRow } from './orientation.ts';

export interface PlacedVolume {
  readonly affine: Affine;
  /** Source of the affine; `none`: the file does not place the volume. */
  readonly source: 'sform' | 'qform' | 'none';
  /** Notes for the user. */
  readonly notes: readonly string[];
}

/**
 * Returns the placement of the volume: the sform if the file has one, else the qform, else (as in ANALYZE, nibabel
 * and FSL) the first axis towards the patient's left, the second to the front, the third to the head. An unusable
 * form (missing numbers, an axis without direction) is skipped with a note.
 */
export function placeVolume(header: NiftiHeader): PlacedVolume {
  const notes: string[] = [];
  for (const source of ['sform', 'qform'] as const) {
    if (header[`${source}Code`] <= 0) continue;
    const affine = source === 'sform' ? sformAffine(header) : qformAffine(header);
    if (affine !== undefined && axisDirections(affine) !== undefined) {
      return { affine, source, notes };
    }
    notes.push(niftiNotes.formDamaged(source));
  }
  notes.push(niftiNotes.noOrientation);
  return { affine: unplacedAffine(header), source: 'none', notes };
}

function sformAffine({ sform }: NiftiHeader): Affine | undefined {
  return finite(
    [0, 4, 8].map((start): AffineRow => {
      const [a = NaN, b = NaN, c = NaN, d = NaN] = sform.slice(start, start + 4);
      return [a, b, c, d];
    }),
  );
}

/** Far above what rounding to 32 bits does to the length of a unit quaternion. */
const quaternionTolerance = 1e-4;
/** A smaller square of `a` is only a rounding error of 0: a half turn (nifti1_io.c). */
const halfTurn = 1e-7;

/**
 * Computes the affine from a unit quaternion of which the file stores b, c, d (nifti1.h, "METHOD 2" and
 * "QUATERNION").
 */
function qformAffine(header: NiftiHeader): Affine | undefined {
  const squares = header.quaternion.reduce((sum, part) => sum + part * part, 0);
  if (!(squares <= 1 + quaternionTolerance)) return undefined;
  const isHalfTurn = 1 - squares < halfTurn;
  const length = isHalfTurn ? Math.sqrt(squares) : 1;
  const [b, c, d] = header.quaternion.map((part) => part / length) as [number, number, number];
  const a = isHalfTurn ? 0 : Math.sqrt(1 - squares);
  const rotation = [
    [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
    [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
    [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
  ] as const;
  const [dx, dy, dz] = voxelSpacings(header);
  const mirrored = header.qfac < 0 ? -dz : dz;
  const offset = header.quaternionOffset;
  return finite(
    rotation.map(([x, y, z], row): AffineRow => [x * dx, y * dy, z * mirrored, offset[row] ?? NaN]),
  );
}

/** Returns an affine that places the volume's centre at the origin. */
function unplacedAffine(header: NiftiHeader): Affine {
  const [dx, dy, dz] = voxelSpacings(header);
  const middle = (axis: number): number => ((header.shape[axis] ?? 1) - 1) / 2;
  return [
    [-dx, 0, 0, middle(0) * dx],
    [0, dy, 0, -middle(1) * dy],
    [0, 0, dz, -middle(2) * dz],
  ];
}

/** Returns the distances of neighbouring voxels along the three axes: positive, 1 if the file has none. */
export function voxelSpacings({ spacings }: NiftiHeader): [number, number, number] {
  const [x = 1, y = 1, z = 1] = spacings
    .slice(0, 3)
    .map((value) => (isSpacing(value) ? Math.abs(value) : 1));
  return [x, y, z];
}

/** Returns true if a voxel size is possible: not 0, infinite or NaN. Its sign does not matter. */
export function isSpacing(value: number | undefined): boolean {
  return value !== undefined && value !== 0 && Number.isFinite(value);
}

function finite([x, y, z]: readonly AffineRow[]): Affine | undefined {
  if (x === undefined || y === undefined || z === undefined) return undefined;
  return [x, y, z].every((row) => row.every(Number.isFinite)) ? [x, y, z] : undefined;
}
