import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import type { WatchedMasks } from '../../contract/mask-sources.ts';
import type { Store } from '../../store/store.ts';
import { restrictContents } from '../../store/workspace-files.ts';
import { tidyCards } from '../catalogue/card-folder.ts';
import { ImagePool } from '../image-pool/image-pool.ts';
import { clearUnfinishedExports } from '../files/unfinished-files.ts';
import { version } from '../version.ts';
import type { WorkspaceOrigin } from '../files/workspace-origin.ts';
import type { Emit } from '../events.ts';
import type { Handlers } from './dispatch.ts';
import { CatalogueService } from './teachers/catalogue.ts';
import { DeviceService } from './teachers/devices.ts';
import { copyExport } from './runs/exports.ts';
import { saveFileReport } from './imports/file-report.ts';
import { previewFolder } from './imports/folder-contents.ts';
import { FolderWatches } from './imports/folder-watches.ts';
import type { WatchPace } from './imports/folder-watches.ts';
import { ImageService } from './imports/images.ts';
import { ImageLocator } from './imports/locate-images.ts';
import { LabelExports } from './labelling/label-exports.ts';
import { MaskService } from './labelling/masks.ts';
import { PatientService } from './imports/patients.ts';
import { PredictionService } from './runs/predictions.ts';
import { requireNotWorkspace } from './imports/workspace-folder.ts';
import { previewMask } from './imports/mask-preview.ts';
import { Previews } from './viewing/previews.ts';
import { Pictures } from './viewing/pictures.ts';
import { ProjectService } from './projects.ts';
import { ReviewService } from './runs/review.ts';
import { countMarkedFiles, marksFolder } from './imports/risky-files.ts';
import { RunService } from './runs/runs.ts';
import type { SilenceLimits } from '../worker/watchdog.ts';
import { SuggestionService } from './labelling/suggestions.ts';
import { TeacherService } from './teachers/teachers.ts';
import { Views } from './viewing/views.ts';

/** Engine on an open workspace. */
export interface Services {
  readonly handlers: Handlers;
  /** Stops all work, with checkpoints. */
  close(): Promise<void>;
  /** Stops immediately, when nothing can be saved any more. */
  abandon(): void;
}

export interface ServiceOptions {
  /** Limits on a worker's silence; tests set shorter ones. */
  readonly silenceLimits?: SilenceLimits | undefined;
  /** Timing of folder watches; tests set a shorter one. */
  readonly pace?: WatchPace | undefined;
  /** Origin of the workspace; one from elsewhere starts nothing automatically. */
  readonly origin?: WorkspaceOrigin;
}

/**
 * Creates the services and resumes interrupted runs. Long because it is a table: the services, then one entry for each
 * method of the engine.
 */
export async function openServices(
  store: Store,
  emit: Emit,
  { silenceLimits, pace, origin = 'here' }: ServiceOptions = {},
): Promise<Services> {
  await countMarkedFiles(store);
  const pool = new ImagePool({ marks: marksFolder(store) });
  const images = new ImageService(store, new Pictures(store.folder, pool), emit);
  const patients = new PatientService(store, pool, emit);
  const masks = new MaskService(store, emit);
  const locator = new ImageLocator(store, (project) => {
    emit('project.changed', { project });
  });
  const labelExports = new LabelExports(store, emit);
  const suggestions = new SuggestionService(store, emit);
  const previews = new Previews(store, pool);
  const views = new Views(store, pool, emit);
  const teachers = new TeacherService(store, pool);
  tidyCards(store.folder);
  await clearUnfinishedExports(store);
  const catalogue = new CatalogueService(store, teachers, pool, emit);
  const devices = new DeviceService(store, teachers);
  const projects = new ProjectService(store, images, emit, await teachers.ensureBundled());
  projects.followWorkspace();
  const runs = new RunService(store, emit, devices, silenceLimits);
  const review = new ReviewService(store, emit);
  const predictions = new PredictionService(store, emit);
  const watches = new FolderWatches(store, images, emit, pace);
  const handlers: Handlers = {
    'workspace.status': () => ({ path: store.folder, version, memoryBytes: totalmem() }),
    'project.list': () => store.projects.list(),
    'project.get': ({ project }) => projects.get(project),
    'project.create': (request) => projects.create(request),
    'project.update': ({ project, ...change }) => projects.update(project, change),
    'project.drawTestSet': ({ project }) => {
      store.testSets.drawAnew(project);
      emit('project.changed', { project });
      return projects.get(project);
    },
    'project.remove': async ({ project }) => {
      watches.removeProject(project);
      images.stopImport(project);
      labelExports.stop(project);
      await Promise.all([
        review.stop(project),
        predictions.stopProject(project),
        runs.endProject(project),
      ]);
      await projects.remove(project);
      return null;
    },
    'project.sample': (_, signal) => projects.sample(signal),
    'class.add': ({ project, name }) => projects.addClass(project, name),
    'class.update': ({ class: id, name, colour }) => projects.updateClass(id, name, colour),
    'class.masks': ({ class: id }) => store.classes.masksWith(id),
    'class.remove': ({ class: id }) => projects.removeClass(id),
    'image.look': async ({ folder }, signal) => {
      const except = await requireNotWorkspace(store.folder, resolve(folder));
      return previewFolder(resolve(folder), pool, signal, except);
    },
    'image.lookMasks': async ({ project, folder, source }, signal) => {
      const except = await requireNotWorkspace(store.folder, resolve(folder));
      return images.maskSources.survey(project, folder, source, signal, except);
    },
    'image.previewMasks': async ({ project, folder, source, index }, signal) => {
      const kept = images.maskSources.surveyedSource(folder, source);
      if (kept === undefined) return null;
      const { preparation } = store.projects.get(project).settings;
      return previewMask(kept, pool, { index, preparation, signal });
    },
    'image.import': async ({ project, folder, labels, masks: plan, watch }, signal) => {
      let kept: WatchedMasks | null = null;
      const keepMasks = (masks: WatchedMasks): void => void (kept = masks);
      const seen = watch && plan ? await watches.labelsIn(folder, plan) : [];
      const options = { masks: plan, keepMasks };
      const report = await images.import(project, folder, labels, signal, options);
      // A stopped import must not continue automatically.
      if (watch && !report.cancelled) watches.add({ project, folder, labels, masks: kept }, seen);
      else watches.remove(project, folder);
      return report;
    },
    'image.stopImport': ({ project }) => {
      images.stopImport(project);
      return null;
    },
    'patients.status': () => patients.status(),
    'patients.rekey': (_, signal) => images.withoutImports(() => patients.rekey(signal)),
    'image.missing': ({ project }, signal) => locator.missing(project, signal),
    'image.locate': ({ project, from, to }, signal) => locator.locate(project, from, to, signal),
    'image.undoLocate': ({ project }) => ({ images: locator.undo(project) }),
    'image.page': ({ project, filter, offset, limit }) =>
      filter.show === 'review'
        ? store.review.page(project, store.projects.get(project).task, filter, offset, limit)
        : store.images.page(project, filter, offset, limit),
    'image.reports': ({ project }) => store.imports.list(project),
    'image.files': ({ project, filter, offset, limit }) =>
      store.importFiles.page(project, filter, offset, limit),
    'image.leftOut': ({ project }) => store.importFiles.leftOut(project),
    'image.saveFiles': ({ project, filter, file }) => saveFileReport(store, project, filter, file),
    'image.watched': ({ project }) => watches.list(project),
    'image.stopWatching': ({ project, folder }) => {
      watches.remove(project, folder);
      return null;
    },
    'image.resumeWatching': ({ project, folder }) => {
      watches.resume(project, folder);
      return null;
    },
    'image.label': ({ project, changes }) => images.label(project, changes),
    'image.setUse': ({ project, changes, exact }) => images.setUse(project, changes, exact),
    'image.remove': async ({ project, images: ids }) => {
      await images.remove(project, ids);
      return null;
    },
    'image.picture': ({ image, side, mark }) => images.picture(image, side, mark),
    'image.describe': ({ image }) => previews.describe(image),
    'image.preview': ({ image, preparation }, signal) => previews.draw(image, preparation, signal),
    'mask.list': ({ image, run }) => masks.list(image, run),
    'mask.tiles': ({ image, layer, level, tiles, run }) =>
      masks.tiles(image, layer, level, tiles, run),
    'mask.save': ({ image, tiles }) => masks.save(image, tiles),
    'mask.setState': ({ image, state }) => masks.setState(image, state),
    'mask.adopt': ({ image, ...asked }) => masks.adopt(image, asked),
    'labels.choices': ({ project }) => labelExports.choices(project),
    'labels.export': (request, signal) => labelExports.export(request, signal),
    'labels.stopExport': ({ project }) => {
      labelExports.stop(project);
      return null;
    },
    'mask.suggest': (request, signal) => suggestions.suggest(request, signal),
    'mask.prepareSuggestion': (request, signal) => suggestions.prepare(request, signal),
    'image.open': ({ image }) => views.open(image),
    'image.tile': ({ image, ...request }, signal) => views.tile(image, request, signal),
    'image.statistics': ({ image, ...request }, signal) => views.statistics(image, request, signal),
    'image.stack': ({ image }, signal) => views.stack(image, signal),
    'teacher.list': () => teachers.list(),
    'teacher.add': ({ file, overrides }, signal) => teachers.add(file, overrides, signal),
    'teacher.remove': async ({ teacher }) => {
      await teachers.remove(teacher);
      return null;
    },
    'catalogue.list': () => catalogue.list(),
    'catalogue.fetch': ({ card }, signal) => catalogue.fetch(card, signal),
    'catalogue.stop': ({ card }) => {
      catalogue.stop(card);
      return null;
    },
    'catalogue.bring': ({ card, file }, signal) => catalogue.bring(card, file, signal),
    'catalogue.settings': () => catalogue.settings(),
    'catalogue.saveSettings': (settings) => catalogue.saveSettings(settings),
    'catalogue.logins': () => catalogue.logins.known,
    'catalogue.unlock': (logins) => {
      catalogue.logins.unlock(logins);
      return null;
    },
    'teacher.estimate': ({ project, teacher }, signal) =>
      devices.estimate(teacher, store.projects.get(project), signal),
    'device.list': ({ project }, signal) => devices.list(store.projects.get(project), signal),
    'review.status': ({ project }) => review.status(project),
    'review.find': ({ project }, signal) => review.find(project, signal),
    'review.stop': async ({ project }) => {
      await review.stop(project);
      return null;
    },
    'run.check': ({ project }) => runs.check(project),
    'run.start': ({ project }) => runs.start(project),
    'run.list': ({ project }) => runs.list(project),
    'run.get': ({ run }) => runs.get(run),
    'run.pause': ({ run }) => runs.pause(run),
    'run.resume': ({ run }) => runs.resume(run),
    'run.finish': ({ run }) => runs.finish(run),
    'run.cancel': async ({ run }) => {
      await predictions.stop(run);
      await runs.cancel(run);
      return null;
    },
    'run.metrics': ({ run, curve }) => store.records.metrics(run, curve),
    'run.glimpses': ({ run }) => store.records.probes(run),
    'run.predictions': ({ run }) => store.records.predictions(run),
    'run.masks': ({ run }) => store.records.masks(run),
    'run.predictionStatus': ({ run }) => predictions.status(run),
    'run.predictMasks': ({ run, images: which }, signal) => predictions.predict(run, which, signal),
    'run.stopPredicting': async ({ run }) => {
      await predictions.stop(run);
      return null;
    },
    'run.export': async ({ run, format, file, model }) => {
      const saved = await copyExport(store, run, format, file, model);
      emit('project.changed', { project: runs.get(run).project });
      return saved;
    },
  };
  runs.recover(origin);
  watches.start(origin);
  const closed = new AbortController();
  void restrictContents(store.folder, closed.signal);
  return {
    handlers,
    close: async () => {
      closed.abort();
      suggestions.close();
      await Promise.all([
        watches.close(),
        images.stopAll(),
        labelExports.stopAll(),
        catalogue.stopAll(),
        review.stopAll(),
        predictions.stopAll(),
        runs.close(),
      ]);
      await pool.close();
    },
    abandon: () => {
      closed.abort();
      suggestions.close();
      void watches.close();
      void images.stopAll();
      void labelExports.stopAll();
      void catalogue.stopAll();
      void review.stopAll();
      void predictions.stopAll();
      void pool.close();
      runs.abandon();
    },
  };
}
