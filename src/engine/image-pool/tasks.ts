import { drawViews } from './draw-task.ts';
import { readHeaders } from './headers-task.ts';
import { indexImages } from './index-task.ts';
import { drawPicture, drawThumbnail } from './picture-task.ts';
import { describeImage, drawPreview } from './preview-task.ts';
import { drawSample } from './sample-task.ts';
import { storeFiles } from './store-task.ts';
import { buildLevels, viewImage, viewStatistics, viewTile } from './view-task.ts';

/** What a task has besides its request. */
export interface TaskContext {
  /** Says that the task is at work: one that is silent for long is given up, and its thread with it. */
  readonly alive: () => void;
}

/** Runs in a thread. Request and result cross as structured clones; UserErrors cross as themselves. */
export type Task<Request, Result> = (request: Request, context: TaskContext) => Promise<Result>;

/**
 * All that threads do. To add a task, write its function (a `Task`, in a file of its own) and a line here:
 * `pool.run('name', request, …)` then has its types. Bytes of a result should fill their buffer, since all of
 * the buffer is copied; files of several slices are opened by `withImage`, which keeps them open.
 */
export const imageTasks = {
  headers: readHeaders,
  index: indexImages,
  thumbnail: drawThumbnail,
  picture: drawPicture,
  describe: describeImage,
  preview: drawPreview,
  sample: drawSample,
  view: viewImage,
  tile: viewTile,
  statistics: viewStatistics,
  levels: buildLevels,
  store: storeFiles,
  draw: drawViews,
} satisfies Record<string, Task<never, unknown>>;

export type ImageTasks = typeof imageTasks;
export type TaskName = keyof ImageTasks;
export type RequestOf<N extends TaskName> = Parameters<ImageTasks[N]>[0];
export type ResultOf<N extends TaskName> = Awaited<ReturnType<ImageTasks[N]>>;
