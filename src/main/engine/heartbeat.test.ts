import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Heartbeat, silentAfter } from './heartbeat.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watched() {
  const calls: string[] = [];
  const heartbeat = new Heartbeat({
    ping: () => calls.push('ping'),
    onSilent: () => calls.push('silent'),
  });
  heartbeat.begin(silentAfter.whenReady);
  return { heartbeat, calls };
}

test('sends one ping per silence, and reports each silence once', () => {
  const { heartbeat, calls } = watched();
  vi.advanceTimersByTime(20_000);
  expect(calls).toEqual(['ping']);
  vi.advanceTimersByTime(100_000);
  expect(calls).toEqual(['ping', 'silent']);
  expect(heartbeat.isSilent).toBe(true);
  heartbeat.heard();
  expect(heartbeat.isSilent).toBe(false);
  vi.advanceTimersByTime(21_000);
  expect(calls).toEqual(['ping', 'silent', 'ping', 'silent']);
});

test('a process that always answers, however late, is never silent', () => {
  const { heartbeat, calls } = watched();
  for (let round = 0; round < 30; round++) {
    vi.advanceTimersByTime(19_000);
    heartbeat.heard();
  }
  expect(calls).not.toContain('silent');
});

test('a night of sleep of the computer does not count as silence', () => {
  const { calls } = watched();
  vi.advanceTimersByTime(2000);
  // The clock advances; timers stand still.
  vi.setSystemTime(Date.now() + 8 * 3_600_000);
  vi.advanceTimersByTime(2000);
  expect(calls).toEqual(['ping']);
});
