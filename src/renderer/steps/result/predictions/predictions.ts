import type { RunPrediction } from '../../../../contract/app.ts';

/** Names of the models that are compared. */
export const candidates = ['teacher', 'copy', 'student'] as const;
export type CandidateName = (typeof candidates)[number];

/** True if both lists have the same classes, in any order. */
function sameClasses(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one));
}

export function isRight(prediction: RunPrediction, who: CandidateName): boolean {
  return sameClasses(prediction[who], prediction.truth);
}

/**
 * Images on which the predictions of teacher and student differ: first those that only the teacher gets right, then
 * those that only the student gets right, then those that both get wrong.
 */
export function disagreements(predictions: readonly RunPrediction[]): readonly RunPrediction[] {
  const rank = (prediction: RunPrediction): number => {
    if (isRight(prediction, 'teacher')) return 0;
    return isRight(prediction, 'student') ? 1 : 2;
  };
  return predictions
    .filter(({ teacher, student }) => !sameClasses(teacher, student))
    .sort((a, b) => rank(a) - rank(b));
}

/** Number of images on which copy and student differ, and on how many of them each is right. */
export function copyAgainstStudent(predictions: readonly RunPrediction[]): {
  differing: number;
  student: number;
  copy: number;
} {
  const differing = predictions.filter(({ copy, student }) => !sameClasses(copy, student));
  const right = (who: CandidateName): number => differing.filter((one) => isRight(one, who)).length;
  return { differing: differing.length, student: right('student'), copy: right('copy') };
}

/** Position of a cell in the confusion matrix. With several labels, rows are labels and columns TN, FP, FN, TP. */
export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

/** Images that a cell counts. */
export function imagesOfCell(
  predictions: readonly RunPrediction[],
  who: CandidateName,
  { row, column }: CellPlace,
  task: 'single' | 'several',
): readonly RunPrediction[] {
  if (task === 'single') {
    return predictions.filter((one) => one.truth[0] === row && one[who][0] === column);
  }
  return predictions.filter((one) => {
    const [isTrue, isPredicted] = [one.truth.includes(row), one[who].includes(row)];
    return column === (isTrue ? 2 : 0) + (isPredicted ? 1 : 0);
  });
}
