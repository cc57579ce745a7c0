import type { DistillSummary, Interval, MaskSummary } from './results.ts';

/** What the figures of a run say and what they do not, for whoever puts it into words. */

/** One measured quality against another. */
export interface Comparison {
  readonly outcome: 'better' | 'same' | 'worse';
  /** In [-1, 1]; above 0 where the first is better. */
  readonly gain: number;
  /** The 95 % intervals share no value; otherwise the difference may be chance. */
  readonly isApart: boolean;
}

/** What can be said of every run. */
export interface Judgement {
  readonly overCopy: Comparison;
  readonly overTeacher: Comparison;
  /** Bytes of the student for each of the teacher's. */
  readonly size: number;
  /** Time of the student for the teacher's; null where it is no faster. */
  readonly time: number | null;
  /** The loss fell. */
  readonly hasLearnt: boolean;
  /** The student is above the plain copy by more than chance. */
  readonly hasHelped: boolean;
}

/** Of a run for outlines: its quality is the mean Dice. */
export interface MaskJudgement extends Judgement {
  readonly copyOverTeacher: Comparison;
  /** Student over copy by mean IoU, where that says the opposite of Dice. */
  readonly contradiction: Comparison | null;
  /** Test images on which student and copy differ, and on how many each is better. */
  readonly images: {
    readonly differing: number;
    readonly student: number;
    readonly copy: number;
  };
  /** Too few test images, or groups of them, for an interval to be worth much. */
  readonly isFew: boolean;
  /**
   * Where the plain copy is above student or teacher: let the adapters learn on from the masks, or, where they
   * did, train on more.
   */
  readonly advice: 'adapt' | 'more' | null;
}

/** Shown with three decimals of a share, this difference would be none. */
const nothing = 0.0005;
/** Below this share of the teacher's time a student is faster by more than a clock's mood. */
const fasterBelow = 0.95;
/** With fewer, a bootstrap interval is too narrow. */
const fewUnits = 20;

/** Two intervals share a value. */
export function overlaps(a: Interval, b: Interval): boolean {
  return a.low <= b.high && b.low <= a.high;
}

export function compare(one: Interval, other: Interval): Comparison {
  const gain = one.value - other.value;
  const isApart = !overlaps(one, other);
  if (Math.abs(gain) < nothing) return { outcome: 'same', gain, isApart };
  return { outcome: gain > 0 ? 'better' : 'worse', gain, isApart };
}

interface Qualities {
  readonly teacher: Interval;
  readonly copy: Interval;
  readonly student: Interval;
}

/** @param qualities of the three; higher is better */
export function judge({ teacher, student, loss }: DistillSummary, qualities: Qualities): Judgement {
  const overCopy = compare(qualities.student, qualities.copy);
  const time = student.msPerImage / teacher.msPerImage;
  const hasLearnt = loss.last < loss.first;
  return {
    overCopy,
    overTeacher: compare(qualities.student, qualities.teacher),
    size: student.bytes / teacher.bytes,
    time: time < fasterBelow ? time : null,
    hasLearnt,
    hasHelped: hasLearnt && overCopy.outcome === 'better' && overCopy.isApart,
  };
}

/** Null where no test image shows a class, so that there is nothing to judge by. */
export function judgeMasks(summary: MaskSummary): MaskJudgement | null {
  const dice = qualitiesOf(summary, 'dice');
  if (!dice) return null;
  const iou = qualitiesOf(summary, 'iou');
  const judged = judge(summary, dice);
  const byIou = iou && compare(iou.student, iou.copy);
  const copyOverTeacher = compare(dice.copy, dice.teacher);
  const isCopyAbove =
    judged.overCopy.outcome === 'worse' ||
    byIou?.outcome === 'worse' ||
    copyOverTeacher.outcome === 'better' ||
    (iou !== null && compare(iou.copy, iou.teacher).outcome === 'better');
  return {
    ...judged,
    copyOverTeacher,
    contradiction: byIou && isOpposite(byIou, judged.overCopy) ? byIou : null,
    images: countBetter(summary),
    isFew: summary.units < fewUnits,
    advice: isCopyAbove ? adviceFor(summary, judged) : null,
  };
}

function qualitiesOf(summary: MaskSummary, measure: 'dice' | 'iou'): Qualities | null {
  const [teacher, copy, student] = [summary.teacher, summary.copy, summary.student].map(
    (report) => report[measure].mean,
  );
  return teacher && copy && student ? { teacher, copy, student } : null;
}

function isOpposite(a: Comparison, b: Comparison): boolean {
  return a.outcome !== 'same' && b.outcome !== 'same' && a.outcome !== b.outcome;
}

/** One that learnt on already and is above the copy has what it needs. */
function adviceFor({ adapted }: MaskSummary, { overCopy }: Judgement): MaskJudgement['advice'] {
  if (!adapted) return 'adapt';
  return overCopy.outcome === 'worse' ? 'more' : null;
}

function countBetter({ perImage }: MaskSummary): MaskJudgement['images'] {
  const gains = perImage.flatMap(({ student, copy }) =>
    student === null || copy === null ? [] : [student - copy],
  );
  const better = gains.filter((gain) => gain >= nothing).length;
  const worse = gains.filter((gain) => gain <= -nothing).length;
  return { differing: better + worse, student: better, copy: worse };
}
