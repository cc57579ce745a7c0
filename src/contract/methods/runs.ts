import { z } from 'zod';
import { reviewStatus } from '../entities.ts';
import { skippedImage } from '../results.ts';
import {
  exportFormat,
  exportedModel,
  predictedImages,
  predictionStatus,
  run,
  runCurve,
  runMask,
  runMetric,
  runPrediction,
  runProbe,
  runReference,
} from '../runs.ts';
import { id, nothing, path } from '../values.ts';
import type { Method } from '../values.ts';

/** Methods of runs, of predictions with their students, and of the review that a student proposes. */
export const runMethods = {
  'review.status': { params: z.strictObject({ project: id }), result: reviewStatus },
  /** Ranks images for review with the latest student; answers when done. */
  'review.find': {
    params: z.strictObject({ project: id }),
    result: z.strictObject({ images: z.int().nonnegative(), skipped: z.int().nonnegative() }),
  },
  'review.stop': { params: z.strictObject({ project: id }), result: nothing },
  /**
   * Checks a run before it starts and fails as `run.start` would; notes are what the user should know first.
   */
  'run.check': {
    params: z.strictObject({ project: id }),
    result: z.strictObject({ notes: z.array(z.string()) }),
  },
  'run.start': { params: z.strictObject({ project: id }), result: run },
  'run.list': { params: z.strictObject({ project: id }), result: z.array(run) },
  'run.get': { params: z.strictObject({ run: id }), result: run },
  /** Pauses a run: saves a checkpoint and stops. */
  'run.pause': { params: z.strictObject({ run: id }), result: run },
  'run.resume': { params: z.strictObject({ run: id }), result: run },
  /** Ends the training now and continues with head, evaluation and files. */
  'run.finish': { params: z.strictObject({ run: id }), result: run },
  /** Cancels a run and deletes its progress. */
  'run.cancel': { params: z.strictObject({ run: id }), result: nothing },
  'run.metrics': {
    params: z.strictObject({ run: id, curve: runCurve.default('distill') }),
    result: z.array(runMetric),
  },
  /** Probes of the student in training, named `glimpses` in messages, by step; no reference before the first. */
  'run.glimpses': {
    params: z.strictObject({ run: id }),
    result: z.strictObject({
      reference: runReference.nullable(),
      glimpses: z.array(runProbe),
    }),
  },
  'run.predictions': { params: z.strictObject({ run: id }), result: z.array(runPrediction) },
  /** Lists the test images of a segmentation run, the student's worst first. */
  'run.masks': { params: z.strictObject({ run: id }), result: z.array(runMask) },
  'run.predictionStatus': { params: z.strictObject({ run: id }), result: predictionStatus },
  /**
   * Predicts masks with a run's student, into its layer `student`; answers when done. Skips images that already have
   * a mask from this run, so that a stopped prediction continues. Emits `predict.progress`.
   */
  'run.predictMasks': {
    params: z.strictObject({ run: id, images: predictedImages.default('unlabelled') }),
    result: z.strictObject({
      images: z.int().nonnegative(),
      /** Images that already had a prediction. */
      known: z.int().nonnegative(),
      skipped: z.array(skippedImage),
      cancelled: z.boolean(),
    }),
  },
  /** Stops predicting. Finished predictions stay, and so does the finished part of a large image. */
  'run.stopPredicting': { params: z.strictObject({ run: id }), result: nothing },
  'run.export': {
    params: z.strictObject({
      run: id,
      format: exportFormat,
      file: path,
      /**
       * Model to export, the student by default; the untrained copy has files if it did better on the test images.
       */
      model: exportedModel.optional(),
    }),
    result: z.strictObject({ file: z.string(), bytes: z.int().positive() }),
  },
} as const satisfies Record<string, Method>;
