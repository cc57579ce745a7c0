import { drawViews } from '../images/draw-views.ts';
import { readHeaders } from './headers-task.ts';
import { indexImages } from './index-task.ts';
import { drawPicture, drawThumbnail } from './picture-task.ts';
import { describeImage, drawPreview } from './preview-task.ts';
import { previewImage } from './sample-task.ts';
import { storeFiles } from './store-task.ts';
import { buildLevels, viewImage, viewStatistics, viewTile } from './view-task.ts';
import type { ThreadTask } from './task.ts';

const masks = () => import('./mask-task.ts');
const labels = () => import('./label-task.ts');
const teachers = () => import('./teacher-task.ts');

/** Returns a task whose module is loaded with its first request. */
function later<Request, Result>(
  load: () => Promise<ThreadTask<Request, Result>>,
): ThreadTask<Request, Result> {
  return async (request, context) => (await load())(request, context);
}

/**
 * Tasks of the threads. To add one, write its function (a `ThreadTask`, in its own file) and a line here; then
 * `pool.run('name', request, …)` is typed. Bytes of a result should fill their buffer, since the whole buffer is
 * copied; multi-frame files are opened with `withImage`, which keeps them open.
 */
export const imageTasks = {
  headers: readHeaders,
  index: indexImages,
  thumbnail: drawThumbnail,
  picture: drawPicture,
  describe: describeImage,
  preview: drawPreview,
  sample: previewImage,
  view: viewImage,
  tile: viewTile,
  statistics: viewStatistics,
  levels: buildLevels,
  store: storeFiles,
  draw: drawViews,
  // Readers of labels and teachers are loaded on demand, so that threads that decode images start sooner.
  pairMasks: later(async () => (await masks()).masksToSurvey),
  surveyMasks: later(async () => (await masks()).surveyMasks),
  openMasks: later(async () => (await masks()).openMasks),
  maskPart: later(async () => (await masks()).maskPart),
  misfits: later(async () => (await masks()).findMisfits),
  detectMasks: later(async () => (await labels()).detectMasks),
  labelFile: later(async () => (await labels()).readLabels),
  labelFiles: later(async () => (await labels()).findLabels),
  teacher: later(async () => (await teachers()).inspect),
  teacherStamp: later(async () => (await teachers()).stampTeacher),
  cardFile: later(async () => (await teachers()).checkCardFile),
  hash: later(async () => (await teachers()).hashFile),
} satisfies Record<string, ThreadTask<never, unknown>>;

type ImageTasks = typeof imageTasks;
export type TaskName = keyof ImageTasks;
export type TaskRequest<N extends TaskName> = Parameters<ImageTasks[N]>[0];
export type TaskResult<N extends TaskName> = Awaited<ReturnType<ImageTasks[N]>>;
