import { expect, test } from 'vitest';
import { compareCodePoints } from './order.ts';

test('orders by code point', () => {
  // U+FF21 comes before U+1F600, although the latter's first UTF-16 unit is smaller.
  const ordered = ['', 'A', 'B', 'a', 'a/b', 'aa', 'é', '\uff21', '\u{1f600}', '\u{1f601}'];
  expect([...ordered].reverse().sort(compareCodePoints)).toEqual(ordered);
});

test('treats equal strings as equal', () => {
  expect(compareCodePoints('a\u{1f600}', 'a\u{1f600}')).toBe(0);
});
