import { describe, expect, it } from 'vitest';
import type { MaskSummary } from '../../contract/results.ts';
import {
  candidate,
  classSummaryOf,
  guesser,
  maskCandidate,
  maskSummaryOf,
  scores,
} from '../../contract/testing/results.ts';
import { verdict } from './verdict.ts';

/** Returns the verdict on these accuracies; every interval reaches 2 points either way. */
function verdictLines(copy: number, student: number): string {
  return verdict(classSummaryOf({ copy: candidate(copy, 6), student: candidate(student, 6) })).join(
    ' ',
  );
}

describe('verdict', () => {
  it('reports that distilling helped if the intervals do not overlap', () => {
    expect(verdictLines(0.845, 0.901)).toMatch(
      /^Distilling helped: the student is 5\.6 points above the untrained copy, .* do not overlap \(150 test images\)/,
    );
  });

  it('doubts a gain within the intervals', () => {
    const text = verdictLines(0.88, 0.89);
    expect(text).toContain('1.0 point above the untrained copy, but their 95 % intervals overlap');
    expect(text).not.toContain('Distilling helped');
  });

  it('reports that distilling did not help if the student is worse', () => {
    expect(verdictLines(0.901, 0.85)).toMatch(
      /^Distilling did not help here: .* 5\.1 points below .* not/,
    );
    expect(verdictLines(0.901, 0.89)).toMatch(/^Distilling did not help here: .* may be chance/);
  });

  it('reports that distilling made no difference if the figures are equal', () => {
    expect(verdictLines(0.9, 0.9004)).toMatch(
      /^Distilling made no difference .* 90\.0 % of 150 test images/,
    );
  });

  it('compares the student with the teacher', () => {
    expect(verdictLines(0.845, 0.901)).toContain(
      'The student is 3.3 points below the teacher (their 95 % intervals overlap), has 50 % of its size and needs 50 % of its time per image.',
    );
    expect(verdictLines(0.7, 0.8)).toContain('The student is 13.4 points below the teacher, has');
    const slow = { ...candidate(0.934, 6), msPerImage: 2.4 };
    expect(verdict(classSummaryOf({ student: slow }))[1]).toBe(
      'The student is as accurate as the teacher, has 50 % of its size and is not faster on this computer.',
    );
  });

  it('warns of few test images', () => {
    const { images } = classSummaryOf();
    const few = verdict(classSummaryOf({ images: { ...images, tested: 40 } })).join(' ');
    expect(few).toContain('Only 40 test images: label and hold out more');
    expect(verdictLines(0.7, 0.8)).not.toContain('Only 150');
  });

  it.each([0.5, 0.6])('warns if the loss went from 0.5 to %d', (last) => {
    expect(verdict(classSummaryOf({ loss: { first: 0.5, last } })).at(-1)).toMatch(/did not fall/);
  });

  it('never praises a student of a teacher that only guesses', () => {
    const text = verdict(
      classSummaryOf({ teacher: guesser(0.294), copy: guesser(0.2), student: guesser(0.529) }),
    ).join(' ');
    expect(text).toMatch(
      /^Do not use this student: its accuracy of 52\.9 % .* guessing \(50\.0 %\) .*64\.7 %/,
    );
    expect(text).toMatch(/Its teacher does not do well .* 29\.4 % \(9\.4–49\.4\)/);
    expect(text).toContain('What to do next: choose a teacher from your own field');
    expect(text).not.toMatch(/helped|above|of its size/);
  });

  it('recommends the untrained copy if it was better, and reports if the student is the copy', () => {
    expect(verdictLines(0.9, 0.89)).toContain(
      'The untrained copy is recommended: its files are next to',
    );
    const aside = { images: 20, copy: 0.9, start: 0.6, kept: 0.9 };
    const recipe = { start: 'fitted', kept: 'copy', rateFalls: 1, aside } as const;
    const summary = classSummaryOf({
      recipe,
      student: candidate(0.845, 6),
      loss: { first: 1, last: 1 },
    });
    const text = verdict(summary).join(' ');
    expect(text).toContain('The student is the untrained copy: no trained state was as good');
    expect(text).not.toContain('learnt nothing');
  });

  it('does not warn if the loss fell', () => {
    expect(verdict(classSummaryOf())).toHaveLength(2);
  });
});

describe('verdict on masks', () => {
  /** Returns the verdict on these mean Dice figures; every interval reaches 0.02 either way. */
  function maskVerdictLines(
    [teacher, copy, student]: readonly [number, number, number],
    change: Partial<MaskSummary> = {},
  ): string {
    const candidates = {
      teacher: maskCandidate(teacher, 12),
      copy: maskCandidate(copy, 6),
      student: maskCandidate(student, 6),
    };
    return verdict(maskSummaryOf({ ...candidates, ...change })).join(' ');
  }

  it('reports that distilling helped if the intervals do not overlap', () => {
    const text = maskVerdictLines([0.86, 0.79, 0.85]);
    expect(text).toMatch(
      /^Distilling helped: the student is 0\.060 above the untrained copy in mean Dice, .* do not overlap \(30 test images\)\./,
    );
    expect(text).toContain(
      'The student is 0.010 below the teacher (intervals overlap), has 50 % of its size and needs 50 % of its time per tile.',
    );
    expect(text).not.toMatch(/--adapt|rough/);
  });

  it('doubts a gain within the intervals', () => {
    expect(maskVerdictLines([0.86, 0.83, 0.85])).toMatch(
      /^The student is 0\.020 above .* overlap: with 30 test images this may be chance, and the untrained copy may be as good/,
    );
  });

  it('reports if the untrained copy is as good', () => {
    expect(maskVerdictLines([0.86, 0.85, 0.85])).toMatch(
      /^Distilling made no difference here: .* a mean Dice of 0\.850 .* The untrained copy is as good/,
    );
  });

  it('reports that distilling did not help, and suggests fine-tuning on the masks', () => {
    const worse = maskVerdictLines([0.48, 0.54, 0.5]);
    expect(worse).toMatch(/^Distilling did not help here: the student is 0\.040 below .* overlap/);
    expect(worse).toContain(
      'The untrained copy is even 0.060 above the teacher: the teacher does not',
    );
    expect(worse).toContain('Try --adapt');
    expect(maskVerdictLines([0.9, 0.6, 0.5])).toContain(
      'Their 95 % intervals do not overlap (30 test',
    );
  });

  it('suggests fine-tuning if the copy beats only the teacher, or only by IoU', () => {
    expect(maskVerdictLines([0.48, 0.5, 0.56])).toContain('Try --adapt');
    const student = { ...maskCandidate(0.86, 6), iou: scores(0.65) };
    const text = maskVerdictLines([0.9, 0.79, 0.86], { student });
    expect(text).toContain('the order is reversed: 0.650 for the student, 0.690 for the untrained');
    expect(text).toContain('which may also be chance');
    expect(text).toContain('Try --adapt');
  });

  it('does not attribute an adapted gain to distilling alone, nor suggest --adapt again', () => {
    const text = maskVerdictLines([0.48, 0.54, 0.6], { adapted: true });
    expect(text).toContain('part of its gain may come from the masks');
    expect(text).not.toContain('Try --adapt');
    expect(text).not.toContain('More images with masks');
    expect(maskVerdictLines([0.48, 0.54, 0.5], { adapted: true })).toContain(
      'More images with masks',
    );
  });

  it('credits the masks if the loss of distilling did not fall', () => {
    const text = maskVerdictLines([0.48, 0.54, 0.6], {
      adapted: true,
      loss: { first: 0.97, last: 1 },
    });
    expect(text).toMatch(/^Fine-tuning on the masks helped: the student is 0\.060 above/);
    expect(text).toContain('the student has learnt only from the masks, not from its teacher');
    expect(text).not.toMatch(/Distilling|learnt nothing|part of its gain may come/);
  });

  it('counts images, and each group of images once', () => {
    const few = maskVerdictLines([0.86, 0.79, 0.85], { units: 3 });
    expect(few).toContain('(30 test images in 3 groups)');
    expect(few).toContain('Only 3 groups of test images: the intervals are only rough.');
    expect(few).toContain(
      'Student and untrained copy differ on 2 test images: on 1 the student is better, on 1 the',
    );
    const alike = [{ path: 'a.png', teacher: 0.8, copy: 0.8, student: 0.8 }];
    expect(maskVerdictLines([0.8, 0.8, 0.8], { perImage: alike })).not.toContain('differ on');
  });

  it('rejects a student with unusable masks, with the reason and what to do', () => {
    const text = maskVerdictLines([0.204, 0.248, 0.209], { steps: 20, units: 3 });
    expect(text).toMatch(/^Do not use this student: its mean Dice of 0\.209 is far too low/);
    expect(text).toContain('Its teacher does not do well on these images: a mean Dice of 0.204');
    expect(text).toContain('for only 20 steps; the default is 150');
    expect(text).toContain('Only 3 test images');
    expect(text).toContain(
      'use more --steps and --decoder-steps; outline more images; add --adapt',
    );
    expect(text).not.toMatch(/above its teacher|fast|of its size|recommended/);
  });

  it('reports that a single test image cannot rule out chance', () => {
    const perImage = [
      { path: 'a.png', teacher: 0.86, copy: 0.7, student: 0.8 },
      { path: 'b.png', teacher: null, copy: null, student: null },
    ];
    const text = maskVerdictLines([0.86, 0.7, 0.8], { perImage });
    expect(text).toContain(
      '0.100 above the untrained copy in mean Dice, on 1 test image. This is too little',
    );
    expect(text).toContain('0.060 below the teacher (may be chance)');
    expect(text).toContain('Only 1 test image: intervals need more than one.');
    expect(text).not.toMatch(/Distilling helped|overlap/);
  });

  it('compares nothing if no test mask contains a class', () => {
    expect(maskVerdictLines([0, 0, 0], { shown: [] })).toMatch(/^Nothing can be compared/);
  });

  it('warns if the loss did not fall', () => {
    expect(maskVerdictLines([0.8, 0.7, 0.8], { loss: { first: 1, last: 1 } })).toContain(
      'did not fall',
    );
  });
});
