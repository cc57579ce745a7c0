import { resolve } from 'node:path';
import { className, type LabelSource } from '../../contract/app.ts';
import type { ImportReport, Project } from '../../contract/app.ts';
import type { ImportRequest, ImportSummary } from '../../contract/import-job.ts';
import { UserError } from '../../core/errors.ts';
import { findImages } from '../../formats/image-folder.ts';
import { openStore } from '../../store/store.ts';
import type { Store } from '../../store/store.ts';
import type { JobContext } from '../job.ts';
import type { Emit } from '../events.ts';
import { makeFilesPrivate } from '../files/private-files.ts';
import { ImagePool } from '../image-pool/image-pool.ts';
import { LostThread } from '../image-pool/lost-thread.ts';
import { ImageService } from '../app/imports/images.ts';
import { Pictures } from '../app/viewing/pictures.ts';
import { maskImportOf, type MaskDecision } from '../app/imports/mask-options.ts';
import { PatientService } from '../app/imports/patients.ts';
import { ProjectService } from '../app/projects.ts';
import { TeacherService } from '../app/teachers/teachers.ts';
import { workspaceJobText } from '../../text/index.ts';

/**
 * Imports the images of a folder into a project of a workspace, as the app does. If stopped, images imported so far
 * stay.
 *
 * @throws UserError 'in-use' if the workspace is open elsewhere, 'invalid-option' if the project's name is ambiguous
 * or its task differs, 'cancelled', and as the import does
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
    // If the import could not begin, an empty new project is not usable.
    if (known === undefined && store.projects.get(project.id).images === 0) {
      store.projects.remove(project.id);
    }
    throw error;
  });
  if (report.cancelled) {
    const rest = report.found - report.added - report.known - report.skipped.length;
    const counts = {
      kept: report.added + report.known,
      found: report.found,
      rest: Math.max(0, rest),
    };
    throw new UserError('cancelled', workspaceJobText.importStopped(project.name, counts));
  }
  const { folder, found, added, moved, masks } = report;
  const likelyMasks =
    request.masks === undefined ? await countMasks(images, request, context.signal) : 0;
  const { skipped, otherFiles } = notImported(store, project.id);
  return {
    workspace: store.folder,
    project: { id: project.id, name: project.name, isNew: known === undefined },
    folder,
    found,
    added,
    known: report.known,
    copies: report.copies,
    moved,
    masks,
    maskValues,
    likelyMasks,
    otherFiles,
    skipped,
    rekeyed,
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

/**
 * Returns the number of masks among the images that the request does not mention; 0 if detection crashes a thread.
 */
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

/** Files that were not imported; the report itself names only the first. */
function notImported(store: Store, project: number): Pick<ImportSummary, 'skipped' | 'otherFiles'> {
  const [report] = store.imports.list(project);
  if (report === undefined) return { skipped: [], otherFiles: 0 };
  const filter = { report: report.id, search: '' } as const;
  const files = store.importFiles.all(project, { ...filter, show: 'skipped' });
  const keyOf = (path: string, reason: string): string =>
    `${resolve(report.folder, path)}\n${reason}`;
  // For some files the report states more: whether it is a folder, and whether something is missing.
  const reported = new Map(report.skipped.map((one) => [keyOf(one.path, one.reason), one]));
  const skipped = [...files].map(({ path, reason }) => {
    const key = keyOf(path, reason ?? '');
    const known = reported.get(key);
    reported.delete(key);
    return { ...known, path, reason: reason ?? '' };
  });
  // Remaining entries: slices, imported images with notes, and further problems of a file.
  const others = [...reported.values()];
  const { counts } = store.importFiles.page(project, { ...filter, show: 'all' }, 0, 1);
  return { skipped: [...skipped, ...others], otherFiles: counts.other };
}

/**
 * Returns the mask import of the request.
 *
 * @throws UserError 'invalid-option' if the project is not for segmentation, and as `maskImportOf`
 */
async function masksOf(
  images: ImageService,
  project: Project,
  request: ImportRequest,
  signal: AbortSignal,
): Promise<MaskDecision | null> {
  if (request.masks === undefined) return null;
  if (project.task !== 'segmentation') {
    const message = workspaceJobText.masksNotUsed(project.name, project.task);
    throw new UserError('invalid-option', message);
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
    const message = workspaceJobText.ambiguousProject(store.folder, name, found.length);
    throw new UserError('invalid-option', message);
  }
  if (project !== undefined && request.task !== undefined && request.task !== project.task) {
    throw new UserError('invalid-option', workspaceJobText.otherTask(name, project.task));
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

/** Returns the name of the project under the app's rules: 1 to 200 visible characters. */
function nameOf({ project }: ImportRequest): string {
  const { success, data } = className.safeParse(project);
  if (success) return data;
  throw new UserError('invalid-option', workspaceJobText.wrongName);
}

/**
 * Returns the source of labels. In segmentation, folder names are not labels, but a table gives an image's group and
 * split.
 */
function labelsOf({ task }: Project, labels: string): LabelSource {
  const source = labelSourceOf(labels);
  return task === 'segmentation' && source === 'folders' ? 'none' : source;
}

function labelSourceOf(labels: string): LabelSource {
  return labels === 'folders' || labels === 'none' ? labels : { csv: resolve(labels) };
}

/** Reports the import's events for the page as job events. */
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
