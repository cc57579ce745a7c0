import { describe, expect, it } from 'vitest';
import type { Project } from '../../../contract/app.ts';
import { type Counts, projectWith } from '../../testing/projects.ts';
import { maskAdvice } from './mask-advice.ts';

const kindOf = (
  counts: Readonly<Record<string, Counts>>,
  change: Partial<Project> = {},
  pixels: readonly number[] = [],
): string | undefined => {
  const project = projectWith(counts, { task: 'segmentation', learnt: 12, ...change });
  const classes = project.classes.map((one, index) => ({ ...one, pixels: pixels[index] ?? 1 }));
  return maskAdvice({ ...project, classes })?.kind;
};

describe('the most useful advice for segmentation', () => {
  it.each([
    ['to mark what is begun', { cell: [1, 0] }, { drafts: 3, learnt: 1 }, 'drafts'],
    ['a first mask', { cell: [0, 0] }, { labelled: 0, learnt: 0 }, 'first'],
    ['a class that no mask shows', { cell: [9, 2], vessel: [0, 1] }, {}, 'absent'],
    ['a class that few show', { cell: [9, 2], vessel: [2, 1] }, {}, 'rare'],
    ['more masks', { cell: [4, 2] }, { learnt: 4 }, 'few'],
    [
      'masks of test images',
      { cell: [12, 2] },
      { marked: { labelled: 2, unlabelled: 4 } },
      'untested',
    ],
    ['nothing', { cell: [12, 2], vessel: [12, 2] }, { drafts: 2 }, 'enough'],
  ] as const)('is %s', (_, counts, change, expected) => {
    expect(kindOf(counts, change)).toBe(expected);
  });

  it('is about a class with hardly any pixels', () => {
    const counts = { cell: [12, 2], vessel: [12, 2] } as const;
    expect(kindOf(counts, {}, [90_000, 100])).toBe('tiny');
    expect(kindOf(counts, {}, [90_000, 900])).toBe('enough');
  });

  it('is undefined without classes', () => {
    expect(kindOf({})).toBeUndefined();
  });
});
