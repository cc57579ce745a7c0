import { describe, expect, it } from 'vitest';
import type { ProjectTask, Run } from '../../../contract/app.ts';
import { classSummaryOf } from '../../../contract/testing/results.ts';
import {
  isFinishedEarly,
  phaseMarks,
  reachedStep,
  stepsDone,
  stoppedAfterSteps,
} from './phases.ts';
import type { RunProgress } from './phases.ts';
import { runTaskOf } from './run-tasks.ts';

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
      device: 'auto',
      views: 64,
      start,
      orientation: 'upright',
      precision: 'float32',
      preparation: { range: 'auto' },
      imageSize: null,
      decoderSteps: 400,
      adapt: false,
      overlap: 0.5,
      tolerance: 2,
      toleranceUnit: 'px',
    },
    teacherName: 'tiny',
    teacherBlocks: 12,
    isExported: false,
    testSet: null,
    createdAt: '2026-01-01T00:00:00Z',
    finishedAt: null,
    step: 0,
    device: null,
    deviceNote: null,
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

const marks = (
  of: Run,
  at: RunProgress | null,
  task: ProjectTask = 'single',
): ReturnType<typeof phaseMarks> => phaseMarks(of, at, runTaskOf(task).phases);

const brief = (...args: Parameters<typeof marks>): string =>
  marks(...args)
    .map(({ phase, state, share }) => `${phase} ${state} ${share}`)
    .join(', ');

describe('phaseMarks', () => {
  it('marks the phase in progress', () => {
    expect(brief(run({ step: 150 }), progress('distill', 150, 600))).toBe(
      'images done 1, fit done 1, distill current 0.25, head waiting 0, timing waiting 0, export waiting 0',
    );
  });

  it('has decoders and a measurement for segmentation', () => {
    expect(brief(run({ step: 600 }), progress('decoder', 300, 1200), 'segmentation')).toBe(
      'images done 1, masks done 1, fit done 1, distill done 1, decoder current 0.25, predict waiting 0, timing waiting 0, export waiting 0',
    );
    expect(brief(run({ state: 'paused', step: 300 }), null, 'segmentation')).toMatch(
      /^images done 1, masks done 1, fit done 1, distill stopped 0.5, decoder waiting 0/,
    );
  });

  it.each([
    [1, 'auto', false],
    [2, 'auto', true],
    [3, 'auto', true],
    [2, 'fitted', true],
    [6, 'copy', false],
  ] as const)('at skip factor %d with start %s: fitted %s', (skip, start, expected) => {
    const phases = marks(run({}, skip, start), null).map(({ phase }) => phase);
    expect(phases.includes('fit')).toBe(expected);
  });

  it('keeps the progress of a paused run', () => {
    expect(brief(run({ state: 'paused', step: 300 }), null)).toMatch(
      /^images done 1, fit done 1, distill stopped 0.5, head waiting 0/,
    );
  });

  it('marks where a run stopped after its last step', () => {
    expect(brief(run({ state: 'paused', step: 600 }), null, 'segmentation')).toMatch(
      /distill done 1, decoder stopped 0, predict waiting 0/,
    );
    expect(brief(run({ state: 'failed', step: 600 }), null)).toMatch(
      /distill done 1, head stopped 0, timing waiting 0/,
    );
  });

  it('is empty for a queued run and full for a finished one', () => {
    expect(marks(run({ state: 'queued' }), null).every(({ share }) => share === 0)).toBe(true);
    expect(marks(run({ state: 'done' }), null).every(({ share }) => share === 1)).toBe(true);
  });

  it('has a share of 0 if the total is 0', () => {
    expect(marks(run(), progress('images', 0, 0))[0]?.share).toBe(0);
  });
});

const curve = (...steps: number[]): { step: number; loss: number }[] =>
  steps.map((step) => ({ step, loss: 1 / step }));

describe('stepsDone', () => {
  it('prefers the latest progress', () => {
    expect(stepsDone(run({ step: 20 }), progress('distill', 33, 600), curve(32))).toBe(33);
    expect(stepsDone(run({ step: 20 }), progress('images', 3, 9), [])).toBe(20);
    expect(stepsDone(run({ step: 20, state: 'paused' }), null, curve(20))).toBe(20);
  });

  it('decreases if a worker was killed before its checkpoint', () => {
    expect(stepsDone(run({ step: 40 }), progress('distill', 33, 600), curve(40))).toBe(33);
  });

  it.each(['head', 'timing', 'export'] as const)('uses the curve at %s', (phase) => {
    expect(stepsDone(run({ step: 20 }), progress(phase, 0, 3), curve(50, 51))).toBe(51);
    expect(stepsDone(run({ step: 51 }), progress(phase, 0, 3), [])).toBe(51);
  });

  it('comes from the summary of a finished run, not from the planned steps', () => {
    const done = run({ state: 'done', step: 51, summary: classSummaryOf({ steps: 51 }) });
    expect(stepsDone(done, null, curve(50))).toBe(51);
    expect(stepsDone(run({ state: 'done', step: 51 }), null, [])).toBe(51);
  });
});

it('detects a run that stopped after its last step', () => {
  expect(stoppedAfterSteps(run({ state: 'paused', step: 600 }))).toBe(true);
  expect(stoppedAfterSteps(run({ state: 'failed', step: 600 }))).toBe(true);
  expect(stoppedAfterSteps(run({ state: 'paused', step: 599 }))).toBe(false);
  expect(stoppedAfterSteps(run({ state: 'running', step: 600 }))).toBe(false);
});

it('detects a run that was finished early', () => {
  const done = (steps: number): Run =>
    run({ state: 'done', step: steps, summary: classSummaryOf({ steps }) });
  expect(isFinishedEarly(done(51), null, [])).toBe(true);
  expect(isFinishedEarly(done(600), null, curve(600))).toBe(false);
  expect(isFinishedEarly(run(), progress('head', 0, 3), curve(50, 51))).toBe(true);
  expect(isFinishedEarly(run(), progress('head', 0, 3), curve(599, 600))).toBe(false);
  expect(isFinishedEarly(run(), progress('decoder', 0, 3), curve(50, 51))).toBe(true);
  // The curve is not loaded yet.
  expect(isFinishedEarly(run(), progress('head', 0, 3), [])).toBe(false);
  expect(isFinishedEarly(run({ step: 51 }), progress('distill', 51, 600), curve(51))).toBe(false);
  expect(isFinishedEarly(run({ step: 51, state: 'paused' }), null, curve(51))).toBe(false);
});

it('limits how far a curve reaches', () => {
  expect(reachedStep(run({ step: 40 }), progress('distill', 33, 600))).toBe(33);
  expect(reachedStep(run({ step: 30, state: 'paused' }), null)).toBe(30);
  expect(
    reachedStep(run({ state: 'done', step: 51, summary: classSummaryOf({ steps: 51 }) }), null),
  ).toBe(51);
  // The window's step count of a running run lags behind the curve.
  expect(reachedStep(run({ step: 30 }), null)).toBe(Infinity);
  expect(reachedStep(run({ step: 30 }), progress('head', 0, 3))).toBe(Infinity);
});
