import { z } from 'zod';
import {
  domain,
  projectTask,
  projectClass,
  projectSettings,
  project,
  reviewStatus,
  projectImage,
  imageFilter,
  labelChange,
  useChange,
  teacher,
  deviceOption,
  studentEstimate,
  imageFacts,
} from './entities.ts';
import {
  locateReport,
  missingImages,
  folderContents,
  importReport,
  keptReport,
  labelSource,
  fileOutcome,
  importedFile,
  fileFilter,
  watchedFolder,
} from './folder-imports.ts';
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
  adoption,
  maskInfo,
  maskLayer,
  maskState,
  maskTile,
  maskTileChange,
  maskTilePatch,
  maskTilePlace,
  suggestion,
  suggestionPlace,
  suggestionRequest,
} from './masks.ts';
import { maskImport, maskPreview, maskSourceContents, maskSourcePlace } from './mask-sources.ts';
import { cardId, catalogueEntry, downloadSettings, shownDownloads } from './catalogue.ts';
import { logins } from './logins.ts';
import { patientStatus, rekeyReport } from './patients.ts';
import { bytes, jobPhase, preparation, teacherOverrides } from './jobs.ts';
import { skippedImage } from './results.ts';
import {
  exportFormat,
  exportedModel,
  failure,
  run,
  runCurve,
  runMetric,
  runReference,
  runProbe,
  runPrediction,
  runMask,
  predictedImages,
  predictionStatus,
} from './runs.ts';
import type { Failure } from './runs.ts';
import { id, path, name, nothing } from './values.ts';

/**
 * Every method that the page may call, with its parameters and result, and every event that it receives, with its
 * content. Bridge, handlers, client and types derive from these two tables, and every receiver validates messages
 * against them. Both tables are in one file, however long, so that there is one place to look.
 */

export * from './entities.ts';
export * from './folder-imports.ts';
export * from './runs.ts';
export { className } from './values.ts';

export interface Method {
  readonly params: z.ZodType;
  readonly result: z.ZodType;
}

/** Methods answered by the engine. */
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
      /** Task of the project; it can change only while the project has no images. */
      task: projectTask.optional(),
      settings: projectSettings.partial().optional(),
    }),
    result: project,
  },
  'project.remove': { params: z.strictObject({ project: id }), result: nothing },
  /** Creates a project from the bundled sample, which is generated at first use; takes some seconds. */
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
  /** Counts the masks made by the user that show the class, done or not. */
  'class.masks': { params: z.strictObject({ class: id }), result: z.int().nonnegative() },
  /** Removes a class together with its labels. */
  'class.remove': { params: z.strictObject({ class: id }), result: project },
  /** Previews what an import of a folder would add. */
  'image.look': { params: z.strictObject({ folder: path }), result: folderContents },
  /** Reads the masks of a source and describes their contents for the images of a folder. */
  'image.lookMasks': {
    params: z.strictObject({ project: id, folder: path, source: maskSourcePlace }),
    result: maskSourceContents,
  },
  /**
   * Returns an image with its mask, from the source that was inspected last; null if there is none to show.
   */
  'image.previewMasks': {
    params: z.strictObject({
      project: id,
      folder: path,
      source: maskSourcePlace,
      index: z.int().nonnegative(),
    }),
    result: maskPreview.nullable(),
  },
  /**
   * Imports the images of a folder, which are referenced in place, with labels from class folders, a CSV file, or
   * none. Images in a folder named test, or whose rows state so, are held out. Masks next to images are left out.
   */
  'image.import': {
    params: z.strictObject({
      project: id,
      folder: path,
      labels: labelSource,
      /** Masks to import into a segmentation project; null leaves them out. */
      masks: maskImport.nullable().default(null),
      /** Whether new files are imported automatically from then on, with labels from the same source. */
      watch: z.boolean().default(false),
    }),
    result: importReport,
  },
  /** Stops an import; images imported so far stay. */
  'image.stopImport': { params: z.strictObject({ project: id }), result: nothing },
  /** Returns whether images can be grouped by patient. */
  'patients.status': { params: nothing, result: patientStatus },
  /**
   * Reads again which patient each image belongs to, and stores all groups under a new secret. Emits
   * `patients.progress`.
   */
  'patients.rekey': { params: nothing, result: rekeyReport },
  /** Checks whether the files of all images are still in place. */
  'image.missing': { params: z.strictObject({ project: id }), result: missingImages },
  /**
   * Searches another folder for missing images: for those imported from one folder, or for all (null). Found images
   * get their new paths in one transaction.
   */
  'image.locate': {
    params: z.strictObject({ project: id, from: z.string().nullable(), to: path }),
    result: locateReport,
  },
  /** Undoes the latest search. */
  'image.undoLocate': {
    params: z.strictObject({ project: id }),
    result: z.strictObject({ images: z.int().nonnegative() }),
  },
  'image.page': {
    params: z.strictObject({
      project: id,
      filter: imageFilter,
      offset: z.int().nonnegative(),
      limit: z.int().min(1).max(500),
    }),
    result: z.strictObject({ total: z.int().nonnegative(), images: z.array(projectImage) }),
  },
  /** Returns the reports of this project's imports, the latest first. */
  'image.reports': { params: z.strictObject({ project: id }), result: z.array(keptReport) },
  /** Lists the outcome of each file of an import, by path. */
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
  /** Counts the files left out by all imports of a project. */
  'image.leftOut': { params: z.strictObject({ project: id }), result: z.int().nonnegative() },
  /** Saves the whole table of files as CSV. */
  'image.saveFiles': {
    params: z.strictObject({ project: id, filter: fileFilter, file: path }),
    result: z.strictObject({ file: z.string(), rows: z.int().nonnegative() }),
  },
  'image.watched': { params: z.strictObject({ project: id }), result: z.array(watchedFolder) },
  'image.stopWatching': { params: z.strictObject({ project: id, folder: path }), result: nothing },
  /** Allows a watch that is `asking` to continue. */
  'image.resumeWatching': {
    params: z.strictObject({ project: id, folder: path }),
    result: nothing,
  },
  /** Applies changes and returns those that undo them. */
  'image.label': {
    params: z.strictObject({ project: id, changes: z.array(labelChange).min(1).max(10_000) }),
    result: z.array(labelChange),
  },
  /**
   * Sets the use of images (test or training) and their groups. A change to one image applies to its whole group,
   * unless `exact`. Returns the changes that undo it (to be applied exactly), how many more images changed with their
   * group, and the groups that have been on both sides of the test set and are test images as a whole from now on.
   */
  'image.setUse': {
    params: z.strictObject({
      project: id,
      changes: z.array(useChange).min(1).max(200_000),
      exact: z.boolean().default(false),
    }),
    result: z.strictObject({
      undo: z.array(useChange),
      followed: z.int().nonnegative(),
      spanning: z.array(z.string()),
    }),
  },
  /** Makes the next run sample another test set; images assigned by the user keep their use. */
  'project.drawTestSet': { params: z.strictObject({ project: id }), result: project },
  'image.remove': {
    params: z.strictObject({ project: id, images: z.array(id).min(1).max(10_000) }),
    result: nothing,
  },
  /**
   * Returns a thumbnail of an image as its project prepares it, WebP. `mark`: identifies the requested preparation
   * (see `preparationMark`); 'invalid-option' if the project's preparation has changed since.
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
  /** Returns a thumbnail of an image under any preparation, WebP of at most 512 px per side. */
  'image.preview': { params: z.strictObject({ image: id, preparation }), result: bytes },
  /**
   * Lists the masks of an image. Model masks are those of `run`; with null, those of the latest run that has one, per
   * layer.
   */
  'mask.list': {
    params: z.strictObject({ image: id, run: id.nullable().default(null) }),
    result: z.array(maskInfo),
  },
  /**
   * Returns those of the requested tiles that are not all background; at level k, one pixel covers 2^k × 2^k.
   */
  'mask.tiles': {
    params: z.strictObject({
      image: id,
      layer: maskLayer,
      /** Run whose masks are requested; null as for `mask.list`. */
      run: id.nullable().default(null),
      level: z.int().min(0).max(16).default(0),
      tiles: z.array(maskTilePlace).min(1).max(64),
    }),
    result: z.array(maskTile),
  },
  /** Replaces tiles of the user's layer, all or none of them. */
  'mask.save': {
    params: z.strictObject({ image: id, tiles: z.array(maskTileChange).min(1).max(256) }),
    result: maskInfo,
  },
  /**
   * Whether the mask is done. A mask may be done without any marks: then the image shows none of the classes.
   */
  'mask.setState': { params: z.strictObject({ image: id, state: maskState }), result: maskInfo },
  /**
   * Copies a predicted mask into the user's layer (see `adoption`), all or nothing. Fails with 'not-found' if there
   * is no such mask, and with 'too-large' if it exceeds one edit. Returns null and no tiles if nothing would change;
   * the mask is then neither changed nor created.
   */
  'mask.adopt': {
    params: adoption.extend({ image: id }),
    result: z.strictObject({ info: maskInfo.nullable(), tiles: z.array(maskTilePatch) }),
  },
  /** Lists how the labels of a project can be exported, judging by some of its files. */
  'labels.choices': { params: z.strictObject({ project: id }), result: labelExportChoices },
  /** Writes labels into a folder, or into a new subfolder if it is not empty. Emits `labels.progress`. */
  'labels.export': {
    params: z.strictObject({
      project: id,
      format: labelFormat,
      which: exportedMasks.default('all'),
      folder: path,
    }),
    result: labelExportReport,
  },
  /** Stops an export; complete files stay. */
  'labels.stopExport': { params: z.strictObject({ project: id }), result: nothing },
  /**
   * Suggests the rest of a region from a few strokes (see contract/masks). Fails with 'invalid-labels' without
   * strokes or with strokes of one kind only, and with 'not-found' without a teacher.
   */
  'mask.suggest': { params: suggestionRequest.extend({ image: id }), result: suggestion },
  /** Prepares a region for `mask.suggest`, which then answers at once. */
  'mask.prepareSuggestion': { params: suggestionPlace.extend({ image: id }), result: nothing },
  /** Describes an image for a viewer, before it requests tiles. */
  'image.open': { params: z.strictObject({ image: id }), result: viewedImage },
  /**
   * Returns the stored values of a tile. The first tile of a very large file without levels of its own waits until
   * smaller copies are made; 'image.levels' reports the progress.
   */
  'image.tile': { params: tileRequest, result: imageTile },
  /** Measures values of bands; returns one result per band, in the same order. */
  'image.statistics': { params: statisticsRequest, result: z.array(bandStatistics) },
  /** Returns the images of the stack that this image belongs to, itself included, in slice order. */
  'image.stack': { params: z.strictObject({ image: id }), result: z.array(id) },
  'teacher.list': { params: nothing, result: z.array(teacher) },
  /**
   * Adds a teacher after a trial run on a few images; `overrides` are the user's corrections of what its file states.
   */
  'teacher.add': {
    params: z.strictObject({ file: path, overrides: teacherOverrides.default({}) }),
    result: teacher,
  },
  /**
   * Removes a teacher. Files that Understudy downloaded for it are deleted; a file that the user brought stays.
   */
  'teacher.remove': { params: z.strictObject({ teacher: id }), result: nothing },
  /** Lists the teachers of the catalogue, with the state of each download. */
  'catalogue.list': { params: nothing, result: z.array(catalogueEntry) },
  /**
   * Downloads a card's files and adds the teacher; answers when done. A partial download is kept for the next
   * attempt. Emits `catalogue.progress`.
   */
  'catalogue.fetch': { params: z.strictObject({ card: cardId }), result: teacher },
  'catalogue.stop': { params: z.strictObject({ card: cardId }), result: nothing },
  /** Adds a teacher from a file that the user downloaded; 'invalid-file' if it is not the card's file. */
  'catalogue.bring': { params: z.strictObject({ card: cardId, file: path }), result: teacher },
  /** Returns the addresses without names and passwords, and whether those are known. */
  'catalogue.settings': { params: nothing, result: shownDownloads },
  /** Stores the addresses in normalised form; 'invalid-option' for an invalid address. */
  'catalogue.saveSettings': { params: downloadSettings, result: shownDownloads },
  /** Returns the known names and passwords, for the key store; called only by the main process. */
  'catalogue.logins': { params: nothing, result: logins },
  /** Passes on the names and passwords from the key store; called only by the main process. */
  'catalogue.unlock': { params: logins, result: nothing },
  /** Lists students by skip factor; measures this computer at the first call for a teacher. */
  'teacher.estimate': {
    params: z.strictObject({ project: id, teacher: id }),
    result: z.array(studentEstimate),
  },
  /**
   * Lists devices, measured with the project's teacher if it has one; the first time, this takes some seconds per
   * device.
   */
  'device.list': { params: z.strictObject({ project: id }), result: z.array(deviceOption) },
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

/** Methods that the page must not call: their data never reaches it. */
export const hostMethods: ReadonlySet<string> = new Set<keyof typeof engineMethods>([
  'catalogue.logins',
  'catalogue.unlock',
]);

/** Menu commands whose keys the user can choose. */
const keyedCommand = z.enum([
  ...(['new-project', 'open-projects', 'import', 'undo', 'redo', 'shortcuts'] as const),
]);
/** Key combination in the notation of Electron's menus. */
const menuKey = z
  .string()
  .regex(/^(?:CmdOrCtrl\+|F\d)(?:Alt\+|Shift\+)*(?:[\x21-\x7e]|[A-Z][A-Za-z]+\d?)?$/);
const menuKeys = z.partialRecord(keyedCommand, z.array(menuKey).max(4));
export type MenuKeys = z.infer<typeof menuKeys>;

/** Part of the app that a system notification opens. */
const notifiedPlace = z.strictObject({
  project: id.nullable(),
  step: z.string().max(40),
  run: id.nullable(),
});

/** Methods answered by the main process. */
const shellMethods = {
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
  /** Shows a system notification; `notification.opened` follows when the user clicks it. */
  'shell.notify': {
    params: z.strictObject({
      title: z.string().min(1).max(200),
      body: z.string().max(500),
      target: notifiedPlace,
    }),
    result: nothing,
  },
  'shell.chooseWorkspace': { params: nothing, result: path.nullable() },
  'shell.showLog': { params: nothing, result: nothing },
  /** Continues closing or reloading, which the page delayed to save something first. */
  'shell.leave': { params: nothing, result: nothing },
  'shell.restartEngine': { params: nothing, result: nothing },
  /** Returns versions and paths, for the app's About dialog and for bug reports. */
  'shell.about': {
    params: nothing,
    result: z.strictObject({
      version: z.string(),
      electron: z.string(),
      chromium: z.string(),
      /** Electron's own Node version; the engine runs on another. */
      node: z.string(),
      system: z.string(),
      workspace: z.string(),
      log: z.string(),
      /** The version of Electron that packages are built with, if a different one is running; else null. */
      standsInFor: z.string().nullable(),
    }),
  },
  /**
   * The keys that the menu shows and handles, as Electron writes them; it has its own for all other commands.
   */
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

/**
 * Returns true if a state means that the engine has ended: its work continues under another engine, or not at all.
 */
export function hasEnded(state: EventOf<'engine.state'>['state']): boolean {
  return state === 'restarting' || state === 'failed';
}

export type EventName = keyof typeof events;
export type EventOf<E extends EventName> = z.output<(typeof events)[E]>;

/** The answer to a request, as it crosses processes: an error is a value. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Failure };

/** Messages to the engine, sent by the main process or by a test. */
export const engineRequest = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('request'),
    id: z.int().nonnegative(),
    method: z.enum(Object.keys(engineMethods) as [EngineMethod, ...EngineMethod[]]),
    params: z.unknown(),
  }),
  /** The caller has cancelled the request. */
  z.strictObject({ kind: z.literal('abort'), id: z.int().nonnegative() }),
  /** Heartbeat request, answered by `pong`. */
  z.strictObject({ kind: z.literal('ping') }),
  /** Request to end cleanly: running jobs keep their checkpoints. */
  z.strictObject({ kind: z.literal('shutdown') }),
]);
export type EngineRequest = z.infer<typeof engineRequest>;

/** Messages from the engine. */
export type EngineMessage =
  | { readonly kind: 'response'; readonly id: number; readonly answer: Answer<unknown> }
  | { readonly kind: 'event'; readonly name: EventName; readonly content: unknown }
  | { readonly kind: 'pong' };
