import { expect, it } from 'vitest';
import { teacherText } from '../../text/en/steps/teacher.ts';
import { memoryFit } from './memory.ts';

it.each([
  [0, 0, 'fits'],
  [8e9, 10e9, 'fits'],
  [8.1e9, 10e9, 'tight'],
  [10e9, 10e9, 'tight'],
  [10.1e9, 10e9, 'short'],
] as const)('%d bytes needed of %d free: %s', (needed, free, expected) => {
  expect(memoryFit(needed, free)).toBe(expected);
});

it('has a text', () => {
  expect(teacherText.memory.short(12.4e9, 6.44e9)).toContain('needs 12.4 GB, but 6.4 GB is free');
});
