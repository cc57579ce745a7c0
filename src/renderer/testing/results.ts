import type { CandidateReport, DistillSummary } from '../../contract/results.ts';

/** Results for tests. Every interval reaches 2 points either way. */
export function candidate(accuracy: number, blocks: number): CandidateReport {
  const interval = { value: accuracy, low: accuracy - 0.02, high: accuracy + 0.02 };
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

export function summaryOf(change: Partial<DistillSummary> = {}, tested = 500): DistillSummary {
  return {
    teacher: candidate(0.93, 12),
    copy: candidate(0.834, 6),
    student: candidate(0.894, 6),
    loss: { first: 2.1, last: 0.8 },
    seconds: 511,
    skip: 2,
    blocks: [0, 2, 4, 6, 8, 10],
    rank: 16,
    steps: 600,
    classes: ['forest', 'water'],
    task: 'single',
    images: { distilled: 100, labelled: 20, tested, skipped: [] },
    targetCacheHits: 0.9,
    parity: [],
    files: [],
    ...change,
  };
}
