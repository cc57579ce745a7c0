import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Watchdog } from './watchdog.ts';
import type { SilenceLimits } from './watchdog.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const patience: SilenceLimits = {
  stop: { times: 4, least: 100, most: 1000 },
  work: { times: 8, least: 500, most: 3000 },
};

function watch(): { silence: Watchdog; messages: string[] } {
  const messages: string[] = [];
  const silence = new Watchdog(patience, {
    working: (ms) => messages.push(`silent for ${ms}`),
    resumed: () => messages.push('speaks again'),
    stopping: (ms) => messages.push(`given up after ${ms}`),
  });
  return { silence, messages };
}

it.each([
  ['at least', 1, 100],
  ['by its longest silence', 80, 320],
  ['at most', 400, 1000],
])('a worker that was asked to stop has time: %s', (_, silentBefore, time) => {
  const { silence, messages } = watch();
  vi.advanceTimersByTime(silentBefore);
  silence.heard();
  silence.stopping();
  vi.advanceTimersByTime(time - 1);
  expect(messages).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(messages).toEqual([`given up after ${time}`]);
});

it('a worker that was asked to stop and still sends messages has more time', () => {
  const { silence, messages } = watch();
  silence.stopping();
  for (let message = 0; message < 10; message++) {
    vi.advanceTimersByTime(90);
    silence.heard();
  }
  expect(messages).toEqual([]);
  // The longest silence so far was ninety.
  vi.advanceTimersByTime(360);
  expect(messages).toEqual(['given up after 360']);
});

it('asking twice gives no more time', () => {
  const { silence, messages } = watch();
  silence.stopping();
  vi.advanceTimersByTime(60);
  silence.stopping();
  vi.advanceTimersByTime(40);
  expect(messages).toHaveLength(1);
});

it("a working worker's long silence is reported once, and again when it sends messages", () => {
  const { silence, messages } = watch();
  vi.advanceTimersByTime(100);
  silence.heard();
  vi.advanceTimersByTime(799);
  expect(messages).toEqual([]);
  vi.advanceTimersByTime(5000);
  expect(messages).toEqual(['silent for 800']);
  silence.heard();
  expect(messages).toEqual(['silent for 800', 'speaks again']);
  silence.close();
  vi.advanceTimersByTime(10_000);
  expect(messages).toHaveLength(2);
});
