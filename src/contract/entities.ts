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

/** One class per image, any number of labels, or outlined regions of an image. */
export const projectTask = task;
export type ProjectTask = z.infer<typeof projectTask>;

export const projectClass = z.strictObject({
  id,
  name,
  /** sRGB, `#rrggbb`. */
  colour: z.string().regex(/^#[0-9a-f]{6}$/),
  /** Value of the class in masks; null past the 254th class. */
  maskValue: maskClassValue.nullable(),
  labelled: z.int().nonnegative(),
  /** Labelled images that a run would learn from now, and those that it would hold out to measure on. */
  learnt: z.int().nonnegative(),
  tested: z.int().nonnegative(),
  /** Pixels of the class in masks marked as done; absent if there are none. */
  pixels: z.int().nonnegative().optional(),
});
export type ProjectClass = z.infer<typeof projectClass>;

/** Choices of the wizard that are kept with a project. */
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
  /** Side of a model's input, px; null: the teacher's own, where regions are outlined at least 128. */
  imageSize: z.int().min(16).max(1024).nullable(),
  /** Settings for outlined regions, this one and the following: see `distillOptions`. */
  decoderSteps: z.int().min(1).max(100_000),
  adapt: z.boolean(),
  overlap: z.number().min(0).max(0.75),
  ...borderTolerance,
});
export type ProjectSettings = z.infer<typeof projectSettings>;

/**
 * The images that a result is measured on. The name is a letter for each draw, with a number from the first change of
 * its images or of their labels on; results are comparable where they are of the same.
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
  /** Images with a label; if regions are outlined, images whose mask is marked as done. */
  labelled: z.int().nonnegative(),
  /** Images whose mask was begun and is not marked as done. */
  drafts: z.int().nonnegative(),
  /** Images to learn from, counted as for a class, each image once. */
  learnt: z.int().nonnegative(),
  tested: z.int().nonnegative(),
  /** Marked as test images. Where none of them is labelled, the first run holds out a fifth of the labelled others. */
  marked: z.strictObject({ labelled: z.int().nonnegative(), unlabelled: z.int().nonnegative() }),
  /** Test images that nobody marked: of the frozen test set, or as a first run would draw them now. */
  drawn: z.array(id),
  /** Test set of the latest run; null before the first run, and when a new one is to be drawn. */
  testSet: testSet.nullable(),
  /** Groups with test images and images that were learnt from until now; the next run only measures on them. */
  spanning: z.array(z.string()),
  classes: z.array(projectClass),
  settings: projectSettings,
});
export type Project = z.infer<typeof project>;

/** Why somebody should look at an image, and what was said of it, in ids of classes. */
const imageReview = z.strictObject({
  /**
   * Nobody has given it a label; the student is unsure; student and teacher, or student and label,
   * disagree; nobody has looked at its label.
   */
  reason: z.enum(['unlabelled', 'unsure', 'teacher', 'label', 'unreviewed']),
  /** Two likeliest classes, the likelier first. Absent, with the fields below, if the review was not requested. */
  likeliest: z
    .array(z.strictObject({ class: id, probability: z.number().min(0).max(1) }))
    .optional(),
  student: z.array(id).optional(),
  /** Null where the teacher was gone. */
  teacher: z.array(id).nullable().optional(),
});
export type ImageReview = z.infer<typeof imageReview>;

/** State of the review that ranks the images to look at next. */
export const reviewStatus = z.strictObject({
  /** The latest finished run; null where there is no student to ask. */
  run: id.nullable(),
  /** The run whose student was asked last. */
  asked: id.nullable(),
  /** Images that it would be asked about now, and about how long that takes. */
  images: z.int().nonnegative(),
  seconds: z.number().nonnegative().nullable(),
  isAtWork: z.boolean(),
});
export type ReviewStatus = z.infer<typeof reviewStatus>;

export const projectImage = z.strictObject({
  id,
  /** Relative to the folder that it was imported from. */
  name: z.string(),
  width: z.int().positive(),
  height: z.int().positive(),
  isLabelled: z.boolean(),
  /** Ids of classes; none though labelled: it belongs to none of several. */
  classes: z.array(id),
  /** Held out from training. */
  isTest: z.boolean(),
  /** A person set that it is learnt from; missing where not. */
  isLearn: z.boolean().optional(),
  /** Patient, volume or scene; missing where it has none. */
  group: z.string().optional(),
  /** True if a person gave or confirmed its label; absent otherwise. */
  isReviewed: z.boolean().optional(),
  /** Missing where nothing is outlined. */
  mask: maskState.optional(),
  /** A student has predicted its mask; missing where not. */
  isPredicted: z.boolean().optional(),
  /** Review of the image, if the request asked for it. */
  review: imageReview.optional(),
});
export type ProjectImage = z.infer<typeof projectImage>;

/**
 * Selection of images in a project: of one class, without a label, or all. `to-label`: unlabelled and not held out;
 * `draft`: mask begun and not done; `predicted`: not done, but predicted by a student; `review`: to look at next, the
 * most useful first.
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
  /** A run whose student's worst images come first, by its Dice; by name otherwise. */
  worstOf: id.optional(),
});
export type ImageFilter = z.infer<typeof imageFilter>;

/** An image's labels: ids of classes, or null for none given. */
export const labelChange = z.strictObject({
  image: id,
  classes: z.array(id).nullable(),
  /** True if a person has looked at it; implied by a label that a person gives. */
  isReviewed: z.boolean().optional(),
});
export type LabelChange = z.infer<typeof labelChange>;

/** Use of an image: for the test, for learning, or as the test set is drawn. */
const imageUse = z.enum(['test', 'learn', 'auto']);
export type ImageUse = z.infer<typeof imageUse>;

/** Changes a person makes to images: their use and their group. Absent fields stay as they are. */
export const useChange = z.strictObject({
  image: id,
  use: imageUse.optional(),
  /** Patient, volume or scene; null: none. */
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
  /** Parameters of one block; all are alike. */
  blockParameters: z.int().positive(),
  /** Training data and purpose of the teacher; null if unknown. */
  training: z.string().nullable(),
  suits: z.string().nullable(),
  licence: z.string().nullable(),
  /** Sentences about properties that were assumed, since the file does not state them. */
  assumed: z.array(z.string()),
  /** Properties that weights do not show by themselves, each with its source; a person may correct them. */
  inferred: z.array(inferredProperty),
  /** Sentences about what was taken from the file's model, left out or adapted. */
  notes: z.array(z.string()),
  /** Bytes that training a student of half the blocks is estimated to take, and bytes free on this machine now. */
  memoryNeeded: z.int().nonnegative(),
  memoryFree: z.int().nonnegative(),
});
export type Teacher = z.infer<typeof teacher>;

/** Estimate of a student from a short measurement on this machine. */
export const studentEstimate = z.strictObject({
  skip: z.int().positive(),
  blocks: z.array(z.int().nonnegative()),
  parameters: z.int().positive(),
  /** Size of the weights in float32. */
  bytes: z.int().positive(),
  /** Times faster than the teacher. */
  speedUp: z.number().positive(),
  /** Seconds to distil it with the project's settings. */
  seconds: z.number().positive(),
  /** Bytes at its peak, roughly, with the project's settings. */
  memoryNeeded: z.number().positive(),
});
export type StudentEstimate = z.infer<typeof studentEstimate>;

/** A device that runs of a project could compute on. */
export const deviceOption = deviceDescription
  .omit({ threads: true, imagesPerSecond: true })
  .extend({
    /** Training speed with the project's student; null if not measured. */
    imagesPerSecond: z.number().positive().nullable(),
    /** Seconds that a run of the project would take. */
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
  /** Band that marks where there is no data, from 1. */
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
  /** True if the file has a table from values to shades, which is applied before its windows. */
  hasTable: z.boolean(),
  /** Meaning of `auto` for this image: bands from 1, and a range as a preparation has it. */
  auto: z.strictObject({ bands: z.array(z.int().positive()), range: z.string() }),
});
export type ImageFacts = z.infer<typeof imageFacts>;
