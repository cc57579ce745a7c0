import type { DistillSummary, Interval, MaskSummary } from './results.ts';

/** What the figures of a run say and what they do not, for whoever puts it into words. */

/** One measured quality against another. */
export interface Comparison {
  readonly outcome: 'better' | 'same' | 'worse';
  /** In [-1, 1]; above 0 where the first is better. */
  readonly gain: number;
  /** The 95 % intervals are known and share no value; otherwise the difference may be chance. */
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
  readonly tested: TestedMasks;
  /**
   * Where the plain copy is above student or teacher: let the adapters learn on from the masks, or, where they
   * did, train on more.
   */
  readonly advice: 'adapt' | 'more' | null;
}

/** What the figures of masks rest on. */
export interface TestedMasks {
  /** Test images that have a Dice of each of the three. */
  readonly images: number;
  /** Of them, what is not independent counts once: groups, or the images. */
  readonly units: number;
  /** Too few of these for an interval to be worth much. */
  readonly isFew: boolean;
  /** One of these alone: drawn again and again it is always the same, and tells nothing of chance. */
  readonly isSingle: boolean;
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

/** @param isChanceKnown whether the intervals say anything */
export function compare(one: Interval, other: Interval, isChanceKnown = true): Comparison {
  const gain = one.value - other.value;
  const isApart = isChanceKnown && !overlaps(one, other);
  if (Math.abs(gain) < nothing) return { outcome: 'same', gain, isApart };
  return { outcome: gain > 0 ? 'better' : 'worse', gain, isApart };
}

interface Qualities {
  readonly teacher: Interval;
  readonly copy: Interval;
  readonly student: Interval;
}

/**
 * @param qualities of the three; higher is better
 * @param isChanceKnown whether their intervals say anything
 */
export function judge(
  { teacher, student, loss }: DistillSummary,
  qualities: Qualities,
  isChanceKnown = true,
): Judgement {
  const overCopy = compare(qualities.student, qualities.copy, isChanceKnown);
  const time = student.msPerImage / teacher.msPerImage;
  const hasLearnt = loss.last < loss.first;
  return {
    overCopy,
    overTeacher: compare(qualities.student, qualities.teacher, isChanceKnown),
    size: student.bytes / teacher.bytes,
    time: time < fasterBelow ? time : null,
    hasLearnt,
    hasHelped: hasLearnt && overCopy.outcome === 'better' && overCopy.isApart,
  };
}

/** Null where no test image shows a class, so that there is nothing to judge by. */
export function judgeMasks(summary: MaskSummary): MaskJudgement | null {
  const dice = qualitiesOf(summary, 'dice');
  // Where a model finds what is not there, it has a Dice of 0, and so have all that do.
  if (!dice || summary.shown?.length === 0) return null;
  const iou = qualitiesOf(summary, 'iou');
  const tested = testedMasks(summary);
  const isChanceKnown = !tested.isSingle;
  const judged = judge(summary, dice, isChanceKnown);
  const byIou = iou && compare(iou.student, iou.copy, isChanceKnown);
  const copyOverTeacher = compare(dice.copy, dice.teacher, isChanceKnown);
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
    tested,
    advice: isCopyAbove ? adviceFor(summary, judged) : null,
  };
}

/** What figures of masks rest on: an image that shows nothing, and in which nothing was found, has none. */
export function testedMasks({ perImage, units }: MaskSummary): TestedMasks {
  const images = perImage.filter(
    ({ teacher, copy, student }) => teacher !== null && copy !== null && student !== null,
  ).length;
  const counted = Math.min(units, images);
  return { images, units: counted, isFew: counted < fewUnits, isSingle: counted <= 1 };
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
