import { describe, expect, it } from 'vitest';
import { projectWith } from '../../testing/projects.ts';
import { helpMost } from './help-most.ts';

const marked = { labelled: 9, unlabelled: 0 };

describe('what would help most', () => {
  it.each([
    [{ town: [2, 0], water: [40, 9] }, { kind: 'few', missing: 8 }, 'town'],
    [{ town: [0, 9], water: [3, 0] }, { kind: 'empty', missing: 10 }, 'town'],
    [{ town: [9, 70], water: [10, 0] }, { kind: 'few', missing: 1 }, 'town'],
    [{ town: [60, 0], water: [10, 0] }, { kind: 'uneven' }, 'water'],
  ] as const)('of %o is %o of %s, where tests are marked', (counts, help, name) => {
    expect(helpMost(projectWith(counts, { marked }))).toMatchObject({ ...help, one: { name } });
  });

  it('asks for more labels where a fifth of them will be held out', () => {
    const project = projectWith({ town: [2, 0], water: [40, 10] });
    expect(helpMost(project)).toMatchObject({ kind: 'few', missing: 10 });
  });

  it('is labels of test images, once there is enough to learn from', () => {
    const counts = { town: [12, 1], water: [20, 6] } as const;
    const some = { labelled: 7, unlabelled: 20 };
    expect(helpMost(projectWith(counts, { marked: some }))).toMatchObject({
      ...{ kind: 'unmeasured', missing: 4 },
      one: { name: 'town' },
    });
    const none = { labelled: 0, unlabelled: 27 };
    expect(helpMost(projectWith(counts, { marked: none }))).toEqual({
      ...{ kind: 'untested', images: 27 },
    });
  });

  it('asks for no label that there is no image for', () => {
    const counts = { town: [3, 1], water: [8, 2] } as const;
    const images = { images: 16, marked: { labelled: 3, unlabelled: 2 } };
    expect(helpMost(projectWith(counts, images))?.kind).toBe('unmeasured');
    expect(helpMost(projectWith(counts, { images: 14, marked }))).toMatchObject({
      ...{ kind: 'images', missing: 7 },
      one: { name: 'town' },
    });
  });

  it('is nothing more where all have enough, and nothing at all without classes', () => {
    expect(helpMost(projectWith({ town: [12, 3], water: [20, 5] }))).toEqual({ kind: 'enough' });
    expect(helpMost(projectWith({}))).toBeNull();
  });
});
