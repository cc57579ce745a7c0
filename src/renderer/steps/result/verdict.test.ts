import { describe, expect, it } from 'vitest';
import { pairedText, verdict } from './verdict.ts';
import { candidate, classSummaryOf, intervalOf } from '../../../contract/testing/results.ts';

const said = (copy: number, student: number, tested = 500): ReturnType<typeof verdict> =>
  verdict(
    classSummaryOf({
      ...{ copy: candidate(copy, 6), student: candidate(student, 6) },
      images: { distilled: 100, labelled: 20, tested, skipped: [] },
    }),
  );

describe('verdict against the copy', () => {
  it('says that distilling helped where the intervals lie apart', () => {
    const { sentences, tone } = said(0.834, 0.894);
    expect(sentences).toEqual([
      'Distilling helped: 6.0 points more than copying the blocks alone, and the 95 % intervals lie apart.',
    ]);
    expect(tone).toBe('good');
  });

  it('doubts a gain within overlapping intervals, and says that copying may be as good', () => {
    const { sentences, tone } = said(0.88, 0.89);
    expect(sentences[0]).toContain('gained 1.0 point over copying');
    expect(sentences[0]).toContain('Copying alone may be as good');
    expect(tone).toBe('doubt');
  });

  it('says that copying alone is as good', () => {
    expect(said(0.9, 0.9004).sentences[0]).toMatch(/^Copying the blocks alone is as good here/);
  });

  it('does not hide that it did harm', () => {
    expect(said(0.9, 0.85).sentences[0]).toMatch(
      /^Distilling did harm here: 5\.0 points less .* lie apart/,
    );
    expect(said(0.9, 0.89).sentences[0]).toMatch(
      /^Distilling did not help here: 1\.0 point less .* chance/,
    );
  });

  it('warns of few images and of a loss that did not fall', () => {
    expect(said(0.8, 0.9, 40).sentences.at(-1)).toMatch(/^Only 40 test images/);
    const { sentences, tone } = verdict(classSummaryOf({ loss: { first: 0.5, last: 0.5 } }));
    expect(sentences.at(-1)).toMatch(/^The loss did not fall \(0\.500 to 0\.500\)/);
    expect(tone).toBe('doubt');
  });
});

describe('verdict on what only guesses', () => {
  const confusion = [
    [3, 3],
    [4, 7],
  ];
  const guess = (accuracy: number): ReturnType<typeof candidate> => ({
    ...candidate(accuracy, 12),
    ...{ accuracy: intervalOf(accuracy, 0.2), balancedAccuracy: intervalOf(accuracy, 0.2) },
    confusion,
  });

  it('calls the teacher unsuitable and praises no student of it', () => {
    const { headline, sentences, tone } = verdict(
      classSummaryOf({ teacher: guess(0.294), copy: guess(0.2), student: guess(0.529) }),
    );
    expect(headline).toBe('This teacher is unsuitable for these images.');
    expect(sentences.join(' ')).toMatch(
      /29\.4 % .* guessing \(50\.0 %\).* Choose a teacher of your/,
    );
    expect(tone).toBe('doubt');
  });

  it('says of a student that guesses not to use it', () => {
    const teacher = { ...candidate(0.9, 12), confusion };
    const { headline } = verdict(classSummaryOf({ teacher, student: guess(0.5) }));
    expect(headline).toBe('Do not use this student.');
  });
});

describe('verdict against the teacher', () => {
  const teacher = candidate(0.93, 12);

  it('does not mention intervals that lie apart', () => {
    const { headline } = verdict(classSummaryOf({ teacher, student: candidate(0.85, 6) }));
    expect(headline).toMatch(/^The student is 8\.0 points below its teacher, has/);
  });

  it.each([
    [
      0.894,
      1.2,
      'The student is 3.6 points below its teacher (intervals overlap), has 50 % of its size and is 2.0 times as fast.',
    ],
    [
      0.93,
      2.4,
      'The student is as accurate as its teacher, as far as the test images can tell, has 50 % of its size and is no faster on this machine.',
    ],
    [
      0.94,
      1.2,
      'The student is 1.0 point above its teacher (intervals overlap), has 50 % of its size and is 2.0 times as fast.',
    ],
  ])('at %d and %d ms', (accuracy, msPerImage, expected) => {
    const student = { ...candidate(accuracy, 6), msPerImage };
    expect(verdict(classSummaryOf({ teacher, student })).headline).toBe(expected);
  });
});

it('counts who is right where copy and student differ, of one class an image', () => {
  const one = { image: 1, name: 'a.png', truth: [0], teacher: [0], copy: [1], student: [0] };
  expect(pairedText(classSummaryOf(), [one])).toBe(
    'The two differ on 1 test image: there the student is right on 1, the copy on 0.',
  );
  expect(pairedText(classSummaryOf(), [{ ...one, copy: [0] }])).toBeNull();
  expect(pairedText(classSummaryOf(), null)).toBeNull();
  expect(pairedText(classSummaryOf({ task: 'several' }), [one])).toBeNull();
});
