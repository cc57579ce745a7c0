import type { DeviceName, DistillOptions, JobEvent } from '../../contract/jobs.ts';
import type { Failure } from '../../contract/app.ts';
import type { TrialOutcome, TrialRequest } from '../speed/trial.ts';
import type {
  MadeMask,
  PredictImagesOutcome,
  PredictImagesRequest,
} from '../tasks/segmentation/predict/predict-images.ts';
import type { ScoreOutcome, ScoreRequest } from '../tasks/classification/score.ts';
import type { Measurement, SpeedRequest } from '../speed/speed.ts';
import type { CheckRequest } from '../teachers/teacher-check.ts';
import type { ExpectedTeacher } from '../distill/student-task.ts';
import type { DistillOutcome, FrozenData } from '../tasks/tasks.ts';

/**
 * Messages between the engine and a worker. Both belong to this program, so types suffice; a worker's reports are
 * validated when they are sent on to the page.
 */

/** First message: the task; the result has the same `kind`. */
export type WorkerTask =
  | {
      readonly kind: 'distill';
      readonly options: DistillOptions;
      readonly teacher: ExpectedTeacher;
      readonly data: FrozenData;
    }
  | { readonly kind: 'predict'; readonly request: PredictImagesRequest }
  | { readonly kind: 'speed'; readonly request: SpeedRequest }
  /** Checks that a device exists and is not a substitute. */
  | { readonly kind: 'reach'; readonly device: DeviceName }
  | { readonly kind: 'trial'; readonly request: TrialRequest }
  | { readonly kind: 'score'; readonly request: ScoreRequest }
  /** Checks that a teacher was read correctly. */
  | { readonly kind: 'check'; readonly request: CheckRequest };

export type WorkerOrder =
  | { readonly kind: 'task'; readonly task: WorkerTask }
  | { readonly kind: 'stop' }
  /** Ends training early. */
  | { readonly kind: 'finish' };

export type WorkerResult =
  | { readonly kind: 'distill'; readonly outcome: DistillOutcome }
  | { readonly kind: 'predict'; readonly outcome: PredictImagesOutcome }
  | { readonly kind: 'speed'; readonly measurement: Measurement }
  | { readonly kind: 'reach'; readonly gigaflops: number }
  | { readonly kind: 'trial'; readonly outcome: TrialOutcome }
  | { readonly kind: 'score'; readonly outcome: ScoreOutcome }
  | { readonly kind: 'check' };

/** Result of a kind of task. */
export type ResultOf<Kind extends WorkerTask['kind']> = Extract<WorkerResult, { kind: Kind }>;

export type WorkerMessage =
  | { readonly kind: 'event'; readonly event: JobEvent }
  /** A finished part of the result. */
  | { readonly kind: 'part'; readonly part: MadeMask }
  | { readonly kind: 'result'; readonly result: WorkerResult }
  | { readonly kind: 'failure'; readonly failure: Failure };
