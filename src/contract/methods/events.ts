import { z } from 'zod';
import { cardId } from '../catalogue.ts';
import { jobPhase } from '../jobs.ts';
import { failure, run, runProbe } from '../runs.ts';
import { id } from '../values.ts';
import { keyedCommand, notifiedPlace } from './shell.ts';

/** Every event that the page receives, with its content. */
export const events = {
  /** Something in a project changed, so that its data should be requested again. */
  'project.changed': z.strictObject({ project: id }),
  'import.progress': z.strictObject({
    project: id,
    done: z.int().nonnegative(),
    total: z.int().nonnegative(),
    secondsLeft: z.number().nullable(),
    skipped: z.int().nonnegative(),
  }),
  'patients.progress': z.strictObject({
    /** Number of files. */
    done: z.int().nonnegative(),
    total: z.int().nonnegative(),
  }),
  'labels.progress': z.strictObject({
    project: id,
    /** Number of images. */
    done: z.int().nonnegative(),
    total: z.int().nonnegative(),
    secondsLeft: z.number().nullable(),
  }),
  'catalogue.progress': z.strictObject({
    card: cardId,
    /** Bytes of all its files, including those of earlier attempts. */
    done: z.int().nonnegative(),
    /** Total in bytes; 0 while unknown. */
    total: z.int().nonnegative(),
    secondsLeft: z.number().nullable(),
  }),
  /** Progress of the first analysis of an image, which a suggestion needs; a short one is not reported. */
  'suggest.progress': z.strictObject({
    image: id,
    /** Number of tiles of the teacher's input. */
    done: z.int().nonnegative(),
    total: z.int().positive(),
    secondsLeft: z.number().nullable(),
  }),
  'review.progress': z.strictObject({
    project: id,
    done: z.int().nonnegative(),
    total: z.int().nonnegative(),
    secondsLeft: z.number().nullable(),
  }),
  'predict.progress': z.strictObject({
    run: id,
    project: id,
    /** Number of images. */
    done: z.int().nonnegative(),
    total: z.int().nonnegative(),
    /** Finished part of the current image, in [0, 1]. */
    part: z.number().min(0).max(1),
    secondsLeft: z.number().nullable(),
  }),
  /** Smaller copies of a very large image are being made for its viewer. */
  'image.levels': z.strictObject({
    image: id,
    done: z.int().nonnegative(),
    total: z.int().positive(),
  }),
  'run.changed': run,
  /** A run was cancelled and deleted. */
  'run.removed': z.strictObject({ run: id, project: id }),
  'run.progress': z.strictObject({
    run: id,
    project: id,
    /** Phase of the run; `predict` measures the three models on the test images. */
    phase: jobPhase.exclude(['sample', 'pixels', 'download']),
    done: z.number(),
    total: z.number(),
    /** Seconds left in this phase; null if unknown. */
    secondsLeft: z.number().nullable(),
    loss: z.number().optional(),
    imagesPerSecond: z.number().optional(),
  }),
  /** New probe of the student; probes at later steps, of a run that went back, no longer count. */
  'run.glimpse': z.strictObject({ run: id, glimpse: runProbe }),
  /**
   * Notes on the training: where it began, a lowered learning rate, an untrained copy that is better so far.
   */
  'run.notice': z.strictObject({ run: id, message: z.string() }),
  /**
   * State of the engine: it is ready; it has not answered for some time and may be stopped; it crashed and is being
   * restarted; or it cannot be started.
   */
  'engine.state': z.strictObject({
    state: z.enum(['ready', 'silent', 'restarting', 'failed']),
    error: failure.nullable(),
  }),
  /** The user clicked a system notification. */
  'notification.opened': notifiedPlace,
  /** The user chose a command from the menu. */
  'menu.command': z.strictObject({
    command: z.enum([...keyedCommand.options, 'choose-workspace', 'about']),
  }),
} as const satisfies Record<string, z.ZodType>;
