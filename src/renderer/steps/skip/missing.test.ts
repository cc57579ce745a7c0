import { describe, expect, it } from 'vitest';
import type { Project } from '../../../contract/app.ts';
import { type Counts, projectWith } from '../../testing/projects.ts';
import { missingFor } from './missing.ts';

const both = { town: [5, 1], water: [5, 1] } as const;
const noTeacher = { ...projectWith({}).settings, teacher: null };

const steps = (counts: Readonly<Record<string, Counts>>, change: Partial<Project> = {}): string[] =>
  missingFor(projectWith(counts, change)).map(({ step }) => step);

describe('missingFor', () => {
  it('is nothing where all is there', () => {
    expect(steps(both)).toEqual([]);
  });

  it.each([
    ['images', {}, { images: 0 }, ['images']],
    ['images and a teacher', {}, { images: 0, settings: noTeacher }, ['images', 'teacher']],
    ['classes', { town: [4, 1] }, {}, ['labels']],
    ['labels', { town: [4, 1], water: [0, 0] }, {}, ['labels']],
    ['something to measure on', { town: [4, 0], water: [4, 0] }, {}, ['labels']],
    ['a teacher', both, { settings: noTeacher }, ['teacher']],
    ['one label of several', { town: [0, 0] }, { task: 'several' }, ['labels']],
  ] as const)('names %s', (_, counts, change, expected) => {
    expect(steps(counts, change)).toEqual(expected);
  });

  it('says that students that outline regions are not made yet, and nothing else', () => {
    const change = { task: 'segmentation', images: 0, settings: noTeacher } as const;
    const [missing, ...others] = missingFor(projectWith({}, change));
    expect(missing).toMatchObject({ step: 'labels' });
    expect(missing?.what).toMatch(/cannot be made yet in this version/);
    expect(others).toEqual([]);
  });

  it('is content with one of several labels', () => {
    expect(steps({ town: [3, 1] }, { task: 'several' })).toEqual([]);
  });

  it('says how many classes have labels to learn from: held-out ones do not count', () => {
    const [missing] = missingFor(projectWith({ town: [4, 0], water: [0, 9] }));
    expect(missing?.what).toBe(
      'Only 1 class of the 2 that are needed has labelled images to learn from.',
    );
  });
});
