import type {
  CandidateReport,
  ClassBaselines,
  ClassSummary,
  DistillSummary,
  Interval,
  MaskSummary,
} from './results.ts';

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

/** Of a run for classes: its quality is the accuracy. */
export interface ClassJudgement extends Judgement {
  readonly baselines: ClassBaselines;
  /** The teacher cannot be told from guessing: whatever is distilled from it means nothing. */
  readonly isTeacherUnsuitable: boolean;
  /** How the student stands against answers that take no model. */
  readonly studentStands: Standing;
  /** So few test images that an interval of accuracy is some ten points wide. */
  readonly isFew: boolean;
}

/**
 * `above` them by more than chance; at the `majority`, where always answering the most frequent class is as accurate,
 * though classes are told apart; or `none`, where it cannot be told from guessing.
 */
type Standing = 'above' | 'majority' | 'none';

/** Of a run for outlines: its quality is the mean Dice. */
export interface MaskJudgement extends Judgement {
  readonly copyOverTeacher: Comparison;
  /** Dice that takes no model; null in runs of earlier versions. */
  readonly baseline: number | null;
  /** The teacher's, or the student's, mean Dice is no better than that by more than chance. */
  readonly isTeacherUnsuitable: boolean;
  readonly isStudentUseless: boolean;
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
/** With fewer, an interval of accuracy is some ten points wide. */
const fewImages = 100;
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
function judge(
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

export function judgeClasses(summary: ClassSummary): ClassJudgement {
  const { teacher, copy, student } = summary;
  const qualities = {
    ...{ teacher: teacher.accuracy, copy: copy.accuracy, student: student.accuracy },
  };
  const judged = judge(summary, qualities);
  const baselines = classBaselinesOf(summary);
  const studentStands = standingOf(student, baselines);
  return {
    ...judged,
    ...{ baselines, studentStands },
    isTeacherUnsuitable:
      standingOf(teacher, baselines) === 'none' && isNear(teacher.accuracy.value, baselines),
    hasHelped: judged.hasHelped && studentStands === 'above',
    isFew: summary.images.tested < fewImages,
  };
}

/** Of the way from answers that take no model to perfect ones, what is still near the former. */
const nearShare = 0.15;

/** With few test images, a good teacher cannot be told from guessing either, but it is not near it. */
function isNear(accuracy: number, { chance, mostFrequent }: ClassBaselines): boolean {
  const baseline = Math.max(chance, mostFrequent);
  return accuracy <= baseline + nearShare * (1 - baseline);
}

/** How good answers are that take no model, by what the test images are. */
export function classBaselinesOf({
  task,
  classes,
  teacher: { confusion },
}: Pick<ClassSummary, 'task'> & {
  readonly classes: readonly string[];
  readonly teacher: Pick<CandidateReport, 'confusion'>;
}): ClassBaselines {
  const rows = confusion.map((row) => row.reduce((sum, value) => sum + value, 0));
  const images = rows.reduce((sum, count) => sum + count, 0);
  if (task === 'single') {
    return { chance: 1 / classes.length, mostFrequent: Math.max(...rows) / images };
  }
  // True negatives, false positives, false negatives, true positives of each label.
  const shares = confusion.map(([tn = 0, fp = 0, fn = 0, tp = 0]) => {
    const yes = (fn + tp) / (tn + fp + fn + tp);
    return Math.max(yes, 1 - yes);
  });
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return { chance: 0.5, mostFrequent: mean };
}

/** Balanced accuracy counts every class alike, so that the most frequent one is worth no more than any other. */
function standingOf(
  { accuracy, balancedAccuracy, confusion }: CandidateReport,
  { chance, mostFrequent }: ClassBaselines,
): Standing {
  if (accuracy.low > Math.max(chance, mostFrequent)) return 'above';
  const tested = confusion.filter((row) => row.some((count) => count > 0)).length;
  const balancedChance = chance === 0.5 ? 0.5 : 1 / Math.max(1, tested);
  return balancedAccuracy.low > balancedChance ? 'majority' : 'none';
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
  const baseline = summary.baselines?.dice ?? null;
  const isNoBetter = ({ low }: Interval): boolean => baseline !== null && low <= baseline;
  const isStudentUseless = isNoBetter(dice.student);
  return {
    ...judged,
    hasHelped: judged.hasHelped && !isStudentUseless,
    ...{ copyOverTeacher, baseline, isStudentUseless },
    isTeacherUnsuitable: isNoBetter(dice.teacher),
    contradiction: byIou && isOpposite(byIou, judged.overCopy) ? byIou : null,
    images: countBetter(summary),
    tested,
    advice: isCopyAbove ? adviceFor(summary, judged) : null,
  };
}

/** What figures of masks rest on: an image that shows nothing, and in which nothing was found, has none. */
function testedMasks({ perImage, units }: MaskSummary): TestedMasks {
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
