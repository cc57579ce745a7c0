import { UserError } from '../../../core/errors.ts';

/** COCO's object annotations (cocodataset.org, “Data format”), as far as masks need them. */

export interface CocoCategory {
  readonly id: number;
  readonly name: string;
}

export interface CocoImage {
  readonly fileName: string;
  /** Null where the file does not say. */
  readonly width: number | null;
  readonly height: number | null;
  /** In the order in which they lie over each other. */
  readonly annotations: CocoAnnotation[];
}

export interface CocoAnnotation {
  readonly id: string;
  readonly category: number;
  /** Unchecked: outlines, or run lengths. */
  readonly segmentation: unknown;
  readonly isCrowd: boolean;
  /** A crowd that evaluation passes over (`ignore` in COCO's API): what it shows is not known. */
  readonly isIgnored: boolean;
}

export interface CocoFile {
  readonly categories: readonly CocoCategory[];
  readonly images: readonly CocoImage[];
  /** Annotations of images that the file does not name. */
  readonly strayed: number;
}

const imageLimit = 1_000_000;
const annotationLimit = 10_000_000;

/** @throws UserError 'invalid-labels', 'unsupported' for what is not one object an annotation, 'too-large' */
export function parseCoco(json: unknown, path: string): CocoFile {
  if (!isRecord(json)) throw noCoco(path, 'it holds no object');
  const { images, annotations, categories } = json;
  if (!Array.isArray(images) || !Array.isArray(annotations) || !Array.isArray(categories)) {
    throw noCoco(path, 'images, annotations or categories are missing');
  }
  if (images.length > imageLimit || annotations.length > annotationLimit) {
    throw new UserError(
      'too-large',
      `${path} has ${images.length} images and ${annotations.length} annotations, more than can be read at once. Split it.`,
    );
  }
  if (annotations.some((one) => isRecord(one) && 'segments_info' in one)) {
    throw new UserError(
      'unsupported',
      `${path} is a panoptic annotation of COCO, which keeps its masks in PNG files of their own. Convert it to object annotations (panopticapi: panoptic2detection_coco_format).`,
    );
  }
  const byId = new Map<unknown, CocoImage>();
  for (const image of images) {
    const [id, parsed] = parseImage(image, path);
    // Whose the annotations are would be a guess.
    if (byId.has(id)) throw noCoco(path, `two images have the id ${nameOf(id)}`);
    byId.set(id, parsed);
  }
  let strayed = 0;
  for (const one of annotations) {
    const { image, ...annotation } = parseAnnotation(one, path);
    const target = byId.get(image);
    if (target) target.annotations.push(annotation);
    else strayed++;
  }
  for (const { annotations: all } of byId.values()) sortCrowdsFirst(all);
  return {
    categories: parseCategories(categories, path),
    images: [...byId.values()],
    strayed,
  };
}

function parseImage(image: unknown, path: string): [id: unknown, image: CocoImage] {
  if (!isRecord(image) || typeof image.file_name !== 'string') {
    throw noCoco(path, 'an image has no file_name');
  }
  const size = (value: unknown): number | null =>
    typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;
  const { id, file_name: fileName, width, height } = image;
  return [id, { fileName, width: size(width), height: size(height), annotations: [] }];
}

function parseAnnotation(one: unknown, path: string): CocoAnnotation & { readonly image: unknown } {
  if (!isRecord(one) || typeof one.category_id !== 'number') {
    throw noCoco(path, 'an annotation has no category_id');
  }
  const { id, image_id: image, category_id: category, segmentation, iscrowd, ignore } = one;
  const isCrowd = isSet(iscrowd);
  return {
    id: nameOf(id),
    image,
    category,
    segmentation,
    isCrowd,
    isIgnored: isCrowd && isSet(ignore),
  };
}

function isSet(flag: unknown): boolean {
  return flag === 1 || flag === true;
}

function parseCategories(categories: readonly unknown[], path: string): CocoCategory[] {
  const parsed = categories.map((one) => parseCategory(one, path));
  const ids = new Set<number>();
  for (const { id } of parsed) {
    if (ids.has(id)) throw noCoco(path, `two categories have the id ${id}`);
    ids.add(id);
  }
  return parsed;
}

function nameOf(id: unknown): string {
  return typeof id === 'number' || typeof id === 'string' ? String(id).slice(0, 40) : '?';
}

function parseCategory(one: unknown, path: string): CocoCategory {
  if (!isRecord(one) || typeof one.id !== 'number' || typeof one.name !== 'string') {
    throw noCoco(path, 'a category has no id or no name');
  }
  return { id: one.id, name: one.name };
}

/** A crowd is an area around single objects, which lie over it. */
function sortCrowdsFirst(annotations: CocoAnnotation[]): void {
  annotations.sort((a, b) => Number(b.isCrowd) - Number(a.isCrowd));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function noCoco(path: string, why: string): UserError {
  return new UserError(
    'invalid-labels',
    `${path} is no COCO file of masks: ${why}. Export it again.`,
  );
}
