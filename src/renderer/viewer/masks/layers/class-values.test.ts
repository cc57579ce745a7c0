import { expect, test } from 'vitest';
import { ClassValues } from './class-values.ts';

test('values of classes that are gone are returned once, also where another class has them now', () => {
  const values = new ClassValues();
  const [first, second] = [
    { id: 10, maskValue: 1 },
    { id: 11, maskValue: 2 },
  ];
  expect(values.gone([first, second])).toEqual(new Set());
  expect(values.gone([second, { id: 12, maskValue: 3 }])).toEqual(new Set([1]));
  expect(values.gone([second, { id: 12, maskValue: 3 }])).toEqual(new Set());
  expect(values.gone([{ id: 13, maskValue: 2 }])).toEqual(new Set([2, 3]));
});
