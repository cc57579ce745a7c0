import { describe, expect, it } from 'vitest';
import { classVerdict, pairedText } from './verdict.ts';
import { rolesOf } from './measures.ts';
import { nextStep } from './next-step.ts';
import {
  candidate,
  classSummaryOf,
  guesser,
  maskSummaryOf,
} from '../../../contract/testing/results.ts';

/** Files of a run that saved the untrained copy too. */
const files = ['/out/student.onnx', '/out/copy.onnx'];

const verdictWith = (
  copy: number,
  student: number,
  tested = 500,
): ReturnType<typeof classVerdict> =>
  classVerdict(
    classSummaryOf({
      copy: candidate(copy, 6),
      student: candidate(student, 6),
      images: { distilled: 100, labelled: 20, tested, skipped: [] },
    }),
  );

describe('verdict against the copy', () => {
  it('says that distilling helped if the intervals do not overlap', () => {
    const { sentences, tone } = verdictWith(0.834, 0.894);
    expect(sentences).toEqual([
      'Distilling helped: accuracy is 6.0 points higher than for the untrained copy, and the 95 % intervals do not overlap.',
    ]);
    expect(tone).toBe('good');
  });

  it('doubts a gain within overlapping intervals, and says that copying may be as good', () => {
    const { sentences, tone } = verdictWith(0.88, 0.89);
    expect(sentences[0]).toContain('accuracy is 1.0 point higher than for the untrained copy');
    expect(sentences[0]).toContain('the untrained copy may be as good');
    expect(tone).toBe('doubt');
  });

  it('says that copying alone is as good', () => {
    expect(verdictWith(0.9, 0.9004).sentences[0]).toMatch(/^The untrained copy is as good here/);
  });

  it('says that distilling did harm', () => {
    expect(verdictWith(0.9, 0.85).sentences[0]).toMatch(
      /^Distilling made the student worse here: accuracy is 5\.0 points lower .* do not overlap/,
    );
    expect(verdictWith(0.9, 0.89).sentences[0]).toMatch(
      /^Distilling did not help here: accuracy is 1\.0 point lower .* chance/,
    );
  });

  it('warns of few images and of a loss that did not fall', () => {
    expect(verdictWith(0.8, 0.9, 40).sentences.at(-1)).toMatch(/^Only 40 test images/);
    const { sentences, tone } = classVerdict(classSummaryOf({ loss: { first: 0.5, last: 0.5 } }));
    expect(sentences.at(-1)).toMatch(/^The loss did not fall \(0\.500 to 0\.500\)/);
    expect(tone).toBe('doubt');
  });
});

describe('verdict on models that only guess', () => {
  it('rejects the student of a teacher that only guesses, with reasons and advice', () => {
    const found = classVerdict(
      classSummaryOf({ teacher: guesser(0.294), copy: guesser(0.2), student: guesser(0.529) }),
    );
    expect(found.headline).toBe('Do not use this student.');
    expect(found.sentences.join(' ')).toMatch(/52\.9 % .* guessing \(50\.0 %\)/);
    expect(found.reasons).toEqual([
      'Its teacher does not do well on these images: an accuracy of 29.4 % (95 % interval 9.4–49.4 %); 64.7 % can be reached without a model.',
    ]);
    expect(found.advice.join(' ')).toContain(
      'Choose a teacher that was trained on images like yours',
    );
    expect(found).toMatchObject({ tone: 'doubt', next: 'teacher' });
  });

  it('calls a teacher that only guesses unsuitable, however good its student is', () => {
    const { headline, sentences } = classVerdict(classSummaryOf({ teacher: guesser(0.294) }));
    expect(headline).toBe('This teacher is unsuitable for these images.');
    expect(sentences).toEqual([]);
  });

  it('rejects a student that guesses', () => {
    const { confusion } = guesser(0.9);
    const teacher = { ...candidate(0.9, 12), confusion };
    const { headline } = classVerdict(classSummaryOf({ teacher, student: guesser(0.5) }));
    expect(headline).toBe('Do not use this student.');
  });
});

it('recommends the copy first, if it did better', () => {
  const found = verdictWith(0.9, 0.85);
  expect(found.headline).toBe('The untrained copy is recommended.');
  expect(found.sentences.at(-1)).toMatch(/^The student is .* times as fast\.$/);
  expect(found.next).toBe('copy');
});

it('offers a recommended copy for export only if the run saved it', () => {
  const better = { student: candidate(0.8, 6) };
  const useless = { student: candidate(0.5, 6) };
  const saved = classVerdict(classSummaryOf({ ...better, files }));
  expect(saved.sentences).toContainEqual(expect.stringMatching(/^Choose the untrained copy when/));
  expect(classVerdict(classSummaryOf({ ...useless, files })).advice[0]).toMatch(/when you export/);
  const older = [
    classVerdict(classSummaryOf(better)).sentences,
    classVerdict(classSummaryOf(useless)).advice,
  ];
  for (const sentences of older) {
    expect(sentences).toContainEqual(expect.stringMatching(/this run did not save it/));
    expect(sentences.join()).not.toContain('when you export');
  }
});

it('says what was delivered if training brought no gain, in verdict and table', () => {
  const aside = { images: 20, copy: 0.6, start: 0.9, kept: 0.9 };
  const recipe = { start: 'fitted', kept: 'start', rateFalls: 1, aside } as const;
  const summary = classSummaryOf({ recipe });
  const { sentences } = classVerdict(summary);
  expect(sentences[0]).toMatch(/^Fitting the kept blocks (helped|gained)/);
  expect(sentences[1]).toMatch(/^The student is the fitted copy, the state before training/);
  expect(rolesOf(summary).student).toBe('kept blocks, fitted to the teacher, no training');
  expect(rolesOf(classSummaryOf()).student).toBe('kept blocks, distilled');
  const copied = { ...recipe, kept: 'copy' } as const;
  expect(rolesOf(classSummaryOf({ recipe: copied })).student).toContain('not distilled');
  expect(rolesOf(maskSummaryOf({ recipe, adapted: true })).student).toMatch(
    /fine-tuned on your masks$/,
  );
});

it.each([
  [classSummaryOf(), 'export', 'Export the student'],
  [classSummaryOf({ student: candidate(0.8, 6), files }), 'export', 'Export the untrained copy'],
  [classSummaryOf({ student: candidate(0.5, 6), files }), 'export', 'Export the untrained copy'],
  // Runs of older versions have no file of the copy.
  [classSummaryOf({ student: candidate(0.8, 6) }), 'export', 'Export the student'],
  [classSummaryOf({ student: candidate(0.5, 6) }), 'skip', 'Keep more blocks'],
  [
    classSummaryOf({ student: candidate(0.5, 6), copy: candidate(0.5, 6), steps: 4 }),
    'skip',
    'Train for longer',
  ],
  [maskSummaryOf({ shown: [] }), 'labels', 'Outline more images'],
] as const)('leads to what the verdict recommends: %#', (summary, step, label) => {
  expect(nextStep(summary)).toEqual({ step, label });
});

describe('verdict against the teacher', () => {
  const teacher = candidate(0.93, 12);

  it('mentions only intervals that overlap', () => {
    const { headline } = classVerdict(classSummaryOf({ teacher, student: candidate(0.85, 6) }));
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
      'The student is as accurate as its teacher, as far as the test images can tell, has 50 % of its size and is not faster on this computer.',
    ],
    [
      0.94,
      1.2,
      'The student is 1.0 point above its teacher (intervals overlap), has 50 % of its size and is 2.0 times as fast.',
    ],
  ])('at %d and %d ms', (accuracy, msPerImage, expected) => {
    const student = { ...candidate(accuracy, 6), msPerImage };
    expect(classVerdict(classSummaryOf({ teacher, student })).headline).toBe(expected);
  });
});

it('counts who is right if copy and student differ, with one class per image', () => {
  const one = { image: 1, name: 'a.png', truth: [0], teacher: [0], copy: [1], student: [0] };
  expect(pairedText(classSummaryOf(), [one])).toBe(
    'Student and untrained copy differ on 1 test image: there the student is right on 1, the copy on 0.',
  );
  expect(pairedText(classSummaryOf(), [{ ...one, copy: [0] }])).toBeNull();
  expect(pairedText(classSummaryOf(), null)).toBeNull();
  expect(pairedText(classSummaryOf({ task: 'several' }), [one])).toBeNull();
});
