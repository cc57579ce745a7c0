/** Messages about GeoTIFF label rasters. */
export const labelRasterText = {
  noPosition: (path: string) =>
    `${path} has no geographic position and cannot be matched with images. Put it into a folder “masks” with the name of its image.`,
  otherGrid: (path: string) =>
    `${path} is not on the pixel grid of its image: the size or position of its pixels differs. Resample it to the image’s grid (nearest neighbour).`,
  otherSystem: (path: string, { mask, image }: { mask: string; image: string }) =>
    `${path} uses the coordinate system ${mask}, but its image uses ${image}. Reproject the labels to the image’s coordinates (nearest neighbour).`,
};

/** Messages about NIfTI label maps. */
export const labelVolumeText = {
  /** @param why one of the reasons below, for a label map of a NIfTI volume */
  doesNotFit: (path: string, why: string) =>
    `${path} does not fit its image: ${why}. Resample the label map to the image (nearest neighbour).`,
  otherShape: (voxels: readonly number[], ofImage: readonly number[]) =>
    `it has ${voxels.join(' × ')} voxels, but its image has ${ofImage.join(' × ')}`,
  /** @param distance mm, with one decimal */
  otherPosition: (distance: string) =>
    `its position differs from that of its image (by up to ${distance} mm, according to their affines)`,
  otherVolumes: (volumes: number, ofImage: number) =>
    `it has ${volumes} volumes, but its image has ${ofImage}`,

  /** @param why one of the reasons below, for a label map of a DICOM series */
  matchesNoImage: (path: string, why: string) =>
    `${path} matches none of the DICOM images in the folder: ${why}. Resample the label map to the series (nearest neighbour), or choose the folder of its series.`,
  slicesWithoutMask: (slices: number, why: string) =>
    `${slices} of the DICOM slices get no mask from it: ${why}`,
  noImageThere: 'no DICOM image is at its position',
  imagesWithoutPosition: 'they have no position',
  otherVoxels: 'its voxels differ in size or direction from the pixels of the images',
  otherSlices: (voxels: VoxelCounts, images: VoxelCounts) =>
    `it has ${voxels.across} × ${voxels.down} voxels per slice, but the images have ${images.across} × ${images.down} pixels`,
  elsewhere: 'its affine does not match the positions of the images',

  noAffine: (path: string) =>
    `${path} has no valid affine and cannot be matched with a DICOM series. Save one label map with its affine.`,
  severalVolumes: (path: string, volumes: number) =>
    `${path} has ${volumes} volumes and cannot be matched with a DICOM series. Save one label map with its affine.`,
  tooLarge: ([x, y, z]: readonly [number, number, number]) =>
    `A label volume of ${x} × ${y} × ${z} voxels does not fit in memory. Export masks as PNG.`,
};

interface VoxelCounts {
  readonly across: number;
  readonly down: number;
}
