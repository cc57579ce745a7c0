import { judgeMasks } from '../../contract/judgement.ts';
import type { Comparison, MaskJudgement, TestedMasks } from '../../contract/judgement.ts';
import type { MaskSummary } from '../../contract/results.ts';
import { counted } from '../figures.ts';
import { costs } from './costs.ts';

/** What the figures of students that outline regions say: against plain copy and teacher, and what to try. */
export function maskVerdict(summary: MaskSummary): string[] {
  const judged = judgeMasks(summary);
  if (!judged) {
    return [
      'There is nothing to compare: no test mask shows any class. Test on images that show what the student should find.',
    ];
  }
  if (judged.isTeacherUnsuitable || judged.isStudentUseless) return noBetter(summary, judged);
  return [
    againstCopy(summary, judged),
    ...onImages(judged),
    ...contradicted(summary, judged),
    againstTeacher(judged),
    ...kept(summary, judged),
    ...adapted(summary, judged),
    ...copyOverTeacher(judged),
    ...advice(judged),
    ...few(judged),
  ];
}

/** Of a teacher or a student that finds no more than outlining everything would, a comparison says nothing. */
function noBetter(summary: MaskSummary, judged: MaskJudgement): string[] {
  const figure = (who: 'teacher' | 'student'): string =>
    summary[who].dice.mean?.value.toFixed(3) ?? '-';
  const baseline = `outlining all of each image reaches ${judged.baseline?.toFixed(3) ?? '-'}`;
  return [
    ...(judged.isTeacherUnsuitable
      ? [
          `This teacher is unsuitable for these images: its mean Dice of ${figure('teacher')} is no better than no model (${baseline}). Choose a teacher of your field, outline more images, or check the masks.`,
        ]
      : []),
    ...(judged.isStudentUseless
      ? [
          `Do not use this student: its mean Dice of ${figure('student')} is no better than no model (${baseline}).`,
        ]
      : []),
    `The student ${costs(judged, 'a tile')}.`,
    ...few(judged),
  ];
}

function againstCopy(summary: MaskSummary, { overCopy, tested: on }: MaskJudgement): string {
  const { outcome, isApart } = overCopy;
  const tested = testedOf(on);
  if (outcome === 'same') {
    const reached = summary.student.dice.mean?.value.toFixed(3) ?? '-';
    return `Distilling made no difference here: student and plain copy both reach a mean Dice of ${reached} (${tested}). The plain copy is as good.`;
  }
  const where = `${difference(overCopy)} the plain copy in mean Dice`;
  if (on.isSingle) {
    return `The student is ${where}, on ${tested}, which tells nothing of chance: the plain copy may be as good. More test images would tell.`;
  }
  if (outcome === 'worse') {
    const certainty = isApart
      ? `Their 95 % intervals do not overlap (${tested})`
      : `Their 95 % intervals overlap, so with ${tested} this may be chance`;
    return `Distilling did not help here: the student is ${where}. ${certainty}.`;
  }
  return isApart
    ? `Distilling helped: the student is ${where}, and their 95 % intervals do not overlap (${tested}).`
    : `The student is ${where}, but their 95 % intervals overlap: with ${tested} this may be chance, and the plain copy as good. More test images would tell.`;
}

/** Test images, or groups of them where those are fewer: what is of one patient or scene counts once. */
function testedOf({ images, units }: TestedMasks): string {
  const tested = counted(images, 'test image');
  return units < images ? `${tested} in ${counted(units, 'group')}` : tested;
}

function onImages({ images: { differing, student, copy } }: MaskJudgement): string[] {
  if (differing === 0) return [];
  return [
    `They differ on ${counted(differing, 'test image')}: on ${student} the student is better, on ${copy} the plain copy.`,
  ];
}

function contradicted({ student, copy }: MaskSummary, { contradiction }: MaskJudgement): string[] {
  if (!contradiction) return [];
  const [ours, theirs] = [student, copy].map(({ iou }) => iou.mean?.value.toFixed(3) ?? '-');
  const certainty = contradiction.isApart ? '' : ', which may be chance too';
  return [
    `By IoU, which counts the pixels of all images together, it is the other way round: ${ours} for the student, ${theirs} for the plain copy${certainty}.`,
  ];
}

function againstTeacher(judged: MaskJudgement): string {
  const { outcome, isApart } = judged.overTeacher;
  const quality =
    outcome === 'same'
      ? 'is as good as the teacher'
      : `is ${difference(judged.overTeacher)} the teacher${isApart ? '' : ` (${doubtOf(judged.tested)})`}`;
  return `The student ${quality}, ${costs(judged, 'a tile')}.`;
}

function doubtOf({ isSingle }: TestedMasks): string {
  return isSingle ? 'chance not known' : 'intervals overlap';
}

function kept({ recipe, adapted: isAdapted }: MaskSummary, { overCopy }: MaskJudgement): string[] {
  if (recipe?.kept === 'copy' && !isAdapted) {
    return [
      "The student's encoder is the plain copy: no state of its training was nearer to the teacher.",
    ];
  }
  return overCopy.outcome === 'worse'
    ? ['The plain copy is recommended: its files lie beside those of the student.']
    : [];
}

/** Only the student's encoder saw the masks, so it is not distilling alone that made the difference. */
function adapted(summary: MaskSummary, { overCopy }: MaskJudgement): string[] {
  if (!summary.adapted || overCopy.outcome !== 'better') return [];
  return [
    "The student's encoder also learnt on from the masks (--adapt), those of teacher and plain copy did not: not all of its gain is from distilling.",
  ];
}

function copyOverTeacher({ copyOverTeacher: found }: MaskJudgement): string[] {
  if (found.outcome !== 'better') return [];
  const doubt = found.isApart ? '' : 'this may be chance; if not, ';
  return [
    `The plain copy is ${difference(found)} even the teacher: ${doubt}the teacher does not know such images well, and being like it is of little help.`,
  ];
}

function advice({ advice: what }: MaskJudgement): string[] {
  if (what === 'adapt') {
    return [
      'Try --adapt: the adapters then go on to learn from the masks, instead of from the teacher alone.',
    ];
  }
  return what === 'more'
    ? ['More images with masks, more --decoder-steps or another --rank may do better.']
    : [];
}

function few({ tested: { images, units, isFew, isSingle } }: MaskJudgement): string[] {
  if (!isFew) return [];
  const what = units < images ? 'group of test images' : 'test image';
  const several = units < images ? 'groups of test images' : 'test images';
  const why = isSingle
    ? 'one tells nothing of chance, so there are no intervals'
    : 'the intervals themselves are rough';
  return [`Only ${counted(units, what, several)}: ${why}. Hold out more for a sharper answer.`];
}

/** `0.031 above`. */
function difference({ gain, outcome }: Comparison): string {
  return `${Math.abs(gain).toFixed(3)} ${outcome === 'better' ? 'above' : 'below'}`;
}
