import type { Precision } from '../../../../contract/jobs.ts';
import { count, counted, decimals, duration, percent } from '../../../lib/format.ts';

const points = (difference: number): string => {
  const text = percent(Math.abs(difference));
  return `${text} ${text === '1.0' ? 'point' : 'points'}`;
};

/** Absolute difference of two shares: `0.031`. */
const share = (difference: number): string => decimals(Math.abs(difference), 3);

/** Boundary F1 with its tolerance: `Boundary F1 (1.5 mm)`. */
const boundary = (distance: number, unit: string): string => `Boundary F1 (${distance} ${unit})`;
const boundaryMean = (distance: number, unit: string): string =>
  `${boundary(distance, unit)}, mean`;

export const resultText = {
  title: 'Result',
  explanation:
    'Teacher, untrained copy and student on the same test images, which were not used for training. All bars in a row have the same scale.',
  names: { teacher: 'Teacher', copy: 'Untrained copy', student: 'Student' },
  roles: {
    teacher: 'all blocks',
    copy: 'kept blocks, no training',
    student: {
      trained: 'kept blocks, distilled',
      earlier: 'kept blocks, distilled; best state, not the last',
      fitted: 'kept blocks, fitted to the teacher, no training',
      copy: 'kept blocks, not distilled',
    },
    /** Role of a student that was also fine-tuned on masks. */
    adapted: (role: string) => `${role}; then fine-tuned on your masks`,
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
    outlineAll: 'Dice if everything is outlined',
    size: { image: 'Size in float32, with head', tile: 'Size in float32, with decoder' },
    time: { image: 'Time per image', tile: 'Time per tile' },
    parameters: { image: 'Parameters, with head', tile: 'Parameters, with decoder' },
    blocks: 'Blocks',
  },
  intervalOf: (range: string) => `95 % interval ${range}`,
  verdict: {
    majority: (accuracy: number, mostFrequent: number, balanced: number) =>
      `By accuracy (${percent(accuracy)} %), the student is not better than always answering the most frequent class (${percent(mostFrequent)} %). Use balanced accuracy (${percent(balanced)} %) instead: it weights all classes equally.`,
    copyRecommended: 'Choose the untrained copy when you export: it did better than the student.',
    asGood: 'The student is as accurate as its teacher, as far as the test images can tell',
    below: (difference: number) => `The student is ${points(difference)} below its teacher`,
    above: (difference: number) => `The student is ${points(difference)} above its teacher`,
    overlap: '(intervals overlap)',
    /** Comparison with the teacher, its size and its speed; `times` is null if the student is not faster. */
    overTeacher: (quality: string, size: number, times: string | null) =>
      `${quality}, has ${count(size * 100)} % of its size and ${times === null ? 'is not faster on this computer' : `is ${times} times as fast`}.`,
    helped: (gain: number, who: string) =>
      `${who} helped: accuracy is ${points(gain)} higher than for the untrained copy, and the 95 % intervals do not overlap.`,
    perhaps: (gain: number, who: string, tested: number) =>
      `${who} may have helped: accuracy is ${points(gain)} higher than for the untrained copy, but the 95 % intervals overlap. With ${counted(tested, 'test image')} this may be chance: the untrained copy may be as good.`,
    same: (tested: number) =>
      `The untrained copy is as good here: both are right equally often on ${counted(tested, 'test image')}.`,
    perhapsWorse: (loss: number, who: string, tested: number) =>
      `${who} did not help here: accuracy is ${points(loss)} lower than for the untrained copy. The 95 % intervals overlap, so with ${counted(tested, 'test image')} this may be chance.`,
    worse: (loss: number, who: string) =>
      `${who} made the student worse here: accuracy is ${points(loss)} lower than for the untrained copy, and the 95 % intervals do not overlap. More steps or a lower rank may help.`,
    paired: (differing: number, student: number, copy: number) =>
      `Student and untrained copy differ on ${counted(differing, 'test image')}: there the student is right on ${count(student)}, the copy on ${count(copy)}.`,
    few: (tested: number) =>
      `Only ${counted(tested, 'test image')}: label and hold out more for a more precise result.`,
    notLearnt: (first: number, last: number) =>
      `The loss did not fall (${decimals(first, 3)} to ${decimals(last, 3)}): the student has learnt nothing from its teacher. Try more steps.`,
  },
  /** Note below the figures of masks. */
  diceAndIou:
    'Dice is the mean over the test images; IoU counts the pixels of all test images together. Large regions weigh more in IoU, so mean IoU may be above mean Dice.',
  /** Verdict for segmentation; differences are in mean Dice. */
  maskVerdict: {
    nothing: 'There is nothing to compare',
    nothingWhy:
      'No test image contains any class, so the student cannot be judged. Hold out images that show what the student should find.',
    asGood: 'The student is as good as its teacher, as far as the test images can tell',
    below: (difference: number) =>
      `The student is ${share(difference)} below its teacher in mean Dice`,
    above: (difference: number) =>
      `The student is ${share(difference)} above its teacher in mean Dice`,
    /** Replaces the interval for a single image. */
    chanceUnknown: '(no interval)',
    single: (gain: number, isMore: boolean, tested: string) =>
      `The student is ${share(gain)} ${isMore ? 'above' : 'below'} the untrained copy in mean Dice, on ${tested}: too few to rule out chance. The untrained copy may be as good.`,
    tested: (images: number, units: number) =>
      units < images
        ? `${counted(images, 'test image')} in ${counted(units, 'group')}`
        : counted(images, 'test image'),
    helped: (gain: number, who: string) =>
      `${who} helped: mean Dice is ${share(gain)} higher than for the untrained copy, and the 95 % intervals do not overlap.`,
    perhaps: (gain: number, who: string, tested: string) =>
      `${who} may have helped: mean Dice is ${share(gain)} higher than for the untrained copy, but the 95 % intervals overlap. With ${tested} this may be chance: the untrained copy may be as good.`,
    same: (tested: string) =>
      `The untrained copy is as good here: both reach the same mean Dice on ${tested}.`,
    perhapsWorse: (loss: number, who: string, tested: string) =>
      `${who} did not help here: mean Dice is ${share(loss)} lower than for the untrained copy. The 95 % intervals overlap, so with ${tested} this may be chance.`,
    worse: (loss: number, who: string) =>
      `${who} made the student worse here: mean Dice is ${share(loss)} lower than for the untrained copy, and the 95 % intervals do not overlap.`,
    paired: (differing: number, student: number, copy: number) =>
      `Student and untrained copy differ on ${counted(differing, 'test image')}: the student is better on ${count(student)}, the copy on ${count(copy)}.`,
    contradiction: (student: number, copy: number, isApart: boolean) =>
      `By IoU, which counts the pixels of all images together, the order is reversed: ${decimals(student, 3)} for the student, ${decimals(copy, 3)} for the copy${isApart ? '' : ', which may be chance too'}.`,
    notDistilled: (first: number, last: number) =>
      `Distilling added nothing: its loss did not fall (${decimals(first, 3)} to ${decimals(last, 3)}), so the student has learnt only from the masks, not from its teacher. Try more steps.`,
    adapted:
      'The student was also fine-tuned on the masks, unlike teacher and untrained copy: not all of its gain comes from distilling.',
    copyOverTeacher: (gain: number, isApart: boolean) =>
      `The untrained copy is ${share(gain)} above even the teacher in mean Dice: ${isApart ? '' : 'this may be chance; if not, '}the teacher does not suit these images, and learning from it hardly helps.`,
    advice: {
      adapt:
        'Fine-tune the adapters on the masks: the student then learns from your outlines, not only from its teacher.',
      more: 'More outlined images, more decoder steps or a different rank may help.',
    },
    few: (units: number, areGroups: boolean) =>
      `Only ${areGroups ? counted(units, 'group of test images', 'groups of test images') : counted(units, 'test image')}: ${units === 1 ? 'too few for intervals' : 'the intervals are rough'}. Outline and hold out more for a more precise result.`,
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
    /** Mark of a class that the project no longer has. */
    gone: 'removed or renamed since',
    mark: 'dashed: the teacher',
  },
  how: {
    title: 'How it was made',
    blocks: 'Blocks kept',
    loss: 'Difference from the teacher',
    training: 'Training',
    kept: 'State kept',
    keptOf: (start: 'fitted' | 'copy', kept: number | 'copy' | 'start', falls: number) =>
      `${typeof kept === 'number' ? `after step ${count(kept)}` : kept === 'copy' ? 'the untrained copy' : 'the state before training'}; began as the ${start === 'fitted' ? 'fitted' : 'untrained'} copy${falls === 0 ? '' : `; training returned ${counted(falls, 'time')} to an earlier state and continued with a lower learning rate`}`,
    decoder: 'Decoder',
    images: 'Images',
    bands: 'Bands in the input',
    lossOf: (first: number, last: number) =>
      `${decimals(first, 3)} for the untrained copy, ${decimals(last, 3)} for the student, on validation images`,
    trainingOf: (rank: number, steps: number, seconds: number, precision: Precision) =>
      `rank ${count(rank)}, ${counted(steps, 'step')}, ${duration(seconds)} in all${precision === 'float32' ? '' : `; matrix products in ${precision}`}`,
    decoderOf: (steps: number, side: number, adapted: boolean) =>
      `${counted(steps, 'step')} on tiles of ${count(side)} × ${count(side)} px${adapted ? '; the student’s adapters were fine-tuned with it' : ''}`,
    imagesOf: (distilled: number, labelled: number, tested: number) =>
      `${count(distilled)} to distil, ${count(labelled)} labelled to train the head, ${count(tested)} to test`,
    outlinedOf: (distilled: number, labelled: number, tested: number) =>
      `${count(distilled)} to distil, ${count(labelled)} outlined to train the decoder, ${count(tested)} to test`,
  },
  skipped: (number: number) => `${counted(number, 'image')} left out`,
  skippedWhy: 'These images could not be used; all others were.',
  confusion: {
    title: 'Confusion matrix',
    several: 'Right and wrong',
    axis: 'Rows: true class. Columns: predicted class.',
    hint: 'Choose a cell to see its images.',
    who: 'Predictions of',
    cell: (truth: string, predicted: string, number: number, share: number) =>
      truth === predicted
        ? `${truth}, predicted correctly: ${counted(number, 'image')}, ${percent(share)} % of its images`
        : `${truth}, predicted as ${predicted}: ${counted(number, 'image')}, ${percent(share)} % of its images`,
    columns: ['True negative', 'False positive', 'False negative', 'True positive'],
    label: (label: string, column: number, number: number) =>
      `${label}: ${['true negative', 'false positive', 'false negative', 'true positive'][column] ?? ''} on ${counted(number, 'image')}`,
    cellTitle: (truth: string, predicted: string, number: number) =>
      truth === predicted
        ? `${truth}, predicted correctly: ${counted(number, 'image')}`
        : `${truth}, predicted as ${predicted}: ${counted(number, 'image')}`,
    many: 'The most frequent confusions',
    none: 'No test image is misclassified.',
  },
  images: {
    differ: 'Predictions differ',
    wrong: 'Student wrong',
    all: 'All',
    show: 'Which images',
    titles: {
      differ: (number: number) =>
        number === 0
          ? 'Teacher and student agree on every test image'
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
    loading: 'Reading the predictions',
    failed: 'The predictions could not be read',
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
      'When a run is done, this page compares teacher, untrained copy and student, with the images on which they differ.',
    skip: 'Choose the skip factor',
    distil: 'See the run',
  },
};
