import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import type { WatchedMasks } from '../../contract/mask-sources.ts';
import type { Store } from '../../store/store.ts';
import { restrictContents } from '../../store/workspace-files.ts';
import { tidyCards } from '../catalogue/card-folder.ts';
import { ImagePool } from '../image-pool/image-pool.ts';
import { clearUnfinishedExports } from '../unfinished-files.ts';
import { version } from '../version.ts';
import type { WorkspaceOrigin } from '../workspace-origin.ts';
import type { Emit, Handlers } from './dispatch.ts';
import { CatalogueService } from './catalogue.ts';
import { DeviceService } from './devices.ts';
import { exportStudent } from './exports.ts';
import { saveFileReport } from './file-report.ts';
import { lookAtFolder } from './folder-contents.ts';
import { FolderWatches } from './folder-watches.ts';
import type { WatchPace } from './folder-watches.ts';
import { ImageService } from './images.ts';
import { ImageLocator } from './locate-images.ts';
import { LabelExports } from './label-exports.ts';
import { MaskService } from './masks.ts';
import { PatientService } from './patients.ts';
import { PredictionService } from './predictions.ts';
import { requireNotOwn } from './own-files.ts';
import { previewMask } from './mask-preview.ts';
import { Previews } from './previews.ts';
import { Pictures } from './pictures.ts';
import { ProjectService } from './projects.ts';
import { ReviewService } from './review.ts';
import { countMarkedFiles, marksFolder } from './risky-files.ts';
import { RunService } from './runs.ts';
import type { Patience } from './silence.ts';
import { SuggestionService } from './suggestions.ts';
import { TeacherService } from './teachers.ts';
import { Views } from './views.ts';

/** The engine on an open workspace. */
export interface Services {
  readonly handlers: Handlers;
  /** Stops what is at work, with checkpoints. */
  close(): Promise<void>;
  /** Stops at once, where nothing can be kept any more. */
  abandon(): void;
}

/**
 * Puts the services together and takes up interrupted runs.
 *
 * @param patience with workers; as it should be unless a test has less
 * @param pace of watches, likewise
 * @param origin of the workspace; one from elsewhere starts nothing by itself
 */
export async function openServices(
  store: Store,
  emit: Emit,
  patience?: Patience,
  pace?: WatchPace,
  origin: WorkspaceOrigin = 'here',
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
  const runs = new RunService(store, emit, devices, patience);
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
      const except = await requireNotOwn(store.folder, resolve(folder));
      return lookAtFolder(resolve(folder), pool, signal, except);
    },
    'image.lookMasks': async ({ project, folder, source }, signal) => {
      const except = await requireNotOwn(store.folder, resolve(folder));
      return images.maskSources.look(project, folder, source, signal, except);
    },
    'image.previewMasks': async ({ project, folder, source, index }, signal) => {
      const kept = images.maskSources.lookedAtSource(folder, source);
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
      // What a person stopped must not come in by itself.
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
    'run.glimpses': ({ run }) => store.records.glimpses(run),
    'run.predictions': ({ run }) => store.records.predictions(run),
    'run.masks': ({ run }) => store.records.masks(run),
    'run.predictionStatus': ({ run }) => predictions.status(run),
    'run.predictMasks': ({ run, images: which }, signal) => predictions.predict(run, which, signal),
    'run.stopPredicting': async ({ run }) => {
      await predictions.stop(run);
      return null;
    },
    'run.export': ({ run, format, file, model }) => exportStudent(store, run, format, file, model),
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
