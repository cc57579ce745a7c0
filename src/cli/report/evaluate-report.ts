import type { EvaluateSummary } from '../../contract/results.ts';
import {
  count,
  counted,
  milliseconds,
  percent,
  percentInterval,
  shareInterval,
} from '../figures.ts';
import type { Paint } from '../paint.ts';
import { printable, shortened } from '../text.ts';
import { table } from './table.ts';

const classesListed = 50;

/** How good a model is on labelled images, as a whole and class by class. */
export function evaluateReport(summary: EvaluateSummary, paint: Paint): string {
  const { auc } = summary;
  const figures = [
    ['Accuracy (95 % interval)', percentInterval(summary.accuracy)],
    ['Balanced accuracy', percentInterval(summary.balancedAccuracy)],
    ['F1, mean of classes', shareInterval(summary.macroF1)],
    ['AUC', auc === null ? '-' : shareInterval(auc)],
    ['Time an image', milliseconds(summary.msPerImage)],
  ];
  return [
    '',
    paint.strong(`${printable(summary.model)} on ${counted(summary.images, 'image')}`),
    '',
    table(figures, { leftColumns: 1 }),
    '',
    classTable(summary, paint),
  ].join('\n');
}

function classTable(summary: EvaluateSummary, paint: Paint): string {
  const { classes, confusion } = summary;
  const several = hasSeveralLabels(summary);
  const rows = classes.slice(0, classesListed).map((name, index) => {
    const cells = confusion[index] ?? [];
    const figures = several ? labelFigures(cells) : classFigures(cells, index, classes);
    return [shown(name), ...figures];
  });
  const head = several
    ? ['Label', 'Images', 'Found', 'False alarms']
    : ['Class', 'Images', 'Found', 'Most often taken for'];
  const more = classes.length - rows.length;
  const lines = table([head, ...rows], { leftColumns: 1, header: (line) => paint.strong(line) });
  return more > 0 ? `${lines}\nand ${counted(more, 'more class', 'more classes')}` : lines;
}

/** Of several labels each has its four counts; of single ones all cells together count the images. */
function hasSeveralLabels({ classes, confusion, images }: EvaluateSummary): boolean {
  if (confusion.some((row) => row.length !== 4)) return false;
  return classes.length !== 4 || sum(confusion.flat()) !== images;
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
