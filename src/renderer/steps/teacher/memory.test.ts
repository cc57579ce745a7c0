import { expect, it } from 'vitest';
import { teacherText } from '../../text/en/teacher.ts';
import { memoryFit } from './memory.ts';

it.each([
  [0, 0, 'fits'],
  [8e9, 10e9, 'fits'],
  [8.1e9, 10e9, 'tight'],
  [10e9, 10e9, 'tight'],
  [10.1e9, 10e9, 'short'],
] as const)('of %d needed and %d free it is %s', (needed, free, expected) => {
  expect(memoryFit(needed, free)).toBe(expected);
});

it('is said in words', () => {
  expect(teacherText.memory.short(12.4e9, 6.44e9)).toContain('needs 12.4 GB, but 6.4 GB are free');
});
