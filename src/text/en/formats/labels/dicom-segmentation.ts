/** Messages about DICOM segmentations that are read. */
export const dicomSegmentationText = {
  /** @param why one of the reasons below */
  notValid: (path: string, why: string) =>
    `${path} cannot be read as a DICOM segmentation: ${why}. Export it again.`,
  otherClass: 'its SOPClassUID is not that of a segmentation',
  attributeMissing: (attribute: string) => `its ${attribute} is missing`,
  otherType: 'its SegmentationType is not BINARY, FRACTIONAL or LABELMAP',
  tooFewGroups: (items: number, frames: number) =>
    `its PerFrameFunctionalGroupsSequence has ${items} items for ${frames} frames`,
  /** @param frame from 1 */
  frameWithoutSegment: (frame: number) =>
    `the ReferencedSegmentNumber of frame ${frame} is missing`,
  frameOfUnlistedSegment: (frame: number, segment: number) =>
    `frame ${frame} belongs to segment ${segment}, which its SegmentSequence does not list`,

  tiled: (path: string) =>
    `${path} is a tiled segmentation of a slide, which is not supported. Export it as an image.`,
  tooManyClasses: (folder: string, labels: number, limit: number) =>
    `The segmentations in ${folder} have ${labels} segments of different labels; a mask can hold ${limit} classes. Import them in parts.`,
  cutShort: (path: string, { described, stored }: { described: number; stored: number }) =>
    `${path} is cut short: it describes ${described} frames, but contains the pixels of ${stored}. Copy or export it again.`,
  unlistedSegment: (path: string, segment: number) =>
    `${path} has pixels of segment ${segment}, which its SegmentSequence does not list. Export it again.`,

  imagesMissing: ({ frames, all }: FrameShare) =>
    `${frames} of its ${all} frames belong to images that are not in the folder`,
  otherPixels: ({ frames, all }: FrameShare) =>
    `${frames} of its ${all} frames do not match the pixels of their image (size, position or direction differ); they were left out. Resample the segmentation to the image`,
  segmentsOverlap: (pixels: number) =>
    `segments overlap in ${pixels} pixels; the later one in the file was used`,
};

/** Messages about DICOM segmentations that are written. The first four are parts of a sentence that begins with the path of the image, and `advice` follows it. */
export const dicomExportText = {
  attributeMissing: (attribute: string) => `has no ${attribute}, which a segmentation needs`,
  attributeOfFrame: (attribute: string, frame: number) => `${attribute} of frame ${frame}`,
  tilesOfSlide: 'holds the tiles of a slide, for which DICOM segmentations are not supported',
  differentOrientations: 'has frames with different orientations',
  advice: 'Export its mask as a PNG, or save the image with that attribute.',

  noThickness:
    'The image has no SliceThickness, which a segmentation of one slice needs. Export its mask as a PNG, or save the image with that attribute.',
  noClasses: 'A DICOM segmentation needs at least one class. Add one to the project.',
  tooLarge:
    'The segmentation would have more than 4 GiB of pixels, the limit of DICOM. Export masks as PNG.',
};

interface FrameShare {
  readonly frames: number;
  readonly all: number;
}
