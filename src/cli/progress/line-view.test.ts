import { describe, expect, it } from 'vitest';
import type { JobPhase } from '../../contract/jobs.ts';
import { MemoryOutput } from '../testing/memory-output.ts';
import { LineView } from './line-view.ts';
import type { ProgressEvent } from './phases.ts';

function event(phase: JobPhase, done: number, total: number): ProgressEvent {
  return { type: 'progress', phase, done, total, secondsLeft: total - done };
}

/** Shows events that come at given seconds. */
function shown(timed: readonly (readonly [number, ProgressEvent])[]): string[] {
  const output = new MemoryOutput();
  let time = 0;
  const view = new LineView(output, () => time);
  for (const [seconds, progress] of timed) {
    time = seconds * 1000;
    view.show(progress);
  }
  view.close();
  return output.lines.map((line) => line.replace(/ {2,}/, ' | '));
}

describe('LineView', () => {
  it('writes a line every tenth', () => {
    const steps = Array.from({ length: 101 }, (_, i) => [i, event('distill', i, 100)] as const);
    const lines = shown(steps);
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe('Distilling | 10 %, 1 min 30 s left');
    expect(lines.at(-1)).toBe('Distilling | 100 of 100 in 1 min 40 s');
  });

  it('writes a line every ten seconds if tenths take longer', () => {
    const steps = Array.from({ length: 60 }, (_, i) => [i, event('distill', i, 6000)] as const);
    expect(shown(steps)).toHaveLength(6);
  });

  it('writes one line for a short phase', () => {
    expect(shown([0, 1, 2].map((i) => [i / 10, event('images', i, 2)] as const))).toEqual([
      'Reading images | 2 of 2 in 0.2 s',
    ]);
  });

  it('distinguishes phases, and repetitions of the same phase', () => {
    const lines = shown([
      [0, event('images', 2, 2)],
      [1, event('distill', 0, 2)],
      [1.5, event('distill', 2, 2)],
      [2, event('distill', 0, 2)],
      [2.5, event('distill', 1, 2)],
    ]);
    expect(lines).toEqual([
      'Reading images | 2 of 2 in 1.0 s',
      'Distilling | 2 of 2 in 1.0 s',
      'Distilling | 1 of 2 in 0.5 s',
    ]);
  });
});
