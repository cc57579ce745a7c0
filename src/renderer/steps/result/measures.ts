import { classBaselinesOf, deliveredOf } from '../../../contract/judgement.ts';
import type {
  ClassSummary,
  DistillSummary,
  Interval,
  MaskSummary,
} from '../../../contract/results.ts';
import { count, decimals, percent, percentRange } from '../../lib/format.ts';
import { resultText as text } from '../../text/en/steps/result.ts';
import { candidates } from './predictions/predictions.ts';
import type { CandidateName } from './predictions/predictions.ts';

/** Measured intervals of a score by candidate; null if there was nothing to measure. */
export type CandidateIntervals = Readonly<Record<CandidateName, Interval | null>>;

/** A score, drawn on one scale for all candidates. */
export interface ScaledMeasure {
  readonly intervals: CandidateIntervals;
  readonly scale: Scale;
  readonly unit: '' | '%';
  readonly write: (value: number) => string;
  readonly writeRange: (low: number, high: number) => string;
}

export interface MeasureRow extends ScaledMeasure {
  readonly name: string;
  /** Text of the scale. */
  readonly scaleText: string;
}

export interface Scale {
  readonly low: number;
  readonly high: number;
}

export const maskMeasures = ['dice', 'iou', 'boundaryF1'] as const;
export type MaskMeasure = (typeof maskMeasures)[number];

export function accuracyRow(summary: ClassSummary): MeasureRow {
  const intervals = intervalsOf((who) => summary[who].accuracy);
  const scale = scaleOf([intervals]);
  return {
    name: text.rows.accuracy,
    intervals,
    scale,
    unit: '%',
    scaleText: text.rows.scale(count(scale.low * 100), `${count(scale.high * 100)} %`),
    write: percent,
    writeRange: percentRange,
  };
}

/** Accuracies that are reached without a model, as names and figures. */
export function classBaselineRows(summary: ClassSummary): readonly (readonly [string, string])[] {
  const { chance, mostFrequent } = classBaselinesOf(summary);
  return [
    [text.rows.guessing, `${percent(chance)} %`],
    [text.rows.mostFrequent, `${percent(mostFrequent)} %`],
  ];
}

/** Descriptions of the candidates, shown beside their names. */
export function rolesOf(summary: DistillSummary): Readonly<Record<CandidateName, string>> {
  const { student, adapted, ...others } = text.roles;
  const role = student[deliveredOf(summary)];
  return { ...others, student: hasLearntFromMasks(summary) ? adapted(role) : role };
}

/** True if the student learnt from masks too, after distilling. */
export function hasLearntFromMasks(summary: DistillSummary): boolean {
  return summary.task === 'segmentation' && summary.adapted;
}

/** Dice that is reached without a model, as name and figure; empty for runs of earlier versions. */
export function maskBaselineRows({
  baselines,
}: MaskSummary): readonly (readonly [string, string])[] {
  return baselines ? [[text.rows.outlineAll, decimals(baselines.dice, 3)]] : [];
}

/** Row of a measure's mean over the classes. */
export function maskRow(summary: MaskSummary, measure: MaskMeasure): MeasureRow {
  const intervals = intervalsOf((who) => summary[who][measure]?.mean ?? null);
  return shareRow(measureName(text.rows, summary, measure), intervals, scaleOf([intervals]));
}

/** Name of a measure among `texts`; that of boundary F1 includes its tolerance. */
export function measureName(
  texts: Pick<typeof text.rows, MaskMeasure>,
  { tolerance: { distance, unit } }: Pick<MaskSummary, 'tolerance'>,
  measure: MaskMeasure,
): string {
  return measure === 'boundaryF1' ? texts.boundaryF1(distance, unit) : texts[measure];
}

/** Rows of a measure, one per class, all on one scale. */
export function classRows(summary: MaskSummary, measure: MaskMeasure): readonly MeasureRow[] {
  const rows = summary.classes.map((name) => ({
    name,
    intervals: intervalsOf((who) => summary[who][measure]?.classes[name] ?? null),
  }));
  const scale = scaleOf(rows.map(({ intervals }) => intervals));
  return rows.map(({ name, intervals }) => shareRow(name, intervals, scale));
}

function shareRow(name: string, intervals: CandidateIntervals, scale: Scale): MeasureRow {
  return {
    name,
    intervals,
    scale,
    unit: '',
    scaleText: text.rows.scale(decimals(scale.low, 2), decimals(scale.high, 2)),
    write: (value) => decimals(value, 3),
    writeRange: shareRange,
  };
}

/** Text of a range of shares: `0.821–0.861`. */
export function shareRange(low: number, high: number): string {
  return `${decimals(low, 3)}–${decimals(high, 3)}`;
}

function intervalsOf(of: (who: CandidateName) => Interval | null): CandidateIntervals {
  return { teacher: of('teacher'), copy: of('copy'), student: of('student') };
}

/** Scale that includes all intervals, with ends at multiples of 5 %; from 0 to 1 if there are none. */
export function scaleOf(rows: readonly CandidateIntervals[]): Scale {
  const intervals = rows.flatMap((row) => candidates.flatMap((who) => row[who] ?? []));
  if (intervals.length === 0) return { low: 0, high: 1 };
  const low = Math.floor((Math.min(...intervals.map((one) => one.low)) - 0.01) * 20) / 20;
  const high = Math.ceil((Math.max(...intervals.map((one) => one.high)) + 0.01) * 20) / 20;
  return { low: Math.max(0, low), high: Math.min(1, high) };
}
