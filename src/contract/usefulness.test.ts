import { describe, expect, it } from 'vitest';
import { useOf } from './judgement.ts';
import {
  candidate,
  classSummaryOf,
  intervalOf,
  maskCandidate,
  maskSummaryOf,
  scores,
} from './testing/results.ts';
import type { ClassSummary, MaskSummary } from './results.ts';

const masks = (
  [teacher, copy, student]: readonly [number, number, number],
  change: Partial<MaskSummary> = {},
): ReturnType<typeof useOf> =>
  useOf(
    maskSummaryOf({
      teacher: maskCandidate(teacher, 12),
      copy: maskCandidate(copy, 6),
      student: maskCandidate(student, 6),
      ...change,
    }),
  );

describe('a segmentation student', () => {
  it('is useless if its outlines are useless, though it is better than its teacher and than no model', () => {
    const baselines = { dice: 0.08, iou: 0.04, pixelAccuracy: 0.9 };
    const { images } = maskSummaryOf();
    const use = masks([0.204, 0.2, 0.209], {
      baselines,
      steps: 20,
      decoderSteps: 30,
      units: 3,
      images: { ...images, labelled: 9 },
    });
    expect(use).toMatchObject({ verdict: 'useless', shortfall: 'least', recommended: null });
    expect(use?.causes.map(({ kind }) => kind)).toEqual([
      ...['teacher', 'steps', 'decoderSteps', 'labelled', 'tested'],
    ]);
    expect(use?.remedies).toEqual(['steps', 'label', 'adapt', 'teacher']);
  });

  it('is useless if it is near the baseline, however high that is', () => {
    const baselines = { dice: 0.6, iou: 0.5, pixelAccuracy: 0.6 };
    const use = masks([0.9, 0.63, 0.65], { baselines });
    expect(use).toMatchObject({ verdict: 'useless', shortfall: 'near' });
    expect(use?.remedies).toEqual(['adapt', 'blocks']);
  });

  it('is replaced by its untrained copy if that is useful and did better', () => {
    expect(masks([0.9, 0.7, 0.2])).toMatchObject({ verdict: 'useless', recommended: 'copy' });
    expect(masks([0.9, 0.7, 0.2])?.remedies[0]).toBe('copy');
    expect(masks([0.9, 0.7, 0.6])).toMatchObject({ verdict: 'usable', recommended: 'copy' });
  });

  it('may be good though its teacher is not, if it was trained on masks', () => {
    expect(masks([0.2, 0.2, 0.7])).toMatchObject({ verdict: 'unsuitable' });
    expect(masks([0.2, 0.2, 0.7], { adapted: true })).toMatchObject({ verdict: 'usable' });
  });

  it('is not judged by masks without regions', () => {
    expect(masks([0, 0, 0], { shown: [] })).toBeNull();
    const none = { ...maskCandidate(0.8, 6), dice: { ...scores(0.8), mean: null } };
    expect(useOf(maskSummaryOf({ student: none }))).toBeNull();
  });
});

describe('a classification student', () => {
  const guess = (accuracy: number, halfWidth: number): ClassSummary['student'] => ({
    ...candidate(accuracy, 6),
    accuracy: intervalOf(accuracy, halfWidth),
    balancedAccuracy: intervalOf(accuracy, halfWidth),
  });

  it('is useless if a few test images cannot distinguish it from guessing, and lists other possible reasons', () => {
    const { images } = classSummaryOf();
    const use = useOf(
      classSummaryOf({
        teacher: guess(0.7, 0.25),
        copy: guess(0.5, 0.3),
        student: guess(0.6, 0.3),
        steps: 4,
        images: { ...images, tested: 8, labelled: 12 },
      }),
    );
    expect(use).toMatchObject({ verdict: 'useless', shortfall: 'chance' });
    expect(use?.causes).toMatchObject([
      { kind: 'teacher', quality: { value: 0.7 } },
      { kind: 'steps', steps: 4, usual: 600 },
      { kind: 'labelled', images: 12 },
      { kind: 'tested', images: 8 },
    ]);
    expect(use?.remedies).toEqual(['steps', 'label', 'teacher']);
  });

  it('is useless if it is little better than guessing, however certain that is', () => {
    const use = useOf(classSummaryOf({ student: guess(0.57, 0.01) }));
    expect(use).toMatchObject({ verdict: 'useless', shortfall: 'near' });
    expect(use?.remedies).toEqual(['copy', 'blocks']);
  });

  it('is useful above that', () => {
    expect(useOf(classSummaryOf())).toEqual({
      verdict: 'usable',
      shortfall: null,
      causes: [],
      remedies: [],
      recommended: 'student',
    });
  });
});
