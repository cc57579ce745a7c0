import type { ClassSummary, MaskSummary } from '../contract/results.ts';

/** A teacher as it was when it was chosen. */
export interface ExpectedTeacher {
  readonly name: string;
  readonly sha256: string;
}

/** What became of a distillation. */
export interface DistillOutcome {
  readonly summary: ClassSummary;
  /** What the three said of each test image. */
  readonly answers: readonly ImageAnswers[];
}

/** Indices of classes; the path is as `placeName` has it. */
interface ImageAnswers {
  readonly path: string;
  readonly truth: readonly number[];
  readonly teacher: readonly number[];
  readonly copy: readonly number[];
  readonly student: readonly number[];
}

export interface DistillHabits {
  /** Leaves the checkpoint at the end, to whoever has yet to take the outcome in. */
  readonly keepCheckpoint?: boolean;
  /** Reports now and then what the student is worth, for whoever can show it. */
  readonly glimpses?: boolean;
  /** What the teacher's file must hold, where that is known. */
  readonly expected?: ExpectedTeacher;
}

/** Files of the masks that were predicted for a test image: as `keepMask` has them, values as the dataset's classes have them. */
export interface PredictedTestMasks {
  /** As `placeName` has it. */
  readonly path: string;
  readonly teacher: string;
  readonly copy: string;
  readonly student: string;
}

export interface OutlineOutcome {
  readonly summary: MaskSummary;
  /** Where a folder for them was given. */
  readonly masks: readonly PredictedTestMasks[];
}
