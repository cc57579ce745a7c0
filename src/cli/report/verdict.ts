import {
  deliveredOf,
  judgeClasses,
  type ClassJudgement,
  type Judgement,
} from '../../contract/judgement.ts';
import type { ClassSummary, DistillSummary } from '../../contract/results.ts';
import { deliveryText } from '../../text/index.ts';
import { counted, percent } from '../figures.ts';
import { costs } from './costs.ts';
import { maskVerdict } from './mask-verdict.ts';
import { delivered, reasons, recommendation } from './use.ts';

/**
 * Puts the judgement into words: the gain of distilling over copying the blocks alone, and the costs relative to the
 * teacher. With some teachers the gain is small, so every run gets a verdict.
 */
export function verdict(summary: DistillSummary): string[] {
  const sentences = summary.task === 'segmentation' ? maskVerdict(summary) : classVerdict(summary);
  return [...sentences, ...lossWarning(summary)];
}

function classVerdict(summary: ClassSummary): string[] {
  const judged = judgeClasses(summary);
  // A comparison is meaningless if teacher or student is not usable.
  if (judged.use.verdict !== 'usable') {
    return [unusable(summary, judged), ...reasons(judged.use, 'classes')];
  }
  return [
    ...majorityWarning(summary, judged),
    againstCopy(summary, judged),
    ...delivered(summary, deliveryText.isCopy),
    ...recommendation(judged.use),
    againstTeacher(judged),
    ...(judged.isFew
      ? [
          `Only ${counted(summary.images.tested, 'test image')}: label and hold out more for narrower intervals.`,
        ]
      : []),
  ];
}

function unusable(
  { teacher, student, images }: ClassSummary,
  { use, baselines }: ClassJudgement,
): string {
  const guessing = `guessing (${percent(baselines.chance)}) or from always answering the most frequent class (${percent(baselines.mostFrequent)})`;
  if (use.verdict === 'unsuitable') {
    return `This teacher is unsuitable for these images: on ${counted(images.tested, 'test image')} its accuracy of ${percent(teacher.accuracy.value)} is hardly distinguishable from ${guessing}.`;
  }
  const how = use.shortfall === 'chance' ? 'indistinguishable' : 'hardly distinguishable';
  return `Do not use this student: its accuracy of ${percent(student.accuracy.value)} is ${how} from ${guessing}.`;
}

function majorityWarning(
  { student }: ClassSummary,
  { studentStands, baselines }: ClassJudgement,
): string[] {
  if (studentStands !== 'majority') return [];
  return [
    `By accuracy, the student is no better than no model: always answering the most frequent class reaches ${percent(baselines.mostFrequent)}, the student ${percent(student.accuracy.value)}. Use its balanced accuracy instead (${percent(student.balancedAccuracy.value)}), which weights all classes equally.`,
  ];
}

function againstCopy({ student, images }: ClassSummary, { overCopy, doer }: Judgement): string {
  const { outcome, gain, isApart } = overCopy;
  const tested = counted(images.tested, 'test image');
  const training = deliveryText.doer[doer];
  if (outcome === 'same') {
    return `${training} made no difference in accuracy here: student and untrained copy are both right on ${percent(student.accuracy.value)} of ${tested}.`;
  }
  const where = `${points(gain)} ${outcome === 'better' ? 'above' : 'below'} the untrained copy`;
  if (outcome === 'worse') {
    const certainty = isApart
      ? 'Their 95 % intervals do not overlap'
      : `Their 95 % intervals overlap, so with ${tested} this may be chance`;
    return `${training} did not help here: the student is ${where}. ${certainty}; more steps, another rank or learning rate may help.`;
  }
  return isApart
    ? `${training} helped: the student is ${where}, and their 95 % intervals do not overlap (${tested}).`
    : `The student is ${where}, but their 95 % intervals overlap: with ${tested} this may be chance. Use more test images to find out.`;
}

function againstTeacher(judged: Judgement): string {
  const { outcome, gain, isApart } = judged.overTeacher;
  const accuracy =
    outcome === 'same'
      ? 'is as accurate as the teacher'
      : `is ${points(gain)} ${outcome === 'better' ? 'above' : 'below'} the teacher${isApart ? '' : ' (their 95 % intervals overlap)'}`;
  return `The student ${accuracy}, ${costs(judged, 'image')}.`;
}

function lossWarning(summary: DistillSummary): string[] {
  const { loss } = summary;
  // Another sentence reports that the student is the untrained copy.
  if (loss.last < loss.first || deliveredOf(summary) === 'copy') return [];
  const learnt =
    summary.task === 'segmentation' && summary.adapted
      ? 'the student has learnt only from the masks, not from its teacher'
      : 'the student has learnt nothing';
  return [
    `The loss did not fall (${loss.first.toFixed(4)} to ${loss.last.toFixed(4)}): ${learnt}. Try a smaller --lr or more --steps.`,
  ];
}

function points(difference: number): string {
  const text = Math.abs(difference * 100).toFixed(1);
  return `${text} ${text === '1.0' ? 'point' : 'points'}`;
}
