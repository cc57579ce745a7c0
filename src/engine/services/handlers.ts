import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import type { Store } from '../../store/store.ts';
import { ImagePool } from '../image-pool/image-pool.ts';
import { version } from '../version.ts';
import type { Emit, Handlers } from './dispatch.ts';
import { exportStudent } from './exports.ts';
import { lookAtFolder } from './folder-contents.ts';
import { ImageService } from './images.ts';
import { Previews } from './previews.ts';
import { Pictures } from './pictures.ts';
import { ProjectService } from './projects.ts';
import { RunService } from './runs.ts';
import type { Patience } from './silence.ts';
import { TeacherService } from './teachers.ts';

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
 */
export async function openServices(
  store: Store,
  emit: Emit,
  patience?: Patience,
): Promise<Services> {
  const pool = new ImagePool();
  const images = new ImageService(store, new Pictures(store.folder, pool), emit);
  const previews = new Previews(store, pool);
  const teachers = new TeacherService(store);
  const projects = new ProjectService(store, images, emit, await teachers.ensureBundled());
  projects.followWorkspace();
  const runs = new RunService(store, emit, patience);
  const handlers: Handlers = {
    'workspace.status': () => ({ path: store.folder, version, memoryBytes: totalmem() }),
    'project.list': () => store.projects.list(),
    'project.get': ({ project }) => projects.get(project),
    'project.create': (request) => projects.create(request),
    'project.update': ({ project, ...change }) => projects.update(project, change),
    'project.remove': async ({ project }) => {
      images.stopImport(project);
      await runs.endProject(project);
      await projects.remove(project);
      return null;
    },
    'project.sample': (_, signal) => projects.sample(signal),
    'class.add': ({ project, name }) => projects.addClass(project, name),
    'class.update': ({ class: id, name, colour }) => projects.updateClass(id, name, colour),
    'class.remove': ({ class: id }) => projects.removeClass(id),
    'image.look': ({ folder }, signal) => lookAtFolder(resolve(folder), signal),
    'image.import': ({ project, folder, labels }, signal) =>
      images.import(project, folder, labels, signal),
    'image.stopImport': ({ project }) => {
      images.stopImport(project);
      return null;
    },
    'image.page': ({ project, filter, offset, limit }) =>
      store.images.page(project, filter, offset, limit),
    'image.reports': ({ project }) => store.imports.list(project),
    'image.label': ({ project, changes }) => images.label(project, changes),
    'image.remove': async ({ project, images: ids }) => {
      await images.remove(project, ids);
      return null;
    },
    'image.picture': ({ image, side, mark }) => images.picture(image, side, mark),
    'image.describe': ({ image }) => previews.describe(image),
    'image.preview': ({ image, preparation }, signal) => previews.draw(image, preparation, signal),
    'teacher.list': () => teachers.list(),
    'teacher.add': ({ file }) => teachers.add(file),
    'teacher.remove': ({ teacher }) => {
      teachers.remove(teacher);
      return null;
    },
    'teacher.estimate': ({ project, teacher }, signal) =>
      teachers.estimate(teacher, store.projects.get(project), signal),
    'run.start': ({ project }) => runs.start(project),
    'run.list': ({ project }) => runs.list(project),
    'run.get': ({ run }) => runs.get(run),
    'run.pause': ({ run }) => runs.pause(run),
    'run.resume': ({ run }) => runs.resume(run),
    'run.finish': ({ run }) => runs.finish(run),
    'run.cancel': async ({ run }) => {
      await runs.cancel(run);
      return null;
    },
    'run.metrics': ({ run }) => store.records.metrics(run),
    'run.glimpses': ({ run }) => store.records.glimpses(run),
    'run.predictions': ({ run }) => store.records.predictions(run),
    'run.export': ({ run, format, file }) => exportStudent(store, run, format, file),
  };
  runs.recover();
  return {
    handlers,
    close: async () => {
      await Promise.all([images.stopAll(), runs.close()]);
      await pool.close();
    },
    abandon: () => {
      void images.stopAll();
      void pool.close();
      runs.abandon();
    },
  };
}
