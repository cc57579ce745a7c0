import { basename } from 'node:path/posix';
import { UserError } from '../../../core/errors.ts';
import { classLimit, reservedWord } from '../../../core/mask/class-names.ts';
import { ignoreValue } from '../../../core/mask/tiles.ts';
import { readJson } from '../bounded-file.ts';
import { layeredMask } from '../layers.ts';
import {
  type MaskSource,
  type OpenMask,
  type SizedImage,
  type SourceRequest,
} from '../mask-source.ts';
import { findNamedImages } from '../match-images.ts';
import { drawingBudget } from '../work-budget.ts';
import {
  isRecord,
  parseCoco,
  type CocoAnnotation,
  type CocoCategory,
  type CocoFile,
  type CocoImage,
} from './parse.ts';
import { annotationShapes } from './segmentation.ts';
import { cocoText } from '../../../text/index.ts';

/**
 * Opens COCO's annotations of objects. An image listed without annotations is all background.
 *
 * @throws UserError 'invalid-labels', 'unsupported', 'too-large', as `readJson`
 */
export async function openCocoMasks({ path, found }: SourceRequest): Promise<MaskSource> {
  const coco = parseCoco(await readJson(path), path);
  const { values, classes } = classesOf(coco, path);
  const named = { images: found, path };
  const { byImage, problems: unclear } = findNamedImages(
    filesOf(coco.images, found),
    ({ name }) => name,
    named,
  );
  const problems = [...unclear];
  if (coco.strayed > 0) {
    problems.push({
      path,
      reason: cocoText.annotationsOfNoImage(coco.strayed),
    });
  }
  return {
    kind: 'coco',
    claimed: new Set(),
    classes,
    images: byImage.size,
    table: null,
    isComplete: true,
    properties: [],
    property: null,
    problems,
    maskFor(image) {
      const file = byImage.get(image.path);
      const described = file?.slices.get(image.frame ?? 0) ?? file?.whole;
      if (described === undefined) return Promise.resolve(undefined);
      const isSlice = described !== file?.whole;
      // A rejection, not an exception, as with sources that read.
      return Promise.resolve().then(() =>
        maskOf(described, isSlice ? { ...image, frame: undefined } : image, values, classes, path),
      );
    },
    labelsOf: () => [path],
    close: () => Promise.resolve(),
  };
}

/** Description of a file: of the whole, or of its slices, which are named `x.tif#3` as in our exports. */
interface DescribedFile {
  readonly name: string;
  readonly whole: CocoImage | undefined;
  /** Slices by number, from 0. */
  readonly slices: Map<number, CocoImage>;
}

function filesOf(
  images: readonly CocoImage[],
  found: SourceRequest['found'],
): readonly DescribedFile[] {
  const names = new Set(found.map(({ name }) => basename(name)));
  const files: DescribedFile[] = [];
  const sliced = new Map<string, DescribedFile>();
  for (const image of images) {
    const { fileName: name } = image;
    const [, file, number] = /^(.+)#(\d{1,9})$/.exec(name) ?? [];
    const isWhole = file === undefined || names.has(basename(name));
    const known = isWhole ? undefined : sliced.get(file);
    if (isWhole || known?.slices.has(Number(number) - 1) === true) {
      files.push({ name, whole: image, slices: new Map() });
      continue;
    }
    const entry = known ?? { name: file, whole: undefined, slices: new Map() };
    entry.slices.set(Number(number) - 1, image);
    if (known !== undefined) continue;
    sliced.set(file, entry);
    files.push(entry);
  }
  return files;
}

function classesOf(
  { categories: listed, images }: CocoFile,
  path: string,
): { values: Map<number, number>; classes: MaskSource['classes'] } {
  // Files of earlier versions, and of other programs, have a category for unknown pixels.
  const meansIgnored = ({ name }: CocoCategory): boolean => reservedWord(name) === 'ignore';
  const categories = listed.filter((category) => !meansIgnored(category));
  if (categories.length > classLimit) {
    throw new UserError(
      'too-large',
      cocoText.tooManyCategories(path, categories.length, classLimit),
    );
  }
  const counts = new Map<number, number>();
  for (const { category, isIgnored } of images.flatMap(({ annotations }) => annotations)) {
    if (isIgnored) continue;
    counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  const classes = categories.map(({ id, name }, index) => ({
    value: index + 1,
    name: name.trim() === '' ? null : name.trim().normalize('NFC'),
    number: Number.isSafeInteger(id) ? id : null,
    colour: null,
    count: counts.get(id) ?? 0,
  }));
  const values = new Map(categories.map(({ id }, index) => [id, index + 1]));
  for (const { id } of listed.filter(meansIgnored)) values.set(id, ignoreValue);
  return { values, classes };
}

function maskOf(
  { width, height, annotations }: CocoImage,
  image: SizedImage,
  values: ReadonlyMap<number, number>,
  classes: MaskSource['classes'],
  path: string,
): OpenMask {
  if ((width ?? image.width) !== image.width || (height ?? image.height) !== image.height) {
    throw new UserError('invalid-labels', cocoText.otherSize(path, { width, height }, image));
  }
  if (image.frame !== undefined) {
    throw new UserError('invalid-labels', cocoText.severalPages(image.path));
  }
  const budget = drawingBudget(image, path);
  const shapes = withoutRepeats(annotations).flatMap((annotation) => {
    const listed = values.get(annotation.category);
    const value = listed !== undefined && annotation.isIgnored ? ignoreValue : listed;
    const name = cocoText.annotation(annotation.id, path);
    if (value !== undefined) return annotationShapes(annotation, value, image, name, budget);
    throw new UserError('invalid-labels', cocoText.unlistedCategory(name, annotation.category));
  });
  return layeredMask(image, classes, shapes, budget);
}

/**
 * Removes repeats of unknown pixels, which each category lists with the same run lengths, so that they are read once.
 */
function withoutRepeats(annotations: readonly CocoAnnotation[]): readonly CocoAnnotation[] {
  const seen = new Set<string>();
  return annotations.filter(({ isIgnored, segmentation }) => {
    if (!isIgnored || !isRecord(segmentation) || typeof segmentation.counts !== 'string')
      return true;
    if (seen.has(segmentation.counts)) return false;
    seen.add(segmentation.counts);
    return true;
  });
}
