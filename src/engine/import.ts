import { resolve } from 'node:path';
import { className } from '../contract/app.ts';
import type { ImportReport, Project } from '../contract/app.ts';
import type { ImportRequest, ImportSummary } from '../contract/import-job.ts';
import { UserError } from '../core/errors.ts';
import { findImages } from '../formats/image-folder.ts';
import { openStore } from '../store/store.ts';
import type { Store } from '../store/store.ts';
import type { JobContext } from './job.ts';
import type { Emit } from './services/dispatch.ts';
import { makeFilesPrivate } from './private-files.ts';
import { ImagePool } from './image-pool/image-pool.ts';
import { LostThread } from './image-pool/lost-thread.ts';
import { ImageService } from './services/images.ts';
import type { LabelSource } from './services/import-images.ts';
import { Pictures } from './services/pictures.ts';
import { maskImportOf, type MaskDecision } from './services/mask-options.ts';
import { PatientService } from './services/patients.ts';
import { ProjectService } from './services/projects.ts';
import { TeacherService } from './services/teachers.ts';

/**
 * Brings the images of a folder into a project of a workspace, as the window does. What is in when it is
 * stopped stays in.
 *
 * @throws UserError 'in-use' where the workspace is open elsewhere, 'invalid-option' where the project's
 * name is not one alone or its task another, 'cancelled', and as the import does
 */
export async function importFolder(
  request: ImportRequest,
  context: JobContext,
): Promise<ImportSummary> {
  makeFilesPrivate();
  const project = nameOf(request);
  const store = openStore(request.workspace);
  const pool = new ImagePool();
  try {
    return await importInto(store, pool, { ...request, project }, context);
  } finally {
    await pool.close();
    store.close();
  }
}

async function importInto(
  store: Store,
  pool: ImagePool,
  request: ImportRequest,
  context: JobContext,
): Promise<ImportSummary> {
  const emit = progressTo(context);
  const images = new ImageService(store, new Pictures(store.folder, pool), emit);
  const rekeyed = request.rekey
    ? await new PatientService(store, pool, emit).rekey(context.signal)
    : null;
  const known = findProject(store, request);
  const project = known ?? (await createProject(store, images, emit, request));
  const imported = importImages(images, project, request, context.signal);
  const { report, values: maskValues } = await imported.catch((error: unknown) => {
    // Nobody wants an empty project of an import that could not begin.
    if (known === undefined && store.projects.get(project.id).images === 0) {
      store.projects.remove(project.id);
    }
    throw error;
  });
  if (report.cancelled) {
    const rest = report.found - report.added - report.known - report.skipped.length;
    throw new UserError(
      'cancelled',
      `Stopped. ${report.added + report.known} of ${report.found} images are in ${project.name} and stay; ${Math.max(0, rest)} did not come in. Run the same command again for the rest.`,
    );
  }
  const { folder, found, added, moved, masks } = report;
  const likelyMasks =
    request.masks === undefined ? await countMasks(images, request, context.signal) : 0;
  const { skipped, otherFiles } = notImported(store, project.id);
  return {
    workspace: store.folder,
    project: { id: project.id, name: project.name, isNew: known === undefined },
    ...{
      folder,
      found,
      added,
      known: report.known,
      moved,
      masks,
      maskValues,
      likelyMasks,
      otherFiles,
      skipped,
      rekeyed,
    },
  };
}

async function importImages(
  images: ImageService,
  project: Project,
  request: ImportRequest,
  signal: AbortSignal,
): Promise<{ report: ImportReport; values: MaskDecision['values'] }> {
  const labels = labelsOf(project, request.labels);
  const masks = await masksOf(images, project, request, signal);
  const report = await images.import(project.id, request.folder, labels, signal, {
    masks: masks?.plan ?? null,
  });
  return { report, values: masks?.values ?? [] };
}

/** Masks among the images that nobody asked for; none where looking for them costs a thread. */
async function countMasks(
  images: ImageService,
  request: ImportRequest,
  signal: AbortSignal,
): Promise<number> {
  const folder = resolve(request.folder);
  const found = await findImages(folder, {}, signal);
  try {
    const sources = await images.maskSources.detect(folder, found, signal);
    return sources.find(({ kind }) => kind === 'beside')?.files ?? 0;
  } catch (error) {
    if (error instanceof LostThread) return 0;
    throw error;
  }
}

/** The report itself names only the first files. */
function notImported(store: Store, project: number): Pick<ImportSummary, 'skipped' | 'otherFiles'> {
  const [report] = store.imports.list(project);
  if (report === undefined) return { skipped: [], otherFiles: 0 };
  const filter = { report: report.id, search: '' } as const;
  const files = store.importFiles.all(project, { ...filter, show: 'skipped' });
  const skipped = [...files].map(({ path, reason }) => ({ path, reason: reason ?? '' }));
  const listed = new Set(skipped.map(({ path, reason }) => `${path}\n${reason}`));
  // Slices, images that are in though something is to be known of them, and what more there is of a file.
  const others = report.skipped.filter(
    ({ path, reason }) => !listed.has(`${resolve(report.folder, path)}\n${reason}`),
  );
  const { counts } = store.importFiles.page(project, { ...filter, show: 'all' }, 0, 1);
  return { skipped: [...skipped, ...others], otherFiles: counts.other };
}

const taskWords = {
  single: 'one class an image',
  several: 'several labels an image',
  segmentation: 'outlined regions',
} as const;

/** @throws UserError 'invalid-option' where regions are not what the project is for, and as `maskImportOf` */
async function masksOf(
  images: ImageService,
  project: Project,
  request: ImportRequest,
  signal: AbortSignal,
): Promise<MaskDecision | null> {
  if (request.masks === undefined) return null;
  if (project.task !== 'segmentation') {
    throw new UserError(
      'invalid-option',
      `The project ${project.name} is for ${taskWords[project.task]}. Leave --masks out, or name a new project with --task segmentation.`,
    );
  }
  const options = {
    masks: request.masks,
    classes: request.class?.split(',') ?? [],
    makesClasses: request.newClasses,
    replaces: request.replaceMasks,
    property: request.property ?? null,
    state: request.maskState ?? null,
  };
  return maskImportOf(images.maskSources, project, request.folder, options, signal);
}

function findProject(store: Store, request: ImportRequest): Project | undefined {
  const name = request.project;
  const found = store.projects.list().filter((project) => project.name === name);
  const [project] = found;
  if (found.length > 1) {
    throw new UserError(
      'invalid-option',
      `${store.folder} has ${found.length} projects of the name ${name}. Give one of them another name in the window.`,
    );
  }
  if (project !== undefined && request.task !== undefined && request.task !== project.task) {
    throw new UserError(
      'invalid-option',
      `The project ${name} was made for ${taskWords[project.task]}. Leave --task out, or name another project.`,
    );
  }
  return project;
}

async function createProject(
  store: Store,
  images: ImageService,
  emit: Emit,
  { project: name, domain = 'other', task = 'single' }: ImportRequest,
): Promise<Project> {
  const teacher = await new TeacherService(store).ensureBundled();
  const projects = new ProjectService(store, images, emit, teacher);
  return projects.create({ name, domain, task, classes: [] });
}

/** As the window has names: what cannot be seen in one would be seen nowhere. */
function nameOf({ project }: ImportRequest): string {
  const { success, data } = className.safeParse(project);
  if (success) return data;
  throw new UserError(
    'invalid-option',
    '--project must be a name of 1 to 200 characters that can be seen.',
  );
}

/** Where regions are outlined a folder's name says nothing of an image, but a table says its group and side. */
function labelsOf({ task }: Project, labels: string): LabelSource {
  const source = labelSourceOf(labels);
  return task === 'segmentation' && source === 'folders' ? 'none' : source;
}

function labelSourceOf(labels: string): LabelSource {
  return labels === 'folders' || labels === 'none' ? labels : { csv: resolve(labels) };
}

/** The window's events as a job's. */
function progressTo(context: JobContext): Emit {
  return (name, content) => {
    if (name === 'patients.progress' && 'total' in content && !('secondsLeft' in content)) {
      const { done, total } = content;
      context.report({ type: 'progress', phase: 'images', done, total, secondsLeft: null });
    }
    if (name !== 'import.progress' || !('secondsLeft' in content)) return;
    const { done, total, secondsLeft } = content;
    context.report({ type: 'progress', phase: 'images', done, total, secondsLeft });
  };
}
