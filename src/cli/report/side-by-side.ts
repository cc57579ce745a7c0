import { classBaselinesOf } from '../../contract/judgement.ts';
import type {
  CandidateReport,
  ClassScores,
  ClassSummary,
  DistillSummary,
  Interval,
  MaskCandidateReport,
  MaskSummary,
  WrittenTolerance,
} from '../../contract/results.ts';
import {
  count,
  megabytes,
  milliseconds,
  parameters,
  percent,
  percentInterval,
  shareInterval,
} from '../figures.ts';
import type { TextStyles } from '../text-styles.ts';
import { printable, shortened } from '../text.ts';
import { table } from './table.ts';

const classesListed = 50;
const nameWidth = 24;

/** Row of the comparison: its name, and its cell for a candidate's report. */
type Row<Report> = readonly [name: string, cell: (report: Report) => string];

/** Compares quality, size and time of teacher, untrained copy and student. */
export function sideBySide(summary: DistillSummary, paint: TextStyles): string {
  const isMasks = summary.task === 'segmentation';
  const costs = cells(costRows(summary.teacher, isMasks ? 'tile' : 'image'), summary);
  const rows = [
    ['', 'Teacher', 'Untrained copy', 'Student'],
    ...(isMasks ? cells(maskRows(summary), summary) : cells(classRows, summary)),
    ...costs,
  ];
  const baselines = isMasks ? maskBaselineRows(summary) : classBaselineRows(summary);
  rows.splice(isMasks ? rows.length - costs.length : 2, 0, ...baselines);
  const lines = table(rows, { leftColumns: 1, header: (line) => paint.strong(line) });
  const more = isMasks ? summary.classes.length - classesListed : 0;
  return more > 0
    ? `${lines}\n(the first ${classesListed} classes; all are in summary.json)`
    : lines;
}

/** Returns rows of baselines without a model, equal in each column. */
function classBaselineRows(summary: ClassSummary): string[][] {
  const { chance, mostFrequent } = classBaselinesOf(summary);
  return [
    ['  by guessing', ...Array<string>(3).fill(percent(chance))],
    ['  always the most frequent class', ...Array<string>(3).fill(percent(mostFrequent))],
  ];
}

function maskBaselineRows({ baselines }: MaskSummary): string[][] {
  if (!baselines) return [];
  const { dice, iou, pixelAccuracy } = baselines;
  const same = (value: string): string[] => Array<string>(3).fill(value);
  return [
    ['Without a model: Dice, mean of images', ...same(dice.toFixed(3))],
    ['  IoU, all pixels together', ...same(iou.toFixed(3))],
    ['  Pixel accuracy', ...same(percent(pixelAccuracy))],
  ];
}

function cells<Report>(
  rows: readonly Row<Report>[],
  { teacher, copy, student }: Readonly<Record<'teacher' | 'copy' | 'student', Report>>,
): string[][] {
  return rows.map(([name, cell]) => [name, cell(teacher), cell(copy), cell(student)]);
}

const classRows: readonly Row<CandidateReport>[] = [
  ['Accuracy (95 % interval)', ({ accuracy }) => percentInterval(accuracy)],
  ['Balanced accuracy', ({ balancedAccuracy }) => percentInterval(balancedAccuracy)],
  ['F1, mean of classes', ({ macroF1 }) => shareInterval(macroF1)],
  ['AUC', ({ auc }) => orDash(auc)],
];

function maskRows({ classes, tolerance }: MaskSummary): Row<MaskCandidateReport>[] {
  return [
    ...scoreRows('Dice, mean of images (95 % interval)', classes, ({ dice }) => dice),
    ...scoreRows('IoU, all pixels together', classes, ({ iou }) => iou),
    ['Pixel accuracy', ({ pixelAccuracy }) => orDash(pixelAccuracy, percentInterval)],
    [boundaryName(tolerance), ({ boundaryF1 }) => orDash(boundaryF1?.mean)],
  ];
}

/** Returns a row of the mean and, if there are several classes, a row per class. */
function scoreRows(
  name: string,
  classes: readonly string[],
  scores: (report: MaskCandidateReport) => ClassScores,
): Row<MaskCandidateReport>[] {
  const each = classes.length > 1 ? classes.slice(0, classesListed) : [];
  return [
    [name, (report) => orDash(scores(report).mean)],
    ...each.map((own): Row<MaskCandidateReport> => [
      `  ${shortened(printable(own), nameWidth - 2)}`,
      (report) => orDash(scores(report).classes[own]),
    ]),
  ];
}

function costRows(
  teacher: MaskSummary['teacher'] | CandidateReport,
  each: string,
): Row<MaskSummary['teacher'] | CandidateReport>[] {
  return [
    ['Blocks', ({ blocks }) => count(blocks)],
    ['Parameters', (report) => parameters(report.parameters)],
    ['Size in float32', ({ bytes }) => megabytes(bytes)],
    [`Time per ${each}`, ({ msPerImage }) => milliseconds(msPerImage)],
    ['Speed-up', ({ msPerImage }) => `${(teacher.msPerImage / msPerImage).toFixed(2)}×`],
  ];
}

/** `Boundary F1 (2 px)`. */
export function boundaryName({ distance, unit }: WrittenTolerance): string {
  return `Boundary F1 (${distance} ${unit})`;
}

/** Formats an interval, or a dash if there is none. */
export function orDash(
  interval: Interval | null | undefined,
  write: (interval: Interval) => string = shareInterval,
): string {
  return interval ? write(interval) : '-';
}
