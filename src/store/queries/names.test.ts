import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldedName, naturalKey } from './names.ts';

const compare = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(naturalKey(one)), Buffer.from(naturalKey(other)));

test.each([
  ['numbers by value', ['a1.png', 'a2.png', 'a10.png', 'a100.png']],
  ['large numbers', ['9', '12345678901234567890', '12345678901234567891']],
  ['numbers before letters', ['scan 7', 'scan b']],
  ['no case', ['a.png', 'B.png', 'c.png']],
  ['folders before those that begin alike', ['a/z.png', 'a b/a.png', 'a-b/a.png', 'ab/a.png']],
  ['several numbers', ['s2/i9.png', 's2/i10.png', 's11/i1.png']],
])('sorts in natural order: %s', (_name, names) => {
  expect(names.toReversed().sort(compare)).toEqual(names);
});

test('sorts whole numbers as numbers', () => {
  const number = fc.bigInt({ min: 0n, max: 10n ** 40n });
  fc.assert(
    fc.property(number, number, fc.nat(5), (one, other, zeros) => {
      const order = compare('0'.repeat(zeros) + String(one), String(other));
      expect(order).toBe(one < other ? -1 : one > other ? 1 : 0);
    }),
  );
});

describe('the search form of a name', () => {
  test.each([
    ['Prüfung', 'PRÜFUNG'],
    ['e\u0301', 'É'],
  ])('is the same for %s and %s', (one, other) => {
    expect(foldedName(one)).toBe(foldedName(other));
  });
});
