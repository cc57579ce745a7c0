import type { ProjectTask } from '../../../contract/app.ts';
import { text } from '../../text/index.ts';

/** Differences between tasks at the images step. */
interface ImagesTask {
  /** True if masks are imported with images. For other tasks, masks in a folder suggest segmentation. */
  readonly hasMasks: boolean;
  /** Sentence of a project without images. */
  readonly empty: string;
  /** Heading of the choice where labels come from. */
  readonly sourcesTitle: string;
  /** Explanation of the option to watch a folder. */
  readonly watchWhy: string;
}

const classification: ImagesTask = {
  hasMasks: false,
  empty: text.images.empty.sentence,
  sourcesTitle: text.images.dialog.labels,
  watchWhy: text.files.watch.why,
};

const segmentation: ImagesTask = {
  hasMasks: true,
  empty: text.images.empty.outlined,
  sourcesTitle: text.images.dialog.table,
  watchWhy: text.files.watch.outlinedWhy,
};

export const imagesTasks: Readonly<Record<ProjectTask, ImagesTask>> = {
  single: classification,
  several: classification,
  segmentation,
};
