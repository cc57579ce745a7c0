import type { EvaluateSummary } from '../../contract/results.ts';
import {
  count,
  counted,
  milliseconds,
  percent,
  percentInterval,
  shareInterval,
} from '../figures.ts';
import type { TextStyles } from '../text-styles.ts';
import { printable, shortened } from '../text.ts';
import { classList } from './class-list.ts';
import { boundaryName, orDash } from './side-by-side.ts';
import { table } from './table.ts';

type ClassEvaluation = Exclude<EvaluateSummary, { task: 'segmentation' }>;
type MaskEvaluation = Extract<EvaluateSummary, { task: 'segmentation' }>;

/** Reports the quality of a model on labelled images, overall and per class. */
export function evaluateReport(summary: EvaluateSummary, paint: TextStyles): string {
  const [figures, classes] =
    summary.task === 'segmentation'
      ? [maskFigures(summary), scoreTable(summary, paint)]
      : [wholeFigures(summary), classTable(summary, paint)];
  return [
    '',
    paint.strong(`${printable(summary.model)} on ${counted(summary.images, 'image')}`),
    '',
    table(figures, { leftColumns: 1 }),
    '',
    classes,
  ].join('\n');
}

function wholeFigures(summary: ClassEvaluation): string[][] {
  return [
    ['Accuracy (95 % interval)', percentInterval(summary.accuracy)],
    ['Balanced accuracy', percentInterval(summary.balancedAccuracy)],
    ['F1, mean of classes', shareInterval(summary.macroF1)],
    ['AUC', orDash(summary.auc)],
    ['Time per image', milliseconds(summary.msPerImage)],
  ];
}

function maskFigures(summary: MaskEvaluation): string[][] {
  return [
    ['Dice, mean of images (95 % interval)', orDash(summary.dice.mean)],
    ['IoU, all pixels together', orDash(summary.iou.mean)],
    ['Pixel accuracy', orDash(summary.pixelAccuracy, percentInterval)],
    [boundaryName(summary.tolerance), orDash(summary.boundaryF1?.mean)],
    ['Time per tile', milliseconds(summary.msPerImage)],
  ];
}

function scoreTable(summary: MaskEvaluation, paint: TextStyles): string {
  const { classes, dice, iou, boundaryF1, tolerance } = summary;
  const scores = [dice, iou, boundaryF1];
  const rows = classes.map((name) => [
    shown(name),
    ...scores.map((one) => orDash(one?.classes[name])),
  ]);
  return classList(['Class', 'Dice', 'IoU', boundaryName(tolerance)], rows, paint);
}

function classTable(summary: ClassEvaluation, paint: TextStyles): string {
  const { classes, confusion } = summary;
  const several = summary.task === 'several';
  const rows = classes.map((name, index) => {
    const cells = confusion[index] ?? [];
    const figures = several ? labelFigures(cells) : classFigures(cells, index, classes);
    return [shown(name), ...figures];
  });
  const head = several
    ? ['Label', 'Images', 'Found', 'False alarms']
    : ['Class', 'Images', 'Correct', 'Most often confused with'];
  return classList(head, rows, paint);
}

/** @param cells predictions for the images of the class */
function classFigures(
  cells: readonly number[],
  truth: number,
  classes: readonly string[],
): string[] {
  const others = cells.map((cell, index) => (index === truth ? 0 : cell));
  const most = Math.max(0, ...others);
  const mistaken = most === 0 ? '-' : `${shown(classes[others.indexOf(most)] ?? '')} (${most})`;
  return [count(sum(cells)), share(cells[truth] ?? 0, sum(cells)), mistaken];
}

/** @param cells true negatives, false positives, false negatives, true positives */
function labelFigures(cells: readonly number[]): string[] {
  const [trueNegatives = 0, falsePositives = 0, falseNegatives = 0, truePositives = 0] = cells;
  const positives = truePositives + falseNegatives;
  return [
    count(positives),
    share(truePositives, positives),
    share(falsePositives, trueNegatives + falsePositives),
  ];
}

function share(part: number, whole: number): string {
  return whole === 0 ? '-' : percent(part / whole);
}

function shown(name: string): string {
  return shortened(printable(name), 32);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
