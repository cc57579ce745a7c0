import { expect, it } from 'vitest';
import type { SourceClass } from '../../../../contract/mask-sources.ts';
import { isUnnamed, proposedAssignments, targetOf } from './mask-plan.ts';

const inFile = (name: string | null, number: number | null = null): SourceClass => ({
  ...{ value: 1, name, number, colour: null, count: 1 },
});
const road = {
  ...{ id: 7, name: 'Road', colour: '#112233', maskValue: 1, labelled: 0, learnt: 0, tested: 0 },
};

it('proposes what the names say, and leaves numbers to a person', () => {
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

it('needs a name for a new class', () => {
  expect(targetOf({ choice: 'new', name: ' ' })).toBeUndefined();
  expect(targetOf({ choice: 'new', name: ' Field ' })).toEqual({ create: 'Field' });
  expect(isUnnamed({ choice: 'new', name: ' ' })).toBe(true);
  expect(isUnnamed({ choice: '', name: '' })).toBe(false);
});
