import type { ClassSummary, Interval, MaskSummary } from '../../../contract/results.ts';
import { decimals, percent, percentRange } from '../../lib/format.ts';
import { resultText } from '../../text/en/steps/result.ts';
import { shareRange } from './measures.ts';
import type { CandidateName } from './predictions/predictions.ts';

/** A measure as text, with value and interval of each candidate; null if there was nothing to measure. */
export interface WrittenMeasure {
  readonly name: string;
  readonly cells: Readonly<Record<CandidateName, WrittenInterval | null>>;
}

/** Texts of value and range; the range is empty if it has no width, as for one image, and so says nothing. */
type WrittenInterval = readonly [value: string, range: string];

const text = resultText.measures;

/** Further measures of a classification student. */
export function moreClassMeasures({ teacher, copy, student }: ClassSummary): WrittenMeasure[] {
  const keys = ['balancedAccuracy', 'macroF1', 'auc'] as const;
  return keys.map((key) => ({
    name: text[key],
    cells: cellsOf(
      [teacher[key], copy[key], student[key]],
      key === 'balancedAccuracy' ? inPercent : asShare,
    ),
  }));
}

/** Further measures of a segmentation student. */
export function moreMaskMeasures({
  teacher,
  copy,
  student,
  tolerance,
}: MaskSummary): WrittenMeasure[] {
  const all = [teacher, copy, student] as const;
  const [accuracyT, accuracyC, accuracyS] = all.map((one) => one.pixelAccuracy);
  const [boundaryT, boundaryC, boundaryS] = all.map((one) => one.boundaryF1?.mean ?? null);
  return [
    {
      name: text.boundaryF1(tolerance.distance, tolerance.unit),
      cells: cellsOf([boundaryT, boundaryC, boundaryS], asShare),
    },
    { name: text.pixelAccuracy, cells: cellsOf([accuracyT, accuracyC, accuracyS], inPercent) },
  ];
}

type MaybeInterval = Interval | null | undefined;

function cellsOf(
  [teacher, copy, student]: readonly [MaybeInterval, MaybeInterval, MaybeInterval],
  write: (interval: Interval) => WrittenInterval,
): WrittenMeasure['cells'] {
  return {
    teacher: teacher ? write(teacher) : null,
    copy: copy ? write(copy) : null,
    student: student ? write(student) : null,
  };
}

function inPercent({ value, low, high }: Interval): WrittenInterval {
  return [`${percent(value)} %`, low < high ? percentRange(low, high) : ''];
}

function asShare({ value, low, high }: Interval): WrittenInterval {
  return [decimals(value, 3), low < high ? shareRange(low, high) : ''];
}
