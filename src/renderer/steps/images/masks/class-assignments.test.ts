import { expect, it } from 'vitest';
import type { SourceClass } from '../../../../contract/mask-sources.ts';
import { isUnnamed, proposedAssignments, targetOf } from './class-assignments.ts';

const inFile = (name: string | null, number: number | null = null): SourceClass => ({
  value: 1,
  name,
  number,
  colour: null,
  count: 1,
});
const road = {
  id: 7,
  name: 'Road',
  colour: '#112233',
  maskValue: 1,
  labelled: 0,
  learnt: 0,
  tested: 0,
};

it('proposes classes by name, and leaves numbers to the user', () => {
  const classes = [
    inFile('road'),
    inFile('Field'),
    inFile('void'),
    inFile('background'),
    inFile(null, 3),
  ];
  const targets = proposedAssignments(classes, [road]).map(targetOf);
  expect(targets).toEqual([{ class: 7 }, { create: 'Field' }, 'ignore', 'background', undefined]);
});

it('proposes the only class for the only value, and a new class if the project has none', () => {
  const proposed = (count: number, project: readonly (typeof road)[]): unknown[] =>
    proposedAssignments([inFile(null, 255), inFile(null, 3)].slice(0, count), project);
  expect(proposed(1, [road])).toEqual([{ choice: 'class:7', name: '' }]);
  expect(proposed(1, [])).toEqual([{ choice: 'new', name: '' }]);
  expect(proposed(1, [road, { ...road, id: 8 }])).toEqual([{ choice: '', name: '' }]);
  expect(proposed(2, [road])).toEqual([
    { choice: '', name: '' },
    { choice: '', name: '' },
  ]);
});

it('requires a name for a new class', () => {
  expect(targetOf({ choice: 'new', name: ' ' })).toBeUndefined();
  expect(targetOf({ choice: 'new', name: ' Field ' })).toEqual({ create: 'Field' });
  expect(isUnnamed({ choice: 'new', name: ' ' })).toBe(true);
  expect(isUnnamed({ choice: '', name: '' })).toBe(false);
});
