import { UserError } from '../../../core/errors.ts';
import { plainDisplay, type Display, type ImageHeader, type ReadLimits } from '../image-file.ts';
import { isSpacing, placeVolume, voxelSpacings } from './affine.ts';
import { invalidNifti, type NiftiHeader } from './header.ts';
import { axisDirections, obliqueness, orientationCode } from './orientation.ts';
import { planeLayout, type Plane } from './plane.ts';
import { voxelTypeOf, type VoxelType } from './sample-types.ts';
import { spaceOf, type NiftiVolume } from './volume.ts';

/** What a header says, in the terms of images and of volumes. */
export interface NiftiDescription {
  readonly image: ImageHeader;
  readonly volume: NiftiVolume;
  readonly type: VoxelType;
  /** Of all voxels, as they are stored. */
  readonly bytes: number;
}

/** Beyond this angle a person should know that slices are not quite what the plane's name says, degrees. */
const notedObliqueness = 10;

/** @throws UserError 'invalid-file', 'unsupported', 'too-large' */
export function describeNifti(
  header: NiftiHeader,
  plane: Plane,
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
  requireWithin(frames, limits.frames, 'slices and time points', path);
  requireWithin(type.bands, limits.bands, 'bands', path);
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

/** Axes beyond the fourth hold vectors and the like, which are neither slices nor time points. */
function timePointsOf(shape: readonly number[], path: string): number {
  const [, , , time = 1, ...others] = shape;
  if (others.every((length) => length === 1)) return time;
  throw new UserError(
    'unsupported',
    `${path} has ${shape.length} axes (${shape.join(' × ')}), which is not supported beyond space and time. Save it as one volume, or as a series of volumes in time.`,
  );
}

function volumeOf(
  header: NiftiHeader,
  plane: Plane,
  timePoints: number,
): { volume: NiftiVolume; notes: string[] } {
  const { affine, source, notes } = placeVolume(header);
  const directions = axisDirections(affine);
  if (directions === undefined) throw new Error('placeVolume: gave an affine without directions');
  const layout = planeLayout(directions, plane);
  const angle = obliqueness(affine, directions);
  const tilted =
    angle > notedObliqueness
      ? [
          `The volume lies askew by ${Math.round(angle)}°: its slices are shown as they are stored, and called after the nearest plane.`,
        ]
      : [];
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

/** As the file has them, but for sizes in space that cannot be: those are positive there too. */
function zoomsOf(header: NiftiHeader): number[] {
  const space = voxelSpacings(header);
  return header.shape.map((_, axis) => space[axis] ?? header.spacings[axis] ?? 1);
}

/** Millimetres a unit, by the lower three bits of xyzt_units. */
const millimetres: ReadonlyMap<number, number> = new Map([
  [1, 1000],
  [2, 1],
  [3, 0.001],
]);

/** Null where the file has no size of its pixels: lengths cannot be measured then. */
function spacingOf(header: NiftiHeader, { x, y }: NiftiVolume): ImageHeader['spacing'] {
  if (![x, y].every(({ axis }) => isSpacing(header.spacings[axis]))) return null;
  const unit = millimetres.get(header.units & 7) ?? 1;
  const space = voxelSpacings(header);
  return { x: space[x.axis] * unit, y: space[y.axis] * unit, unit: 'mm' };
}

function spacingNotes({ shape, spacings }: NiftiHeader): string[] {
  // The size along an axis of one voxel is often 0, and matters to nobody.
  const wrong = spacings
    .slice(0, 3)
    .filter((value, axis) => !isSpacing(value) && (shape[axis] ?? 1) > 1);
  if (wrong.length === 0) return [];
  return [
    `The file gives no usable size of its voxels (${wrong.join(', ')}): 1 was taken, and no lengths are measured along such an axis.`,
  ];
}

function unitNotes({ units }: NiftiHeader): string[] {
  if (millimetres.has(units & 7)) return [];
  return ['The file does not name the unit of its sizes: they were taken for millimetres.'];
}

function typeNotes({ wide }: VoxelType): string[] {
  if (wide === null) return [];
  return [`Stored as ${wide} and read as float64, which is exact up to 2^53 in size.`];
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
    notes: isDamaged ? ['Its intercept (scl_inter) is no number: it was taken for 0.'] : [],
  };
}

function bytesOf(shape: readonly number[], type: VoxelType, path: string): number {
  const bytes = shape.reduce((product, length) => product * length, type.bytes * type.bands);
  if (Number.isSafeInteger(bytes)) return bytes;
  throw invalidNifti(path, `its axes of ${shape.join(' × ')} are more than any file can hold`);
}

function requireWithin(count: number, limit: number, what: string, path: string): void {
  if (count <= limit) return;
  throw new UserError(
    'too-large',
    `${path} has ${count} ${what}, more than the limit of ${limit}. Cut it into smaller files.`,
  );
}
