import { describe, expect, it } from 'vitest';
import type { Project } from '../../../contract/app.ts';
import { missingFor } from './missing.ts';

function project(
  change: Partial<Project> & { counts?: number[]; teacher?: number | null },
): Project {
  const { counts = [5, 5], teacher = 1, ...rest } = change;
  return {
    id: 1,
    name: 'Tiles',
    domain: 'satellite',
    task: 'single',
    isSample: false,
    createdAt: '2026-01-01T00:00:00Z',
    openedAt: '2026-01-01T00:00:00Z',
    images: 100,
    labelled: 10,
    tested: 0,
    classes: counts.map((images, id) => ({
      id: id + 1,
      name: `c${id}`,
      colour: '#000000',
      images,
    })),
    settings: {
      teacher,
      skip: 2,
      rank: 16,
      steps: 600,
      batch: 128,
      views: 64,
      start: 'auto',
      orientation: 'upright',
    },
    ...rest,
  };
}

const steps = (change: Parameters<typeof project>[0]): string[] =>
  missingFor(project(change)).map(({ step }) => step);

describe('missingFor', () => {
  it('is nothing where all is there', () => {
    expect(steps({})).toEqual([]);
  });

  it.each([
    ['images', { images: 0, counts: [] }, ['images']],
    ['images and a teacher', { images: 0, counts: [], teacher: null }, ['images', 'teacher']],
    ['classes', { counts: [4] }, ['labels']],
    ['labels', { counts: [4, 0, 0] }, ['labels']],
    ['a teacher', { teacher: null }, ['teacher']],
    ['one label of several', { task: 'several' as const, counts: [0] }, ['labels']],
  ])('names %s', (_, change, expected) => {
    expect(steps(change)).toEqual(expected);
  });

  it('is content with one of several labels', () => {
    expect(steps({ task: 'several', counts: [3] })).toEqual([]);
  });

  it('says how many classes have labels', () => {
    expect(missingFor(project({ counts: [4, 0] }))[0]?.what).toBe(
      'Only 1 class of the 2 that are needed has labelled images.',
    );
  });
});
