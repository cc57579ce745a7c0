import { classBaselinesOf } from '../../../contract/judgement.ts';
import type { ClassSummary, Interval, MaskSummary } from '../../../contract/results.ts';
import { count, decimals, percent, percentRange } from '../../lib/format.ts';
import { resultText as text } from '../../text/en/result.ts';
import { candidates } from './predictions.ts';
import type { CandidateName } from './predictions.ts';

/** A measured quality of each candidate; null where there was nothing to measure. */
export type Qualities = Readonly<Record<CandidateName, Interval | null>>;

/** A quality, drawn on one scale for all candidates. */
export interface Drawn {
  readonly intervals: Qualities;
  readonly scale: Scale;
  readonly unit: '' | '%';
  readonly write: (value: number) => string;
  readonly writeRange: (low: number, high: number) => string;
}

export interface MeasureRow extends Drawn {
  readonly name: string;
  /** The scale in words. */
  readonly scaleText: string;
}

export interface Scale {
  readonly low: number;
  readonly high: number;
}

export const maskMeasures = ['dice', 'iou', 'boundaryF1'] as const;
export type MaskMeasure = (typeof maskMeasures)[number];

export function accuracyRow(summary: ClassSummary): MeasureRow {
  const intervals = qualitiesOf((who) => summary[who].accuracy);
  const scale = scaleOf([intervals]);
  return {
    ...{ name: text.rows.accuracy, intervals, scale, unit: '%' },
    scaleText: text.rows.scale(count(scale.low * 100), `${count(scale.high * 100)} %`),
    ...{ write: percent, writeRange: percentRange },
  };
}

/** Accuracies that take no model, as names and figures. */
export function classBaselineRows(summary: ClassSummary): readonly (readonly [string, string])[] {
  const { chance, mostFrequent } = classBaselinesOf(summary);
  return [
    [text.rows.guessing, `${percent(chance)} %`],
    [text.rows.mostFrequent, `${percent(mostFrequent)} %`],
  ];
}

/** None of runs of earlier versions. */
export function maskBaselineRows({
  baselines,
}: MaskSummary): readonly (readonly [string, string])[] {
  return baselines ? [[text.rows.outlineAll, decimals(baselines.dice, 3)]] : [];
}

/** The mean over the classes. */
export function maskRow(summary: MaskSummary, measure: MaskMeasure): MeasureRow {
  const intervals = qualitiesOf((who) => summary[who][measure]?.mean ?? null);
  return shareRow(measureName(text.rows, summary, measure), intervals, scaleOf([intervals]));
}

/** A measure's name among `texts`, with what it depends on. */
export function measureName(
  texts: Pick<typeof text.rows, MaskMeasure>,
  { tolerance: { distance, unit } }: Pick<MaskSummary, 'tolerance'>,
  measure: MaskMeasure,
): string {
  return measure === 'boundaryF1' ? texts.boundaryF1(distance, unit) : texts[measure];
}

/** A row a class, all on one scale. */
export function classRows(summary: MaskSummary, measure: MaskMeasure): readonly MeasureRow[] {
  const rows = summary.classes.map((name) => ({
    name,
    intervals: qualitiesOf((who) => summary[who][measure]?.classes[name] ?? null),
  }));
  const scale = scaleOf(rows.map(({ intervals }) => intervals));
  return rows.map(({ name, intervals }) => shareRow(name, intervals, scale));
}

function shareRow(name: string, intervals: Qualities, scale: Scale): MeasureRow {
  return {
    ...{ name, intervals, scale, unit: '' },
    scaleText: text.rows.scale(decimals(scale.low, 2), decimals(scale.high, 2)),
    write: (value) => decimals(value, 3),
    writeRange: shareRange,
  };
}

/** `0.821–0.861`. */
export function shareRange(low: number, high: number): string {
  return `${decimals(low, 3)}–${decimals(high, 3)}`;
}

function qualitiesOf(of: (who: CandidateName) => Interval | null): Qualities {
  return { teacher: of('teacher'), copy: of('copy'), student: of('student') };
}

/** From and to a multiple of 5 %, with all intervals inside; the whole where there are none. */
export function scaleOf(rows: readonly Qualities[]): Scale {
  const intervals = rows.flatMap((row) => candidates.flatMap((who) => row[who] ?? []));
  if (intervals.length === 0) return { low: 0, high: 1 };
  const low = Math.floor((Math.min(...intervals.map((one) => one.low)) - 0.01) * 20) / 20;
  const high = Math.ceil((Math.max(...intervals.map((one) => one.high)) + 0.01) * 20) / 20;
  return { low: Math.max(0, low), high: Math.min(1, high) };
}
