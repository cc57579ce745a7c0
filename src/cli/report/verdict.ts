import { judgeClasses, type ClassJudgement, type Judgement } from '../../contract/judgement.ts';
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
  const judged = judgeClasses(summary);
  const warnings = [...teacherWarning(summary, judged), ...studentWarning(summary, judged)];
  // Of a teacher or a student that only guesses, a comparison says nothing.
  if (judged.isTeacherUnsuitable || judged.studentStands === 'none') {
    return [...warnings, `The student ${costs(judged, 'an image')}.`];
  }
  return [
    ...warnings,
    againstCopy(summary, judged),
    ...keptSentence(summary),
    againstTeacher(judged),
    ...(judged.isFew
      ? [
          `Only ${counted(summary.images.tested, 'test image')}: label and hold out more for a sharper answer.`,
        ]
      : []),
  ];
}

function teacherWarning(
  { teacher, images }: ClassSummary,
  { isTeacherUnsuitable, baselines }: ClassJudgement,
): string[] {
  if (!isTeacherUnsuitable) return [];
  return [
    `This teacher is unsuitable for these images: on ${counted(images.tested, 'test image')} its accuracy of ${percent(teacher.accuracy.value)} cannot be told from guessing (${percent(baselines.chance)}) or from always answering the most frequent class (${percent(baselines.mostFrequent)}). What a student learns from it is worth nothing. Choose a teacher of your field, label more images, or check the labels.`,
  ];
}

function studentWarning(
  { student }: ClassSummary,
  { studentStands, baselines }: ClassJudgement,
): string[] {
  if (studentStands === 'above') return [];
  const rate = `always answering the most frequent class reaches ${percent(baselines.mostFrequent)}`;
  return studentStands === 'none'
    ? [
        `Do not use this student: its accuracy of ${percent(student.accuracy.value)} cannot be told from guessing (${percent(baselines.chance)}); ${rate}.`,
      ]
    : [
        `By accuracy, the student is no better than no model: ${rate}, the student ${percent(student.accuracy.value)}. Go by its balanced accuracy (${percent(student.balancedAccuracy.value)}), which counts every class alike.`,
      ];
}

/** Where another state than the last was delivered, or the plain copy did better on the test images. */
function keptSentence({ recipe, copy, student }: ClassSummary): string[] {
  if (recipe?.kept === 'copy') {
    return [
      'The student is the plain copy: no state of its training was as good on training images that were set aside.',
    ];
  }
  return student.accuracy.value < copy.accuracy.value
    ? ['The plain copy is recommended: its files lie beside those of the student.']
    : [];
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
  const { outcome, gain, isApart } = judged.overTeacher;
  const accuracy =
    outcome === 'same'
      ? 'is as accurate as the teacher'
      : `is ${points(gain)} ${outcome === 'better' ? 'above' : 'below'} the teacher${isApart ? '' : ' (their 95 % intervals overlap)'}`;
  return `It ${accuracy}, ${costs(judged, 'an image')}.`;
}

function lossWarning({ loss, recipe }: DistillSummary): string[] {
  // A student that is the plain copy is said to be it.
  if (loss.last < loss.first || recipe?.kept === 'copy') return [];
  return [
    `The loss did not fall (${loss.first.toFixed(4)} to ${loss.last.toFixed(4)}): the student has learnt nothing. Try a smaller --lr or more --steps.`,
  ];
}

function points(difference: number): string {
  const text = Math.abs(difference * 100).toFixed(1);
  return `${text} ${text === '1.0' ? 'point' : 'points'}`;
}
