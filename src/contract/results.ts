import { z } from 'zod';
import { classificationTask, lengthUnit, precision } from './jobs.ts';

/** Results of jobs: figures with their intervals, skipped files, and written files. */

/** A measured quality with its bootstrap 95 % interval, all in [0, 1]. */
export const interval = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });
export type Interval = z.infer<typeof interval>;

const qualityReport = z.strictObject({
  accuracy: interval,
  balancedAccuracy: interval,
  macroF1: interval,
  /** Area under the ROC curve; null if no class has both positives and negatives. */
  auc: interval.nullable(),
  /** Confusion matrix. Single label: truth × prediction. Several labels: TN, FP, FN, TP per label. */
  confusion: z.array(z.array(z.number())),
});
export type QualityReport = z.infer<typeof qualityReport>;

const cost = {
  blocks: z.number(),
  /** Size of encoder and head. */
  parameters: z.number(),
  /** Size of the weights in float32. */
  bytes: z.number(),
  /**
   * Fastest of repeated batches, architectures alternating; for segmentation, per tile. Encoders of one architecture
   * share the figure.
   */
  msPerImage: z.number(),
};

/** One of the three compared encoders, each with a head trained on the same labels. */
const candidateReport = z.strictObject({ ...qualityReport.shape, ...cost });
export type CandidateReport = z.infer<typeof candidateReport>;

/** Scores per class and their mean, without the background; null if there was nothing to measure. */
const classScores = z.strictObject({
  mean: interval.nullable(),
  classes: z.record(z.string(), interval.nullable()),
});
export type ClassScores = z.infer<typeof classScores>;

/** Measures of predicted masks, defined in core/metrics/segmentation. */
const maskQuality = z.strictObject({
  dice: classScores,
  iou: classScores,
  pixelAccuracy: interval.nullable(),
  boundaryF1: classScores.nullable(),
});
export type MaskQuality = z.infer<typeof maskQuality>;

/** Distance within which a border counts as found, for boundary F1. */
const writtenTolerance = z.strictObject({ distance: z.number(), unit: lengthUnit });
export type WrittenTolerance = z.infer<typeof writtenTolerance>;

/** One of the three compared encoders with a decoder instead of a head. */
const maskCandidateReport = z.strictObject({ ...maskQuality.shape, ...cost });
export type MaskCandidateReport = z.infer<typeof maskCandidateReport>;

const parityReport = z.strictObject({
  file: z.string(),
  bytes: z.number(),
  /** Largest difference of logits from the live model, relative to their largest size. */
  relativeDifference: z.number(),
  /** Share of the images for which the predicted classes agree. */
  agreement: z.number(),
  images: z.number(),
});
export type ParityReport = z.infer<typeof parityReport>;

/** A file or folder that was left out, and why. */
export const skippedImage = z.strictObject({
  path: z.string(),
  reason: z.string(),
  /** True for a folder; all of it was left out. */
  isFolder: z.boolean().optional(),
  /** True if leaving it out loses no image, as with masks next to the images. */
  isExpected: z.boolean().optional(),
});
export type SkippedImage = z.infer<typeof skippedImage>;

/** Returns true if something was left out that the user may miss. */
export function isPartly(skipped: readonly SkippedImage[]): boolean {
  return skipped.some(({ isExpected }) => isExpected !== true);
}

const share = z.number().min(0).max(1).nullable();

/** Origin of the student: its start and the state that was kept, judged by training images. */
const recipeReport = z.strictObject({
  start: z.enum(['fitted', 'copy']),
  /** The state that was kept: the untrained copy, the start, or the student after so many steps. */
  kept: z.union([z.literal('copy'), z.literal('start'), z.int().positive()]),
  /** Number of times training went back and lowered its learning rate. */
  rateFalls: z.int().nonnegative(),
  /**
   * Accuracy on reserved training images: of a probe on the untrained copy, on the start, and on the state that was
   * kept; null if there were too few images or no classes.
   */
  aside: z.strictObject({ images: z.int().nonnegative(), copy: share, start: share, kept: share }),
});
export type RecipeReport = z.infer<typeof recipeReport>;

const summaryOfRun = {
  /** Absent in runs of earlier versions. */
  recipe: recipeReport.optional(),
  /**
   * Mean absolute difference of the last block's output from the teacher's: of the untrained copy and of the student,
   * on views not used in training. In runs of earlier versions, of the first and the last step.
   */
  loss: z.strictObject({ first: z.number(), last: z.number() }),
  seconds: z.number(),
  skip: z.number().nullable(),
  blocks: z.array(z.number()),
  rank: z.number(),
  steps: z.number(),
  /** Precision of matrix products; absent in older runs. */
  precision: precision.optional(),
  classes: z.array(z.string()),
  images: z.strictObject({
    distilled: z.number(),
    labelled: z.number(),
    tested: z.number(),
    skipped: z.array(skippedImage),
  }),
  /** Share of the teacher's targets that came from the cache. */
  targetCacheHits: z.number(),
  parity: z.array(parityReport),
  /** Absolute paths of the files written. */
  files: z.array(z.string()),
};

/** Accuracies without a model: guessing among the classes, and always answering the most frequent one. */
const classBaselines = z.strictObject({ chance: z.number(), mostFrequent: z.number() });
export type ClassBaselines = z.infer<typeof classBaselines>;

/** Baseline without a model: the best of outlining nothing, or all of each image as one class. */
const maskBaselines = z.strictObject({
  dice: z.number(),
  iou: z.number(),
  pixelAccuracy: z.number(),
});

export const classSummary = z.strictObject({
  task: classificationTask,
  /** Absent in runs of earlier versions. */
  baselines: classBaselines.optional(),
  teacher: candidateReport,
  copy: candidateReport,
  student: candidateReport,
  ...summaryOfRun,
});
export type ClassSummary = z.infer<typeof classSummary>;

const maskSummary = z.strictObject({
  task: z.literal('segmentation'),
  /** Absent in runs of earlier versions. */
  baselines: maskBaselines.optional(),
  teacher: maskCandidateReport,
  copy: maskCandidateReport,
  student: maskCandidateReport,
  tolerance: writtenTolerance,
  /** Side of a tile, px. */
  side: z.number(),
  decoderSteps: z.number(),
  /** True if the student's adapters were fine-tuned on the masks. */
  adapted: z.boolean(),
  /** Independent test units: groups of the test images that have a Dice, or these images. */
  units: z.number(),
  /** Number of classes that test masks show; absent in runs of earlier versions. */
  shown: z.array(z.string()).optional(),
  /** Mean Dice of each test image, the student's worst first; null if there is nothing to compare. */
  perImage: z.array(
    z.strictObject({
      path: z.string(),
      teacher: z.number().nullable(),
      copy: z.number().nullable(),
      student: z.number().nullable(),
    }),
  ),
  ...summaryOfRun,
});
export type MaskSummary = z.infer<typeof maskSummary>;

export const distillSummary = z.discriminatedUnion('task', [classSummary, maskSummary]);
export type DistillSummary = z.infer<typeof distillSummary>;

const evaluation = {
  model: z.string(),
  classes: z.array(z.string()),
  images: z.number(),
  /** Model time per image; for segmentation, per tile. */
  msPerImage: z.number(),
  skipped: z.array(skippedImage),
};

export const evaluateSummary = z.discriminatedUnion('task', [
  z.strictObject({ task: classificationTask, ...qualityReport.shape, ...evaluation }),
  z.strictObject({
    task: z.literal('segmentation'),
    ...maskQuality.shape,
    tolerance: writtenTolerance,
    ...evaluation,
  }),
]);
export type EvaluateSummary = z.infer<typeof evaluateSummary>;

const prediction = {
  model: z.string(),
  images: z.number(),
  imagesPerSecond: z.number(),
  skipped: z.array(skippedImage),
  files: z.array(z.string()),
};

export const predictSummary = z.discriminatedUnion('task', [
  z.strictObject({
    task: classificationTask,
    ...prediction,
    /** Number of images by predicted class. */
    counts: z.record(z.string(), z.number()),
  }),
  z.strictObject({
    task: z.literal('segmentation'),
    ...prediction,
    /** Number of pixels by predicted class, without the background. */
    pixels: z.record(z.string(), z.number()),
    /** Number of images that already had masks. */
    known: z.number(),
    /** Notes that apply to all files. */
    notes: z.array(z.string()),
  }),
]);
export type PredictSummary = z.infer<typeof predictSummary>;

/** @public The form of what `--json` prints. */
export const demoSummary = z.strictObject({ runs: z.array(distillSummary) });
export type DemoSummary = z.infer<typeof demoSummary>;
