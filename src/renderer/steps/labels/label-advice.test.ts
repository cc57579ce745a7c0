import { describe, expect, it } from 'vitest';
import { projectWith } from '../../testing/projects.ts';
import { labelAdvice } from './label-advice.ts';

const marked = { labelled: 9, unlabelled: 0 };

describe('the most useful advice', () => {
  it.each([
    [{ town: [2, 0], water: [40, 9] }, { kind: 'few', missing: 8 }, 'town'],
    [{ town: [0, 9], water: [3, 0] }, { kind: 'empty', missing: 10 }, 'town'],
    [{ town: [9, 70], water: [10, 0] }, { kind: 'few', missing: 1 }, 'town'],
    [{ town: [60, 0], water: [10, 0] }, { kind: 'uneven' }, 'water'],
  ] as const)('for %o is %o of %s, if test images are marked', (counts, advice, name) => {
    expect(labelAdvice(projectWith(counts, { marked }))).toMatchObject({
      ...advice,
      target: { name },
    });
  });

  it('asks for more labels if a fifth of them will be held out', () => {
    const project = projectWith({ town: [2, 0], water: [40, 10] });
    expect(labelAdvice(project)).toMatchObject({ kind: 'few', missing: 10 });
  });

  it('is to label test images, once there are enough labels to learn from', () => {
    const counts = { town: [12, 1], water: [20, 6] } as const;
    const some = { labelled: 7, unlabelled: 20 };
    expect(labelAdvice(projectWith(counts, { marked: some }))).toMatchObject({
      kind: 'unmeasured',
      missing: 4,
      target: { name: 'town' },
    });
    const none = { labelled: 0, unlabelled: 27 };
    expect(labelAdvice(projectWith(counts, { marked: none }))).toEqual({
      kind: 'untested',
      images: 27,
    });
  });

  it('asks for no more labels than there are images', () => {
    const counts = { town: [3, 1], water: [8, 2] } as const;
    const images = { images: 16, marked: { labelled: 3, unlabelled: 2 } };
    expect(labelAdvice(projectWith(counts, images))?.kind).toBe('unmeasured');
    expect(labelAdvice(projectWith(counts, { images: 14, marked }))).toMatchObject({
      kind: 'images',
      missing: 7,
      target: { name: 'town' },
    });
  });

  it('is that all classes have enough, and null without classes', () => {
    expect(labelAdvice(projectWith({ town: [12, 3], water: [20, 5] }))).toEqual({ kind: 'enough' });
    expect(labelAdvice(projectWith({}))).toBeNull();
  });
});
