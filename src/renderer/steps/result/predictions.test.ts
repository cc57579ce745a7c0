import { describe, expect, it } from 'vitest';
import type { RunPrediction } from '../../../contract/app.ts';
import { copyAgainstStudent, disagreements, imagesOfCell } from './predictions.ts';

function said(
  image: number,
  truth: number[],
  teacher: number[],
  copy: number[],
  student: number[],
): RunPrediction {
  return { image, name: `${image}.png`, truth, teacher, copy, student };
}

const ids = (predictions: readonly RunPrediction[]): number[] =>
  predictions.map(({ image }) => image);

describe('disagreements', () => {
  it('puts what was lost before what was won before what both get wrong', () => {
    const predictions = [
      said(1, [0], [0], [0], [0]),
      said(2, [0], [1], [1], [2]),
      said(3, [0], [1], [1], [0]),
      said(4, [0], [0], [1], [1]),
      said(5, [1], [1], [1], [0]),
    ];
    expect(ids(disagreements(predictions))).toEqual([4, 5, 3, 2]);
  });

  it('takes labels as a set', () => {
    expect(disagreements([said(1, [0, 1], [0, 1], [], [1, 0]), said(2, [], [], [], [])])).toEqual(
      [],
    );
    expect(ids(disagreements([said(3, [0, 1], [0], [], [0, 1])]))).toEqual([3]);
  });
});

it('counts who is right where copy and student differ', () => {
  const predictions = [
    said(1, [0], [0], [1], [0]),
    said(2, [0], [0], [0], [1]),
    said(3, [0], [0], [1], [2]),
    said(4, [0], [0], [1], [1]),
    said(5, [1], [0], [0], [1]),
  ];
  expect(copyAgainstStudent(predictions)).toEqual({ differing: 4, student: 2, copy: 1 });
});

describe('imagesOfCell', () => {
  it('finds truth and answer of one class an image', () => {
    const predictions = [
      said(1, [0], [0], [0], [1]),
      said(2, [0], [0], [0], [0]),
      said(3, [1], [1], [1], [1]),
    ];
    expect(ids(imagesOfCell(predictions, 'student', { row: 0, column: 1 }, 'single'))).toEqual([1]);
    expect(ids(imagesOfCell(predictions, 'teacher', { row: 0, column: 0 }, 'single'))).toEqual([
      1, 2,
    ]);
  });

  it.each([
    [0, [4]],
    [1, [3]],
    [2, [2]],
    [3, [1]],
  ])('finds column %d of TN, FP, FN, TP of a label', (column, expected) => {
    const predictions = [
      said(1, [0, 1], [], [], [0]),
      said(2, [0], [], [], [1]),
      said(3, [1], [], [], [0, 1]),
      said(4, [], [], [], [1]),
    ];
    expect(ids(imagesOfCell(predictions, 'student', { row: 0, column }, 'several'))).toEqual(
      expected,
    );
  });
});
