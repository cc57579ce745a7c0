import { judge, type Judgement } from '../../contract/judgement.ts';
import type { ClassSummary, DistillSummary } from '../../contract/results.ts';
import { counted, percent } from '../figures.ts';
import { costs } from './costs.ts';
import { maskVerdict } from './mask-verdict.ts';

/**
 * What the figures say and what they do not: whether distilling helped against copying the blocks
 * alone, what it costs against the teacher. On some teachers the gain is small, so this is said of
 * every run.
 */
export function verdict(summary: DistillSummary): string[] {
  const sentences = summary.task === 'segmentation' ? maskVerdict(summary) : classVerdict(summary);
  return [...sentences, ...lossWarning(summary)];
}

function classVerdict(summary: ClassSummary): string[] {
  const { teacher, copy, student } = summary;
  const judged = judge(summary, {
    teacher: teacher.accuracy,
    copy: copy.accuracy,
    student: student.accuracy,
  });
  return [againstCopy(summary, judged), againstTeacher(judged)];
}

function againstCopy({ student, images }: ClassSummary, { overCopy }: Judgement): string {
  const { outcome, gain, isApart } = overCopy;
  const tested = counted(images.tested, 'test image');
  if (outcome === 'same') {
    return `Distilling made no difference in accuracy here: student and plain copy both reach ${percent(student.accuracy.value)} of ${tested}.`;
  }
  const where = `${points(gain)} ${outcome === 'better' ? 'above' : 'below'} the plain copy`;
  if (outcome === 'worse') {
    const certainty = isApart
      ? 'Their 95 % intervals do not overlap'
      : `Their 95 % intervals overlap, so with ${tested} this may be chance`;
    return `Distilling did not help here: the student is ${where}. ${certainty}; more steps, another rank or learning rate may do better.`;
  }
  return isApart
    ? `Distilling helped: the student is ${where}, and their 95 % intervals do not overlap (${tested}).`
    : `The student is ${where}, but their 95 % intervals overlap: with ${tested} this may be chance. More test images would tell.`;
}

function againstTeacher(judged: Judgement): string {
  const { outcome, gain } = judged.overTeacher;
  const accuracy =
    outcome === 'same'
      ? 'is as accurate as the teacher'
      : `is ${points(gain)} ${outcome === 'better' ? 'above' : 'below'} the teacher`;
  return `It ${accuracy}, ${costs(judged, 'an image')}.`;
}

function lossWarning({ loss }: DistillSummary): string[] {
  if (loss.last < loss.first) return [];
  return [
    `The loss did not fall (${loss.first.toFixed(4)} to ${loss.last.toFixed(4)}): the student has learnt nothing. Try a smaller --lr or more --steps.`,
  ];
}

function points(difference: number): string {
  const text = Math.abs(difference * 100).toFixed(1);
  return `${text} ${text === '1.0' ? 'point' : 'points'}`;
}
