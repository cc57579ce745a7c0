import type {
  CandidateReport,
  ClassScores,
  ClassSummary,
  Interval,
  MaskCandidateReport,
  MaskSummary,
} from '../../contract/results.ts';

/** Results for tests. Every interval reaches 2 points either way. */
export function around(value: number): Interval {
  return { value, low: value - 0.02, high: value + 0.02 };
}

export function candidate(accuracy: number, blocks: number): CandidateReport {
  const interval = around(accuracy);
  return {
    accuracy: interval,
    balancedAccuracy: interval,
    macroF1: interval,
    auc: interval,
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

/** The mean and two classes, one of which nothing shows. */
export function scores(mean: number): ClassScores {
  return { mean: around(mean), classes: { nucleus: around(mean + 0.05), lumen: null } };
}

export function maskCandidate(dice: number, blocks: number): MaskCandidateReport {
  const { parameters, bytes, msPerImage } = candidate(dice, blocks);
  return {
    dice: scores(dice),
    iou: scores(dice - 0.1),
    pixelAccuracy: around(0.95),
    boundaryF1: scores(dice - 0.05),
    ...{ blocks, parameters, bytes, msPerImage },
  };
}

const run = {
  loss: { first: 2.1, last: 0.8 },
  seconds: 511,
  skip: 2,
  blocks: [0, 2, 4, 6, 8, 10],
  rank: 16,
  targetCacheHits: 0.9,
  parity: [],
  files: [],
};

export function summaryOf(change: Partial<ClassSummary> = {}, tested = 500): ClassSummary {
  return {
    ...run,
    teacher: candidate(0.93, 12),
    copy: candidate(0.834, 6),
    student: candidate(0.894, 6),
    steps: 600,
    classes: ['forest', 'water'],
    task: 'single',
    images: { distilled: 100, labelled: 20, tested, skipped: [] },
    ...change,
  };
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
    images: { distilled: 100, labelled: 20, tested: 30, skipped: [] },
    side: 128,
    decoderSteps: 400,
    adapted: false,
    units: 30,
    perImage: [
      { path: 'a.png', teacher: 0.5, copy: 0.25, student: 0.125 },
      { path: 'b.png', teacher: 0.9, copy: 0.7, student: 0.8 },
      { path: 'c.png', teacher: null, copy: null, student: null },
    ],
    ...change,
  };
}
