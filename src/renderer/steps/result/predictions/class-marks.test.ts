import { expect, it } from 'vitest';
import type { ProjectClass } from '../../../../contract/app.ts';
import { classMarks, removedClasses } from './class-marks.ts';

it('shows the classes of a run in the colours of the project, and finds those that were removed', () => {
  const counts = { labelled: 0, learnt: 0, tested: 0 };
  const water: ProjectClass = { id: 1, name: 'water', colour: '#0000ff', maskValue: 1, ...counts };
  const marks = classMarks(['water', 'blue'], [water]);
  expect(marks).toEqual([
    { name: 'water', colour: '#0000ff' },
    { name: 'blue', colour: null },
  ]);
  expect(removedClasses(marks)).toEqual(['blue']);
});
