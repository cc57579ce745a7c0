import { describe, expect, it } from 'vitest';
import type { MaskSummary } from '../../../contract/results.ts';
import { maskCandidate, maskSummaryOf, scores } from '../../../contract/testing/results.ts';
import { maskVerdict } from './mask-verdict.ts';

const said = (
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
  it('says that distilling helped where the intervals lie apart', () => {
    const { headline, sentences, tone } = said([0.86, 0.79, 0.85]);
    expect(headline).toBe(
      'The student is 0.010 below its teacher in mean Dice (intervals overlap), has 50 % of its size and is 2.0 times as fast.',
    );
    expect(sentences).toEqual([
      'Distilling helped: 0.060 more than copying the blocks alone, and the 95 % intervals lie apart.',
      'The two differ on 2 test images: the student is better on 1, the copy on 1.',
    ]);
    expect(tone).toBe('good');
  });

  it('doubts what may be chance, and says where copying is as good', () => {
    const perhaps = said([0.86, 0.83, 0.85], { units: 25 });
    expect(perhaps.text).toContain('with 30 test images in 25 groups this may be chance');
    expect(perhaps.tone).toBe('doubt');
    expect(said([0.86, 0.85, 0.85]).text).toContain('Copying the blocks alone is as good here');
  });

  it('says that it did not help, why that may be, and what to try', () => {
    const { text, tone } = said([0.48, 0.54, 0.5]);
    expect(text).toMatch(/^Distilling did not help here: 0\.040 less/);
    expect(text).toContain('The copy is 0.060 above even the teacher: the teacher does not know');
    expect(text).toContain('Let the adapters learn on from the masks');
    expect(tone).toBe('doubt');
    expect(said([0.9, 0.6, 0.5]).text).toMatch(/^Distilling did harm here: 0\.100 less/);
    expect(said([0.48, 0.5, 0.5]).text).toContain('this may be chance; if not, the teacher');
  });

  it('says what is not from distilling alone', () => {
    const { text } = said([0.48, 0.54, 0.6], { adapted: true });
    expect(text).toContain('not all of its gain is from distilling');
    expect(text).not.toContain('Let the adapters');
    expect(said([0.48, 0.54, 0.5], { adapted: true }).text).toContain('More outlined images');
  });

  it('gives the masks what is theirs where the loss of distilling did not fall', () => {
    const loss = { first: 0.972, last: 1.03 };
    const { text, tone } = said([0.48, 0.54, 0.6], { adapted: true, loss });
    expect(text).toMatch(/^Learning on from the masks helped: 0\.060 more than copying/);
    expect(text).toContain('Distilling added nothing: its loss did not fall (0.972 to 1.030)');
    expect(text).not.toMatch(/Distilling (helped|gained)|learnt nothing|its gain is from/);
    expect(tone).toBe('doubt');
  });

  it('says where IoU disagrees, where the loss did not fall, and where images are few', () => {
    const student = { ...maskCandidate(0.86, 6), iou: scores(0.65) };
    expect(said([0.9, 0.79, 0.86], { student }).text).toContain(
      'the other way round: 0.650 for the student, 0.690 for the copy, which may be chance too.',
    );
    const still = said([0.86, 0.79, 0.85], { loss: { first: 1, last: 1 } });
    expect(still.text).toContain('The loss did not fall');
    expect(still.tone).toBe('doubt');
    expect(said([0.86, 0.79, 0.85], { units: 1 }).text).toContain('Only 1 group of test images');
  });

  it('says that one image tells nothing of chance', () => {
    const perImage = [
      { path: 'a.png', teacher: 0.86, copy: 0.7, student: 0.8 },
      { path: 'b.png', teacher: null, copy: null, student: null },
    ];
    const { headline, text, tone } = said([0.86, 0.7, 0.8], { perImage });
    expect(headline).toContain('0.060 below its teacher in mean Dice (chance not known)');
    expect(text).toContain('0.100 above the plain copy, on 1 test image, which tells nothing');
    expect(text).toContain('Only 1 test image: one tells nothing of chance');
    expect(tone).toBe('doubt');
  });

  it('judges nothing by test images that show no class', () => {
    const { headline, text } = said([0, 0, 0], { shown: [] });
    expect(headline).toBe('There is nothing to compare');
    expect(text).toMatch(/^No test image shows any class/);
  });

  it('has nothing to say of nothing', () => {
    const empty = { ...maskCandidate(0.8, 6), dice: { mean: null, classes: {} } };
    const { headline, tone } = said([0.8, 0.8, 0.8], { copy: empty });
    expect(headline).toBe('There is nothing to compare');
    expect(tone).toBe('doubt');
  });
});
