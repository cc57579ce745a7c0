import type {
  DeviceChoice,
  DeviceName,
  DistillOptions,
  usualTraining,
} from '../../contract/jobs.ts';
import type { DistillSummary, RecipeReport } from '../../contract/results.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { VitModel } from '../../core/vit/weights.ts';
import type { ImageProblem } from '../../formats/labels/labelled-images.ts';
import type { Executor } from '../../runtime/executor.ts';
import type { OutputFolder } from '../files/output-folder.ts';
import type { JobContext } from '../job.ts';
import type { LoadedTeacher } from '../teachers/teacher.ts';
import type { AsideCandidate, SetAside } from './recipe/set-aside.ts';
import type { KeeperState } from './recipe/best-keeper.ts';
import type { ProbeImages } from './recipe/student-evaluator.ts';
import type { TrainingPlan } from './training-plan.ts';
import type { OpenWatch, TrainingResult } from './training.ts';
import type { ViewSource } from '../images/view-source.ts';

/** Options with defaults applied. */
export type FullOptions = Omit<DistillOptions, 'steps' | 'batch'> & {
  readonly steps: number;
  readonly batch: number;
};

/** A job with its teacher read, its output folder locked and its device open. */
export interface StudentJob {
  readonly request: FullOptions;
  readonly context: JobContext;
  /** Start of the job by `performance.now`, moved back by the duration before an interruption. */
  readonly start: number;
  readonly teacher: LoadedTeacher;
  /** Indices of the teacher's blocks that the copy has. */
  readonly blocks: readonly number[];
  readonly copy: VitModel;
  readonly output: OutputFolder;
  readonly executor: Executor;
  /** `isNew` is true if the checkpoint in the output folder belongs to this job. */
  readonly kept: { isNew: boolean };
  /** Free memory at the start, bytes. */
  readonly memory: number;
}

/**
 * Purpose of a student: classification of whole images, or segmentation. A further task implements this interface and
 * is listed in the table of `tasks/`.
 *
 * @typeParam Data images and labels
 * @typeParam Outcome result of a distillation
 */
export interface StudentTask<
  Data extends { readonly problems: readonly ImageProblem[] },
  Outcome extends { readonly summary: DistillSummary },
> {
  /** Key of its defaults in the contract. */
  readonly defaults: keyof typeof usualTraining;
  /** Default side of the input, px; the teacher's own if absent. */
  readonly imageSize?: (teacher: VitModel) => number;
  /** Default peak learning rate, by the student's starting point. */
  peakLearningRate(origin: KeeperState['origin'], batch: number): number;
  /**
   * Reads the images. The caller closes the opened task.
   *
   * @throws UserError if the images do not suffice
   */
  open(job: StudentJob, data: Data): Promise<OpenedTask<Outcome>>;
}

/** A task with its images read. */
interface OpenedTask<Outcome> {
  readonly training: TrainingImages;
  /** Opens the watch that estimates the student's quality during training. */
  readonly openWatch: OpenWatch;
  /**
   * Compares teacher, untrained copy and student on the test images, exports the student, and summarises.
   */
  finish(trained: Trained): Promise<Outcome>;
  close(): Promise<void>;
}

/** A task's images as the training uses them. */
export interface TrainingImages {
  readonly source: ViewSource;
  /**
   * Image of each view source index, in order: part of the run's fingerprint; some are reserved.
   */
  readonly images: readonly AsideCandidate[];
  /** Labelled images, by index, for the probe that compares states of the student. */
  probe?(split: SetAside): ProbeImages;
}

/** Result of the training: the state that was kept. */
export interface Trained extends TrainingResult {
  /** Model under the adapters. */
  readonly base: VitModel;
  readonly layout: TrainingPlan['layout'];
  readonly adapters: Tensor;
  readonly recipe: RecipeReport;
  /**
   * Losses of the untrained copy and of the kept state on the same views, which are not used for training.
   */
  readonly loss: DistillSummary['loss'];
}

/**
 * Chooses the device for a student.
 *
 * @throws UserError as `chooseDevice`
 */
export type ChooseDevice = (
  asked: DeviceChoice,
  job: Pick<StudentJob, 'request' | 'teacher' | 'blocks'>,
  context: JobContext,
) => Promise<DeviceName>;

/** Name and hash of the chosen teacher. */
export interface ExpectedTeacher {
  readonly name: string;
  readonly sha256: string;
}

/** Options of the caller of a distillation. */
export interface StudentRunOptions {
  /** Resolves `auto` to a device; without it the device must be named. */
  readonly chooseDevice?: ChooseDevice;
  /** True to leave the checkpoint at the end, until the caller has stored the outcome. */
  readonly keepCheckpoint?: boolean;
  /** True to report the student's quality now and then, for callers that show it. */
  readonly probes?: boolean;
  /** Expected teacher, if known. */
  readonly expected?: ExpectedTeacher;
}
