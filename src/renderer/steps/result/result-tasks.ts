import type { Task } from '../../../contract/jobs.ts';
import type { ClassSummary, DistillSummary, MaskSummary } from '../../../contract/results.ts';
import { resultText } from '../../text/en/steps/result.ts';
import { maskVerdict } from './mask-verdict.ts';
import { moreClassMeasures, moreMaskMeasures } from './more-measures.ts';
import type { WrittenMeasure } from './more-measures.ts';
import { classVerdict } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** Differences between tasks in the result of a run. */
interface ResultTask<Summary extends DistillSummary> {
  verdict(summary: Summary): Verdict;
  /** Measures in the section "More measures". */
  moreMeasures(summary: Summary): readonly WrittenMeasure[];
  /** Facts on learning from labels, as names and values. */
  labelFacts(summary: Summary): readonly (readonly [name: string, value: string])[];
  /** Subject of the advice. */
  readonly topic: 'classes' | 'outlines';
  /** True if the student can find images to review. */
  readonly hasReview: boolean;
}

const text = resultText.how;

const classification: ResultTask<ClassSummary> = {
  verdict: classVerdict,
  moreMeasures: moreClassMeasures,
  labelFacts: ({ images: { distilled, labelled, tested } }) => [
    [text.images, text.imagesOf(distilled, labelled, tested)],
  ],
  topic: 'classes',
  hasReview: true,
};

const segmentation: ResultTask<MaskSummary> = {
  verdict: maskVerdict,
  moreMeasures: moreMaskMeasures,
  labelFacts: ({ decoderSteps, side, adapted, images: { distilled, labelled, tested } }) => [
    [text.decoder, text.decoderOf(decoderSteps, side, adapted)],
    [text.images, text.outlinedOf(distilled, labelled, tested)],
  ],
  topic: 'outlines',
  hasReview: false,
};

const tasks = { single: classification, several: classification, segmentation };

/** The task of a summary. */
export function resultTaskOf(name: Task): ResultTask<DistillSummary> {
  return tasks[name];
}
