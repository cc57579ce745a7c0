import { describe, expect, it } from 'vitest';
import type { Run } from '../../contract/app.ts';
import { projectWith } from '../testing/projects.ts';
import { stepStates } from './step-states.ts';

const project = projectWith({ town: [10, 3], water: [12, 3] });

function run(state: Run['state']): Run {
  return { state } as Run;
}

describe('how far the steps are', () => {
  it('opens only the first while a project is being made', () => {
    const states = stepStates(null, [], false);
    expect(states.project.progress).toBe('open');
    expect(states.images.progress).toBe('waiting');
  });

  it('names the missing requirement of each step', () => {
    const empty = projectWith({}, { images: 0 });
    expect(stepStates(empty, [], false)).toMatchObject({
      images: { progress: 'open' },
      labels: { progress: 'waiting', waitsFor: 'images' },
      distil: { progress: 'waiting', waitsFor: 'images' },
      result: { progress: 'waiting', waitsFor: 'run' },
    });
    expect(stepStates(empty, [], true).images.progress).toBe('work');
  });

  it('where regions are outlined, masks are counted', () => {
    const outlined = (
      learnt: number,
      tested: number,
      drafts = 0,
    ): ReturnType<typeof stepStates> => {
      const counts = { cell: [learnt, tested] } as const;
      return stepStates(projectWith(counts, { task: 'segmentation', drafts }), [], false);
    };
    expect(outlined(0, 0).labels.progress).toBe('open');
    expect(outlined(0, 0, 1).labels.progress).toBe('work');
    expect(outlined(0, 0, 1).distil).toEqual({ progress: 'waiting', waitsFor: 'labels' });
    expect(outlined(4, 1).labels.progress).toBe('work');
    expect(outlined(4, 1).distil).toEqual({ progress: 'open' });
    expect(outlined(10, 2).labels.progress).toBe('done');
  });

  it.each([
    [{ town: [0, 0], water: [0, 0] }, 100, 'open'],
    [{ town: [16, 4], water: [0, 0] }, 100, 'work'],
    [{ town: [9, 60], water: [10, 0] }, 100, 'work'],
    [{ town: [10, 3], water: [10, 2] }, 100, 'done'],
    [{ town: [4, 1], water: [3, 1] }, 9, 'done'],
    [{ town: [9, 0], water: [0, 0] }, 9, 'work'],
  ] as const)('with %o of %d images the labels are %s', (counts, images, progress) => {
    const { labels } = stepStates(projectWith(counts, { images }), [], false);
    expect(labels.progress).toBe(progress);
  });

  it('waits for labels as long as there are too few to distil', () => {
    const { distil } = stepStates(projectWith({ town: [9, 0], water: [0, 0] }), [], false);
    expect(distil).toEqual({ progress: 'waiting', waitsFor: 'labels' });
  });

  it.each([
    [[], 'open', 'waiting'],
    [[run('running')], 'work', 'waiting'],
    [[run('paused'), run('done')], 'work', 'done'],
    [[run('failed')], 'open', 'waiting'],
    [[run('done')], 'done', 'done'],
  ])('with the runs %o distilling is %s and the result %s', (runs, distil, result) => {
    const states = stepStates(project, runs, false);
    expect(states.distil.progress).toBe(distil);
    expect(states.result.progress).toBe(result);
  });

  it('counts the export as done once a student was saved', () => {
    const saved = { ...run('done'), isExported: true };
    expect(stepStates(project, [run('done')], false).export.progress).toBe('open');
    expect(stepStates(project, [run('done'), saved], false).export.progress).toBe('done');
  });
});
