import type { CandidateReport, DistillSummary, Interval } from '../../contract/results.ts';
import { counted, percent } from '../figures.ts';

/**
 * What the figures say and what they do not: whether distilling helped against copying the blocks
 * alone, what it costs against the teacher. On some teachers the gain is small, so this is said of
 * every run.
 */
export function verdict(summary: DistillSummary): string[] {
  return [againstCopy(summary), againstTeacher(summary), ...lossWarning(summary)];
}

function againstCopy({ copy, student, images }: DistillSummary): string {
  const gain = student.accuracy.value - copy.accuracy.value;
  const tested = counted(images.tested, 'test image');
  if (isNothing(gain)) {
    return `Distilling made no difference in accuracy here: student and plain copy both reach ${percent(student.accuracy.value)} of ${tested}.`;
  }
  const where = `${points(gain)} ${gain > 0 ? 'above' : 'below'} the plain copy`;
  const overlap = overlaps(copy.accuracy, student.accuracy);
  if (gain < 0) {
    const certainty = overlap
      ? `Their 95 % intervals overlap, so with ${tested} this may be chance`
      : 'Their 95 % intervals do not overlap';
    return `Distilling did not help here: the student is ${where}. ${certainty}; more steps, another rank or learning rate may do better.`;
  }
  return overlap
    ? `The student is ${where}, but their 95 % intervals overlap: with ${tested} this may be chance. More test images would tell.`
    : `Distilling helped: the student is ${where}, and their 95 % intervals do not overlap (${tested}).`;
}

function againstTeacher({ teacher, student }: DistillSummary): string {
  const gain = student.accuracy.value - teacher.accuracy.value;
  const accuracy = isNothing(gain)
    ? 'is as accurate as the teacher'
    : `is ${points(gain)} ${gain > 0 ? 'above' : 'below'} the teacher`;
  const size = percent(student.bytes / teacher.bytes, 0);
  return `It ${accuracy}, has ${size} of its size and ${speed(teacher, student)}.`;
}

function speed(teacher: CandidateReport, student: CandidateReport): string {
  const share = student.msPerImage / teacher.msPerImage;
  return share < 0.95
    ? `takes ${percent(share, 0)} of its time an image`
    : 'is no faster on this machine';
}

function lossWarning({ loss }: DistillSummary): string[] {
  if (loss.last < loss.first) return [];
  return [
    `The loss did not fall (${loss.first.toFixed(4)} to ${loss.last.toFixed(4)}): the student has learnt nothing. Try a smaller --lr or more --steps.`,
  ];
}

/** Two intervals share a value. */
export function overlaps(a: Interval, b: Interval): boolean {
  return a.low <= b.high && b.low <= a.high;
}

/** Shown with one decimal, this difference would be 0.0. */
function isNothing(difference: number): boolean {
  return Math.abs(difference) < 0.0005;
}

function points(difference: number): string {
  const text = Math.abs(difference * 100).toFixed(1);
  return `${text} ${text === '1.0' ? 'point' : 'points'}`;
}
