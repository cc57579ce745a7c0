import { expect, it } from 'vitest';
import type { Run } from '../../contract/app.ts';
import { whatRuns } from './what-runs.ts';

const predicting = { run: 4, project: 2, done: 3, total: 8, part: 0.25, secondsLeft: 20 };

it('shows the progress of outlining, with the finished part of the current image', () => {
  expect(whatRuns({ predicting }, [])).toEqual({
    run: 4,
    part: 0.25,
    what: 'Outlining images: 3 of 8',
    done: 3.25,
    total: 8,
    secondsLeft: 20,
    project: 2,
    step: 'labels',
  });
  expect(whatRuns({}, [])).toBeNull();
  const run = { state: 'running', step: 0, settings: { steps: 9 }, project: 2 } as Run;
  expect(whatRuns({}, [run])).toMatchObject({ what: 'Starting to distil', step: 'distil' });
  const fetching = { what: 'Fetching Phikon', done: 1, total: 2, secondsLeft: 3 };
  expect(whatRuns({ fetching }, [])).toEqual({
    ...fetching,
    project: null,
    step: 'teacher',
  });
});
