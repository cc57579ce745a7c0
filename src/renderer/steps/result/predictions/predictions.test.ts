import { describe, expect, it } from 'vitest';
import type { RunPrediction } from '../../../../contract/app.ts';
import { copyAgainstStudent, disagreements, imagesOfCell } from './predictions.ts';

function prediction(
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
  it('sorts what the student lost first, then what it won, then what both get wrong', () => {
    const predictions = [
      prediction(1, [0], [0], [0], [0]),
      prediction(2, [0], [1], [1], [2]),
      prediction(3, [0], [1], [1], [0]),
      prediction(4, [0], [0], [1], [1]),
      prediction(5, [1], [1], [1], [0]),
    ];
    expect(ids(disagreements(predictions))).toEqual([4, 5, 3, 2]);
  });

  it('ignores the order of labels', () => {
    expect(
      disagreements([prediction(1, [0, 1], [0, 1], [], [1, 0]), prediction(2, [], [], [], [])]),
    ).toEqual([]);
    expect(ids(disagreements([prediction(3, [0, 1], [0], [], [0, 1])]))).toEqual([3]);
  });
});

it('counts who is right if copy and student differ', () => {
  const predictions = [
    prediction(1, [0], [0], [1], [0]),
    prediction(2, [0], [0], [0], [1]),
    prediction(3, [0], [0], [1], [2]),
    prediction(4, [0], [0], [1], [1]),
    prediction(5, [1], [0], [0], [1]),
  ];
  expect(copyAgainstStudent(predictions)).toEqual({ differing: 4, student: 2, copy: 1 });
});

describe('imagesOfCell', () => {
  it('finds images by truth and prediction, with one class per image', () => {
    const predictions = [
      prediction(1, [0], [0], [0], [1]),
      prediction(2, [0], [0], [0], [0]),
      prediction(3, [1], [1], [1], [1]),
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
  ])('finds the images of column %d of TN, FP, FN, TP of a label', (column, expected) => {
    const predictions = [
      prediction(1, [0, 1], [], [], [0]),
      prediction(2, [0], [], [], [1]),
      prediction(3, [1], [], [], [0, 1]),
      prediction(4, [], [], [], [1]),
    ];
    expect(ids(imagesOfCell(predictions, 'student', { row: 0, column }, 'several'))).toEqual(
      expected,
    );
  });
});
