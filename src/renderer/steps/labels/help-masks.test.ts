import { describe, expect, it } from 'vitest';
import type { Project } from '../../../contract/app.ts';
import { type Counts, projectWith } from '../../testing/projects.ts';
import { helpMasks } from './help-masks.ts';

const kindOf = (
  counts: Readonly<Record<string, Counts>>,
  change: Partial<Project> = {},
  pixels: readonly number[] = [],
): string | undefined => {
  const project = projectWith(counts, { task: 'segmentation', learnt: 12, ...change });
  const classes = project.classes.map((one, index) => ({ ...one, pixels: pixels[index] ?? 1 }));
  return helpMasks({ ...project, classes })?.kind;
};

describe('what helps a student that outlines most', () => {
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

  it('is more of a class that has hardly a pixel', () => {
    const counts = { cell: [12, 2], vessel: [12, 2] } as const;
    expect(kindOf(counts, {}, [90_000, 100])).toBe('tiny');
    expect(kindOf(counts, {}, [90_000, 900])).toBe('enough');
  });

  it('is nothing to say without classes', () => {
    expect(kindOf({})).toBeUndefined();
  });
});
