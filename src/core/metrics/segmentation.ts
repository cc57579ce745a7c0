import { boundaryF1, type BoundaryCounts } from './boundary-f1.ts';
import { bootstrapIntervals, type Interval } from './interval.ts';
import type { ClassPixels } from './mask-confusion.ts';

/** Counts of one image; all images have the same K. */
export interface SegmentedImage {
  readonly pixels: ClassPixels;
  /** Boundary counts; all images of a report have them, or none. */
  readonly boundary?: BoundaryCounts | undefined;
  /** Group (patient, scene) whose images are resampled together; undefined for an image without others in its group. */
  readonly group?: string | undefined;
}

export interface SegmentationInput {
  readonly images: readonly SegmentedImage[];
  /** Seed of the bootstrap: equal seeds give equal intervals. */
  readonly seed: number;
  /** Number of resamples of the bootstrap; 1,000 by default. */
  readonly resamples?: number;
}

/** Scores of the classes 1 to K − 1 in this order, without background, and their mean. */
export interface PerClassScores {
  readonly mean: Interval | null;
  readonly classes: readonly (Interval | null)[];
}

/**
 * Metrics of predicted masks, each in [0, 1] with a bootstrap 95 % interval over groups,
 * or over images without groups: images of one patient or scene are not independent. null if
 * there is nothing to compare. Background counts for pixel accuracy only. Below, TP, FP and FN count the pixels
 * of one class against the rest (Taha and Hanbury, BMC Medical Imaging 15:29, 2015).
 */
export interface SegmentationReport {
  /**
   * 2·TP / (2·TP + FP + FN) of each image, averaged over the images that have the class in truth or
   * prediction, as medical challenges do; 0 if only one of them has it. The mean is that of `imageDice`
   * over the images that have any class; with one class it equals that class's score.
   */
  readonly dice: PerClassScores;
  /**
   * TP / (TP + FP + FN) of pixels summed over all images (in a resample, over the sampled ones), as in earth
   * observation and PASCAL VOC. The mean is over the classes that occur in truth or prediction.
   */
  readonly iou: PerClassScores;
  /** Share of pixels whose class is correct. */
  readonly pixelAccuracy: Interval | null;
  /**
   * `boundaryF1` of each image, averaged over the images in which truth or prediction has a boundary of the
   * class. The mean is over images, of each image's mean over these classes. null if it was not measured.
   */
  readonly boundaryF1: PerClassScores | null;
}

/** Computes the report. Throws if there are no images, if they differ in K, or if only some have boundaries. */
export function segmentationReport(input: SegmentationInput): SegmentationReport {
  const { images, seed, resamples = 1000 } = input;
  const classes = requireAlike(images);
  const hasBoundary = images[0]?.boundary !== undefined;
  const layout = layoutOf(classes, hasBoundary);
  const groups = groupFractions(images, layout);
  const intervals = bootstrapIntervals((draws) => namedFigures(layout, groups, draws), {
    count: groups.length,
    seed,
    resamples,
  });
  const at = (slot: number): Interval | null => {
    const interval = intervals[slot];
    return interval === undefined || Number.isNaN(interval.value) ? null : interval;
  };
  const scores = (mean: number, first: number): PerClassScores => ({
    mean: at(mean),
    classes: Array.from({ length: classes - 1 }, (_, own) => at(first + own)),
  });
  return {
    dice: scores(layout.meanDice, layout.dice),
    iou: scores(layout.meanIou, layout.iou),
    pixelAccuracy: at(layout.accuracy),
    boundaryF1: hasBoundary ? scores(layout.meanBoundary, layout.boundary) : null,
  };
}

/**
 * Mean Dice of an image over the classes that it has in truth or prediction, without background; null if
 * there are none.
 */
export function imageDice({ pixels }: SegmentedImage): number | null {
  const { sum, count } = meanOverClasses(pixels.truth.length, (own) => dice(pixels, own));
  return count === 0 ? null : sum / count;
}

export interface ImageDice {
  /** Index of the image. */
  readonly image: number;
  /** Mean Dice of the image, as in `imageDice`. */
  readonly dice: number | null;
}

/** Sorts images by their mean Dice, the worst first, stable among equals; images without Dice come last. */
export function worstImages(images: readonly SegmentedImage[]): ImageDice[] {
  return images
    .map((image, index) => ({ image: index, dice: imageDice(image) }))
    .sort((a, b) => (a.dice ?? 2) - (b.dice ?? 2));
}

/**
 * Places of the figures in a row. Every figure except the mean IoU is a sum over images divided by another, so that a
 * resample costs one weighted sum of rows.
 */
interface Layout {
  readonly classes: number;
  readonly accuracy: number;
  readonly meanDice: number;
  /** Place of the first class; the other classes follow. */
  readonly dice: number;
  readonly meanBoundary: number;
  readonly boundary: number;
  readonly iou: number;
  /** Number of fractions; the mean IoU comes after them. */
  readonly fractions: number;
  readonly meanIou: number;
}

function layoutOf(classes: number, hasBoundary: boolean): Layout {
  const foreground = classes - 1;
  const dice = 2;
  const iou = dice + foreground;
  const meanBoundary = iou + foreground;
  const fractions = meanBoundary + (hasBoundary ? 1 + foreground : 0);
  return {
    classes,
    accuracy: 0,
    meanDice: 1,
    dice,
    iou,
    meanBoundary,
    boundary: meanBoundary + 1,
    fractions,
    meanIou: fractions,
  };
}

/** Numerators and denominators, both in the places of the layout. */
interface Fractions {
  readonly parts: Float64Array;
  readonly wholes: Float64Array;
}

function groupFractions(images: readonly SegmentedImage[], layout: Layout): Fractions[] {
  const groups: Fractions[] = [];
  const named = new Map<string, Fractions>();
  for (const image of images) {
    let own = image.group === undefined ? undefined : named.get(image.group);
    if (own === undefined) {
      own = emptyFractions(layout);
      groups.push(own);
      if (image.group !== undefined) named.set(image.group, own);
    }
    addImage(own, image, layout);
  }
  return groups;
}

function emptyFractions({ fractions }: Layout): Fractions {
  return { parts: new Float64Array(fractions), wholes: new Float64Array(fractions) };
}

function addImage(into: Fractions, { pixels, boundary }: SegmentedImage, layout: Layout): void {
  const { classes } = layout;
  add(into, layout.accuracy, total(pixels.right), total(pixels.truth));
  for (let own = 1; own < classes; own++) {
    add(into, layout.iou + own - 1, pixels.right[own] ?? 0, union(pixels, own));
  }
  addMeans(into, layout.meanDice, layout.dice, classes, (own) => dice(pixels, own));
  if (boundary === undefined) return;
  addMeans(into, layout.meanBoundary, layout.boundary, classes, (own) => boundaryF1(boundary, own));
}

/** Adds the defined scores of an image's classes, and their mean. */
function addMeans(
  into: Fractions,
  mean: number,
  first: number,
  classes: number,
  score: (own: number) => number,
): void {
  for (let own = 1; own < classes; own++) {
    const value = score(own);
    if (!Number.isNaN(value)) add(into, first + own - 1, value, 1);
  }
  const { sum, count } = meanOverClasses(classes, score);
  if (count > 0) add(into, mean, sum / count, 1);
}

function add({ parts, wholes }: Fractions, slot: number, part: number, whole: number): void {
  parts[slot] = (parts[slot] ?? 0) + part;
  wholes[slot] = (wholes[slot] ?? 0) + whole;
}

/** Computes all figures by their position, NaN if undefined; `draws` is the number of times each group counts. */
function namedFigures(
  layout: Layout,
  groups: readonly Fractions[],
  draws: Uint32Array,
): Record<string, number> {
  const { parts, wholes } = drawnFractions(layout, groups, draws);
  const figures: Record<string, number> = {};
  for (let slot = 0; slot < layout.fractions; slot++) {
    figures[slot] = (parts[slot] ?? 0) / (wholes[slot] ?? 0);
  }
  const iou = (own: number): number => figures[layout.iou + own - 1] ?? NaN;
  const { sum, count } = meanOverClasses(layout.classes, iou);
  figures[layout.meanIou] = sum / count;
  return figures;
}

function drawnFractions(
  layout: Layout,
  groups: readonly Fractions[],
  draws: Uint32Array,
): Fractions {
  const sums = emptyFractions(layout);
  for (const [index, { parts, wholes }] of groups.entries()) {
    const drawn = draws[index] ?? 0;
    if (drawn === 0) continue;
    for (let slot = 0; slot < layout.fractions; slot++) {
      add(sums, slot, drawn * (parts[slot] ?? 0), drawn * (wholes[slot] ?? 0));
    }
  }
  return sums;
}

/** Dice of a class; NaN (undefined) if neither truth nor prediction has it. */
function dice({ right, truth, predicted }: ClassPixels, own: number): number {
  return (2 * (right[own] ?? 0)) / ((truth[own] ?? 0) + (predicted[own] ?? 0));
}

function union({ right, truth, predicted }: ClassPixels, own: number): number {
  return (truth[own] ?? 0) + (predicted[own] ?? 0) - (right[own] ?? 0);
}

/** Sum and number of defined scores over all classes except background. */
function meanOverClasses(
  classes: number,
  score: (own: number) => number,
): { sum: number; count: number } {
  let sum = 0;
  let count = 0;
  for (let own = 1; own < classes; own++) {
    const value = score(own);
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return { sum, count };
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Checks that the images can be reported together, and returns their K. */
function requireAlike(images: readonly SegmentedImage[]): number {
  const [first] = images;
  if (first === undefined) throw new Error('segmentationReport: there are no images');
  const classes = first.pixels.truth.length;
  for (const [index, { pixels, boundary }] of images.entries()) {
    const own = pixels.truth.length;
    const edges = boundary?.truth.length ?? own;
    if (own !== classes || edges !== classes) {
      const got = own === classes ? edges : own;
      throw new Error(`segmentationReport: image ${index} has ${got} classes, expected ${classes}`);
    }
    if ((boundary === undefined) !== (first.boundary === undefined)) {
      throw new Error(`segmentationReport: only some images have boundaries, see image ${index}`);
    }
  }
  return classes;
}
