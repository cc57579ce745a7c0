/** Messages about files of masks of every kind, and about the images that they name. */
export const maskFileText = {
  notSupported: (path: string) =>
    `${path} is not a supported file of masks. Choose COCO JSON, GeoJSON, a GeoPackage, a CVAT archive of segmentation masks, a DICOM segmentation, a NIfTI label map of a DICOM series or a GeoTIFF of labels.`,
  unreadable: (path: string) =>
    `${path} could not be read as labels. It may be damaged; export or copy it again, or leave it out.`,

  /** @param limit bytes. @param kind one of the kinds below */
  tooLong: (path: string, bytes: number, { limit, kind }: FileLimit) =>
    `${path} has ${bytes} bytes, more than the ${limit} that ${kind} may have. Split it.`,
  jsonOfLabels: 'a JSON file of labels',
  geoPackageOfLabels: 'a GeoPackage of labels',
  listOfClasses: 'a list of classes',

  notUtf8: (path: string) => `${path} is not UTF-8 text. Save it as UTF-8.`,
  notJson: (path: string) =>
    `${path} is not valid JSON: it is damaged or cut short. Export it again.`,
  /** @param cost, limit memory, MB */
  jsonTooLarge: (path: string, { cost, limit }: { cost: number; limit: number }) =>
    `${path} would take ${cost} MB of memory to read, more than the ${limit} MB that a JSON file of labels may take. Split it.`,

  tooMuchToDraw: (path: string, millionSteps: number, { width, height }: MaskSize) =>
    `${path} takes more than ${millionSteps} million steps to draw on one image of ${width} × ${height} pixels: its shapes are too many, too jagged or overlap too often. Simplify them, or export them as a raster.`,
  classesOverlap: (pixels: number) =>
    `classes overlap in ${pixels} pixels; the later one in the file was used`,
  otherSize: (path: string, mask: MaskSize, image: MaskSize) =>
    `${path} has ${mask.width} × ${mask.height} pixels, but its image has ${image.width} × ${image.height}. A mask must have the size of its image.`,
};

/** Notes about images that a file of masks names. */
export const namedImagesText = {
  severalImages: (path: string, another: string) =>
    `a name in ${path} may mean this image or ${another}, so its mask was not imported`,
  severalEntries: (path: string) =>
    `${path} has more than one entry that may be this image; no mask was imported for it`,
  /** @param name an example of a name in the file. @param image the image that it was matched with */
  matchedByFileName: (images: number, { name, image }: { name: string; image: string }) =>
    `${images === 1 ? 'One image was' : `${images} images were`} matched by file name only, since the folders differ (${name} is ${image}). Check that they are the same images`,
  missing: (missing: number, listed: number) =>
    `${missing} of the ${listed} images that it lists are not in the folder`,
};

interface FileLimit {
  readonly limit: number;
  readonly kind: string;
}

/** px */
interface MaskSize {
  readonly width: number;
  readonly height: number;
}
