import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MemoryOutput } from '../testing/memory-output.ts';
import { barLine, BarView } from './bar-view.ts';
import type { ProgressEvent } from './phases.ts';

const half: ProgressEvent = {
  type: 'progress',
  phase: 'distill',
  done: 300,
  total: 600,
  secondsLeft: 200,
  loss: 0.12345,
  imagesPerSecond: 148.23,
};

describe('barLine', () => {
  it('shows phase, share, time left, loss and pace', () => {
    expect(barLine(half, 100)).toBe(
      `Distilling             ${'█'.repeat(12)}${'░'.repeat(12)}  50 %  3 min 20 s left  loss 0.1235  148 images/s`,
    );
  });

  it.each([100, 80, 60, 56])('omits details to fit into %i columns', (width) => {
    expect(barLine({ ...half, secondsLeft: 359_999 }, width).length).toBeLessThan(width);
  });

  it.each<[number, number, string]>([
    [599, 600, ' 99 %'],
    [600, 600, '100 %'],
    [0, 0, '100 %'],
    [0, 9, '  0 %'],
  ])('%i of %i is shown as %s', (done, total, percent) => {
    expect(barLine({ ...half, done, total }, 100)).toContain(percent);
  });
});

describe('BarView', () => {
  it('keeps a line per phase and the messages', () => {
    const output = new MemoryOutput(100);
    let time = 0;
    const view = new BarView(output, () => time);
    view.show({ ...half, done: 0 });
    view.say('Stopping.');
    time = 65_000;
    view.show(half);
    view.show({ type: 'progress', phase: 'export', done: 0, total: 3, secondsLeft: null });
    view.close();
    const lines = output.text.split('\n').map((line) => {
      // Each return to the line's start overwrites the previous text.
      const drawn = stripVTControlCharacters(line.replaceAll('\u001b[1G', '\r')).split('\r');
      return drawn.at(-1);
    });
    expect(lines).toEqual([
      'Stopping.',
      'Distilling             300 of 600 in 1 min 5 s, loss 0.1235, 148 images/s',
      'Writing files          0 of 3 in 0.0 s',
      '',
    ]);
  });

  it('leaves no timer running', async () => {
    const output = new MemoryOutput(100);
    const view = new BarView(output, () => 0);
    view.show(half);
    view.close();
    view.close();
    const { length } = output.text;
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(output.text).toHaveLength(length);
  });
});
