import type { RunPrediction } from '../../../contract/app.ts';

/** Who answers; what was true is none of them. */
export const candidates = ['teacher', 'copy', 'student'] as const;
export type CandidateName = (typeof candidates)[number];

/** The same classes, in whatever order. */
function sameClasses(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one));
}

export function isRight(prediction: RunPrediction, who: CandidateName): boolean {
  return sameClasses(prediction[who], prediction.truth);
}

/**
 * The images of which teacher and student say different things: first what the student lost, then what it
 * won, then those on which both are wrong.
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

/** Of the images on which copy and student differ: how many, and who is right on how many. */
export function copyAgainstStudent(predictions: readonly RunPrediction[]): {
  differing: number;
  student: number;
  copy: number;
} {
  const differing = predictions.filter(({ copy, student }) => !sameClasses(copy, student));
  const right = (who: CandidateName): number => differing.filter((one) => isRight(one, who)).length;
  return { differing: differing.length, student: right('student'), copy: right('copy') };
}

/** A cell of the confusion matrix. Of several labels: the label, and TN, FP, FN or TP. */
export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

/** The images that a cell counts. */
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
    const [isTrue, isSaid] = [one.truth.includes(row), one[who].includes(row)];
    return column === (isTrue ? 2 : 0) + (isSaid ? 1 : 0);
  });
}
