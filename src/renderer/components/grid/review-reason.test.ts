import { describe, expect, it } from 'vitest';
import type { ImageReview } from '../../../contract/app.ts';
import { acceptedOf, reviewReason } from './review-reason.ts';

const classes = [
  { id: 4, name: 'benign' },
  { id: 7, name: 'malignant' },
];
const image = { classes: [4], isLabelled: false };
const predictions = { student: [7], teacher: [4] };
const likeliest = [
  { class: 7, probability: 0.521 },
  { class: 4, probability: 0.479 },
];

describe('a tile says why somebody should look at it', () => {
  it.each([
    [{ reason: 'unlabelled' }, 'no label yet'],
    [{ reason: 'unlabelled', ...predictions }, 'no label; student predicts malignant'],
    [
      { reason: 'unsure', ...predictions, likeliest },
      'student unsure: malignant 0.52, benign 0.48',
    ],
    [{ reason: 'teacher', ...predictions }, 'teacher predicts benign, student predicts malignant'],
    [{ reason: 'label', ...predictions }, 'labelled benign, student predicts malignant'],
    [
      { reason: 'label', student: [], teacher: null },
      'labelled benign, student predicts none of them',
    ],
    [{ reason: 'unreviewed' }, 'label not checked yet'],
    [{ reason: 'unlabelled', student: [99] }, 'no label; student predicts none of them'],
  ] as [ImageReview, string][])('%j', (review, sentence) => {
    expect(reviewReason({ ...image, review }, classes)).toBe(sentence);
  });

  it('is null without a review', () => {
    expect(reviewReason(image, classes)).toBeNull();
  });
});

describe('accepting', () => {
  const review = { reason: 'unsure', ...predictions } as const;

  it('confirms the label, else accepts the prediction of the student', () => {
    expect(acceptedOf({ ...image, isLabelled: true, review }, 'single', classes)).toEqual([4]);
    expect(acceptedOf({ ...image, review }, 'single', classes)).toEqual([7]);
  });

  it('needs something to accept', () => {
    expect(acceptedOf(image, 'single', classes)).toBeNull();
    expect(
      acceptedOf({ ...image, review: { ...review, student: [99] } }, 'single', classes),
    ).toBeNull();
    expect(
      acceptedOf({ ...image, review: { ...review, student: [] } }, 'several', classes),
    ).toEqual([]);
  });
});
