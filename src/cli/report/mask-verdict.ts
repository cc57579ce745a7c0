import { judgeMasks } from '../../contract/judgement.ts';
import type { Comparison, MaskJudgement, TestedMasks } from '../../contract/judgement.ts';
import type { MaskSummary } from '../../contract/results.ts';
import { deliveryText } from '../../text/index.ts';
import { counted } from '../figures.ts';
import { costs } from './costs.ts';
import { delivered, reasons, recommendation } from './use.ts';

/** Compares a segmentation student with untrained copy and teacher, and suggests what to try next. */
export function maskVerdict(summary: MaskSummary): string[] {
  const judged = judgeMasks(summary);
  if (!judged) {
    return [
      'Nothing can be compared: no test mask contains a class. Add test images that show what the student should find.',
    ];
  }
  if (judged.use.verdict !== 'usable') {
    return [unusable(summary, judged), ...reasons(judged.use, 'outlines')];
  }
  return [
    againstCopy(summary, judged),
    ...onImages(judged),
    ...contradicted(summary, judged),
    againstTeacher(judged),
    ...(summary.adapted ? [] : delivered(summary, deliveryText.isEncoderCopy)),
    ...recommendation(judged.use),
    ...adapted(summary, judged),
    ...copyOverTeacher(judged),
    ...advice(judged),
    ...few(judged),
  ];
}

/** Explains why a teacher or student is not usable and therefore not compared. */
function unusable(summary: MaskSummary, { use, baseline }: MaskJudgement): string {
  const figure = (who: 'teacher' | 'student'): string =>
    summary[who].dice.mean?.value.toFixed(3) ?? '-';
  const nothing = `outlining all of each image reaches ${baseline?.toFixed(3) ?? '-'}`;
  if (use.verdict === 'unsuitable') {
    return `This teacher is unsuitable for these images: its mean Dice of ${figure('teacher')} is hardly better than no model (${nothing}).`;
  }
  return use.shortfall === 'least'
    ? `Do not use this student: its mean Dice of ${figure('student')} is far too low (1 is perfect; ${nothing}).`
    : `Do not use this student: its mean Dice of ${figure('student')} is ${use.shortfall === 'chance' ? 'no' : 'hardly'} better than no model (${nothing}).`;
}

function againstCopy(summary: MaskSummary, { overCopy, tested: on, doer }: MaskJudgement): string {
  const { outcome, isApart } = overCopy;
  const training = deliveryText.doer[doer];
  const tested = testedOf(on);
  if (outcome === 'same') {
    const reached = summary.student.dice.mean?.value.toFixed(3) ?? '-';
    return `${training} made no difference here: student and untrained copy both reach a mean Dice of ${reached} (${tested}). The untrained copy is as good.`;
  }
  const where = `${difference(overCopy)} the untrained copy in mean Dice`;
  if (on.isSingle) {
    return `The student is ${where}, on ${tested}. This is too little to rule out chance: the untrained copy may be as good. Use more test images to find out.`;
  }
  if (outcome === 'worse') {
    const certainty = isApart
      ? `Their 95 % intervals do not overlap (${tested})`
      : `Their 95 % intervals overlap, so with ${tested} this may be chance`;
    return `${training} did not help here: the student is ${where}. ${certainty}.`;
  }
  return isApart
    ? `${training} helped: the student is ${where}, and their 95 % intervals do not overlap (${tested}).`
    : `The student is ${where}, but their 95 % intervals overlap: with ${tested} this may be chance, and the untrained copy may be as good. Use more test images to find out.`;
}

/** Number of test images, and of their groups if those are fewer: all images of a patient or scene count once. */
function testedOf({ images, units }: TestedMasks): string {
  const tested = counted(images, 'test image');
  return units < images ? `${tested} in ${counted(units, 'group')}` : tested;
}

function onImages({ images: { differing, student, copy } }: MaskJudgement): string[] {
  if (differing === 0) return [];
  return [
    `Student and untrained copy differ on ${counted(differing, 'test image')}: on ${student} the student is better, on ${copy} the untrained copy.`,
  ];
}

function contradicted({ student, copy }: MaskSummary, { contradiction }: MaskJudgement): string[] {
  if (!contradiction) return [];
  const [ours, theirs] = [student, copy].map(({ iou }) => iou.mean?.value.toFixed(3) ?? '-');
  const certainty = contradiction.isApart ? '' : ', which may also be chance';
  return [
    `By IoU over the pixels of all images together, the order is reversed: ${ours} for the student, ${theirs} for the untrained copy${certainty}.`,
  ];
}

function againstTeacher(judged: MaskJudgement): string {
  const { outcome, isApart } = judged.overTeacher;
  const quality =
    outcome === 'same'
      ? 'is as good as the teacher'
      : `is ${difference(judged.overTeacher)} the teacher${isApart ? '' : ` (${doubtOf(judged.tested)})`}`;
  return `The student ${quality}, ${costs(judged, 'tile')}.`;
}

function doubtOf({ isSingle }: TestedMasks): string {
  return isSingle ? 'may be chance' : 'intervals overlap';
}

/**
 * Notes that only the student's encoder was fine-tuned on masks, so distilling alone does not explain the difference.
 */
function adapted(summary: MaskSummary, { overCopy, hasLearnt }: MaskJudgement): string[] {
  if (!summary.adapted || !hasLearnt || overCopy.outcome !== 'better') return [];
  return [
    "Only the student's encoder was fine-tuned on the masks (--adapt), not that of teacher and untrained copy: part of its gain may come from the masks, not from distilling.",
  ];
}

function copyOverTeacher({ copyOverTeacher: found }: MaskJudgement): string[] {
  if (found.outcome !== 'better') return [];
  const doubt = found.isApart ? '' : 'this may be chance; if not, ';
  return [
    `The untrained copy is even ${difference(found)} the teacher: ${doubt}the teacher does not suit these images, and imitating it helps little.`,
  ];
}

function advice({ advice: what }: MaskJudgement): string[] {
  if (what === 'adapt') {
    return [
      'Try --adapt, which fine-tunes the adapters on the masks after they learnt from the teacher.',
    ];
  }
  return what === 'more'
    ? ['More images with masks, more --decoder-steps or another --rank may help.']
    : [];
}

function few({ tested: { images, units, isFew, isSingle } }: MaskJudgement): string[] {
  if (!isFew) return [];
  const what = units < images ? 'group of test images' : 'test image';
  const several = units < images ? 'groups of test images' : 'test images';
  const why = isSingle ? 'intervals need more than one' : 'the intervals are only rough';
  return [
    `Only ${counted(units, what, several)}: ${why}. Hold out more for a more certain result.`,
  ];
}

/** `0.031 above`. */
function difference({ gain, outcome }: Comparison): string {
  return `${Math.abs(gain).toFixed(3)} ${outcome === 'better' ? 'above' : 'below'}`;
}
