/** Messages about files of COCO annotations. `name` is an annotation or an image, as "Annotation 7 in cells.json". */
export const cocoText = {
  annotation: (id: string, path: string) => `Annotation ${id} in ${path}`,
  annotationsOfNoImage: (annotations: number) =>
    `${annotations} annotations belong to images that the file does not list`,

  /** @param why one of the reasons below */
  notMasks: (path: string, why: string) =>
    `${path} is not a COCO file of masks: ${why}. Export it again.`,
  notAnObject: 'it is not a JSON object',
  listsMissing: 'images, annotations or categories are missing',
  imageRepeated: (id: string) => `two images have the id ${id}`,
  categoryRepeated: (id: number) => `two categories have the id ${id}`,
  imageWithoutName: 'an image has no file_name',
  annotationWithoutCategory: 'an annotation has no category_id',
  categoryIncomplete: 'a category has no id or no name',

  tooMany: (path: string, found: CocoCounts, limits: CocoCounts) =>
    `${path} has ${found.images} images and ${found.annotations} annotations, more than the limits of ${limits.images} and ${limits.annotations}. Split it.`,
  tooManyCategories: (path: string, categories: number, limit: number) =>
    `${path} has ${categories} categories; a mask can hold ${limit} classes. Merge categories first.`,
  panoptic: (path: string) =>
    `${path} is a COCO panoptic annotation, whose masks are in separate PNG files. Convert it to object annotations (panopticapi: panoptic2detection_coco_format).`,
  otherSize: (path: string, stated: PartialSize, image: NamedSize) =>
    `${path} states ${stated.width ?? '?'} × ${stated.height ?? '?'} pixels for ${image.name}, but the image has ${image.width} × ${image.height}. The annotations belong to another image.`,
  severalPages: (image: string) =>
    `${image} has several pages, but COCO describes images with one page. Save its pages as separate files.`,
  unlistedCategory: (name: string, category: number) =>
    `${name} has the category ${category}, which the file does not list. Export it again.`,
  tooFine: (name: string) => `The mask of ${name} is too detailed for COCO. Export masks as PNG.`,

  runsDamaged: (name: string) =>
    `The run lengths of ${name} are damaged. Export it again, or leave it out.`,
  runsDoNotFill: (name: string, { width, height }: Size) =>
    `The run lengths of ${name} do not fill its ${width} × ${height} pixels. Export it again.`,

  /** @param why one of the reasons below */
  wrongAnnotation: (name: string, why: string) => `${name} ${why}. Correct it and export again.`,
  runsOfOtherSize: (width: string, height: string, image: Size) =>
    `has run lengths of ${width} × ${height} pixels, but the image has ${image.width} × ${image.height}`,
  noOutline: 'has neither an outline nor run lengths',
  outlineNotNumbers: 'has an outline with a value that is not a number',
  outlineTooShort: 'has an outline of fewer than three points',
  outlineFarOutside: 'has an outline far outside the image',
};

interface Size {
  readonly width: number;
  readonly height: number;
}

interface NamedSize extends Size {
  readonly name: string;
}

/** Size as a file states it; null if it states none. */
interface PartialSize {
  readonly width: number | null;
  readonly height: number | null;
}

interface CocoCounts {
  readonly images: number;
  readonly annotations: number;
}
