import { expect, it } from 'vitest';
import { listOf, printable, shortened, wrap } from './text.ts';

it.each<[string[], string]>([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a or b'],
  [['a', 'b', 'c'], 'a, b or c'],
])('lists %j', (items, expected) => {
  expect(listOf(items, 'or')).toBe(expected);
});

it('removes characters that control a terminal or change the reading direction', () => {
  expect(printable('a\u001b[2J\nb\u202Ec é 水')).toBe('a�[2J�b�c é 水');
});

it('shortens only what is too long', () => {
  expect([shortened('abcd', 4), shortened('abcde', 4)]).toEqual(['abcd', 'abc…']);
});

it('wraps between words, and keeps long words whole and every space', () => {
  expect(wrap('one two  three fourteen', 9)).toBe('one two \nthree\nfourteen');
  expect(wrap('a verylongword b', 5, '  ')).toBe('  a\n  verylongword\n  b');
});
