import type {
  DistillOptions,
  DistillRequest,
  EvaluateRequest,
  PredictRequest,
} from '../../contract/jobs.ts';
import type { ClassCard, MaskCard, ModelCard } from '../../contract/model-card.ts';
import type { DistillSummary, EvaluateSummary, PredictSummary } from '../../contract/results.ts';
import { classStudents } from './classification/class-students.ts';
import type { ClassOutcome } from './classification/class-students.ts';
import { evaluateClasses } from './classification/evaluate-classes.ts';
import { predictClasses } from './classification/predict-classes.ts';
import { openDataset } from '../images/dataset.ts';
import type { Dataset, FoundToPredict } from '../images/dataset.ts';
import type { JobContext } from '../job.ts';
import type { OpenModel } from '../models/model-file.ts';
import { evaluateSegmentation } from './segmentation/evaluate-segmentation.ts';
import { openSegmentationFiles } from './segmentation/data/segmentation-files.ts';
import type { SegmentationFiles } from './segmentation/data/segmentation-files.ts';
import { openSegmentationDataset } from './segmentation/data/open-dataset.ts';
import { segmentationStudents } from './segmentation/segmentation-students.ts';
import type { SegmentationOutcome } from './segmentation/segmentation-students.ts';
import { predictFolder } from './segmentation/predict/predict-folder.ts';
import { runStudent } from '../distill/run-student.ts';
import type { StudentRunOptions } from '../distill/student-task.ts';

/**
 * Table of the tasks that students can be made for. A new task is a folder next to `classification/` and
 * `segmentation/`, and a row here.
 */

/** Operations of a task. */
interface Task<Card extends ModelCard> {
  /**
   * Distils a student on images and labels of a folder.
   *
   * @throws UserError as `runStudent`
   */
  distill(
    request: DistillRequest,
    context: JobContext,
    runOptions: StudentRunOptions,
  ): Promise<DistillSummary>;
  /** Measures an exported student on labelled images. */
  evaluate(
    model: OpenModel<Card>,
    request: EvaluateRequest,
    context: JobContext,
  ): Promise<EvaluateSummary>;
  /**
   * Predicts the images of a folder.
   *
   * @param continues true if another device started this and failed; finished files are kept
   */
  predict(
    model: OpenModel<Card>,
    found: FoundToPredict,
    request: PredictRequest,
    context: JobContext,
    continues: boolean,
  ): Promise<PredictSummary>;
}

const classification: Task<ClassCard> = {
  async distill(request, context, runOptions) {
    const dataset = await openDataset(request);
    return (await runStudent(request, classStudents, dataset, context, runOptions)).summary;
  },
  evaluate: evaluateClasses,
  predict: predictClasses,
};

const segmentation: Task<MaskCard> = {
  async distill(request, context, runOptions) {
    const dataset = await openSegmentationDataset(request, context);
    try {
      return (await runStudent(request, segmentationStudents, dataset, context, runOptions))
        .summary;
    } finally {
      await dataset.close();
    }
  },
  evaluate: evaluateSegmentation,
  predict: (model, found, request, context, continues) =>
    predictFolder(model, found, { ...request, resume: request.resume || continues }, context),
};

const tasks = { classification, segmentation };

/** Returns the task named by a request, a card or a summary. */
export function taskOf(name: DistillRequest['task']): Task<ModelCard> {
  return tasks[name === 'segmentation' ? name : 'classification'];
}

/** Data of a project's run, frozen at its start. */
export type FrozenData =
  | { readonly task: 'classification'; readonly dataset: Dataset }
  | {
      readonly task: 'segmentation';
      readonly dataset: SegmentationFiles;
      /** Folder for the predicted masks of the test images. */
      readonly masksFolder: string;
    };

/** Result of a distillation. */
export type DistillOutcome = ClassOutcome | SegmentationOutcome;

/**
 * Distils a student on the data frozen for a project's run.
 *
 * @throws UserError as `runStudent`
 */
export function distillFrozen(
  options: DistillOptions,
  data: FrozenData,
  context: JobContext,
  runOptions: StudentRunOptions,
): Promise<DistillOutcome> {
  if (data.task === 'classification') {
    return runStudent(options, classStudents, data.dataset, context, runOptions);
  }
  const dataset = { ...openSegmentationFiles(data.dataset), masksFolder: data.masksFolder };
  return runStudent(options, segmentationStudents, dataset, context, runOptions);
}
