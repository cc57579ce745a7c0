import type { StudentPlan } from '../../core/distill/train-step.ts';
import type { VitModel } from '../../core/vit/weights.ts';

export interface TrainingPlan extends StudentPlan {
  readonly teacher: VitModel;
  readonly steps: number;
  readonly batch: number;
  readonly peakLearningRate: number;
  readonly seed: number;
  /** Different views per image. */
  readonly views: number;
  /** Budget for cached teacher targets, bytes. */
  readonly cacheBytes: number;
}
