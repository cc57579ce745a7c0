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
 * Every method the window may call, with its parameters and result, and every event it receives, with its content.
 * Bridge, handlers, client and types derive from these two tables; whoever receives a message checks it against them.
 * Both are in one file, however long, so that there is one place to look.
 */

export * from './entities.ts';
export * from './folder-imports.ts';
export * from './runs.ts';
export { className } from './values.ts';

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
      /** Another one only while the project has no images. */
      task: projectTask.optional(),
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
  /** Counts the masks by a person that show the class, done or not. */
  'class.masks': { params: z.strictObject({ class: id }), result: z.int().nonnegative() },
  /** Removes a class together with its labels. */
  'class.remove': { params: z.strictObject({ class: id }), result: project },
  /** Describes what an import of a folder would bring in. */
  'image.look': { params: z.strictObject({ folder: path }), result: folderContents },
  /** Reads the masks of a source and describes what they hold for the images of a folder. */
  'image.lookMasks': {
    params: z.strictObject({ project: id, folder: path, source: maskSourcePlace }),
    result: maskSourceContents,
  },
  /** An image of a source that was looked at last, with its mask; null where there is none to show. */
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
   * Images of a folder, referenced where they lie. Labels from class folders, a CSV file, or none. A
   * folder named test, or rows that say so, are held out. Masks beside images are left out.
   */
  'image.import': {
    params: z.strictObject({
      project: id,
      folder: path,
      labels: labelSource,
      /** Masks to import into a project that outlines regions; null leaves them out. */
      masks: maskImport.nullable().default(null),
      /** New files come in by themselves from then on, with labels from the same place. */
      watch: z.boolean().default(false),
    }),
    result: importReport,
  },
  /** Stops an import; what is in stays in. */
  'image.stopImport': { params: z.strictObject({ project: id }), result: nothing },
  /** Tells whether images can be grouped by patient. */
  'patients.status': { params: nothing, result: patientStatus },
  /** Reads whose each image is again, and keeps all groups under a new secret. Tells `patients.progress`. */
  'patients.rekey': { params: nothing, result: rekeyReport },
  /** Looks whether the files of all images are where they were. */
  'image.missing': { params: z.strictObject({ project: id }), result: missingImages },
  /**
   * Looks for missing images in another folder: of a folder that they were imported from, or all (null). Those that are
   * found are there from then on, all at once.
   */
  'image.locate': {
    params: z.strictObject({ project: id, from: z.string().nullable(), to: path }),
    result: locateReport,
  },
  /** Takes the latest search back. */
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
  /** The reports of this project's imports, the latest first. */
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
  /** The table of files as CSV, all of it. */
  'image.saveFiles': {
    params: z.strictObject({ project: id, filter: fileFilter, file: path }),
    result: z.strictObject({ file: z.string(), rows: z.int().nonnegative() }),
  },
  'image.watched': { params: z.strictObject({ project: id }), result: z.array(watchedFolder) },
  'image.stopWatching': { params: z.strictObject({ project: id, folder: path }), result: nothing },
  /** Agrees to a watch that is `asking`. */
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
   * Sets what images are for, and their groups. Images of one group follow: what is set of one is set of all of them,
   * unless `exact`. Returns the changes that undo it, to be applied exactly, how many images followed, and the groups that
   * have been on both sides of the test set and are test images as a whole from now on.
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
  /** The next run draws another test set; what is set by hand stays. */
  'project.drawTestSet': { params: z.strictObject({ project: id }), result: project },
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
  /**
   * Lists the masks an image has. Model masks are those of `run`; with null, those of the latest run that has one,
   * per layer.
   */
  'mask.list': {
    params: z.strictObject({ image: id, run: id.nullable().default(null) }),
    result: z.array(maskInfo),
  },
  /** Tiles that are not all background, of those asked for; at level k, of one pixel for 2^k × 2^k. */
  'mask.tiles': {
    params: z.strictObject({
      image: id,
      layer: maskLayer,
      /** Run whose masks are meant; null as for `mask.list`. */
      run: id.nullable().default(null),
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
  /**
   * Copies what a model predicted into the layer of the person (see `adoption`), all or nothing. Fails with
   * 'not-found' where there is no such mask, 'too-large' where it is too much for one edit. Null, and no tiles:
   * nothing would become other, and the mask stays as it is, or is not made.
   */
  'mask.adopt': {
    params: adoption.extend({ image: id }),
    result: z.strictObject({ info: maskInfo.nullable(), tiles: z.array(maskTilePatch) }),
  },
  /** Lists how the labels of a project can be exported, judged by some of its files. */
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
   * Suggests the rest of a region from a few strokes (see contract/masks). Fails with 'invalid-labels' without
   * strokes or with strokes of one kind only, and with 'not-found' without a teacher.
   */
  'mask.suggest': { params: suggestionRequest.extend({ image: id }), result: suggestion },
  /** Looks at a region ahead of `mask.suggest`, which then answers at once. */
  'mask.prepareSuggestion': { params: suggestionPlace.extend({ image: id }), result: nothing },
  /** Describes what a viewer needs to know of an image before it asks for tiles. */
  'image.open': { params: z.strictObject({ image: id }), result: viewedImage },
  /**
   * Stored values of a tile. The first of a very large file without levels of its own waits until smaller
   * copies are made; 'image.levels' says how far that is.
   */
  'image.tile': { params: tileRequest, result: imageTile },
  /** Measures values of bands; one answer per band, in the same order. */
  'image.statistics': { params: statisticsRequest, result: z.array(bandStatistics) },
  /** The images that are one stack with this one, itself among them, in the order of its slices. */
  'image.stack': { params: z.strictObject({ image: id }), result: z.array(id) },
  'teacher.list': { params: nothing, result: z.array(teacher) },
  /** Runs it on a few images first; `overrides` are what a person knows better than its file. */
  'teacher.add': {
    params: z.strictObject({ file: path, overrides: teacherOverrides.default({}) }),
    result: teacher,
  },
  /** Removes a teacher. Files that Understudy downloaded for it are deleted; a file that a person brought stays. */
  'teacher.remove': { params: z.strictObject({ teacher: id }), result: nothing },
  /** Teachers that can be had, and how far each is. */
  'catalogue.list': { params: nothing, result: z.array(catalogueEntry) },
  /**
   * Fetches a card's files and makes a teacher of them; answers when that is done. What came of a download that broke or
   * was stopped is kept for the next. Tells `catalogue.progress`.
   */
  'catalogue.fetch': { params: z.strictObject({ card: cardId }), result: teacher },
  'catalogue.stop': { params: z.strictObject({ card: cardId }), result: nothing },
  /** Makes a teacher of a file that was brought by hand; 'invalid-file' where it is another than the card's. */
  'catalogue.bring': { params: z.strictObject({ card: cardId, file: path }), result: teacher },
  /** Addresses without names and passwords, and whether those are known. */
  'catalogue.settings': { params: nothing, result: shownDownloads },
  /** Keeps them as they are understood; 'invalid-option' for what is no address. */
  'catalogue.saveSettings': { params: downloadSettings, result: shownDownloads },
  /** Names and passwords that are known, for the key store; of the window's process alone. */
  'catalogue.logins': { params: nothing, result: logins },
  /** Gives those of the key store back; of the window's process alone. */
  'catalogue.unlock': { params: logins, result: nothing },
  /** Students by skip factor; measures this machine at the first call for a teacher. */
  'teacher.estimate': {
    params: z.strictObject({ project: id, teacher: id }),
    result: z.array(studentEstimate),
  },
  /** Devices, measured with the project's teacher where it has one, the first time for some seconds each. */
  'device.list': { params: z.strictObject({ project: id }), result: z.array(deviceOption) },
  'review.status': { params: z.strictObject({ project: id }), result: reviewStatus },
  /** Asks the latest student about the images that somebody should look at; answers when that is done. */
  'review.find': {
    params: z.strictObject({ project: id }),
    result: z.strictObject({ images: z.int().nonnegative(), skipped: z.int().nonnegative() }),
  },
  'review.stop': { params: z.strictObject({ project: id }), result: nothing },
  /** Checks a run before it starts: fails as `run.start` would; notes are what a person should know before it. */
  'run.check': {
    params: z.strictObject({ project: id }),
    result: z.strictObject({ notes: z.array(z.string()) }),
  },
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
  /** Lists the test images of a run that outlines, the student's worst first. */
  'run.masks': { params: z.strictObject({ run: id }), result: z.array(runMask) },
  'run.predictionStatus': { params: z.strictObject({ run: id }), result: predictionStatus },
  /**
   * Predicts masks with a run's student, into its layer `student`; answers when that is done. Images that have one
   * of this run are passed over, so that one that was stopped goes on. Tells `predict.progress`.
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
      /** The student by default; the untrained copy has files where it did better on the test images. */
      model: exportedModel.optional(),
    }),
    result: z.strictObject({ file: z.string(), bytes: z.int().positive() }),
  },
} as const satisfies Record<string, Method>;

/** Methods that the page may not call: what they carry never enters it. */
export const hostMethods: ReadonlySet<string> = new Set<keyof typeof engineMethods>([
  'catalogue.logins',
  'catalogue.unlock',
]);

/** Menu commands whose keys a person may choose. */
const keyedCommand = z.enum([
  ...(['new-project', 'open-projects', 'import', 'undo', 'redo', 'shortcuts'] as const),
]);
/** Key combination in the notation of Electron's menus. */
const menuKey = z
  .string()
  .regex(/^(?:CmdOrCtrl\+|F\d)(?:Alt\+|Shift\+)*(?:[\x21-\x7e]|[A-Z][A-Za-z]+\d?)?$/);
const menuKeys = z.partialRecord(keyedCommand, z.array(menuKey).max(4));
export type MenuKeys = z.infer<typeof menuKeys>;

/** Place in the window that a notification of the system leads to. */
const notifiedPlace = z.strictObject({
  project: id.nullable(),
  step: z.string().max(40),
  run: id.nullable(),
});

/** Answered by the process that owns the window. */
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
  /** Shows a notification of the system; `notification.opened` follows once somebody chooses it. */
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
  /** Goes on with closing the window, or loading it again, which the page held up to save something first. */
  'shell.leave': { params: nothing, result: nothing },
  'shell.restartEngine': { params: nothing, result: nothing },
  /** Versions and places, for the window's About and for reports of faults. */
  'shell.about': {
    params: nothing,
    result: z.strictObject({
      version: z.string(),
      electron: z.string(),
      chromium: z.string(),
      /** Electron's own; the engine runs on another. */
      node: z.string(),
      system: z.string(),
      workspace: z.string(),
      log: z.string(),
      /** The version of Electron that packages are built with, where the running one is another; else null. */
      standsInFor: z.string().nullable(),
    }),
  },
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
  'patients.progress': z.strictObject({
    /** Files. */
    done: z.int().nonnegative(),
    total: z.int().nonnegative(),
  }),
  'labels.progress': z.strictObject({
    project: id,
    /** Images. */
    done: z.int().nonnegative(),
    total: z.int().nonnegative(),
    secondsLeft: z.number().nullable(),
  }),
  'catalogue.progress': z.strictObject({
    card: cardId,
    /** Bytes of all its files, what came before among them. */
    done: z.int().nonnegative(),
    /** Zero while nobody has said it. */
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
  'predict.progress': z.strictObject({
    run: id,
    project: id,
    /** Images. */
    done: z.int().nonnegative(),
    total: z.int().nonnegative(),
    /** Finished part of the image at work, in [0, 1]. */
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
  /** A run was cancelled, and nothing is left of it. */
  'run.removed': z.strictObject({ run: id, project: id }),
  'run.progress': z.strictObject({
    run: id,
    project: id,
    /** `predict` measures the three on the test images. */
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
   * Notes on how training goes: where it began, that its learning rate fell, that the untrained copy is better so
   * far.
   */
  'run.notice': z.strictObject({ run: id, message: z.string() }),
  /**
   * The engine is ready; has not answered for some time and may be stopped; died and is started again; or cannot be
   * started.
   */
  'engine.state': z.strictObject({
    state: z.enum(['ready', 'silent', 'restarting', 'failed']),
    error: failure.nullable(),
  }),
  /** Somebody chose a notification of the system. */
  'notification.opened': notifiedPlace,
  /** Chosen from the menu. */
  'menu.command': z.strictObject({
    command: z.enum([...keyedCommand.options, 'choose-workspace', 'about']),
  }),
} as const satisfies Record<string, z.ZodType>;

/** True if the engine of a state has ended: its work continues under another engine, or not at all. */
export function hasEnded(state: EventOf<'engine.state'>['state']): boolean {
  return state === 'restarting' || state === 'failed';
}

export type EventName = keyof typeof events;
export type EventOf<E extends EventName> = z.output<(typeof events)[E]>;

/** The answer to a request, as it crosses a process: an error is a value. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Failure };

/** Messages to the engine, as the window's process or a test sends them. */
export const engineRequest = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('request'),
    id: z.int().nonnegative(),
    method: z.enum(Object.keys(engineMethods) as [EngineMethod, ...EngineMethod[]]),
    params: z.unknown(),
  }),
  /** The asker no longer waits. */
  z.strictObject({ kind: z.literal('abort'), id: z.int().nonnegative() }),
  /** Asks for a sign of life: a `pong`. */
  z.strictObject({ kind: z.literal('ping') }),
  /** End cleanly: running jobs keep their checkpoints. */
  z.strictObject({ kind: z.literal('shutdown') }),
]);
export type EngineRequest = z.infer<typeof engineRequest>;

/** Messages from the engine. */
export type EngineMessage =
  | { readonly kind: 'response'; readonly id: number; readonly answer: Answer<unknown> }
  | { readonly kind: 'event'; readonly name: EventName; readonly content: unknown }
  | { readonly kind: 'pong' };
