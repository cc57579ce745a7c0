import { describe, expect, it } from 'vitest';
import type { Project } from '../../../contract/app.ts';
import { type Counts, projectWith } from '../../testing/projects.ts';
import { missingFor } from './missing.ts';

const both = { town: [5, 1], water: [5, 1] } as const;
const noTeacher = { ...projectWith({}).settings, teacher: null };

const steps = (counts: Readonly<Record<string, Counts>>, change: Partial<Project> = {}): string[] =>
  missingFor(projectWith(counts, change)).map(({ step }) => step);

describe('missingFor', () => {
  it('is empty if nothing is missing', () => {
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

  it.each([
    ['images', { cell: [0, 0] }, { images: 0 }, /no images/],
    ['a class', {}, {}, /need a class/],
    ['a mask', { cell: [0, 0] }, {}, /No training mask is marked as done/],
    ['a mask to learn from', { cell: [0, 2] }, {}, /No training mask is marked as done/],
    ['a mask to measure on', { cell: [3, 0] }, {}, /no test mask/],
  ] as const)('for segmentation, names %s', (_, counts, change, expected) => {
    const [missing] = missingFor(projectWith(counts, { task: 'segmentation', ...change }));
    expect(missing?.what).toMatch(expected);
  });

  it('needs only one outlined class for segmentation', () => {
    const counts = { cell: [3, 1], vessel: [0, 0] } as const;
    expect(steps(counts, { task: 'segmentation' })).toEqual([]);
  });

  it('needs only one of several labels', () => {
    expect(steps({ town: [3, 1] }, { task: 'several' })).toEqual([]);
  });

  it('counts the classes that have labels to learn from, without held-out images', () => {
    const [missing] = missingFor(projectWith({ town: [4, 0], water: [0, 9] }));
    expect(missing?.what).toBe(
      'Only 1 class of the 2 that are needed has labelled training images.',
    );
  });
});
