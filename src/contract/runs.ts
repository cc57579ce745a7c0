import { z } from 'zod';
import { projectSettings, testSet } from './entities.ts';
import { bytes, deviceName } from './jobs.ts';
import { distillSummary } from './results.ts';
import { id, when } from './values.ts';

/** Runs of a project, as they cross processes. */

export const runState = z.enum(['queued', 'running', 'paused', 'failed', 'done']);
export type RunState = z.infer<typeof runState>;

/** Failure, worded for the user and with details for a report. */
export const failure = z.strictObject({
  code: z.string(),
  message: z.string(),
  details: z.string().optional(),
});
export type Failure = z.infer<typeof failure>;

export const run = z.strictObject({
  id,
  project: id,
  state: runState,
  settings: projectSettings,
  teacherName: z.string(),
  teacherBlocks: z.int().positive(),
  createdAt: when,
  finishedAt: when.nullable(),
  /** Number of steps done. */
  step: z.int().nonnegative(),
  /** Device in use; null until the run begins. */
  device: deviceName.nullable(),
  /** Why that is not the requested device, or not the one that it began on. */
  deviceNote: z.string().nullable(),
  error: failure.nullable(),
  summary: distillSummary.nullable(),
  /** True if its student, or the untrained copy, was saved as a file. */
  isExported: z.boolean(),
  /** Test set of the run; null until it begins, and in runs from before test sets were stored. */
  testSet: testSet.nullable(),
});
export type Run = z.infer<typeof run>;

/** A point of a run's curve. */
export const runMetric = z.strictObject({ step: z.int().positive(), loss: z.number() });
export type RunMetric = z.infer<typeof runMetric>;

/** Phase of a run that has a loss curve: distilling the student, then all decoders as one. */
export const runCurve = z.enum(['distill', 'decoder']);
export type RunCurve = z.infer<typeof runCurve>;

/** Reference for a student in training: its teacher's features of the same labelled images. */
export const runReference = z.strictObject({
  /** Images whose patches are shown; null for one that has since been removed. */
  images: z.array(id.nullable()),
  /** Number of patches per side. */
  grid: z.int().positive(),
  /** Accuracy, cross-validated on labelled images, in [0, 1]; null if there are too few. */
  accuracy: z.number().nullable(),
  /** Patch features as colours, (images, grid, grid, 3), 8-bit RGB. */
  map: bytes,
});
export type RunReference = z.infer<typeof runReference>;

/** Probe of the student in training after `step` steps; equal colours mean equal features. */
export const runProbe = z.strictObject({
  step: z.int().nonnegative(),
  accuracy: z.number().nullable(),
  map: bytes,
});
export type RunProbe = z.infer<typeof runProbe>;

/** Predictions of the three models for one test image; indices into the summary's classes. */
export const runPrediction = z.strictObject({
  image: id,
  name: z.string(),
  truth: z.array(z.int().nonnegative()),
  teacher: z.array(z.int().nonnegative()),
  copy: z.array(z.int().nonnegative()),
  student: z.array(z.int().nonnegative()),
});
export type RunPrediction = z.infer<typeof runPrediction>;

const dice = z.number().min(0).max(1).nullable();

/**
 * Mean Dice of the three models on a test image, null if there was nothing to compare. Their masks are layers of the
 * image, stored with this run.
 */
export const runMask = z.strictObject({
  image: id,
  name: z.string(),
  teacher: dice,
  copy: dice,
  student: dice,
});
export type RunMask = z.infer<typeof runMask>;

/** Images to predict masks for: those whose own mask is not done, all, or these. */
export const predictedImages = z.union([
  z.enum(['unlabelled', 'all']),
  z.array(id).min(1).max(10_000),
]);
export type PredictedImages = z.infer<typeof predictedImages>;

export const predictionStatus = z.strictObject({
  /** Number of images of the project, and how many of them have the student's mask of this run. */
  all: z.strictObject({ images: z.int().nonnegative(), predicted: z.int().nonnegative() }),
  /** Number of images whose own mask is not done, and how many of them have a prediction. */
  unlabelled: z.strictObject({ images: z.int().nonnegative(), predicted: z.int().nonnegative() }),
  /** Estimated duration of predicting those without a done mask or a prediction. */
  seconds: z.number().nonnegative(),
  isAtWork: z.boolean(),
});
export type PredictionStatus = z.infer<typeof predictionStatus>;

/** Format of an exported student: one file. */
export const exportFormat = z.enum(['float32', 'float16', 'int8', 'safetensors']);
export type ExportFormat = z.infer<typeof exportFormat>;

/** Model of a run that is exported. */
export const exportedModel = z.enum(['student', 'copy']);
export type ExportedModel = z.infer<typeof exportedModel>;
