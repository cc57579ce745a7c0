import { expect, it } from 'vitest';
import { demoText } from '../../text/index.ts';
import { demoTimeLeft } from './demo-time.ts';

it.each([
  ['none before the first measurement', [], ''],
  ['from the first student', [101], ' Time left: about 2 min, estimated from the first student.'],
  ['on a slower computer', [1010], ' Time left: about 19 min, estimated from the first student.'],
  ['from the first two', [120, 40], ' Time left: about 1 min, estimated from the first two.'],
  ['on a fast one', [10, 6], ' Time left: less than a minute, estimated from the first two.'],
  ['none at the end', [101, 59, 56], ''],
] as const)('estimates the time left of the demo: %s', (_, seconds, words) => {
  const student = 'Student 3 of 3, which segments regions with half of the blocks.';
  expect(demoText.regionStudent(3, demoTimeLeft(seconds))).toBe(student + words);
});
