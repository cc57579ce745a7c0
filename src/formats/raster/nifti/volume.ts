import type { SlicePlane, PlaneLayout } from './plane.ts';
import type { Affine } from './orientation.ts';

/** The volume of the slices: what is needed to write a mask for it. */
export interface NiftiVolume extends PlaneLayout {
  readonly version: 1 | 2;
  /** Length of each axis as in the file: x, y, z, time, … */
  readonly shape: readonly number[];
  /** Distance of neighbours along each of these axes as in the file (nibabel's `get_zooms`). */
  readonly zooms: readonly number[];
  readonly affine: Affine;
  /** Source of the affine; `none`: the file does not place the volume. */
  readonly affineSource: 'sform' | 'qform' | 'none';
  /** Directions of the file's three axes, such as `RAS` (nibabel's `aff2axcodes`). */
  readonly orientation: string;
  readonly plane: SlicePlane;
  /** Slices of the plane. Frames run through all slices of one time point, then of the next. */
  readonly slices: number;
  readonly timePoints: number;
}

/** Lengths of the three axes of space. */
export function spaceOf(shape: readonly number[]): readonly [number, number, number] {
  const [x = 1, y = 1, z = 1] = shape;
  return [x, y, z];
}

/**
 * Returns the voxel that pixel (x, y) of a frame shows.
 *
 * @returns i, j, k and the time point, counted from 0
 */
export function voxelOf(
  volume: NiftiVolume,
  frame: number,
  x: number,
  y: number,
): [i: number, j: number, k: number, time: number] {
  const space = spaceOf(volume.shape);
  const voxel: [number, number, number, number] = [0, 0, 0, Math.floor(frame / volume.slices)];
  const slice = frame % volume.slices;
  for (const [{ axis, isFlipped }, place] of [
    [volume.x, x],
    [volume.y, y],
    [volume.slice, slice],
  ] as const) {
    voxel[axis] = isFlipped ? space[axis] - 1 - place : place;
  }
  return voxel;
}
