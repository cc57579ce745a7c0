import type { Precision } from '../../../contract/jobs.ts';
import { count, counted, decimals, duration, percent } from '../../lib/format.ts';

const points = (difference: number): string => {
  const text = percent(Math.abs(difference));
  return `${text} ${text === '1.0' ? 'point' : 'points'}`;
};

/** A difference of shares: `0.031`. */
const share = (difference: number): string => decimals(Math.abs(difference), 3);

/** Of borders within a length: `Boundary F1 (1.5 mm)`. */
const boundary = (distance: number, unit: string): string => `Boundary F1 (${distance} ${unit})`;
const boundaryMean = (distance: number, unit: string): string =>
  `${boundary(distance, unit)}, mean`;

export const resultText = {
  title: 'Result',
  explanation:
    'Teacher, plain copy and student on the same test images, none of which they learnt from. The bars of each row have one scale.',
  names: { teacher: 'Teacher', copy: 'Plain copy', student: 'Student' },
  roles: {
    teacher: 'all blocks',
    copy: 'kept blocks, nothing learnt',
    student: 'kept blocks, distilled',
  },
  rows: {
    accuracy: 'Accuracy',
    dice: 'Dice, mean of images',
    iou: 'IoU, all pixels',
    boundaryF1: boundaryMean,
    scale: (low: string, high: string) => `scale ${low} to ${high}`,
    mark: 'dashed: the teacher',
    guessing: 'By guessing',
    mostFrequent: 'Always the most frequent class',
    outlineAll: 'Dice of outlining everything',
    size: 'Size in float32',
    time: { image: 'Time per image', tile: 'Time per tile' },
    parameters: 'Parameters',
    blocks: 'Blocks',
  },
  intervalOf: (range: string) => `95 % interval ${range}`,
  verdict: {
    unsuitable: 'This teacher is unsuitable for these images',
    unsuitableWhy: (accuracy: number, chance: number, mostFrequent: number, tested: number) =>
      `On ${counted(tested, 'test image')}, its accuracy of ${percent(accuracy)} % cannot be told from guessing (${percent(chance)} %) or from always answering the most frequent class (${percent(mostFrequent)} %).`,
    unsuitableAdvice:
      'What a student learns from it is worth nothing. Choose a teacher of your field, label more images, or check the labels.',
    uselessTitle: 'Do not use this student',
    useless: (accuracy: number, chance: number, mostFrequent: number) =>
      `The student’s accuracy of ${percent(accuracy)} % cannot be told from guessing (${percent(chance)} %); always answering the most frequent class reaches ${percent(mostFrequent)} %.`,
    majority: (accuracy: number, mostFrequent: number, balanced: number) =>
      `By accuracy (${percent(accuracy)} %), the student is no better than always answering the most frequent class (${percent(mostFrequent)} %). Go by its balanced accuracy, ${percent(balanced)} %, which counts every class alike.`,
    isCopy:
      'The student is the plain copy: no state of its training was as good on training images that were set aside.',
    copyRecommended: 'The plain copy is recommended: choose it when you export.',
    asGood: 'The student is as accurate as its teacher, as far as the test images can tell',
    below: (difference: number) => `The student is ${points(difference)} below its teacher`,
    above: (difference: number) => `The student is ${points(difference)} above its teacher`,
    overlap: '(intervals overlap)',
    size: (share: number) => `has ${count(share * 100)} % of its size`,
    faster: (times: string) => `is ${times} times as fast`,
    noFaster: 'is no faster on this machine',
    helped: (gain: number) =>
      `Distilling helped: ${points(gain)} more than copying the blocks alone, and the 95 % intervals lie apart.`,
    perhaps: (gain: number, tested: number) =>
      `Distilling gained ${points(gain)} over copying the blocks alone, but the 95 % intervals overlap: with ${counted(tested, 'test image')} this may be chance. Copying alone may be as good.`,
    same: (tested: number) =>
      `Copying the blocks alone is as good here: both are right equally often on ${counted(tested, 'test image')}.`,
    perhapsWorse: (loss: number, tested: number) =>
      `Distilling did not help here: ${points(loss)} less than copying the blocks alone. The 95 % intervals overlap, so with ${counted(tested, 'test image')} this may be chance.`,
    worse: (loss: number) =>
      `Distilling did harm here: ${points(loss)} less than copying the blocks alone, and the 95 % intervals lie apart. More steps or a lower rank may do better.`,
    paired: (differing: number, student: number, copy: number) =>
      `The two differ on ${counted(differing, 'test image')}: there the student is right on ${count(student)}, the copy on ${count(copy)}.`,
    few: (tested: number) =>
      `Only ${counted(tested, 'test image')}: label and hold out more for a sharper answer.`,
    notLearnt: (first: number, last: number) =>
      `The loss did not fall (${decimals(first, 3)} to ${decimals(last, 3)}): the student has learnt nothing from its teacher. Try more steps.`,
  },
  /** Below the figures of regions. */
  diceAndIou:
    'Dice is the mean of the test images, IoU counts the pixels of all of them together. A large region weighs more in it, so mean IoU may be above mean Dice.',
  /** Of students that outline regions; differences are of the mean Dice. */
  maskVerdict: {
    unsuitable: 'This teacher is unsuitable for these images',
    uselessTitle: 'Do not use this student',
    noBetter: (who: 'teacher' | 'student', dice: number, baseline: number) =>
      `The ${who}’s mean Dice of ${decimals(dice, 3)} is no better than outlining all of each image (${decimals(baseline, 3)}).`,
    unsuitableAdvice: 'Choose a teacher of your field, outline more images, or check the masks.',
    isCopy:
      'The student’s encoder is the plain copy: no state of its training was nearer to the teacher.',
    nothing: 'There is nothing to compare',
    nothingWhy:
      'No test image shows any class, so nothing can be judged by them. Hold out images that show what the student should find.',
    asGood: 'The student is as good as its teacher, as far as the test images can tell',
    below: (difference: number) =>
      `The student is ${share(difference)} below its teacher in mean Dice`,
    above: (difference: number) =>
      `The student is ${share(difference)} above its teacher in mean Dice`,
    /** Instead of an interval, of one image. */
    chanceUnknown: '(chance not known)',
    single: (gain: number, isMore: boolean, tested: string) =>
      `The student is ${share(gain)} ${isMore ? 'above' : 'below'} the plain copy, on ${tested}, which tells nothing of chance: copying alone may be as good.`,
    tested: (images: number, units: number) =>
      units < images
        ? `${counted(images, 'test image')} in ${counted(units, 'group')}`
        : counted(images, 'test image'),
    helped: (gain: number) =>
      `Distilling helped: ${share(gain)} more than copying the blocks alone, and the 95 % intervals lie apart.`,
    perhaps: (gain: number, tested: string) =>
      `Distilling gained ${share(gain)} over copying the blocks alone, but the 95 % intervals overlap: with ${tested} this may be chance. Copying alone may be as good.`,
    same: (tested: string) =>
      `Copying the blocks alone is as good here: both reach the same mean Dice on ${tested}.`,
    perhapsWorse: (loss: number, tested: string) =>
      `Distilling did not help here: ${share(loss)} less than copying the blocks alone. The 95 % intervals overlap, so with ${tested} this may be chance.`,
    worse: (loss: number) =>
      `Distilling did harm here: ${share(loss)} less than copying the blocks alone, and the 95 % intervals lie apart.`,
    paired: (differing: number, student: number, copy: number) =>
      `The two differ on ${counted(differing, 'test image')}: the student is better on ${count(student)}, the copy on ${count(copy)}.`,
    contradiction: (student: number, copy: number, isApart: boolean) =>
      `By IoU, which counts the pixels of all images together, it is the other way round: ${decimals(student, 3)} for the student, ${decimals(copy, 3)} for the copy${isApart ? '' : ', which may be chance too'}.`,
    learntOn: {
      helped: (gain: number) =>
        `Learning on from the masks helped: ${share(gain)} more than copying the blocks alone, and the 95 % intervals lie apart.`,
      perhaps: (gain: number, tested: string) =>
        `Learning on from the masks gained ${share(gain)} over copying the blocks alone, but the 95 % intervals overlap: with ${tested} this may be chance. Copying alone may be as good.`,
    },
    notDistilled: (first: number, last: number) =>
      `Distilling added nothing: its loss did not fall (${decimals(first, 3)} to ${decimals(last, 3)}), so what the student has learnt is from the masks, not from its teacher. Try more steps.`,
    adapted:
      'The student also learnt on from the masks, teacher and copy did not: not all of its gain is from distilling.',
    copyOverTeacher: (gain: number, isApart: boolean) =>
      `The copy is ${share(gain)} above even the teacher: ${isApart ? '' : 'this may be chance; if not, '}the teacher does not know such images well, and being like it is of little help.`,
    advice: {
      adapt:
        'Let the adapters learn on from the masks: the student then follows what you outlined, not its teacher alone.',
      more: 'More outlined images, more steps for the decoder or another rank may do better.',
    },
    few: (units: number, areGroups: boolean) =>
      `Only ${areGroups ? counted(units, 'group of test images', 'groups of test images') : counted(units, 'test image')}: ${units === 1 ? 'one tells nothing of chance, so there are no intervals' : 'the intervals themselves are rough'}. Outline and hold out more for a sharper answer.`,
  },
  more: 'More measures',
  measures: {
    balancedAccuracy: 'Balanced accuracy',
    macroF1: 'F1, mean of classes',
    auc: 'AUC',
    boundaryF1: boundaryMean,
    pixelAccuracy: 'Pixels with the right class',
    none: '–',
  },
  byClass: {
    title: 'Class by class',
    measure: 'Which measure',
    measures: { dice: 'Dice', iou: 'IoU', boundaryF1: boundary },
    /** Of a class. */
    gone: 'removed or renamed since',
    mark: 'dashed: the teacher',
  },
  how: {
    title: 'How it was made',
    blocks: 'Blocks kept',
    loss: 'Loss, copy to student',
    training: 'Training',
    kept: 'State kept',
    keptOf: (start: 'fitted' | 'copy', kept: number | 'copy' | 'start', falls: number) =>
      `${typeof kept === 'number' ? `after step ${count(kept)}` : kept === 'copy' ? 'the plain copy' : 'its start'}; began as the ${start === 'fitted' ? 'fitted' : 'plain'} copy${falls === 0 ? '' : `; the learning rate fell ${counted(falls, 'time')}`}`,
    decoder: 'Decoder',
    images: 'Images',
    bands: 'Bands seen',
    lossOf: (first: number, last: number) => `${decimals(first, 3)} to ${decimals(last, 3)}`,
    trainingOf: (rank: number, steps: number, seconds: number, precision: Precision) =>
      `rank ${count(rank)}, ${counted(steps, 'step')}, ${duration(seconds)} in all${precision === 'float32' ? '' : `; products in ${precision}`}`,
    decoderOf: (steps: number, side: number, adapted: boolean) =>
      `${counted(steps, 'step')} on tiles of ${count(side)} × ${count(side)} px${adapted ? '; the student’s adapters learnt on with it' : ''}`,
    imagesOf: (distilled: number, labelled: number, tested: number) =>
      `${count(distilled)} to distil, ${count(labelled)} labelled to teach the classes, ${count(tested)} to test`,
    outlinedOf: (distilled: number, labelled: number, tested: number) =>
      `${count(distilled)} to distil, ${count(labelled)} outlined to teach the classes, ${count(tested)} to test`,
  },
  skipped: (number: number) => `${counted(number, 'image')} left out`,
  skippedWhy: 'These could not be used. The others were.',
  confusion: {
    title: 'What is mixed up',
    several: 'Right and wrong',
    axis: 'Rows: what it is. Columns: what was said.',
    hint: 'Choose a cell to see its images.',
    who: 'Whose answers',
    cell: (truth: string, said: string, number: number, share: number) =>
      truth === said
        ? `${truth}, recognised: ${counted(number, 'image')}, ${percent(share)} % of its images`
        : `${truth}, taken for ${said}: ${counted(number, 'image')}, ${percent(share)} % of its images`,
    columns: ['Rightly not', 'Wrongly said', 'Missed', 'Rightly said'],
    label: (label: string, column: number, number: number) =>
      `${label}: ${['rightly not said', 'wrongly said', 'missed', 'rightly said'][column] ?? ''} on ${counted(number, 'image')}`,
    cellTitle: (truth: string, said: string, number: number) =>
      truth === said
        ? `${truth}, recognised: ${counted(number, 'image')}`
        : `${truth}, taken for ${said}: ${counted(number, 'image')}`,
    many: 'The most frequent mix-ups',
    none: 'Nothing is mixed up on the test images.',
  },
  images: {
    differ: 'They differ',
    wrong: 'Student wrong',
    all: 'All',
    show: 'Which images',
    titles: {
      differ: (number: number) =>
        number === 0
          ? 'Teacher and student say the same of every test image'
          : `Teacher and student differ on ${counted(number, 'image')}`,
      wrong: (number: number) =>
        number === 0
          ? 'The student is right on every test image'
          : `The student is wrong on ${counted(number, 'image')}`,
      all: (number: number) => counted(number, 'test image'),
    },
    back: 'Back',
    truth: 'Truth',
    nothing: 'none',
    right: 'right',
    wrongMark: 'wrong',
    more: (number: number) => `Show ${count(number)} more`,
    loading: 'Reading what the three said',
    failed: 'The answers could not be read',
    open: (name: string) => `Open ${name}`,
    close: 'Close',
  },
  runs: {
    menu: (what: string, when: string) => `${what} ${when}, choose another run`,
  },
  next: 'Export the student',
  another: 'Try another skip factor',
  empty: {
    title: 'There is no result yet',
    sentence:
      'When a run is done, teacher, plain copy and student stand here side by side, with the images on which they differ.',
    skip: 'Choose the skip factor',
    distil: 'See the run',
  },
};
