import { totalmem } from 'node:os';
import type { Project } from '../../contract/app.ts';
import { UserError } from '../../core/errors.ts';
import { keptBlocks } from '../../core/vit/copy.ts';
import { mapConcurrently } from '../../formats/concurrently.ts';
import { placeName } from '../../formats/labelled-images.ts';
import { withImage } from '../../formats/open-images.ts';
import type { PixelSpacing } from '../../formats/raster/image-file.ts';
import type { Store } from '../../store/store.ts';
import { requireTolerance, toleranceOf } from '../segmentation/border-tolerance.ts';
import { memoryNeeded } from './estimates.ts';
import { projectOutlines } from './project-outlines.ts';
import type { ProjectOutlines } from './project-outlines.ts';
import { projectDataset } from './run-dataset.ts';
import { architectureOf, workOf } from './teachers.ts';

/** Files whose headers are read together. */
const headersAtOnce = 8;
/** The need is an estimate: past so many times the memory of the machine there is no doubt. */
const hopeless = 2;

/**
 * What a person should know before a run begins.
 *
 * @param memory of the machine, bytes
 * @throws UserError with what is missing
 */
export async function checkRun(
  store: Store,
  project: Project,
  memory = totalmem(),
): Promise<string[]> {
  const { teacher, imageSize } = project.settings;
  if (teacher === null) {
    throw new UserError('invalid-option', `Choose a teacher for ${project.name} first.`);
  }
  const { patchSize } = store.teachers.get(teacher).description.architecture;
  if (imageSize !== null && imageSize % patchSize !== 0) {
    throw new UserError(
      'invalid-option',
      `An input of ${imageSize} px is no whole number of the teacher's patches, which have ${patchSize} px. Choose a multiple of that.`,
    );
  }
  if (project.task !== 'segmentation') {
    const { notes } = projectDataset(store, project);
    return [...notes, ...memoryNotes(store, project, teacher, memory)];
  }
  const outlines = projectOutlines(store, project, patchSize);
  await requireLengths(store, project, outlines);
  return [...outlines.notes, ...memoryNotes(store, project, teacher, memory)];
}

/** @throws UserError 'too-large' */
function memoryNotes(store: Store, project: Project, teacher: number, memory: number): string[] {
  const own = architectureOf(store.teachers.get(teacher));
  const work = workOf(project, own);
  const blocks = keptBlocks(own.depth, Math.min(project.settings.skip, own.depth)).length;
  const needed = memoryNeeded(work.architecture, blocks, work);
  if (needed <= memory) return [];
  const side = work.architecture.imageSize;
  const need = `With an input of ${side} px a run needs about ${gigabytes(needed)} GB of memory, and this computer has ${gigabytes(memory)} GB`;
  if (needed > hopeless * memory) {
    throw new UserError('too-large', `${need}. Choose a smaller side, or a smaller teacher.`);
  }
  return [`${need}: it may be very slow, or be ended. Choose a smaller side.`];
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0);
}

/**
 * Test images must say how large their pixels are where the tolerance is a length. What cannot be read is told of
 * elsewhere.
 *
 * @throws UserError as `requireTolerance`
 */
async function requireLengths(
  store: Store,
  { settings }: Project,
  { dataset, ids }: ProjectOutlines,
): Promise<void> {
  if (settings.toleranceUnit === 'px') return;
  const paths = [...new Set(dataset.tested.map(({ path }) => path))];
  const spacings = new Map<string, PixelSpacing | null>();
  await mapConcurrently(paths, headersAtOnce, async (path) => {
    const spacing = await spacingOf(path);
    if (spacing !== undefined) spacings.set(path, spacing);
  });
  const measured = dataset.tested.flatMap((image) => {
    const spacing = spacings.get(image.path);
    if (spacing === undefined) return [];
    const { width, height } = store.images.get(ids.get(placeName(image)) ?? 0);
    return [{ image, spacing, width, height }];
  });
  requireTolerance(measured, toleranceOf(settings));
}

async function spacingOf(path: string): Promise<PixelSpacing | null | undefined> {
  try {
    return await withImage(path, ({ header }) => Promise.resolve(header.spacing));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}
