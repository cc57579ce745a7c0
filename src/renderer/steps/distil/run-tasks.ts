import type { ProjectTask } from '../../../contract/app.ts';
import type { ClassSummary, DistillSummary, MaskSummary } from '../../../contract/results.ts';
import { distilText as text } from '../../text/en/steps/distil.ts';
import type { RunPhase } from './phases.ts';

/** Differences between tasks at the distil step. */
interface RunTask<Summary extends DistillSummary> {
  /** Phases of a run, in order. */
  readonly phases: readonly RunPhase[];
  /** Part of the model that learns from labels, after the last step. */
  readonly after: 'heads' | 'decoders';
  /** Score of a finished run, for the list of runs. */
  scoreText(summary: Summary): string;
  /** Duration and score of a finished run, as sentences. */
  doneText(summary: Summary): string;
}

const classification: RunTask<ClassSummary> = {
  phases: ['images', 'fit', 'distill', 'head', 'timing', 'export'],
  after: 'heads',
  scoreText: ({ student }) => text.runs.accuracy(student.accuracy.value),
  doneText: ({ seconds, student }) => text.done.more(seconds, student.accuracy.value),
};

const segmentation: RunTask<MaskSummary> = {
  phases: ['images', 'masks', 'fit', 'distill', 'decoder', 'predict', 'timing', 'export'],
  after: 'decoders',
  scoreText: ({ student }) => text.runs.dice(student.dice.mean?.value ?? null),
  doneText: ({ seconds, student }) => text.done.outlines(seconds, student.dice.mean?.value ?? null),
};

const tasks = { single: classification, several: classification, segmentation };

/** The task of a project or of a summary. */
export function runTaskOf(name: ProjectTask): RunTask<DistillSummary> {
  return tasks[name];
}
