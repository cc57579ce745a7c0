import { describe, expect, it } from 'vitest';
import type { Run } from '../../../contract/app.ts';
import { phaseMarks, stepsDone } from './phases.ts';
import type { RunProgress } from './phases.ts';

function run(change: Partial<Run> = {}, skip = 2, start: Run['settings']['start'] = 'auto'): Run {
  return {
    id: 7,
    project: 1,
    state: 'running',
    settings: {
      teacher: 1,
      skip,
      rank: 16,
      steps: 600,
      batch: 128,
      views: 64,
      start,
      orientation: 'upright',
      preparation: { range: 'auto' },
    },
    teacherName: 'tiny',
    teacherBlocks: 12,
    createdAt: '2026-01-01T00:00:00Z',
    finishedAt: null,
    step: 0,
    error: null,
    summary: null,
    ...change,
  };
}

const progress = (phase: RunProgress['phase'], done: number, total: number): RunProgress => ({
  run: 7,
  project: 1,
  phase,
  done,
  total,
  secondsLeft: null,
});

const brief = (...args: Parameters<typeof phaseMarks>): string =>
  phaseMarks(...args)
    .map(({ phase, state, share }) => `${phase} ${state} ${share}`)
    .join(', ');

describe('phaseMarks', () => {
  it('shows what is at work', () => {
    expect(brief(run({ step: 150 }), progress('distill', 150, 600))).toBe(
      'images done 1, distill current 0.25, head waiting 0, timing waiting 0, export waiting 0',
    );
  });

  it.each([
    [2, 'auto', false],
    [3, 'auto', true],
    [2, 'fitted', true],
    [6, 'copy', false],
  ] as const)('at skip factor %d with start %s: fitted %s', (skip, start, expected) => {
    const phases = phaseMarks(run({}, skip, start), null).map(({ phase }) => phase);
    expect(phases.includes('fit')).toBe(expected);
  });

  it('keeps what a paused run did', () => {
    expect(brief(run({ state: 'paused', step: 300 }), null)).toMatch(
      /^images done 1, distill stopped 0.5, head waiting 0/,
    );
  });

  it('has nothing of a queued one and all of a done one', () => {
    expect(phaseMarks(run({ state: 'queued' }), null).every(({ share }) => share === 0)).toBe(true);
    expect(phaseMarks(run({ state: 'done' }), null).every(({ share }) => share === 1)).toBe(true);
  });

  it('has no share of nothing', () => {
    expect(phaseMarks(run(), progress('images', 0, 0))[0]?.share).toBe(0);
  });
});

it('counts steps by the latest news', () => {
  expect(stepsDone(run({ step: 20 }), progress('distill', 33, 600))).toBe(33);
  expect(stepsDone(run({ step: 20 }), progress('images', 3, 9))).toBe(20);
  expect(stepsDone(run({ step: 20 }), progress('head', 0, 3))).toBe(600);
  expect(stepsDone(run({ step: 20, state: 'paused' }), null)).toBe(20);
  expect(stepsDone(run({ state: 'done' }), null)).toBe(600);
});
