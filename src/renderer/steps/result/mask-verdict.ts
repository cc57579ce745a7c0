import { deliveredOf, judgeMasks } from '../../../contract/judgement.ts';
import type { Comparison, MaskJudgement, TestedMasks } from '../../../contract/judgement.ts';
import type { MaskSummary } from '../../../contract/results.ts';
import { must } from '../../../core/must.ts';
import { resultText } from '../../text/en/steps/result.ts';
import { deliveryText } from '../../../text/index.ts';
import { useText } from '../../text/en/steps/result-use.ts';
import {
  copySentence,
  deliveredSentence,
  overTeacher,
  unusableVerdict,
  usableVerdict,
} from './verdict.ts';
import type { Verdict } from './verdict.ts';

const words = resultText.verdict;
const text = resultText.maskVerdict;

/** Verdict on a segmentation student. */
export function maskVerdict(summary: MaskSummary): Verdict {
  const judged = judgeMasks(summary);
  if (!judged) {
    return {
      headline: text.nothing,
      sentences: [text.nothingWhy],
      tone: 'doubt',
      reasons: [],
      advice: [],
      next: 'label',
    };
  }
  const { use } = judged;
  if (use.verdict !== 'usable') return unusableVerdict(summary, use, shortfall(summary, judged));
  const comparison = overTeacher(againstTeacher(judged.overTeacher, judged.tested), judged);
  return usableVerdict(use, comparison, [...sentences(summary, judged)], judged);
}

function shortfall(summary: MaskSummary, { use, baseline }: MaskJudgement): string[] {
  const delivered = summary.adapted ? [] : deliveredSentence(summary, deliveryText.isEncoderCopy);
  if (use.shortfall === null) return delivered;
  const dice = must(summary.student.dice.mean, 'mean Dice of the student');
  return [useText.outlines[use.shortfall](dice.value, baseline ?? 0), ...delivered];
}

function* sentences(summary: MaskSummary, judged: MaskJudgement): Generator<string> {
  const { loss } = summary;
  const { contradiction, copyOverTeacher, advice, tested } = judged;
  const isFromMasks = summary.adapted && !judged.hasLearnt;
  yield againstCopy(judged.overCopy, tested, deliveryText.doer[judged.doer]);
  if (judged.images.differing > 0) {
    yield text.paired(judged.images.differing, judged.images.student, judged.images.copy);
  }
  if (contradiction) {
    const ours = must(summary.student.iou.mean, 'IoU of the student');
    const theirs = must(summary.copy.iou.mean, 'IoU of the copy');
    yield text.contradiction(ours.value, theirs.value, contradiction.isApart);
  }
  if (summary.adapted && judged.hasLearnt && judged.overCopy.outcome === 'better') {
    yield text.adapted;
  }
  if (copyOverTeacher.outcome === 'better') {
    yield text.copyOverTeacher(copyOverTeacher.gain, copyOverTeacher.isApart);
  }
  if (!summary.adapted) yield* deliveredSentence(summary, deliveryText.isEncoderCopy);
  if (judged.use.recommended === 'copy') yield copySentence(summary);
  if (advice) yield text.advice[advice];
  if (!judged.hasLearnt && deliveredOf(summary) !== 'copy') {
    const notLearnt = isFromMasks ? text.notDistilled : words.notLearnt;
    yield notLearnt(loss.first, loss.last);
  }
  if (tested.isFew) yield text.few(tested.units, tested.units < tested.images);
}

/** Compares student and copy. @param training name of what made the student different from the copy */
function againstCopy(
  { outcome, gain, isApart }: Comparison,
  on: TestedMasks,
  training: string,
): string {
  const tested = text.tested(on.images, on.units);
  if (outcome === 'same') return text.same(tested);
  if (on.isSingle) return text.single(gain, outcome === 'better', tested);
  if (outcome === 'better')
    return isApart ? text.helped(gain, training) : text.perhaps(gain, training, tested);
  return isApart ? text.worse(gain, training) : text.perhapsWorse(gain, training, tested);
}

function againstTeacher({ outcome, gain, isApart }: Comparison, { isSingle }: TestedMasks): string {
  if (outcome === 'same') return text.asGood;
  const difference = outcome === 'better' ? text.above(gain) : text.below(gain);
  return isApart ? difference : `${difference} ${isSingle ? text.chanceUnknown : words.overlap}`;
}
