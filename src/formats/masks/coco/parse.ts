import { UserError } from '../../../core/errors.ts';
import { cocoText } from '../../../text/index.ts';

/** COCO's object annotations (cocodataset.org, “Data format”), limited to what masks need. */

export interface CocoCategory {
  readonly id: number;
  readonly name: string;
}

export interface CocoImage {
  readonly fileName: string;
  /** Size in px; null if the file does not state it. */
  readonly width: number | null;
  readonly height: number | null;
  /** Annotations in the order in which they overlap. */
  readonly annotations: CocoAnnotation[];
}

export interface CocoAnnotation {
  readonly id: string;
  readonly category: number;
  /** Unchecked: outlines, or run lengths. */
  readonly segmentation: unknown;
  readonly isCrowd: boolean;
  /** True for a crowd that evaluation ignores (`ignore` in COCO's API): its class is unknown. */
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

/** @throws UserError 'invalid-labels', 'unsupported' unless there is one object per annotation, 'too-large' */
export function parseCoco(json: unknown, path: string): CocoFile {
  if (!isRecord(json)) throw noCoco(path, cocoText.notAnObject);
  const { images, annotations, categories } = json;
  if (!Array.isArray(images) || !Array.isArray(annotations) || !Array.isArray(categories)) {
    throw noCoco(path, cocoText.listsMissing);
  }
  if (images.length > imageLimit || annotations.length > annotationLimit) {
    throw new UserError(
      'too-large',
      cocoText.tooMany(
        path,
        { images: images.length, annotations: annotations.length },
        { images: imageLimit, annotations: annotationLimit },
      ),
    );
  }
  if (annotations.some((one) => isRecord(one) && 'segments_info' in one)) {
    throw new UserError('unsupported', cocoText.panoptic(path));
  }
  const byId = new Map<unknown, CocoImage>();
  for (const image of images) {
    const [id, parsed] = parseImage(image, path);
    // Which of them has the annotations would be a guess.
    if (byId.has(keyOf(id))) throw noCoco(path, cocoText.imageRepeated(nameOf(id)));
    byId.set(keyOf(id), parsed);
  }
  let strayed = 0;
  for (const one of annotations) {
    const { image, ...annotation } = parseAnnotation(one, path);
    const target = byId.get(keyOf(image));
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
    throw noCoco(path, cocoText.imageWithoutName);
  }
  const size = (value: unknown): number | null =>
    typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;
  const { id, file_name: fileName, width, height } = image;
  return [id, { fileName, width: size(width), height: size(height), annotations: [] }];
}

function parseAnnotation(one: unknown, path: string): CocoAnnotation & { readonly image: unknown } {
  if (!isRecord(one) || typeof one.category_id !== 'number') {
    throw noCoco(path, cocoText.annotationWithoutCategory);
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
    if (ids.has(id)) throw noCoco(path, cocoText.categoryRepeated(id));
    ids.add(id);
  }
  return parsed;
}

/** Some programs write the same number as a text in one list: an image would lose its annotations. */
function keyOf(id: unknown): unknown {
  return typeof id === 'number' ? String(id) : id;
}

function nameOf(id: unknown): string {
  return typeof id === 'number' || typeof id === 'string' ? String(id).slice(0, 40) : '?';
}

function parseCategory(one: unknown, path: string): CocoCategory {
  if (!isRecord(one) || typeof one.id !== 'number' || typeof one.name !== 'string') {
    throw noCoco(path, cocoText.categoryIncomplete);
  }
  return { id: one.id, name: one.name };
}

/** Sorts crowds first: a crowd is an area around single objects, which are drawn over it. */
function sortCrowdsFirst(annotations: CocoAnnotation[]): void {
  annotations.sort((a, b) => Number(b.isCrowd) - Number(a.isCrowd));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function noCoco(path: string, why: string): UserError {
  return new UserError('invalid-labels', cocoText.notMasks(path, why));
}
