import { z } from 'zod';
import { maskClassValue, maskState } from './masks.ts';
import {
  borderTolerance,
  deviceChoice,
  orientation,
  precision,
  preparation,
  projectDomain,
  start,
  task,
} from './jobs.ts';
import { deviceDescription, inferredProperty } from './descriptions.ts';
import { groupName, id, name, when } from './values.ts';

/**
 * Contents of a workspace as they cross processes: projects, images and teachers; imports are in
 * `folder-imports.ts`, runs in `runs.ts`.
 */

export const domain = projectDomain;
export type Domain = z.infer<typeof domain>;

/** Task of a project: one class per image, any number of labels per image, or outlined regions. */
export const projectTask = task;
export type ProjectTask = z.infer<typeof projectTask>;

export const projectClass = z.strictObject({
  id,
  name,
  /** Colour of the class, sRGB, `#rrggbb`. */
  colour: z.string().regex(/^#[0-9a-f]{6}$/),
  /** Value of the class in masks; null from the 255th class on. */
  maskValue: maskClassValue.nullable(),
  labelled: z.int().nonnegative(),
  /**
   * Labelled images that a run would use for training now, and those that it would hold out for measuring.
   */
  learnt: z.int().nonnegative(),
  tested: z.int().nonnegative(),
  /** Pixels of the class in masks marked as done; absent if there are none. */
  pixels: z.int().nonnegative().optional(),
});
export type ProjectClass = z.infer<typeof projectClass>;

/** Choices of the wizard that are stored with a project. */
export const projectSettings = z.strictObject({
  teacher: id.nullable(),
  skip: z.int().min(1).max(1024),
  rank: z.int().min(1).max(1024),
  steps: z.int().min(1).max(100_000),
  batch: z.int().min(1).max(1024),
  views: z.int().min(1).max(10_000),
  device: deviceChoice,
  precision,
  start,
  orientation,
  preparation,
  /** Side of a model's input, px; null: the teacher's own, but at least 128 for segmentation. */
  imageSize: z.int().min(16).max(1024).nullable(),
  /** Settings for segmentation, this one and the following: see `distillOptions`. */
  decoderSteps: z.int().min(1).max(100_000),
  adapt: z.boolean(),
  overlap: z.number().min(0).max(0.75),
  ...borderTolerance,
});
export type ProjectSettings = z.infer<typeof projectSettings>;

/**
 * The images that a result is measured on. Named by a letter per sampled set, followed by a number once its images or
 * their labels change; results with the same name are comparable.
 */
export const testSet = z.strictObject({
  id,
  name: z.string(),
  images: z.int().nonnegative(),
  /** Hash of the images with their labels. */
  fingerprint: z.string(),
  frozenAt: when,
});
export type TestSet = z.infer<typeof testSet>;

export const project = z.strictObject({
  id,
  name,
  domain,
  task: projectTask,
  isSample: z.boolean(),
  createdAt: when,
  openedAt: when,
  images: z.int().nonnegative(),
  /** Images with a label; for segmentation, images whose mask is marked as done. */
  labelled: z.int().nonnegative(),
  /** Images with a mask that is not marked as done. */
  drafts: z.int().nonnegative(),
  /** Images for training, counted as for a class, each image once. */
  learnt: z.int().nonnegative(),
  tested: z.int().nonnegative(),
  /**
   * Images marked as test images. If none of them is labelled, the first run holds out a fifth of the other labelled
   * images.
   */
  marked: z.strictObject({ labelled: z.int().nonnegative(), unlabelled: z.int().nonnegative() }),
  /**
   * Test images that the user did not mark: from the frozen test set, or as a first run would sample them now.
   */
  drawn: z.array(id),
  /** Test set of the latest run; null before the first run, and if a new one is to be sampled. */
  testSet: testSet.nullable(),
  /**
   * Groups with test images and images used for training until now; the next run uses them only for measuring.
   */
  spanning: z.array(z.string()),
  classes: z.array(projectClass),
  settings: projectSettings,
});
export type Project = z.infer<typeof project>;

/** Reason to review an image, with predictions and label as class ids. */
const imageReview = z.strictObject({
  /**
   * The image has no label; the student is unsure; student and teacher, or student and label, disagree; its label has
   * not been checked by the user.
   */
  reason: z.enum(['unlabelled', 'unsure', 'teacher', 'label', 'unreviewed']),
  /** Two likeliest classes, the likelier first. Absent, with the fields below, if the review was not requested. */
  likeliest: z
    .array(z.strictObject({ class: id, probability: z.number().min(0).max(1) }))
    .optional(),
  student: z.array(id).optional(),
  /** Null if the teacher had been removed. */
  teacher: z.array(id).nullable().optional(),
});
export type ImageReview = z.infer<typeof imageReview>;

/** State of the review that ranks the images to check next. */
export const reviewStatus = z.strictObject({
  /** The latest finished run; null if there is no student yet. */
  run: id.nullable(),
  /** The run whose student made the latest ranking. */
  asked: id.nullable(),
  /** Number of images that a ranking would predict now, and about how long that takes. */
  images: z.int().nonnegative(),
  seconds: z.number().nonnegative().nullable(),
  isAtWork: z.boolean(),
});
export type ReviewStatus = z.infer<typeof reviewStatus>;

export const projectImage = z.strictObject({
  id,
  /** Path relative to the folder that it was imported from. */
  name: z.string(),
  width: z.int().positive(),
  height: z.int().positive(),
  isLabelled: z.boolean(),
  /** Ids of its classes; empty for an image labelled as showing none of the classes. */
  classes: z.array(id),
  /** True if the image is held out from training. */
  isTest: z.boolean(),
  /** True if the user marked it as a training image; absent otherwise. */
  isLearn: z.boolean().optional(),
  /** Patient, volume or scene; absent if unknown. */
  group: z.string().optional(),
  /** True if the user gave or confirmed its label; absent otherwise. */
  isReviewed: z.boolean().optional(),
  /** State of the user's mask; absent without one. */
  mask: maskState.optional(),
  /** True if a student has predicted its mask; absent otherwise. */
  isPredicted: z.boolean().optional(),
  /** Review of the image, if the request asked for it. */
  review: imageReview.optional(),
});
export type ProjectImage = z.infer<typeof projectImage>;

/**
 * Selection of images in a project: of one class, without a label, or all. `to-label`: unlabelled and not held out;
 * `draft`: with a mask that is not done; `predicted`: not done, but predicted by a student; `review`: to check next,
 * the most useful first.
 */
export const imageFilter = z.strictObject({
  show: z
    .union([
      z.enum(['all', 'unlabelled', 'to-label', 'labelled', 'test', 'draft', 'predicted', 'review']),
      id,
    ])
    .default('all'),
  /** Part of the name. */
  search: z.string().max(200).default(''),
  /** A run whose student's worst images come first, by its Dice; sorted by name otherwise. */
  worstOf: id.optional(),
});
export type ImageFilter = z.infer<typeof imageFilter>;

/** An image's labels: ids of classes, or null if it has not been labelled. */
export const labelChange = z.strictObject({
  image: id,
  classes: z.array(id).nullable(),
  /** True if the user has checked it; implied by a label that the user gives. */
  isReviewed: z.boolean().optional(),
});
export type LabelChange = z.infer<typeof labelChange>;

/** Use of an image: test, training, or decided by the sampled test set. */
const imageUse = z.enum(['test', 'learn', 'auto']);
export type ImageUse = z.infer<typeof imageUse>;

/** Changes that the user makes to images: their use and their group. Absent fields stay unchanged. */
export const useChange = z.strictObject({
  image: id,
  use: imageUse.optional(),
  /** Patient, volume or scene; null for none. */
  group: groupName.nullable().optional(),
});
export type UseChange = z.infer<typeof useChange>;

export const teacher = z.strictObject({
  id,
  name,
  file: z.string(),
  isBundled: z.boolean(),
  /** True if the file was downloaded into the workspace and is deleted with the teacher. */
  isFetched: z.boolean(),
  bytes: z.int().nonnegative(),
  parameters: z.int().nonnegative(),
  imageSize: z.int().positive(),
  patchSize: z.int().positive(),
  width: z.int().positive(),
  heads: z.int().positive(),
  depth: z.int().positive(),
  /** Parameters of one block; all blocks are alike. */
  blockParameters: z.int().positive(),
  /** Training data and purpose of the teacher; null if unknown. */
  training: z.string().nullable(),
  suits: z.string().nullable(),
  licence: z.string().nullable(),
  /** Sentences about properties that were assumed because the file does not state them. */
  assumed: z.array(z.string()),
  /** Properties that weights do not show by themselves, each with its source; the user can correct them. */
  inferred: z.array(inferredProperty),
  /** Sentences about what was used from the file's model, left out or adapted. */
  notes: z.array(z.string()),
  /**
   * Bytes that training a student of half the blocks is estimated to need, and bytes free on this computer now.
   */
  memoryNeeded: z.int().nonnegative(),
  memoryFree: z.int().nonnegative(),
});
export type Teacher = z.infer<typeof teacher>;

/** Estimate of a student from a short measurement on this computer. */
export const studentEstimate = z.strictObject({
  skip: z.int().positive(),
  blocks: z.array(z.int().nonnegative()),
  parameters: z.int().positive(),
  /** Size of the weights in float32. */
  bytes: z.int().positive(),
  /** Speed relative to the teacher's. */
  speedUp: z.number().positive(),
  /** Seconds to distil it with the project's settings. */
  seconds: z.number().positive(),
  /** Approximate peak memory in bytes, with the project's settings. */
  memoryNeeded: z.number().positive(),
});
export type StudentEstimate = z.infer<typeof studentEstimate>;

/** A device that runs of a project could use. */
export const deviceOption = deviceDescription
  .omit({ threads: true, imagesPerSecond: true })
  .extend({
    /** Training speed with the project's student; null if not measured. */
    imagesPerSecond: z.number().positive().nullable(),
    /** Estimated duration of a run of the project, in seconds. */
    seconds: z.number().nonnegative().nullable(),
    /** True if a run would use this device with the project's settings. */
    isChosen: z.boolean(),
  });
export type DeviceOption = z.infer<typeof deviceOption>;

const finite = z.number();

/** Facts a file states about its pixels; nothing about a patient. */
export const imageFacts = z.strictObject({
  format: z.enum(['png', 'jpeg', 'webp', 'bmp', 'tiff', 'dicom', 'nifti']),
  bands: z.int().positive(),
  /** Band that marks missing pixels (alpha), from 1. */
  alpha: z.int().positive().nullable(),
  frames: z.int().positive(),
  sampleType: z.enum([
    ...(['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64'] as const),
  ]),
  interpretation: z.enum(['grey', 'rgb', 'palette', 'bands']),
  /** Distance between the centres of neighbouring pixels. */
  spacing: z.strictObject({ x: finite, y: finite, unit: z.enum(['mm', 'm', 'degree']) }).nullable(),
  /** Stored value to meaning: slope · v + intercept. */
  rescale: z.strictObject({ slope: finite, intercept: finite }).nullable(),
  /** Windows of rescaled values, the file's default first. */
  windows: z.array(
    z.strictObject({ center: finite, width: finite, name: z.string().max(64).nullable() }),
  ),
  /** True if the file has a lookup table for grey levels, which is applied before its windows. */
  hasTable: z.boolean(),
  /** What `auto` means for this image: bands from 1, and a range as in a preparation. */
  auto: z.strictObject({ bands: z.array(z.int().positive()), range: z.string() }),
});
export type ImageFacts = z.infer<typeof imageFacts>;
