import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ReportPace } from './events.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

test('the first report is due, and the next after the interval', () => {
  const pace = new ReportPace(100);
  expect(pace.isDue(false)).toBe(true);
  vi.advanceTimersByTime(99);
  expect(pace.isDue(false)).toBe(false);
  vi.advanceTimersByTime(1);
  expect(pace.isDue(false)).toBe(true);
  expect(pace.isDue(false)).toBe(false);
});

test('the last report is due at any time', () => {
  const pace = new ReportPace(100);
  expect(pace.isDue(false)).toBe(true);
  expect(pace.isDue(true)).toBe(true);
});
