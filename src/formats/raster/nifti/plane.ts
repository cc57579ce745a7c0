import type { AxisDirections } from './orientation.ts';

/** Plane of the displayed slices. */
export type SlicePlane = 'axial' | 'coronal' | 'sagittal';

/** A display axis: the axis of the file that it shows, and whether it is reversed. */
export interface ShownAxis {
  /** 0, 1 or 2: i, j or k of the file. */
  readonly axis: 0 | 1 | 2;
  readonly isFlipped: boolean;
}

/** Arrangement of pixels and slices in the file. */
export interface PlaneLayout {
  /** Axis from left to right on the screen. */
  readonly x: ShownAxis;
  /** Axis from top to bottom. */
  readonly y: ShownAxis;
  /** Axis from the first slice to the last. */
  readonly slice: ShownAxis;
}

/** Anatomical axes as in `AxisDirection`, and whether they are followed (1) or run against (−1). */
type Wanted = Record<keyof PlaneLayout, readonly [world: 0 | 1 | 2, sign: 1 | -1]>;

/**
 * The radiological convention: the patient's right is on the left of the screen and the front, or the
 * head, is up. Slices run from feet to head, from back to front, from left to right.
 */
const wanted: Record<SlicePlane, Wanted> = {
  axial: { x: [0, -1], y: [1, -1], slice: [2, 1] },
  coronal: { x: [0, -1], y: [2, -1], slice: [1, 1] },
  // Seen from the patient's left: the front is on the left of the screen.
  sagittal: { x: [1, -1], y: [2, -1], slice: [0, 1] },
};

/** Returns the axes of the file that make up the pixels and slices of `plane`, and their directions. */
export function planeLayout(directions: AxisDirections, plane: SlicePlane): PlaneLayout {
  const shown = ([world, sign]: readonly [number, number]): ShownAxis => {
    const axis = directions.findIndex((direction) => direction.world === world) as 0 | 1 | 2;
    return { axis, isFlipped: directions[axis].sign !== sign };
  };
  const { x, y, slice } = wanted[plane];
  return { x: shown(x), y: shown(y), slice: shown(slice) };
}
