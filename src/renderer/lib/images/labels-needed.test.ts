import { describe, expect, it } from 'vitest';
import { projectWith } from '../../testing/projects.ts';
import { labelsFor, labelsThatHelp, missingLabels } from './labels-needed.ts';

const marked = { labelled: 1, unlabelled: 0 };

describe('labels to give', () => {
  it.each([
    [10, 10, 13],
    [8, 8, 10],
    [1, 1, 2],
    [0, 0, 0],
  ])('for %i more to learn from: %i where tests are marked, else %i', (images, all, share) => {
    expect(labelsFor(images, { marked, testSet: null })).toBe(all);
    expect(labelsFor(images, { marked: { labelled: 0, unlabelled: 7 }, testSet: null })).toBe(
      share,
    );
  });

  it('that help are those of all classes, held-out images left aside', () => {
    expect(labelsThatHelp(projectWith({ town: [4, 60], water: [10, 0] }, { marked }))).toBe(6);
    expect(labelsThatHelp(projectWith({ town: [4, 1], water: [0, 0] }))).toBe(8 + 13);
  });

  it('that help where regions are outlined are those of the class that lacks most', () => {
    const outlined = { task: 'segmentation', marked } as const;
    const counts = { cell: [9, 2], vessel: [1, 0] } as const;
    expect(labelsThatHelp(projectWith(counts, { ...outlined, learnt: 9 }))).toBe(2);
    expect(labelsThatHelp(projectWith(counts, { ...outlined, learnt: 4 }))).toBe(6);
    expect(labelsThatHelp(projectWith({ cell: [10, 2] }, outlined))).toBe(0);
  });

  it('are no more than the images that can get one', () => {
    const few = { images: 10, marked: { labelled: 1, unlabelled: 3 } };
    expect(labelsThatHelp(projectWith({ town: [3, 1] }, few))).toBe(3);
    expect(labelsThatHelp(projectWith({ town: [3, 7] }, { ...few, marked }))).toBe(0);
  });
});

describe('the missing requirement', () => {
  it.each([
    [projectWith({ town: [0, 0] }, { images: 0 }), 'images'],
    [projectWith({ town: [9, 2] }), 'classes'],
    [projectWith({ town: [9, 2], water: [0, 0] }), 'labels'],
    [projectWith({ town: [9, 2], water: [0, 5] }, { marked }), 'labels'],
    [projectWith({ town: [0, 0] }, { task: 'several' }), 'labels'],
    [projectWith({ town: [5, 0], water: [5, 0] }), 'tested'],
    [projectWith({ town: [5, 0], water: [5, 0], bare: [0, 4] }, { marked }), 'tested'],
    [projectWith({ town: [3, 0] }, { task: 'several', tested: 0 }), 'tested'],
    [projectWith({}, { task: 'segmentation' }), 'classes'],
    [projectWith({ cell: [0, 3] }, { task: 'segmentation' }), 'masks'],
    [projectWith({ cell: [3, 0] }, { task: 'segmentation' }), 'tested'],
  ] as const)('of %o is %s', (project, kind) => {
    expect(missingLabels(project)?.kind).toBe(kind);
  });

  it('names the classes that are nearest to it', () => {
    const project = projectWith({ town: [0, 0], water: [0, 1], bare: [5, 1] });
    expect(missingLabels(project)).toMatchObject({
      have: 1,
      need: 2,
      classes: [{ name: 'water' }],
    });
  });

  it('is null with two labelled classes, or one of several labels, and a test image', () => {
    expect(missingLabels(projectWith({ town: [1, 1], water: [2, 0], bare: [0, 0] }))).toBeNull();
    expect(missingLabels(projectWith({ town: [2, 1] }, { task: 'several' }))).toBeNull();
    expect(missingLabels(projectWith({ cell: [2, 1] }, { task: 'segmentation' }))).toBeNull();
  });
});
