import { describe, expect, it, test } from 'vitest';
import { preparation } from '../../../../contract/jobs.ts';
import { rangeDraftOf, rangeFaultOf, isSameWindow, writtenRange } from './range-draft.ts';

const draft = rangeDraftOf('auto');

test.each([
  'auto',
  'file',
  'full',
  'stored',
  'window:-600:1500',
  'window:0.5:1',
  'percentile:0.5:100',
])('%s is read and written unchanged', (range) => {
  expect(writtenRange(rangeDraftOf(range))).toBe(range);
});

describe('typed numbers', () => {
  it.each([
    [{ kind: 'window', center: -0.00000001, width: 1 }, 'window:0:1'],
    [{ kind: 'window', center: 1 / 3, width: 2e8 }, 'window:0.333333:200000000'],
    [{ kind: 'window', center: 100, width: 1000 }, 'window:100:1000'],
    [{ kind: 'percentile', low: 0.12345, high: 99.9999 }, 'percentile:0.123:100'],
    [{ kind: 'percentile', low: 10, high: 90 }, 'percentile:10:90'],
  ] as const)('%j is written in a form that the contract accepts', (numbers, expected) => {
    const range = writtenRange({ ...draft, ...numbers });
    expect(range).toBe(expected);
    expect(preparation.safeParse({ range }).success).toBe(true);
  });

  it.each([
    [{ kind: 'window', center: NaN }, 'center'],
    [{ kind: 'window', center: 1e9 }, 'center'],
    [{ kind: 'window', width: 0 }, 'width'],
    [{ kind: 'window', width: NaN }, 'width'],
    [{ kind: 'window', width: 1e12 }, 'width'],
    [{ kind: 'percentile', low: 50, high: 50 }, 'percent'],
    [{ kind: 'percentile', low: -1 }, 'percent'],
    [{ kind: 'percentile', high: 101 }, 'percent'],
    [{ kind: 'percentile', high: NaN }, 'percent'],
  ] as const)('%j is invalid', (numbers, fault) => {
    expect(rangeFaultOf({ ...draft, ...numbers })).toBe(fault);
    expect(writtenRange({ ...draft, ...numbers })).toBeNull();
  });

  it('do not matter if another kind is chosen', () => {
    expect(writtenRange({ ...draft, kind: 'full', width: NaN, low: NaN })).toBe('full');
  });
});

test('windows are the same by their numbers', () => {
  const lung = { center: -600, width: 1500 };
  expect(isSameWindow(lung, { ...lung })).toBe(true);
  expect(isSameWindow(lung, { ...lung, width: 1400 })).toBe(false);
  expect(isSameWindow(lung, { ...lung, center: -500 })).toBe(false);
});
