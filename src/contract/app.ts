import { z } from 'zod';
import {
  bandStatistics,
  imageTile,
  statisticsRequest,
  tileRequest,
  viewedImage,
} from './image-view.ts';
import {
  exportedMasks,
  labelExportChoices,
  labelExportReport,
  labelFormat,
} from './label-export.ts';
import {
  maskClassValue,
  maskInfo,
  maskLayer,
  maskState,
  maskTile,
  maskTileChange,
  maskTilePlace,
  suggestion,
  suggestionPlace,
  suggestionRequest,
} from './masks.ts';
import {
  foundMaskSource,
  maskImport,
  maskSourceContents,
  maskSourcePlace,
} from './mask-sources.ts';
import {
  bytes,
  distillSummary,
  orientation,
  preparation,
  projectDomain,
  skippedImage,
  start,
} from './jobs.ts';

/**
 * What the window may ask and is told: every method with its parameters and result, every event with
 * its content. Bridge, handlers, client and types derive from these two tables; whoever receives a
 * message checks it against them.
 */

const id = z.int().positive();
const path = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => !text.includes('\0'));
const name = z
  .string()
  .trim()
  .min(1)
  .max(200)
  // Letters with marks can be written in two ways that look the same.
  .normalize('NFC')
  // Line breaks, what cannot be seen and what turns text round would only hide in lists and files.
  .regex(/^[^\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]*$/u);
/** What a class may be called, and a project. */
export const className = name;
const nothing = z.null();
const when = z.iso.datetime();

export const domain = projectDomain;
export type Domain = z.infer<typeof domain>;

/** One class an image, any number of labels, or regions of an image that are outlined. */
export const projectTask = z.enum(['single', 'several', 'segmentation']);
export type ProjectTask = z.infer<typeof projectTask>;

export const projectClass = z.strictObject({
  id,
  name,
  /** sRGB, `#rrggbb`. */
  colour: z.string().regex(/^#[0-9a-f]{6}$/),
  /** Its value in masks; null past the 254th class. */
  maskValue: maskClassValue.nullable(),
  labelled: z.int().nonnegative(),
  /** Labelled images that a run would learn from now, and those that it would hold out to measure on. */
  learnt: z.int().nonnegative(),
  tested: z.int().nonnegative(),
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
  start,
  orientation,
  preparation,
});
export type ProjectSettings = z.infer<typeof projectSettings>;

export const project = z.strictObject({
  id,
  name,
  domain,
  task: projectTask,
  isSample: z.boolean(),
  createdAt: when,
  openedAt: when,
  images: z.int().nonnegative(),
  /** With a label; where regions are outlined, those whose mask was marked as done. */
  labelled: z.int().nonnegative(),
  /** Whose mask is begun and not marked as done. */
  drafts: z.int().nonnegative(),
  /** As a class's, each image once. */
  learnt: z.int().nonnegative(),
  tested: z.int().nonnegative(),
  /** Marked as test images. Where none of them is labelled, a run holds out a fifth of the labelled others. */
  marked: z.strictObject({ labelled: z.int().nonnegative(), unlabelled: z.int().nonnegative() }),
  classes: z.array(projectClass),
  settings: projectSettings,
});
export type Project = z.infer<typeof project>;

/** Why somebody should look at an image, and what was said of it, in ids of classes. */
export const imageReview = z.strictObject({
  /**
   * Nobody has given it a label; the student is unsure; student and teacher, or student and label,
   * disagree; nobody has looked at its label.
   */
  reason: z.enum(['unlabelled', 'unsure', 'teacher', 'label', 'unreviewed']),
  /** What the student wavers between, the likelier first. Missing, with the others, where it was not asked. */
  likeliest: z
    .array(z.strictObject({ class: id, probability: z.number().min(0).max(1) }))
    .optional(),
  student: z.array(id).optional(),
  /** Null where the teacher was gone. */
  teacher: z.array(id).nullable().optional(),
});
export type ImageReview = z.infer<typeof imageReview>;

/** What is known of what to look at next. */
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
  /** Whether somebody here gave or confirmed its label; missing where not. */
  isReviewed: z.boolean().optional(),
  /** Missing where nothing is outlined. */
  mask: maskState.optional(),
  /** Where what to look at next was asked for. */
  review: imageReview.optional(),
});
export type ProjectImage = z.infer<typeof projectImage>;

/**
 * Which images of a project: of one class, without a label, or all. `to-label`: unlabelled and not held out;
 * `draft`: of a mask that is begun and not done; `review`: those to look at next, the most useful first.
 */
export const imageFilter = z.strictObject({
  show: z
    .union([z.enum(['all', 'unlabelled', 'to-label', 'labelled', 'test', 'draft', 'review']), id])
    .default('all'),
  /** Part of the name. */
  search: z.string().max(200).default(''),
});
export type ImageFilter = z.infer<typeof imageFilter>;

/** An image's labels: ids of classes, or null for none given. */
export const labelChange = z.strictObject({
  image: id,
  classes: z.array(id).nullable(),
  /** Whether somebody has looked at it; taken to be so with a label that a person gives. */
  isReviewed: z.boolean().optional(),
});
export type LabelChange = z.infer<typeof labelChange>;

/** What an import of a folder would bring in. */
export const folderContents = z.strictObject({
  images: z.int().nonnegative(),
  /** Of them, those in a folder named test, which are held out. */
  test: z.int().nonnegative(),
  /** Masks beside the images, which are left out. */
  masks: z.int().nonnegative(),
  /** Where masks of the images may come from. */
  maskSources: z.array(foundMaskSource),
  /** Images in class folders; how many such folders, and the first of them by name. */
  labelled: z.int().nonnegative(),
  classCount: z.int().nonnegative(),
  classes: z.array(z.strictObject({ name: z.string(), images: z.int().positive() })),
  /** A CSV file in the folder that has labels. */
  table: z.string().nullable(),
  /** The one folder in it that holds everything and has folders of its own. */
  inner: z.string().nullable(),
});
export type FolderContents = z.infer<typeof folderContents>;

export const importReport = z.strictObject({
  project: id,
  folder: z.string(),
  found: z.int().nonnegative(),
  added: z.int().nonnegative(),
  /** Of the same content as one that is there already. */
  known: z.int().nonnegative(),
  /** Of the known ones, those found in another place than before. */
  moved: z.int().nonnegative().default(0),
  /** Images whose masks came in. */
  masks: z.int().nonnegative().default(0),
  /** The first of them. */
  skipped: z.array(skippedImage),
  cancelled: z.boolean(),
});
export type ImportReport = z.infer<typeof importReport>;

export const keptReport = importReport.extend({ id, createdAt: when });
export type KeptReport = z.infer<typeof keptReport>;

/** How labels come with a folder. */
export const labelSource = z.union([z.enum(['folders', 'none']), z.strictObject({ csv: path })]);
export type LabelSource = z.infer<typeof labelSource>;

/** What became of a file; `other`: it is no image by its name. */
export const fileOutcome = z.enum(['added', 'known', 'moved', 'skipped', 'other']);
export type FileOutcome = z.infer<typeof fileOutcome>;

/** A file of a folder that was imported. */
export const importedFile = z.strictObject({
  /** Absolute. */
  path: z.string(),
  /** The one that was imported; null where that is no longer known. */
  folder: z.string().nullable(),
  /** Relative to the folder, with `/`. */
  name: z.string(),
  outcome: fileOutcome,
  /** Why it was skipped, or what else is to be known of it. */
  reason: z.string().nullable(),
});
export type ImportedFile = z.infer<typeof importedFile>;

/** Which files: of one import (its report's id) or of all, and what became of them. */
export const fileFilter = z.strictObject({
  report: id.nullable(),
  show: z.union([z.literal('all'), fileOutcome]).default('all'),
  /** Part of the path. */
  search: z.string().max(200).default(''),
});
export type FileFilter = z.infer<typeof fileFilter>;

/** A folder whose new files come in by themselves. */
export const watchedFolder = z.strictObject({
  folder: z.string(),
  labels: labelSource,
  /** `missing`: it is not there at present; `failed`: nothing of it can come in, for the reason given. */
  state: z.enum(['watching', 'missing', 'failed']),
  message: z.string().nullable(),
  /** Images that came in by themselves since the app was started. */
  added: z.int().nonnegative(),
});
export type WatchedFolder = z.infer<typeof watchedFolder>;

export const teacher = z.strictObject({
  id,
  name,
  file: z.string(),
  isBundled: z.boolean(),
  bytes: z.int().nonnegative(),
  parameters: z.int().nonnegative(),
  imageSize: z.int().positive(),
  patchSize: z.int().positive(),
  width: z.int().positive(),
  heads: z.int().positive(),
  depth: z.int().positive(),
  /** Parameters of one block; all are alike. */
  blockParameters: z.int().positive(),
  /** What it was trained on and what it suits; null where nobody said. */
  training: z.string().nullable(),
  suits: z.string().nullable(),
  licence: z.string().nullable(),
  /** Taken to be so, as the file does not say. */
  assumed: z.array(z.string()),
  /** Estimated need of a run on this machine, and what is free now. */
  memoryNeeded: z.int().nonnegative(),
  memoryFree: z.int().nonnegative(),
});
export type Teacher = z.infer<typeof teacher>;

/** What a student would be, by a short measurement on this machine. */
export const studentEstimate = z.strictObject({
  skip: z.int().positive(),
  blocks: z.array(z.int().nonnegative()),
  parameters: z.int().positive(),
  /** Of the weights in float32. */
  bytes: z.int().positive(),
  /** Times faster than the teacher. */
  speedUp: z.number().positive(),
  /** To distil with the project's settings. */
  seconds: z.number().positive(),
});
export type StudentEstimate = z.infer<typeof studentEstimate>;

export const runState = z.enum(['queued', 'running', 'paused', 'failed', 'done']);
export type RunState = z.infer<typeof runState>;

/** What went wrong, for a person and for a report. */
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
  /** Steps done. */
  step: z.int().nonnegative(),
  error: failure.nullable(),
  summary: distillSummary.nullable(),
});
export type Run = z.infer<typeof run>;

/** A point of a run's curve. */
export const runMetric = z.strictObject({ step: z.int().positive(), loss: z.number() });
export type RunMetric = z.infer<typeof runMetric>;

/** What a student in training is compared with: its teacher, on the same labelled images. */
export const runReference = z.strictObject({
  /** Whose patches are shown; null where an image has been removed since. */
  images: z.array(id.nullable()),
  /** Patches a side. */
  grid: z.int().positive(),
  /** Cross-validated on labelled images, in [0, 1]; null where there are too few. */
  accuracy: z.number().nullable(),
  /** Patch features as colours, (images, grid, grid, 3), 8-bit RGB. */
  map: bytes,
});
export type RunReference = z.infer<typeof runReference>;

/** A look at the student after so many steps; equal colours mean equal features. */
export const runGlimpse = z.strictObject({
  step: z.int().nonnegative(),
  accuracy: z.number().nullable(),
  map: bytes,
});
export type RunGlimpse = z.infer<typeof runGlimpse>;

/** What the three said of one test image; indices into the summary's classes. */
export const runPrediction = z.strictObject({
  image: id,
  name: z.string(),
  truth: z.array(z.int().nonnegative()),
  teacher: z.array(z.int().nonnegative()),
  copy: z.array(z.int().nonnegative()),
  student: z.array(z.int().nonnegative()),
});
export type RunPrediction = z.infer<typeof runPrediction>;

const finite = z.number();

/** What a file says of its pixels; of a patient, nothing. */
export const imageFacts = z.strictObject({
  format: z.enum(['png', 'jpeg', 'webp', 'bmp', 'tiff', 'dicom', 'nifti']),
  bands: z.int().positive(),
  /** From 1: the band that says where there is nothing. */
  alpha: z.int().positive().nullable(),
  frames: z.int().positive(),
  sampleType: z.enum([
    ...(['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64'] as const),
  ]),
  interpretation: z.enum(['grey', 'rgb', 'palette', 'bands']),
  /** Between the centres of neighbouring pixels. */
  spacing: z.strictObject({ x: finite, y: finite, unit: z.enum(['mm', 'm', 'degree']) }).nullable(),
  /** Stored value to meaning: slope · v + intercept. */
  rescale: z.strictObject({ slope: finite, intercept: finite }).nullable(),
  /** Of rescaled values, the file's default first. */
  windows: z.array(
    z.strictObject({ center: finite, width: finite, name: z.string().max(64).nullable() }),
  ),
  /** It brings a table from values to shades, which comes before its windows. */
  hasTable: z.boolean(),
  /** What `auto` stands for in this image: bands from 1, and a range as a preparation has it. */
  auto: z.strictObject({ bands: z.array(z.int().positive()), range: z.string() }),
});
export type ImageFacts = z.infer<typeof imageFacts>;

/** How a student leaves: one file. */
export const exportFormat = z.enum(['float32', 'float16', 'int8', 'safetensors']);
export type ExportFormat = z.infer<typeof exportFormat>;

export interface Method {
  readonly params: z.ZodType;
  readonly result: z.ZodType;
}

/** Answered by the engine. */
export const engineMethods = {
  'workspace.status': {
    params: nothing,
    result: z.strictObject({ path: z.string(), version: z.string(), memoryBytes: z.number() }),
  },
  'project.list': { params: nothing, result: z.array(project) },
  'project.get': { params: z.strictObject({ project: id }), result: project },
  'project.create': {
    params: z.strictObject({
      name,
      domain,
      task: projectTask,
      classes: z.array(name).max(1000).default([]),
    }),
    result: project,
  },
  'project.update': {
    params: z.strictObject({
      project: id,
      name: name.optional(),
      domain: domain.optional(),
      settings: projectSettings.partial().optional(),
    }),
    result: project,
  },
  'project.remove': { params: z.strictObject({ project: id }), result: nothing },
  /** The bundled sample as a project, drawn at first use; takes some seconds. */
  'project.sample': { params: nothing, result: project },
  'class.add': { params: z.strictObject({ project: id, name }), result: project },
  'class.update': {
    params: z.strictObject({
      class: id,
      name: name.optional(),
      colour: projectClass.shape.colour.optional(),
    }),
    result: project,
  },
  /** Its labels go with it. */
  'class.remove': { params: z.strictObject({ class: id }), result: project },
  /** What an import of a folder would bring in. */
  'image.look': { params: z.strictObject({ folder: path }), result: folderContents },
  /** What a source of masks holds for the images of a folder; its masks are read for that. */
  'image.lookMasks': {
    params: z.strictObject({ project: id, folder: path, source: maskSourcePlace }),
    result: maskSourceContents,
  },
  /**
   * Images of a folder, referenced where they lie. Labels from class folders, a CSV file, or none. A
   * folder named test, or rows that say so, are held out. Masks beside images are left out.
   */
  'image.import': {
    params: z.strictObject({
      project: id,
      folder: path,
      labels: labelSource,
      /** With masks, into a project that outlines regions; null: they are left out. */
      masks: maskImport.nullable().default(null),
      /** New files come in by themselves from then on, with labels from the same place. */
      watch: z.boolean().default(false),
    }),
    result: importReport,
  },
  /** Stops an import; what is in stays in. */
  'image.stopImport': { params: z.strictObject({ project: id }), result: nothing },
  'image.page': {
    params: z.strictObject({
      project: id,
      filter: imageFilter,
      offset: z.int().nonnegative(),
      limit: z.int().min(1).max(500),
    }),
    result: z.strictObject({ total: z.int().nonnegative(), images: z.array(projectImage) }),
  },
  /** The reports of this project's imports, the latest first. */
  'image.reports': { params: z.strictObject({ project: id }), result: z.array(keptReport) },
  /** What became of each file, by path. */
  'image.files': {
    params: z.strictObject({
      project: id,
      filter: fileFilter,
      offset: z.int().nonnegative(),
      limit: z.int().min(1).max(500),
    }),
    result: z.strictObject({
      total: z.int().nonnegative(),
      counts: z.record(fileOutcome, z.int().nonnegative()),
      files: z.array(importedFile),
    }),
  },
  /** How many files were left out, of all imports. */
  'image.leftOut': { params: z.strictObject({ project: id }), result: z.int().nonnegative() },
  /** The table of files as CSV, all of it. */
  'image.saveFiles': {
    params: z.strictObject({ project: id, filter: fileFilter, file: path }),
    result: z.strictObject({ file: z.string(), rows: z.int().nonnegative() }),
  },
  'image.watched': { params: z.strictObject({ project: id }), result: z.array(watchedFolder) },
  'image.stopWatching': { params: z.strictObject({ project: id, folder: path }), result: nothing },
  /** Applies changes and returns those that undo them. */
  'image.label': {
    params: z.strictObject({ project: id, changes: z.array(labelChange).min(1).max(10_000) }),
    result: z.array(labelChange),
  },
  'image.remove': {
    params: z.strictObject({ project: id, images: z.array(id).min(1).max(10_000) }),
    result: nothing,
  },
  /**
   * A picture of an image as its project prepares it, WebP. `mark`: of the preparation that is meant
   * (see `preparationMark`); 'invalid-option' where the project has another by now.
   */
  'image.picture': {
    params: z.strictObject({
      image: id,
      side: z.enum(['thumbnail', 'whole']),
      mark: z.string().optional(),
    }),
    result: bytes,
  },
  'image.describe': { params: z.strictObject({ image: id }), result: imageFacts },
  /** A picture of an image under any preparation, WebP of at most 512 px a side. */
  'image.preview': { params: z.strictObject({ image: id, preparation }), result: bytes },
  /** What is known of an image's masks: of those that it has. */
  'mask.list': { params: z.strictObject({ image: id }), result: z.array(maskInfo) },
  /** Tiles that are not all background, of those asked for; at level k, of one pixel for 2^k × 2^k. */
  'mask.tiles': {
    params: z.strictObject({
      image: id,
      layer: maskLayer,
      level: z.int().min(0).max(16).default(0),
      tiles: z.array(maskTilePlace).min(1).max(64),
    }),
    result: z.array(maskTile),
  },
  /** Puts tiles in the place of those that are there, all or none of them, in the layer of the person. */
  'mask.save': {
    params: z.strictObject({ image: id, tiles: z.array(maskTileChange).min(1).max(256) }),
    result: maskInfo,
  },
  /** Done also where nothing is marked: there is nothing of any class in it. */
  'mask.setState': { params: z.strictObject({ image: id, state: maskState }), result: maskInfo },
  /** How the labels of a project can leave, by a look at some of its files. */
  'labels.choices': { params: z.strictObject({ project: id }), result: labelExportChoices },
  /** Writes labels into a folder, or into a new one in it where it has files. Tells `labels.progress`. */
  'labels.export': {
    params: z.strictObject({
      project: id,
      format: labelFormat,
      which: exportedMasks.default('all'),
      folder: path,
    }),
    result: labelExportReport,
  },
  /** Stops an export; files that are whole stay. */
  'labels.stopExport': { params: z.strictObject({ project: id }), result: nothing },
  /**
   * What a few strokes say of the rest of a region (see contract/masks). Fails with 'invalid-labels' where
   * strokes of one kind only are there, or none; 'not-found' without a teacher.
   */
  'mask.suggest': { params: suggestionRequest.extend({ image: id }), result: suggestion },
  /** Looks at a region ahead of `mask.suggest`, which then answers at once. */
  'mask.prepareSuggestion': { params: suggestionPlace.extend({ image: id }), result: nothing },
  /** What a viewer needs to know of an image before it asks for tiles. */
  'image.open': { params: z.strictObject({ image: id }), result: viewedImage },
  /**
   * Stored values of a tile. The first of a very large file without levels of its own waits until smaller
   * copies are made; 'image.levels' says how far that is.
   */
  'image.tile': { params: tileRequest, result: imageTile },
  /** One answer a band, in the same order. */
  'image.statistics': { params: statisticsRequest, result: z.array(bandStatistics) },
  /** The images that are one stack with this one, itself among them, in the order of its slices. */
  'image.stack': { params: z.strictObject({ image: id }), result: z.array(id) },
  'teacher.list': { params: nothing, result: z.array(teacher) },
  'teacher.add': { params: z.strictObject({ file: path }), result: teacher },
  'teacher.remove': { params: z.strictObject({ teacher: id }), result: nothing },
  /** Students by skip factor; measures this machine at the first call for a teacher. */
  'teacher.estimate': {
    params: z.strictObject({ project: id, teacher: id }),
    result: z.array(studentEstimate),
  },
  'review.status': { params: z.strictObject({ project: id }), result: reviewStatus },
  /** Asks the latest student about the images that somebody should look at; answers when that is done. */
  'review.find': {
    params: z.strictObject({ project: id }),
    result: z.strictObject({ images: z.int().nonnegative(), skipped: z.int().nonnegative() }),
  },
  'review.stop': { params: z.strictObject({ project: id }), result: nothing },
  'run.start': { params: z.strictObject({ project: id }), result: run },
  'run.list': { params: z.strictObject({ project: id }), result: z.array(run) },
  'run.get': { params: z.strictObject({ run: id }), result: run },
  /** Keeps a checkpoint and stops. */
  'run.pause': { params: z.strictObject({ run: id }), result: run },
  'run.resume': { params: z.strictObject({ run: id }), result: run },
  /** Ends the training here, and goes on to head, measures and files with what was learnt. */
  'run.finish': { params: z.strictObject({ run: id }), result: run },
  /** Stops and forgets what was learnt. */
  'run.cancel': { params: z.strictObject({ run: id }), result: nothing },
  'run.metrics': { params: z.strictObject({ run: id }), result: z.array(runMetric) },
  /** Looks at the student in training, by step; no reference before the first. */
  'run.glimpses': {
    params: z.strictObject({ run: id }),
    result: z.strictObject({
      reference: runReference.nullable(),
      glimpses: z.array(runGlimpse),
    }),
  },
  'run.predictions': { params: z.strictObject({ run: id }), result: z.array(runPrediction) },
  'run.export': {
    params: z.strictObject({ run: id, format: exportFormat, file: path }),
    result: z.strictObject({ file: z.string(), bytes: z.int().positive() }),
  },
} as const satisfies Record<string, Method>;

/** What of the menu has keys that a person may choose. */
const keyedCommand = z.enum([
  ...(['new-project', 'open-projects', 'import', 'undo', 'redo', 'shortcuts'] as const),
]);
/** As an item of Electron's menus takes it. */
const menuKey = z
  .string()
  .regex(/^(?:CmdOrCtrl\+|F\d)(?:Alt\+|Shift\+)*(?:[\x21-\x7e]|[A-Z][A-Za-z]+\d?)?$/);
const menuKeys = z.partialRecord(keyedCommand, z.array(menuKey).max(4));
export type MenuKeys = z.infer<typeof menuKeys>;

/** Answered by the process that owns the window. */
export const shellMethods = {
  'shell.chooseFolder': {
    params: z.strictObject({ title: z.string().max(200) }),
    result: path.nullable(),
  },
  'shell.chooseFile': {
    params: z.strictObject({
      title: z.string().max(200),
      extensions: z.array(z.string().regex(/^[a-z0-9]{1,12}$/)).max(20),
    }),
    result: path.nullable(),
  },
  'shell.chooseSave': {
    params: z.strictObject({ title: z.string().max(200), name: z.string().min(1).max(200) }),
    result: path.nullable(),
  },
  'shell.showInFolder': { params: z.strictObject({ file: path }), result: nothing },
  'shell.chooseWorkspace': { params: nothing, result: path.nullable() },
  'shell.showLog': { params: nothing, result: nothing },
  'shell.restartEngine': { params: nothing, result: nothing },
  /** The keys that the menu shows and answers to, as Electron writes them; of others it has its own. */
  'shell.setMenuKeys': {
    params: z.strictObject({ keys: menuKeys }),
    result: nothing,
  },
} as const satisfies Record<string, Method>;

export const methods = { ...engineMethods, ...shellMethods };

export type EngineMethod = keyof typeof engineMethods;
export type ShellMethod = keyof typeof shellMethods;
export type MethodName = keyof typeof methods;
export type Params<M extends MethodName> = z.input<(typeof methods)[M]['params']>;
export type ParsedParams<M extends MethodName> = z.output<(typeof methods)[M]['params']>;
export type Result<M extends MethodName> = z.output<(typeof methods)[M]['result']>;

export const events = {
  /** Something of a project changed: ask for it again. */
  'project.changed': z.strictObject({ project: id }),
  'import.progress': z.strictObject({
    project: id,
    done: z.int().nonnegative(),
    total: z.int().nonnegative(),
    secondsLeft: z.number().nullable(),
    skipped: z.int().nonnegative(),
  }),
  'labels.progress': z.strictObject({
    project: id,
    /** Images. */
    done: z.int().nonnegative(),
    total: z.int().nonnegative(),
    secondsLeft: z.number().nullable(),
  }),
  /** A suggestion needs a first look at the image; none is told of where it is short. */
  'suggest.progress': z.strictObject({
    image: id,
    /** Tiles of the teacher's input. */
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
  /** Smaller copies of a very large image are being made for its viewer. */
  'image.levels': z.strictObject({
    image: id,
    done: z.int().nonnegative(),
    total: z.int().positive(),
  }),
  'run.changed': run,
  /** It was cancelled, and nothing is left of it. */
  'run.removed': z.strictObject({ run: id, project: id }),
  'run.progress': z.strictObject({
    run: id,
    project: id,
    phase: z.enum(['images', 'fit', 'distill', 'head', 'timing', 'export']),
    done: z.number(),
    total: z.number(),
    /** Of this phase. */
    secondsLeft: z.number().nullable(),
    loss: z.number().optional(),
    imagesPerSecond: z.number().optional(),
  }),
  /** A new look at the student; those at later steps, of a run that went back, no longer count. */
  'run.glimpse': z.strictObject({ run: id, glimpse: runGlimpse }),
  /** The engine is ready, died and is started again, or cannot be started. */
  'engine.state': z.strictObject({
    state: z.enum(['ready', 'restarting', 'failed']),
    error: failure.nullable(),
  }),
  /** Chosen from the menu. */
  'menu.command': z.strictObject({
    command: z.enum([...keyedCommand.options, 'choose-workspace']),
  }),
} as const satisfies Record<string, z.ZodType>;

export type EventName = keyof typeof events;
export type EventOf<E extends EventName> = z.output<(typeof events)[E]>;

/** The answer to a request, as it crosses a process: an error is a value. */
export type Answer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Failure };

/** What the engine is sent, as the window's process or a test sends it. */
export const engineRequest = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('request'),
    id: z.int().nonnegative(),
    method: z.enum(Object.keys(engineMethods) as [EngineMethod, ...EngineMethod[]]),
    params: z.unknown(),
  }),
  /** The asker no longer waits. */
  z.strictObject({ kind: z.literal('abort'), id: z.int().nonnegative() }),
  /** End cleanly: running jobs keep their checkpoints. */
  z.strictObject({ kind: z.literal('shutdown') }),
]);
export type EngineRequest = z.infer<typeof engineRequest>;

/** What the engine sends. */
export type EngineMessage =
  | { readonly kind: 'response'; readonly id: number; readonly answer: Answer<unknown> }
  | { readonly kind: 'event'; readonly name: EventName; readonly content: unknown };
