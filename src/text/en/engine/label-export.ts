/** Messages about exports of labels and masks. `path` is an image's file. */
export const labelExportText = {
  noMaskYet: 'No image has a mask yet.',
  noLabelYet: 'No image has a label yet.',
  nothingLabelled: 'No image of this project has a label yet. Label some images first.',
  nothingDone:
    'No mask of this project is marked as done yet. Mark some as done, or export all masks.',
  nothingMasked: 'No image of this project has a mask yet. Outline some regions first.',
  tooManyClasses: ({ classes, limit }: ClassCounts, [first, ...others]: readonly string[]) =>
    `The project has ${classes} classes, but masks can have only ${limit}. Remove ${first ?? ''}${others.length === 0 ? '' : ` and ${others.length} more`} first.`,
  outside: (name: string, { folder }: { readonly folder: string }) =>
    `${name} would be written outside ${folder}. Rename the image.`,

  notGeotiff: (path: string) =>
    `${path} is not a GeoTIFF, so its label raster would have no coordinates. Export its mask as PNG.`,
  noCoordinates: (path: string) => `${path} has no coordinates. Export its mask as PNG.`,
  dicomAsNifti: (path: string) =>
    `${path} is a DICOM file, but NIfTI masks can be exported only for NIfTI volumes. Export its mask as a DICOM segmentation or as PNG.`,
  notNifti: (path: string) => `${path} is not a NIfTI volume. Export its mask as PNG.`,
  notDicom: (path: string) => `${path} is not a DICOM image. Export its mask as PNG.`,
  fewerFrames: (path: string) =>
    `${path} has fewer frames than when it was imported. Export its mask as PNG.`,
  otherSize: (path: string, { now, imported }: { readonly now: Size; readonly imported: Size }) =>
    `${path} has ${now.width} × ${now.height} pixels now, but had ${imported.width} × ${imported.height} when it was imported. Put the old file back, or import it again.`,
};

/** Notes on exports. */
export const exportNoteText = {
  withoutPatient:
    'Name, number and date of birth of the patient are left empty; the files keep the identifier of the study.',
  slicesDiffer:
    'Some files have slices with different labels: each slice has its own row, named file#number. Only rows of whole files can be imported again.',
  /** Reasons why an image is left out of a table. */
  classWithSeparator: (name: string) =>
    `its class is called “${name}”, which a table would read as several classes; rename the class`,
  nameWithBackslash: 'its name has a backslash, which a table would read as a folder',

  cocoUnknown:
    'COCO has no class for unknown pixels. They are written as crowd annotations with "ignore": 1 in every category, which training and evaluation ignore.',
  vectorUnknown: (ignoreValue: number) =>
    `Unknown pixels (${ignoreValue}) have no polygon and look like background. PNG, GeoTIFF and COCO keep them.`,
  slicesSeparate: (format: string) =>
    `${format} supports images of one slice only. Slices are named file#number, which other programs do not recognise; use NIfTI or DICOM segmentations to keep the slices of a volume or series together.`,
  slicesWithoutMask: (name: string, { without, all, label }: UnmaskedSlices) =>
    `${name}: ${without} of ${all} slices have no mask. Their pixels are marked as unknown (label ignore, ${label}).`,
  framesWithoutMask: (path: string, { without, all }: Unmasked) =>
    `${path}: ${without} of ${all} frames have no mask. Their pixels are marked as unknown (segment ignore).`,
};

interface Size {
  readonly width: number;
  readonly height: number;
}

interface ClassCounts {
  readonly classes: number;
  readonly limit: number;
}

interface Unmasked {
  readonly without: number;
  readonly all: number;
}

interface UnmaskedSlices extends Unmasked {
  /** Value of unknown pixels in the volume. */
  readonly label: number;
}
