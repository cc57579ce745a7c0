import { UserError } from '../../../core/errors.ts';
import type { NiftiFile } from '../../raster/nifti/open-nifti.ts';
import { voxelOf, type NiftiVolume } from '../../raster/nifti/volume.ts';
import { labelVolumeText } from '../../../text/index.ts';

/**
 * Tolerance as a share of the smallest distance of voxels: headers are rounded to 32 bits, and quaternions more than
 * that.
 */
const tolerance = 0.05;

/**
 * Finds the slice of a label map for a slice of an image. The axes of the two files may be stored
 * differently: the positions of voxels in the patient count. Labels are not resampled, so both must
 * have the same voxels.
 *
 * @param frame of the image. @returns frame of the label map
 * @throws UserError 'invalid-labels' if their grids differ
 */
export function placeLabelMap(image: NiftiFile, labels: NiftiFile, frame: number): number {
  const size = sizeOf(image);
  const own = sizeOf(labels);
  if (size.some((length, axis) => length !== own[axis])) {
    throw wrongGrid(labels.path, labelVolumeText.otherShape(own, size));
  }
  const [width, height, slices] = size;
  const spacing = Math.min(...image.volume.zooms.slice(0, 3).map(Math.abs));
  for (const x of [0, width - 1]) {
    for (const y of [0, height - 1]) {
      for (const slice of [0, slices - 1]) {
        const [place, other] = [image.volume, labels.volume].map((volume) =>
          placeOf(volume, slice, x, y),
        );
        const apart = Math.hypot(
          ...[0, 1, 2].map((axis) => (place?.[axis] ?? NaN) - (other?.[axis] ?? NaN)),
        );
        if (apart <= tolerance * spacing) continue;
        throw wrongGrid(labels.path, labelVolumeText.otherPosition(apart.toFixed(1)));
      }
    }
  }
  const slice = frame % slices;
  const time = Math.floor(frame / slices);
  const { timePoints } = labels.volume;
  if (timePoints > 1 && timePoints !== image.volume.timePoints) {
    throw wrongGrid(labels.path, labelVolumeText.otherVolumes(timePoints, image.volume.timePoints));
  }
  return slice + (timePoints > 1 ? time * slices : 0);
}

function sizeOf({ header, volume }: NiftiFile): [width: number, height: number, slices: number] {
  return [header.width, header.height, volume.slices];
}

/** Returns the centre of a voxel, mm. */
function placeOf(volume: NiftiVolume, slice: number, x: number, y: number): number[] {
  const [i, j, k] = voxelOf(volume, slice, x, y);
  return volume.affine.map(([a, b, c, d]) => a * i + b * j + c * k + d);
}

function wrongGrid(path: string, why: string): UserError {
  return new UserError('invalid-labels', labelVolumeText.doesNotFit(path, why));
}
