import { expect, it } from 'vitest';
import { jsonCost } from './json-cost.ts';

const cost = (text: string): number => jsonCost(Buffer.from(text));

it.each([
  ['points', `[${'[12.123456,45.123456],'.repeat(1000)}0]`, 72_000, 100_000],
  ['objects', `[${'{},'.repeat(1000)}0]`, 32_000, 90_000],
  ['empty arrays', `[${'[],'.repeat(1000)}0]`, 16_000, 80_000],
])('estimates the memory of a thousand %s', (_, text, least, most) => {
  expect(cost(text)).toBeGreaterThan(least);
  expect(cost(text)).toBeLessThan(most);
});

it('ignores punctuation within strings, whatever is escaped there', () => {
  expect(cost('"[[[{{{,,,"')).toBe(cost('"0123456789"') - 1);
  expect(cost(String.raw`["\"[[[",1]`)).toBe(cost(String.raw`["\"aaa",1]`));
  expect(cost('"never closed [[[')).toBeLessThan(60);
});
