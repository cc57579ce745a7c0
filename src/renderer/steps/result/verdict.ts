import { deliveredOf, hasCopy, judgeClasses } from '../../../contract/judgement.ts';
import type { ClassJudgement, Comparison, Judgement } from '../../../contract/judgement.ts';
import type { Remedy, Use } from '../../../contract/usefulness.ts';
import type { RunPrediction } from '../../../contract/app.ts';
import type { ClassSummary, DistillSummary } from '../../../contract/results.ts';
import { rounded } from '../../lib/format.ts';
import { resultText } from '../../text/en/steps/result.ts';
import { deliveryText } from '../../../text/index.ts';
import { useText } from '../../text/en/steps/result-use.ts';
import { copyAgainstStudent } from './predictions/predictions.ts';

/** Judgement of a result, in sentences. */
export interface Verdict {
  /** Comparison with the teacher, or that the student is not usable. */
  readonly headline: string;
  /** Comparison with the untrained copy, and its limits. */
  readonly sentences: readonly string[];
  /** Why the student is not usable; empty if it is. */
  readonly reasons: readonly string[];
  /** Next steps; empty if the student is usable. */
  readonly advice: readonly string[];
  /** First remedy; null if the student is recommended. */
  readonly next: Remedy | null;
  /** `doubt` if it is not certain that distilling helped. */
  readonly tone: 'good' | 'doubt';
}

const text = resultText.verdict;

/** Verdict on a classification student. */
export function classVerdict(summary: ClassSummary): Verdict {
  const { images, loss } = summary;
  const judged = judgeClasses(summary);
  const { use } = judged;
  if (use.verdict !== 'usable') {
    return unusableVerdict(summary, use, shortfall(summary, judged));
  }
  const sentences = [
    againstCopy(judged.overCopy, deliveryText.doer[judged.doer], images.tested),
    ...deliverySentences(summary, use),
  ];
  if (judged.studentStands === 'majority') {
    const { accuracy, balancedAccuracy } = summary.student;
    const { mostFrequent } = judged.baselines;
    sentences.unshift(text.majority(accuracy.value, mostFrequent, balancedAccuracy.value));
  }
  if (!judged.hasLearnt && deliveredOf(summary) !== 'copy')
    sentences.push(text.notLearnt(loss.first, loss.last));
  if (judged.isFew) sentences.push(text.few(images.tested));
  return usableVerdict(use, overTeacher(accuracy(judged.overTeacher), judged), sentences, judged);
}

/** Verdict on an unusable student or unsuitable teacher: causes and remedies instead of a comparison. */
export function unusableVerdict(
  summary: DistillSummary,
  use: Use,
  sentences: readonly string[],
): Verdict {
  const task = summary.task === 'segmentation' ? 'outlines' : 'classes';
  const adviceOf = (remedy: Remedy): string =>
    remedy === 'copy' && !hasCopy(summary) ? useText.noCopy : useText.remedy(remedy, task);
  const headline = use.verdict === 'unsuitable' ? useText.unsuitable : useText.useless;
  return {
    headline: `${headline}.`,
    sentences,
    reasons: use.causes.map((cause) => useText.cause(cause, task)),
    advice: use.remedies.map(adviceOf),
    next: use.remedies[0] ?? null,
    tone: 'doubt',
  };
}

/** Verdict on a usable student; a recommendation of the untrained copy comes first. */
export function usableVerdict(
  { recommended }: Use,
  comparison: string,
  sentences: readonly string[],
  { hasHelped }: Judgement,
): Verdict {
  const isCopy = recommended === 'copy';
  return {
    headline: isCopy ? `${useText.copy}.` : comparison,
    sentences: isCopy ? [...sentences, comparison] : sentences,
    reasons: [],
    advice: [],
    next: isCopy ? 'copy' : null,
    tone: hasHelped ? 'good' : 'doubt',
  };
}

function shortfall(
  summary: ClassSummary,
  { use, baselines: { chance, mostFrequent } }: ClassJudgement,
): string[] {
  const delivered = deliveredSentence(summary, deliveryText.isCopy);
  if (use.verdict === 'unsuitable') return delivered;
  const sentence = use.shortfall === 'chance' ? useText.classes.chance : useText.classes.near;
  return [sentence(summary.student.accuracy.value, chance, mostFrequent), ...delivered];
}

/** Sentences if another state than the last was delivered, or if the copy did better on the test images. */
function deliverySentences(summary: ClassSummary, { recommended }: Use): string[] {
  return [
    ...deliveredSentence(summary, deliveryText.isCopy),
    ...(recommended === 'copy' ? [copySentence(summary)] : []),
  ];
}

/** Sentence on how to get the untrained copy, if it is recommended. */
export function copySentence(summary: DistillSummary): string {
  return hasCopy(summary) ? text.copyRecommended : useText.noCopy;
}

/** Sentence on what was delivered, if training brought no gain. */
export function deliveredSentence(summary: DistillSummary, isCopy: string): string[] {
  const delivered = deliveredOf(summary);
  if (delivered === 'copy') return [isCopy];
  return delivered === 'fitted' ? [deliveryText.isFitted] : [];
}

/** Sentence on who is right if copy and student differ; null if unknown, or if they do not differ. */
export function pairedText(
  { task }: ClassSummary,
  predictions: readonly RunPrediction[] | null,
): string | null {
  if (predictions === null || task !== 'single') return null;
  const { differing, student, copy } = copyAgainstStudent(predictions);
  return differing === 0 ? null : text.paired(differing, student, copy);
}

function againstCopy(
  { outcome, gain, isApart }: Comparison,
  training: string,
  tested: number,
): string {
  if (outcome === 'same') return text.same(tested);
  if (outcome === 'better')
    return isApart ? text.helped(gain, training) : text.perhaps(gain, training, tested);
  return isApart ? text.worse(gain, training) : text.perhapsWorse(gain, training, tested);
}

function accuracy({ outcome, gain, isApart }: Comparison): string {
  if (outcome === 'same') return text.asGood;
  const words = outcome === 'better' ? text.above(gain) : text.below(gain);
  return isApart ? words : `${words} ${text.overlap}`;
}

/** Sentence on quality, size and speed: `The student is …, has 50 % of its size and is 2.0 times as fast.` */
export function overTeacher(quality: string, { size, time }: Judgement): string {
  return text.overTeacher(quality, size, time === null ? null : rounded(1 / time));
}
