import { describe, expect, it } from 'vitest';
import type { MaskSummary } from '../../../contract/results.ts';
import { maskCandidate, maskSummaryOf, scores } from '../../../contract/testing/results.ts';
import { maskVerdict } from './mask-verdict.ts';

const verdictWith = (
  [teacher, copy, student]: readonly [number, number, number],
  change: Partial<MaskSummary> = {},
): ReturnType<typeof maskVerdict> & { text: string } => {
  const judged = maskVerdict(
    maskSummaryOf({
      teacher: maskCandidate(teacher, 12),
      copy: maskCandidate(copy, 6),
      student: maskCandidate(student, 6),
      ...change,
    }),
  );
  return { ...judged, text: judged.sentences.join(' ') };
};

describe('verdict on masks', () => {
  it('says that distilling helped if the intervals do not overlap', () => {
    const { headline, sentences, tone } = verdictWith([0.86, 0.79, 0.85]);
    expect(headline).toBe(
      'The student is 0.010 below its teacher in mean Dice (intervals overlap), has 50 % of its size and is 2.0 times as fast.',
    );
    expect(sentences).toEqual([
      'Distilling helped: mean Dice is 0.060 higher than for the untrained copy, and the 95 % intervals do not overlap.',
      'Student and untrained copy differ on 2 test images: the student is better on 1, the copy on 1.',
    ]);
    expect(tone).toBe('good');
  });

  it('rejects a student with useless outlines, with reasons and advice', () => {
    const found = verdictWith([0.204, 0.2, 0.209], { steps: 20, units: 3 });
    expect(found.headline).toBe('Do not use this student.');
    expect(found.text).toMatch(/^The student’s mean Dice of 0\.209 is far too low/);
    expect(found.reasons.join(' ')).toMatch(/teacher .* 0\.204 .* only 20 steps; 150 .* 3 test/);
    expect(found.advice[0]).toContain('more steps');
    expect(found.next).toBe('steps');
    expect(`${found.text} ${found.reasons.join(' ')}`).not.toMatch(/above its teacher|fast/);
  });

  it('says if a gain may be chance, or if copying is as good', () => {
    const perhaps = verdictWith([0.86, 0.83, 0.85], { units: 25 });
    expect(perhaps.text).toContain('With 30 test images in 25 groups this may be chance');
    expect(perhaps.tone).toBe('doubt');
    expect(verdictWith([0.86, 0.85, 0.85]).text).toContain('The untrained copy is as good here');
  });

  it('says that distilling did not help, with a likely cause and advice', () => {
    const { text, tone } = verdictWith([0.48, 0.54, 0.5]);
    expect(text).toMatch(/^Distilling did not help here: mean Dice is 0\.040 lower than/);
    expect(text).toContain(
      'The untrained copy is 0.060 above even the teacher in mean Dice: the teacher does not suit',
    );
    expect(text).toContain('Fine-tune the adapters on the masks');
    expect(tone).toBe('doubt');
    expect(verdictWith([0.9, 0.6, 0.5]).text).toMatch(
      /^Distilling made the student worse here: mean Dice is 0\.100 lower than/,
    );
    expect(verdictWith([0.48, 0.5, 0.5]).text).toContain('this may be chance; if not, the teacher');
  });

  it('says that a gain is not from distilling alone', () => {
    const { text } = verdictWith([0.48, 0.54, 0.6], { adapted: true });
    expect(text).toContain('not all of its gain comes from distilling');
    expect(text).not.toContain('Fine-tune the adapters');
    expect(verdictWith([0.48, 0.54, 0.5], { adapted: true }).text).toContain(
      'More outlined images',
    );
  });

  it('credits the masks if the loss of distilling did not fall', () => {
    const loss = { first: 0.972, last: 1.03 };
    const { text, tone } = verdictWith([0.48, 0.54, 0.6], { adapted: true, loss });
    expect(text).toMatch(
      /^Fine-tuning on the masks helped: mean Dice is 0\.060 higher than for the untrained copy/,
    );
    expect(text).toContain('Distilling added nothing: its loss did not fall (0.972 to 1.030)');
    expect(text).not.toMatch(
      /Distilling (helped|may have helped)|learnt nothing|its gain comes from/,
    );
    expect(tone).toBe('doubt');
  });

  it('warns if IoU disagrees, if the loss did not fall, and if there are few images', () => {
    const student = { ...maskCandidate(0.86, 6), iou: scores(0.65) };
    expect(verdictWith([0.9, 0.79, 0.86], { student }).text).toContain(
      'the order is reversed: 0.650 for the student, 0.690 for the copy, which may be chance too.',
    );
    const still = verdictWith([0.86, 0.79, 0.85], { loss: { first: 1, last: 1 } });
    expect(still.text).toContain('The loss did not fall');
    expect(still.tone).toBe('doubt');
    expect(verdictWith([0.86, 0.79, 0.85], { units: 1 }).text).toContain(
      'Only 1 group of test images',
    );
  });

  it('says that one image does not rule out chance', () => {
    const perImage = [
      { path: 'a.png', teacher: 0.86, copy: 0.7, student: 0.8 },
      { path: 'b.png', teacher: null, copy: null, student: null },
    ];
    const { headline, text, tone } = verdictWith([0.86, 0.7, 0.8], { perImage });
    expect(headline).toContain('0.060 below its teacher in mean Dice (no interval)');
    expect(text).toContain('0.100 above the untrained copy in mean Dice, on 1 test image: too few');
    expect(text).toContain('Only 1 test image: too few for intervals');
    expect(tone).toBe('doubt');
  });

  it('compares nothing if no test image shows a class', () => {
    const { headline, text } = verdictWith([0, 0, 0], { shown: [] });
    expect(headline).toBe('There is nothing to compare');
    expect(text).toMatch(/^No test image contains any class/);
  });

  it('compares nothing if a score is missing', () => {
    const empty = { ...maskCandidate(0.8, 6), dice: { mean: null, classes: {} } };
    const { headline, tone } = verdictWith([0.8, 0.8, 0.8], { copy: empty });
    expect(headline).toBe('There is nothing to compare');
    expect(tone).toBe('doubt');
  });
});
