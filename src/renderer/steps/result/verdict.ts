import { judgeClasses } from '../../../contract/judgement.ts';
import type { ClassJudgement, Comparison, Judgement } from '../../../contract/judgement.ts';
import type { RunPrediction } from '../../../contract/app.ts';
import type { ClassSummary } from '../../../contract/results.ts';
import { rounded } from '../../lib/format.ts';
import { resultText } from '../../text/en/result.ts';
import { copyAgainstStudent } from './predictions.ts';

/** What the figures say, and what they do not. */
export interface Verdict {
  /** Against the teacher. */
  readonly headline: string;
  /** Against the plain copy, and what limits the answer. */
  readonly sentences: readonly string[];
  /** `doubt`: distilling cannot be said to have helped. */
  readonly tone: 'good' | 'doubt';
}

const text = resultText.verdict;

export function verdict(summary: ClassSummary): Verdict {
  const { images, loss } = summary;
  const judged = judgeClasses(summary);
  if (judged.isTeacherUnsuitable || judged.studentStands === 'none') {
    return noBetter(summary, judged);
  }
  const sentences = [againstCopy(judged.overCopy, images.tested), ...keptSentence(summary)];
  if (judged.studentStands === 'majority') {
    const { accuracy, balancedAccuracy } = summary.student;
    const { mostFrequent } = judged.baselines;
    sentences.unshift(text.majority(accuracy.value, mostFrequent, balancedAccuracy.value));
  }
  if (!judged.hasLearnt && summary.recipe?.kept !== 'copy')
    sentences.push(text.notLearnt(loss.first, loss.last));
  if (judged.isFew) sentences.push(text.few(images.tested));
  return {
    headline: `${accuracy(judged.overTeacher)}, ${costs(judged)}.`,
    sentences,
    tone: judged.hasHelped ? 'good' : 'doubt',
  };
}

/** Of a teacher or a student that only guesses, a comparison says nothing. */
function noBetter(
  { teacher, student, images }: ClassSummary,
  { isTeacherUnsuitable, studentStands, baselines }: ClassJudgement,
): Verdict {
  const { chance, mostFrequent } = baselines;
  const useless = text.useless(student.accuracy.value, chance, mostFrequent);
  const sentences = isTeacherUnsuitable
    ? [
        text.unsuitableWhy(teacher.accuracy.value, chance, mostFrequent, images.tested),
        ...(studentStands === 'none' ? [useless] : []),
        text.unsuitableAdvice,
      ]
    : [useless];
  const headline = isTeacherUnsuitable ? text.unsuitable : text.uselessTitle;
  return { headline: `${headline}.`, sentences, tone: 'doubt' };
}

/** Where another state than the last was delivered, or the plain copy did better on the test images. */
function keptSentence({ recipe, copy, student }: ClassSummary): string[] {
  if (recipe?.kept === 'copy') return [text.isCopy];
  return student.accuracy.value < copy.accuracy.value ? [text.copyRecommended] : [];
}

/** Who is right where copy and student differ; null where that is not known, or says nothing. */
export function pairedText(
  { task }: ClassSummary,
  predictions: readonly RunPrediction[] | null,
): string | null {
  if (predictions === null || task !== 'single') return null;
  const { differing, student, copy } = copyAgainstStudent(predictions);
  return differing === 0 ? null : text.paired(differing, student, copy);
}

function againstCopy({ outcome, gain, isApart }: Comparison, tested: number): string {
  if (outcome === 'same') return text.same(tested);
  if (outcome === 'better') return isApart ? text.helped(gain) : text.perhaps(gain, tested);
  return isApart ? text.worse(gain) : text.perhapsWorse(gain, tested);
}

function accuracy({ outcome, gain, isApart }: Comparison): string {
  if (outcome === 'same') return text.asGood;
  const words = outcome === 'better' ? text.above(gain) : text.below(gain);
  return isApart ? words : `${words} ${text.overlap}`;
}

/** `has 50 % of its size and is 2.0 times as fast`. */
export function costs({ size, time }: Judgement): string {
  return `${text.size(size)} and ${time === null ? text.noFaster : text.faster(rounded(1 / time))}`;
}
