import type {
  ClassSummary,
  DistillSummary,
  Interval,
  MaskSummary,
} from '../../../contract/results.ts';
import { decimals, percent, percentRange } from '../../lib/format.ts';
import { resultText } from '../../text/en/result.ts';
import { shareRange } from './measures.ts';
import type { CandidateName } from './predictions.ts';

/** A measure with value and interval of each candidate, written; null where there was nothing to measure. */
export interface WrittenMeasure {
  readonly name: string;
  readonly cells: Readonly<Record<CandidateName, WrittenInterval | null>>;
}

/** Without a range where it has no width, of one image say, and so tells nothing. */
type WrittenInterval = readonly [value: string, range: string];

const text = resultText.measures;

/** What stands behind "More measures". */
export function moreMeasures(summary: DistillSummary): readonly WrittenMeasure[] {
  return summary.task === 'segmentation' ? ofMasks(summary) : ofClasses(summary);
}

function ofClasses({ teacher, copy, student }: ClassSummary): WrittenMeasure[] {
  const keys = ['balancedAccuracy', 'macroF1', 'auc'] as const;
  return keys.map((key) => ({
    name: text[key],
    cells: written(
      [teacher[key], copy[key], student[key]],
      key === 'balancedAccuracy' ? inPercent : asShare,
    ),
  }));
}

function ofMasks({ teacher, copy, student, tolerance }: MaskSummary): WrittenMeasure[] {
  const all = [teacher, copy, student] as const;
  const [accuracyT, accuracyC, accuracyS] = all.map((one) => one.pixelAccuracy);
  const [boundaryT, boundaryC, boundaryS] = all.map((one) => one.boundaryF1?.mean ?? null);
  return [
    {
      name: text.boundaryF1(tolerance.distance, tolerance.unit),
      cells: written([boundaryT, boundaryC, boundaryS], asShare),
    },
    { name: text.pixelAccuracy, cells: written([accuracyT, accuracyC, accuracyS], inPercent) },
  ];
}

type OneOrNone = Interval | null | undefined;

function written(
  [teacher, copy, student]: readonly [OneOrNone, OneOrNone, OneOrNone],
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
