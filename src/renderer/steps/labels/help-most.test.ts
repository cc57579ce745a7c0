import { describe, expect, it } from 'vitest';
import type { ProjectClass } from '../../../contract/app.ts';
import { helpMost, missingLabels } from './help-most.ts';

function classesOf(counts: Record<string, number>): ProjectClass[] {
  return Object.entries(counts).map(([name, images], index) => ({
    id: index + 1,
    name,
    images,
    colour: '#0072b2',
  }));
}

describe('what would help most', () => {
  it.each([
    [{ town: 2, water: 40 }, { kind: 'few', missing: 8 }, 'town'],
    [{ town: 0, water: 3 }, { kind: 'empty', missing: 10 }, 'town'],
    [{ town: 60, water: 10 }, { kind: 'uneven' }, 'water'],
  ])('of %o is %o of %s', (counts, help, name) => {
    expect(helpMost(classesOf(counts))).toMatchObject({ ...help, one: { name } });
  });

  it('is nothing more where all have enough, and nothing at all without classes', () => {
    expect(helpMost(classesOf({ town: 12, water: 20 }))).toEqual({ kind: 'enough' });
    expect(helpMost([])).toBeNull();
  });
});

describe('what is missing to go on', () => {
  const single = { images: 100, task: 'single' as const };

  it.each([
    [{ ...single, images: 0, classes: [] }, 'images'],
    [{ ...single, classes: classesOf({ town: 9 }) }, 'classes'],
    [{ ...single, classes: classesOf({ town: 9, water: 1 }) }, 'labels'],
    [{ images: 9, task: 'several' as const, classes: classesOf({ town: 1 }) }, 'labels'],
  ])('of %o is %s', (project, kind) => {
    expect(missingLabels(project)?.kind).toBe(kind);
  });

  it('names the classes that are nearest to it', () => {
    const project = { ...single, classes: classesOf({ town: 0, water: 1, bare: 5 }) };
    expect(missingLabels(project)).toMatchObject({ classes: [{ name: 'water' }] });
  });

  it('is nothing with two classes of two, or one of several', () => {
    expect(
      missingLabels({ ...single, classes: classesOf({ town: 2, water: 2, bare: 0 }) }),
    ).toBeNull();
    expect(
      missingLabels({ images: 9, task: 'several', classes: classesOf({ town: 2 }) }),
    ).toBeNull();
  });
});
