import { describe, expect, it } from 'vitest';
import { candidate, distillResult } from '../testing/results.ts';
import { overlaps, verdict } from './verdict.ts';

/** What is said of these accuracies; every interval reaches 2 points either way. */
function said(copy: number, student: number): string {
  return verdict(distillResult({ copy: candidate(copy, 6), student: candidate(student, 6) })).join(
    ' ',
  );
}

describe('verdict', () => {
  it('says that distilling helped where the intervals lie apart', () => {
    expect(said(0.845, 0.901)).toMatch(
      /^Distilling helped: the student is 5\.6 points above the plain copy, .* do not overlap \(150 test images\)/,
    );
  });

  it('doubts a gain within the intervals', () => {
    const text = said(0.88, 0.89);
    expect(text).toContain('1.0 point above the plain copy, but their 95 % intervals overlap');
    expect(text).not.toContain('Distilling helped');
  });

  it('says that it did not help where the student is worse', () => {
    expect(said(0.901, 0.85)).toMatch(/^Distilling did not help here: .* 5\.1 points below .* not/);
    expect(said(0.901, 0.89)).toMatch(/^Distilling did not help here: .* may be chance/);
  });

  it('says that it made no difference where there is none to see', () => {
    expect(said(0.9, 0.9004)).toMatch(
      /^Distilling made no difference .* 90\.0 % of 150 test images/,
    );
  });

  it('compares with the teacher', () => {
    expect(said(0.845, 0.901)).toContain(
      'It is 3.3 points below the teacher, has 50 % of its size and takes 50 % of its time an image.',
    );
    const slow = { ...candidate(0.934, 6), msPerImage: 2.4 };
    expect(verdict(distillResult({ student: slow }))[1]).toBe(
      'It is as accurate as the teacher, has 50 % of its size and is no faster on this machine.',
    );
  });

  it.each([0.5, 0.6])('warns where the loss went from 0.5 to %d', (last) => {
    expect(verdict(distillResult({ loss: { first: 0.5, last } })).at(-1)).toMatch(/did not fall/);
  });

  it('does not warn where the loss fell', () => {
    expect(verdict(distillResult())).toHaveLength(2);
  });
});

it.each<[number, number, boolean]>([
  [0.5, 0.53, true],
  [0.5, 0.55, false],
  [0.55, 0.5, false],
])('overlap of %d and %d, each ± 0.02: %s', (a, b, expected) => {
  const [first, second] = [candidate(a, 1).accuracy, candidate(b, 1).accuracy];
  expect(overlaps(first, second)).toBe(expected);
});
