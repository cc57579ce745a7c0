import { judgeMasks } from '../../../contract/judgement.ts';
import type { Comparison, MaskJudgement, TestedMasks } from '../../../contract/judgement.ts';
import type { MaskSummary } from '../../../contract/results.ts';
import { resultText } from '../../text/en/result.ts';
import { costs } from './verdict.ts';
import type { Verdict } from './verdict.ts';

const words = resultText.verdict;
const text = resultText.maskVerdict;

/** What the figures of a student that outlines regions say. */
export function maskVerdict(summary: MaskSummary): Verdict {
  const judged = judgeMasks(summary);
  if (!judged) return { headline: text.nothing, sentences: [text.nothingWhy], tone: 'doubt' };
  if (judged.isTeacherUnsuitable || judged.isStudentUseless) return noBetter(summary, judged);
  return {
    headline: `${againstTeacher(judged.overTeacher, judged.tested)}, ${costs(judged)}.`,
    sentences: [...sentences(summary, judged)],
    tone: judged.hasHelped ? 'good' : 'doubt',
  };
}

/** Of a teacher or a student that finds no more than outlining everything would, a comparison says nothing. */
function noBetter(summary: MaskSummary, judged: MaskJudgement): Verdict {
  const { isTeacherUnsuitable, isStudentUseless, baseline } = judged;
  const said = (who: 'teacher' | 'student'): string =>
    text.noBetter(who, summary[who].dice.mean?.value ?? NaN, baseline ?? NaN);
  return {
    headline: `${isTeacherUnsuitable ? text.unsuitable : text.uselessTitle}.`,
    sentences: [
      ...(isTeacherUnsuitable ? [said('teacher')] : []),
      ...(isStudentUseless ? [said('student')] : []),
      ...(isTeacherUnsuitable ? [text.unsuitableAdvice] : []),
    ],
    tone: 'doubt',
  };
}

function* sentences(summary: MaskSummary, judged: MaskJudgement): Generator<string> {
  const { loss } = summary;
  const { contradiction, copyOverTeacher, advice, tested } = judged;
  const isFromMasks = summary.adapted && !judged.hasLearnt;
  yield againstCopy(judged.overCopy, tested, isFromMasks ? text.learntOn : text);
  if (judged.images.differing > 0) {
    yield text.paired(judged.images.differing, judged.images.student, judged.images.copy);
  }
  if (contradiction) {
    const [ours, theirs] = [summary.student, summary.copy].map(({ iou }) => iou.mean?.value ?? NaN);
    yield text.contradiction(ours ?? NaN, theirs ?? NaN, contradiction.isApart);
  }
  if (summary.adapted && judged.hasLearnt && judged.overCopy.outcome === 'better') {
    yield text.adapted;
  }
  if (copyOverTeacher.outcome === 'better') {
    yield text.copyOverTeacher(copyOverTeacher.gain, copyOverTeacher.isApart);
  }
  if (summary.recipe?.kept === 'copy' && !summary.adapted) yield text.isCopy;
  else if (judged.overCopy.outcome === 'worse') yield words.copyRecommended;
  if (advice) yield text.advice[advice];
  if (!judged.hasLearnt && summary.recipe?.kept !== 'copy') {
    const said = isFromMasks ? text.notDistilled : words.notLearnt;
    yield said(loss.first, loss.last);
  }
  if (tested.isFew) yield text.few(tested.units, tested.units < tested.images);
}

/** @param gains whose doing it is where the student is better */
function againstCopy(
  { outcome, gain, isApart }: Comparison,
  on: TestedMasks,
  gains: typeof text.learntOn,
): string {
  const tested = text.tested(on.images, on.units);
  if (outcome === 'same') return text.same(tested);
  if (on.isSingle) return text.single(gain, outcome === 'better', tested);
  if (outcome === 'better') return isApart ? gains.helped(gain) : gains.perhaps(gain, tested);
  return isApart ? text.worse(gain) : text.perhapsWorse(gain, tested);
}

function againstTeacher({ outcome, gain, isApart }: Comparison, { isSingle }: TestedMasks): string {
  if (outcome === 'same') return text.asGood;
  const said = outcome === 'better' ? text.above(gain) : text.below(gain);
  return isApart ? said : `${said} ${isSingle ? text.chanceUnknown : words.overlap}`;
}
