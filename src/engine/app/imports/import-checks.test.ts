import { expect, it } from 'vitest';
import { requireNames } from './import-checks.ts';

const image = { path: '/images/1.png', name: '1.png', isLabelled: true, isTest: false };

it.each([
  ['a group', { labels: ['cat'], group: 'a\0b' }, /The group of \/images\/1\.png has a NUL/],
  ['a label', { labels: ['a\0b'], group: undefined }, /not a valid class name/],
])('%s with a NUL character is refused before it is stored', (_, change, message) => {
  expect(() => {
    requireNames([{ ...image, ...change }]);
  }).toThrow(message);
});

it('accepts other groups', () => {
  expect(() => {
    requireNames([{ ...image, labels: ['cat'], group: 'a b' }]);
  }).not.toThrow();
});
