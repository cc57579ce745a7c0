import type {
  CandidateReport,
  ClassScores,
  ClassSummary,
  Interval,
  MaskCandidateReport,
  MaskSummary,
} from '../results.ts';

/** Results of runs, for tests. */
export function intervalOf(value: number, halfWidth = 0.02): Interval {
  return { value, low: value - halfWidth, high: value + halfWidth };
}

export function candidate(accuracy: number, blocks: number): CandidateReport {
  return {
    accuracy: intervalOf(accuracy),
    balancedAccuracy: intervalOf(accuracy - 0.01),
    macroF1: intervalOf(accuracy - 0.02),
    auc: intervalOf(0.97),
    confusion: [
      [40, 10],
      [5, 45],
    ],
    blocks,
    parameters: blocks * 450_000,
    bytes: blocks * 1_800_000,
    msPerImage: blocks * 0.2,
  };
}

/** Returns the mean and two classes, one of them recognised worse. */
/** Measures of a classifier that only guesses, on 17 images. */
export function guesser(accuracy: number): CandidateReport {
  return {
    ...candidate(accuracy, 12),
    accuracy: intervalOf(accuracy, 0.2),
    balancedAccuracy: intervalOf(accuracy, 0.2),
    confusion: [
      [3, 3],
      [4, 7],
    ],
  };
}

export function scores(mean: number, halfWidth = 0.02): ClassScores {
  return {
    mean: intervalOf(mean, halfWidth),
    classes: { nucleus: intervalOf(mean + 0.05), lumen: intervalOf(mean - 0.05) },
  };
}

export function maskCandidate(dice: number, blocks: number): MaskCandidateReport {
  const { parameters, bytes, msPerImage } = candidate(dice, blocks);
  return {
    dice: scores(dice),
    iou: scores(dice - 0.1),
    pixelAccuracy: intervalOf(0.95),
    boundaryF1: scores(dice - 0.05),
    blocks,
    parameters,
    bytes,
    msPerImage,
  };
}

const run = {
  loss: { first: 0.8123, last: 0.1034 },
  seconds: 511,
  skip: 2,
  blocks: [0, 2, 4, 6, 8, 10],
  rank: 16,
  targetCacheHits: 0.93,
  parity: [
    {
      file: '/out/student.onnx',
      bytes: 10_900_000,
      relativeDifference: 2.1e-6,
      agreement: 1,
      images: 64,
    },
  ],
  files: ['/out/student.onnx', '/out/student.safetensors'],
};

export function classSummaryOf(change: Partial<ClassSummary> = {}): ClassSummary {
  return {
    ...run,
    teacher: candidate(0.934, 12),
    copy: candidate(0.845, 6),
    student: candidate(0.901, 6),
    steps: 600,
    classes: ['forest', 'water'],
    task: 'single',
    images: { distilled: 100, labelled: 20, tested: 150, skipped: [] },
    ...change,
  };
}

/** Images on which all three models are equally good. */
function alike(images: number): MaskSummary['perImage'] {
  const score = { teacher: 0.9, copy: 0.9, student: 0.9 };
  return Array.from({ length: images }, (_, index) => ({ path: `images/${index}.png`, ...score }));
}

export function maskSummaryOf(change: Partial<MaskSummary> = {}): MaskSummary {
  return {
    ...run,
    teacher: maskCandidate(0.86, 12),
    copy: maskCandidate(0.79, 6),
    student: maskCandidate(0.85, 6),
    steps: 300,
    classes: ['nucleus', 'lumen'],
    task: 'segmentation',
    images: { distilled: 100, labelled: 20, tested: 31, skipped: [] },
    tolerance: { distance: 2, unit: 'px' },
    side: 128,
    decoderSteps: 400,
    adapted: false,
    units: 30,
    perImage: [
      { path: 'images/a.png', teacher: 0.5, copy: 0.25, student: 0.125 },
      { path: 'images/b.png', teacher: 0.9, copy: 0.7, student: 0.8 },
      ...alike(28),
      { path: 'images/c.png', teacher: null, copy: null, student: null },
    ],
    ...change,
  };
}
