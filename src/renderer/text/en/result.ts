import { count, counted, decimals, duration, percent, percentRange } from '../../lib/format.ts';

const points = (difference: number): string => {
  const text = percent(Math.abs(difference));
  return `${text} ${text === '1.0' ? 'point' : 'points'}`;
};

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
    scale: (low: number, high: number) => `scale ${count(low * 100)} to ${count(high * 100)} %`,
    mark: 'dashed: the teacher',
    size: 'Size',
    time: 'Time an image',
    parameters: 'Parameters',
    blocks: 'Blocks',
  },
  intervalOf: (low: number, high: number) => `95 % interval ${percentRange(low, high)} %`,
  verdict: {
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
      `The loss did not fall (${decimals(first, 3)} to ${decimals(last, 3)}): the student has learnt nothing. Try more steps.`,
  },
  more: 'More measures',
  measures: {
    balancedAccuracy: 'Balanced accuracy',
    macroF1: 'F1, mean of classes',
    auc: 'AUC',
    none: '–',
  },
  how: {
    title: 'How it was made',
    blocks: 'Blocks kept',
    loss: 'Loss',
    training: 'Training',
    images: 'Images',
    lossOf: (first: number, last: number) => `${decimals(first, 3)} to ${decimals(last, 3)}`,
    trainingOf: (rank: number, steps: number, seconds: number) =>
      `rank ${count(rank)}, ${counted(steps, 'step')}, ${duration(seconds)} in all`,
    imagesOf: (distilled: number, labelled: number, tested: number) =>
      `${count(distilled)} to distil, ${count(labelled)} labelled to teach the classes, ${count(tested)} to test`,
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
