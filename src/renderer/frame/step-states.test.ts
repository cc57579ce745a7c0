import { describe, expect, it } from 'vitest';
import type { Project, Run } from '../../contract/app.ts';
import { stepStates } from './step-states.ts';

const project = {
  images: 100,
  labelled: 20,
  classes: [{ images: 10 }, { images: 10 }],
  settings: { teacher: 1 },
} as Project;

function run(state: Run['state']): Run {
  return { state } as Run;
}

describe('how far the steps are', () => {
  it('opens only the first while a project is being made', () => {
    const states = stepStates(null, [], false);
    expect(states.project.progress).toBe('open');
    expect(states.images.progress).toBe('waiting');
  });

  it('says what waits for what', () => {
    const empty = { ...project, images: 0, labelled: 0 };
    expect(stepStates(empty, [], false)).toMatchObject({
      images: { progress: 'open' },
      labels: { progress: 'waiting', waitsFor: 'images' },
      distil: { progress: 'waiting', waitsFor: 'images' },
      result: { progress: 'waiting', waitsFor: 'run' },
    });
    expect(stepStates(empty, [], true).images.progress).toBe('work');
  });

  it.each([
    [{ labelled: 0 }, 'open'],
    [{ classes: [{ images: 20 }, { images: 0 }] }, 'work'],
    [{ labelled: 100, classes: [{ images: 100 }, { images: 0 }] }, 'done'],
    [{}, 'done'],
  ])('with %o the labels are %s', (change, progress) => {
    const states = stepStates({ ...project, ...change } as Project, [], false);
    expect(states.labels.progress).toBe(progress);
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
});
