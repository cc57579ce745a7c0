import { UserError } from '../../../core/errors.ts';
import { niftiNotes, niftiText } from '../../../text/index.ts';
import type { ImageDirections, PatientVector } from '../../../core/image/directions.ts';
import { plainDisplay, type Display, type ImageHeader, type ReadLimits } from '../image-file.ts';
import { isSpacing, placeVolume, voxelSpacings } from './affine.ts';
import { invalidNifti, type NiftiHeader } from './header.ts';
import { axisDirections, obliqueness, orientationCode } from './orientation.ts';
import { planeLayout, type SlicePlane, type ShownAxis } from './plane.ts';
import { voxelTypeOf, type VoxelType } from './sample-types.ts';
import { spaceOf, type NiftiVolume } from './volume.ts';

/** Description of a header in terms of images and volumes. */
export interface NiftiDescription {
  readonly image: ImageHeader;
  readonly volume: NiftiVolume;
  readonly type: VoxelType;
  /** Bytes of all voxels as stored. */
  readonly bytes: number;
}

/** Angle from which on a note states that slices differ from the plane's name, degrees. */
const notedObliqueness = 10;

/** @throws UserError 'invalid-file', 'unsupported', 'too-large' */
export function describeNifti(
  header: NiftiHeader,
  plane: SlicePlane,
  limits: ReadLimits,
  path: string,
): NiftiDescription {
  const type = voxelTypeOf(header.datatype, path);
  const bytes = bytesOf(header.shape, type, path);
  const timePoints = timePointsOf(header.shape, path);
  const { volume, notes } = volumeOf(header, plane, timePoints);
  const scale = scaleOf(header, type);
  const space = spaceOf(header.shape);
  const { width, height } = { width: space[volume.x.axis], height: space[volume.y.axis] };
  const frames = volume.slices * timePoints;
  if (frames > limits.frames) {
    throw new UserError('too-large', niftiText.tooManyFrames(path, frames, limits.frames));
  }
  if (type.bands > limits.bands) {
    throw new UserError('too-large', niftiText.tooManyBands(path, type.bands, limits.bands));
  }
  const image: ImageHeader = {
    format: 'nifti',
    width,
    height,
    bands: type.bands,
    frames,
    sampleType: type.sampleType,
    interpretation: type.interpretation,
    alpha: type.bands === 4 ? 3 : null,
    nodata: null,
    levels: [{ width, height }],
    spacing: spacingOf(header, volume),
    geo: null,
    display: scale.display,
    directions: directionsOf(volume),
    grouping: null,
    notes: [
      ...notes,
      ...spacingNotes(header),
      ...unitNotes(header),
      ...typeNotes(type),
      ...scale.notes,
    ],
  };
  return { image, volume, type, bytes };
}

/** Axes beyond the fourth contain vectors and the like, which are neither slices nor time points. */
function timePointsOf(shape: readonly number[], path: string): number {
  const [, , , time = 1, ...others] = shape;
  if (others.every((length) => length === 1)) return time;
  throw new UserError('unsupported', niftiText.tooManyAxes(path, shape));
}

function volumeOf(
  header: NiftiHeader,
  plane: SlicePlane,
  timePoints: number,
): { volume: NiftiVolume; notes: string[] } {
  const { affine, source, notes } = placeVolume(header);
  const directions = axisDirections(affine);
  if (directions === undefined) throw new Error('placeVolume: gave an affine without directions');
  const layout = planeLayout(directions, plane);
  const angle = obliqueness(affine, directions);
  const tilted = angle > notedObliqueness ? [niftiNotes.tilted(Math.round(angle))] : [];
  const volume = {
    version: header.version,
    shape: header.shape,
    zooms: zoomsOf(header),
    affine,
    affineSource: source,
    orientation: orientationCode(directions),
    plane,
    ...layout,
    slices: spaceOf(header.shape)[layout.slice.axis],
    timePoints,
  };
  return { volume, notes: [...notes, ...tilted] };
}

/** Returns the voxel sizes of the file; impossible sizes in space are replaced by positive ones. */
function zoomsOf(header: NiftiHeader): number[] {
  const space = voxelSpacings(header);
  return header.shape.map((_, axis) => space[axis] ?? header.spacings[axis] ?? 1);
}

/** Millimetres per unit, by the lower three bits of xyzt_units. */
const millimetres: ReadonlyMap<number, number> = new Map([
  [1, 1000],
  [2, 1],
  [3, 0.001],
]);

/** Null if the file does not state the size of its pixels: lengths cannot be measured then. */
function spacingOf(header: NiftiHeader, { x, y }: NiftiVolume): ImageHeader['spacing'] {
  if (![x, y].every(({ axis }) => isSpacing(header.spacings[axis]))) return null;
  const unit = millimetres.get(header.units & 7) ?? 1;
  const space = voxelSpacings(header);
  return { x: space[x.axis] * unit, y: space[y.axis] * unit, unit: 'mm' };
}

/**
 * Null if the file does not state the volume's orientation. Converts x to the right and y to the front, to x left and y
 * back.
 */
function directionsOf({ affine, affineSource, x, y }: NiftiVolume): ImageDirections | null {
  if (affineSource === 'none') return null;
  const along = ({ axis, isFlipped }: ShownAxis): PatientVector => {
    const sign = isFlipped ? -1 : 1;
    const [right, front, head] = affine;
    return [-sign * right[axis], -sign * front[axis], sign * head[axis]];
  };
  return { right: along(x), down: along(y) };
}

function spacingNotes({ shape, spacings }: NiftiHeader): string[] {
  // The size along an axis with one voxel is often 0, which does not matter.
  const wrong = spacings
    .slice(0, 3)
    .filter((value, axis) => !isSpacing(value) && (shape[axis] ?? 1) > 1);
  if (wrong.length === 0) return [];
  return [niftiNotes.voxelSize(wrong)];
}

function unitNotes({ units }: NiftiHeader): string[] {
  if (millimetres.has(units & 7)) return [];
  return [niftiNotes.noUnit];
}

function typeNotes({ wide }: VoxelType): string[] {
  if (wide === null) return [];
  return [niftiNotes.wideIntegers(wide)];
}

function scaleOf(
  { slope, intercept, shown }: NiftiHeader,
  { interpretation }: VoxelType,
): { display: Display; notes: string[] } {
  // Scaling is not meant for colours (nifti1.h, "DATA SCALING").
  if (interpretation === 'rgb') return { display: plainDisplay, notes: [] };
  const isScaled = Number.isFinite(slope) && slope !== 0;
  const isDamaged = isScaled && !Number.isFinite(intercept);
  const rescale = { slope, intercept: isDamaged ? 0 : intercept };
  const isPlain = !isScaled || (slope === 1 && rescale.intercept === 0);
  const { low, high } = shown;
  const hasRange = Number.isFinite(low) && Number.isFinite(high) && high > low;
  const window = {
    center: (low + high) / 2,
    width: high - low,
    shape: 'linear-exact',
    name: null,
  } as const;
  return {
    display: {
      ...plainDisplay,
      rescale: isPlain ? null : rescale,
      windows: hasRange ? [window] : [],
    },
    notes: isDamaged ? [niftiNotes.intercept] : [],
  };
}

function bytesOf(shape: readonly number[], type: VoxelType, path: string): number {
  const bytes = shape.reduce((product, length) => product * length, type.bytes * type.bands);
  if (Number.isSafeInteger(bytes)) return bytes;
  throw invalidNifti(path, niftiText.largerThanFiles(shape));
}
