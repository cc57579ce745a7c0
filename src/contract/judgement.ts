import { distillOptions, usualTraining } from './jobs.ts';
import type {
  CandidateReport,
  ClassBaselines,
  ClassSummary,
  DistillSummary,
  Interval,
  MaskSummary,
} from './results.ts';
import { judgeUse } from './usefulness.ts';
import type { Measure, Use } from './usefulness.ts';

/** Judgement of a run's figures, independent of its wording. */

/** Comparison of one measured quality with another. */
export interface Comparison {
  readonly outcome: 'better' | 'same' | 'worse';
  /** Difference in [-1, 1]; above 0 if the first is better. */
  readonly gain: number;
  /** The 95 % intervals are known and share no value; otherwise the difference may be chance. */
  readonly isApart: boolean;
}

/** Judgement common to every run. */
export interface Judgement {
  readonly overCopy: Comparison;
  readonly overTeacher: Comparison;
  /** Size of the student relative to the teacher's, in bytes. */
  readonly size: number;
  /** Student's time divided by the teacher's; null if it is not faster. */
  readonly time: number | null;
  /** True if the loss fell. */
  readonly hasLearnt: boolean;
  /** Training that made the student differ from the untrained copy. */
  readonly doer: Doer;
  /** True if the student is useful, and better than the untrained copy by more than chance. */
  readonly hasHelped: boolean;
  /** Usefulness of the student. */
  readonly use: Use;
}

/** The masks are named only if distilling contributed nothing. */
type Doer = 'distilling' | 'fitting' | 'masks';

/** Judgement of a classification run; its quality is the accuracy. */
export interface ClassJudgement extends Judgement {
  readonly baselines: ClassBaselines;
  /** Standing of the student against the baselines without a model. */
  readonly studentStands: Standing;
  /** True if there are so few test images that an interval of accuracy is some ten points wide. */
  readonly isFew: boolean;
}

/**
 * `above`: better than the baselines by more than chance; `majority`: no more accurate than always answering the most
 * frequent class, although better than guessing; `none`: indistinguishable from guessing.
 */
type Standing = 'above' | 'majority' | 'none';

/** Judgement of a segmentation run; its quality is the mean Dice. */
export interface MaskJudgement extends Judgement {
  readonly copyOverTeacher: Comparison;
  /** Dice of the baseline without a model; null in runs of earlier versions. */
  readonly baseline: number | null;
  /** Student over copy by mean IoU, if that contradicts Dice. */
  readonly contradiction: Comparison | null;
  /** Number of test images on which student and copy differ, and on how many each is better. */
  readonly images: {
    readonly differing: number;
    readonly student: number;
    readonly copy: number;
  };
  readonly tested: TestedMasks;
  /**
   * Advice if the untrained copy is above student or teacher: fine-tune the adapters on the masks or, if that was
   * done, train longer.
   */
  readonly advice: 'adapt' | 'more' | null;
}

/** Numbers of test images behind the figures of masks. */
export interface TestedMasks {
  /** Test images that have a Dice of each of the three. */
  readonly images: number;
  /** Independent test units: groups count once, other images each. */
  readonly units: number;
  /** True if there are too few units for a useful interval. */
  readonly isFew: boolean;
  /**
   * True if there is a single unit: resampling always picks it again, so an interval is no measure of chance.
   */
  readonly isSingle: boolean;
}

/** Smallest difference that is visible with three decimals. */
const nothing = 0.0005;
/** Share of the teacher's time below which a student is faster by more than the noise of timing. */
const fasterBelow = 0.95;
/** Number of test images below which an interval of accuracy is some ten points wide. */
const fewImages = 100;
/** Number of units below which a bootstrap interval is too narrow. */
const fewUnits = 20;
/** Labelled images of each class, or outlined images, below which there is little to train on. */
const enoughLabelled = 10;
/**
 * Mean Dice below which a student is useless: less than a fifth of what is predicted or outlined is in both.
 */
const leastDice = 0.3;
const usualDecoderSteps = distillOptions.shape.decoderSteps.parse(undefined);

function doerOf(summary: DistillSummary): Doer {
  const isFitted = deliveredOf(summary) === 'fitted';
  const isDistilled = summary.loss.last < summary.loss.first && !isFitted;
  if (summary.task === 'segmentation' && summary.adapted && !isDistilled) return 'masks';
  return isFitted ? 'fitting' : 'distilling';
}

/** Returns true if two intervals share a value. */
export function overlaps(a: Interval, b: Interval): boolean {
  return a.low <= b.high && b.low <= a.high;
}

/** @param isChanceKnown whether the intervals are meaningful */
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
 * @param qualities of the three models; higher is better
 * @param isChanceKnown whether their intervals are meaningful
 */
function judge(
  summary: DistillSummary,
  qualities: Qualities,
  use: Use,
  isChanceKnown = true,
): Judgement {
  const { teacher, student, loss } = summary;
  const overCopy = compare(qualities.student, qualities.copy, isChanceKnown);
  const time = student.msPerImage / teacher.msPerImage;
  const hasLearnt = loss.last < loss.first;
  return {
    overCopy,
    overTeacher: compare(qualities.student, qualities.teacher, isChanceKnown),
    size: student.bytes / teacher.bytes,
    time: time < fasterBelow ? time : null,
    hasLearnt,
    doer: doerOf(summary),
    hasHelped:
      hasLearnt && use.verdict === 'usable' && overCopy.outcome === 'better' && overCopy.isApart,
    use,
  };
}

/** Judges the figures of a classification run. */
export function judgeClasses(summary: ClassSummary): ClassJudgement {
  const { teacher, copy, student } = summary;
  const qualities = {
    teacher: teacher.accuracy,
    copy: copy.accuracy,
    student: student.accuracy,
  };
  const baselines = classBaselinesOf(summary);
  const judged = judge(summary, qualities, useOfClasses(summary, baselines));
  const studentStands = standingOf(student, baselines);
  return {
    ...judged,
    baselines,
    studentStands,
    hasHelped: judged.hasHelped && studentStands === 'above',
    isFew: summary.images.tested < fewImages,
  };
}

function useOfClasses(summary: ClassSummary, baselines: ClassBaselines): Use {
  const { teacher, copy, student, images, classes } = summary;
  const of = (report: CandidateReport): readonly Measure[] => [
    { quality: report.accuracy, baseline: Math.max(baselines.chance, baselines.mostFrequent) },
    { quality: report.balancedAccuracy, baseline: balancedChance(report, baselines) },
  ];
  return judgeUse({
    teacher: of(teacher),
    copy: of(copy),
    student: of(student),
    isCopyBetter: student.accuracy.value < copy.accuracy.value,
    isAdapted: false,
    canAdapt: false,
    steps: summary.steps,
    usualSteps: usualTraining.classification.steps,
    labelled: images.labelled,
    enoughLabelled: enoughLabelled * classes.length,
    tested: images.tested,
  });
}

/** Returns the quality of the baselines without a model, judging by the test images. */
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

function standingOf(report: CandidateReport, baselines: ClassBaselines): Standing {
  const { accuracy, balancedAccuracy } = report;
  if (accuracy.low > Math.max(baselines.chance, baselines.mostFrequent)) return 'above';
  return balancedAccuracy.low > balancedChance(report, baselines) ? 'majority' : 'none';
}

/** Returns the balanced accuracy of guessing, judging by the classes among the test images. */
function balancedChance({ confusion }: CandidateReport, { chance }: ClassBaselines): number {
  const tested = confusion.filter((row) => row.some((count) => count > 0)).length;
  return chance === 0.5 ? 0.5 : 1 / Math.max(1, tested);
}

/** Returns null if no test image shows a class, so that there is nothing to judge by. */
export function judgeMasks(summary: MaskSummary): MaskJudgement | null {
  const dice = qualitiesOf(summary, 'dice');
  // A false detection gives a Dice of 0, for every model.
  if (!dice || summary.shown?.length === 0) return null;
  const iou = qualitiesOf(summary, 'iou');
  const tested = testedMasks(summary);
  const isChanceKnown = !tested.isSingle;
  const baseline = summary.baselines?.dice ?? null;
  const use = useOfMasks(summary, dice, tested);
  const judged = judge(summary, dice, use, isChanceKnown);
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
    baseline,
    contradiction: byIou && isOpposite(byIou, judged.overCopy) ? byIou : null,
    images: countBetter(summary),
    tested,
    advice: isCopyAbove ? adviceFor(summary, judged) : null,
  };
}

function useOfMasks(summary: MaskSummary, dice: Qualities, { units }: TestedMasks): Use {
  const { adapted: isAdapted, steps, decoderSteps, images } = summary;
  const of = (quality: Interval): readonly Measure[] => [
    { quality, baseline: summary.baselines?.dice ?? 0, least: leastDice },
  ];
  return judgeUse({
    teacher: of(dice.teacher),
    copy: of(dice.copy),
    student: of(dice.student),
    isCopyBetter: dice.student.value < dice.copy.value,
    isAdapted,
    canAdapt: !isAdapted,
    steps,
    usualSteps: usualTraining.segmentation.steps,
    decoderSteps: { steps: decoderSteps, usual: usualDecoderSteps },
    labelled: images.labelled,
    enoughLabelled,
    tested: units,
  });
}

/** Counts the images behind figures of masks; an image without true or predicted regions has no figure. */
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

/** Advises on fine-tuning adapters; a fine-tuned student better than the copy needs no advice. */
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

/** Returns the usefulness of a student; null if there is nothing to judge by. */
export function useOf(summary: DistillSummary): Use | null {
  return summary.task === 'segmentation'
    ? (judgeMasks(summary)?.use ?? null)
    : judgeClasses(summary).use;
}

/**
 * Origin of the delivered student: the end of training, an earlier state, the fitted copy, or the untrained copy of
 * the teacher's blocks. The latter two are delivered if training made the student worse.
 */
export type Delivered = 'trained' | 'earlier' | 'fitted' | 'copy';

export function deliveredOf({ recipe, steps }: DistillSummary): Delivered {
  if (!recipe) return 'trained';
  const { kept, start } = recipe;
  if (typeof kept === 'number') return kept < steps ? 'earlier' : 'trained';
  return kept === 'start' && start === 'fitted' ? 'fitted' : 'copy';
}

/**
 * Returns true if a run wrote the untrained copy: it did better on the test images, and the run is not from a version
 * that wrote only students.
 */
export function hasCopy({ files }: Pick<DistillSummary, 'files'>): boolean {
  return files.some((file) => /(?:^|[\\/])copy\.onnx$/.test(file));
}
